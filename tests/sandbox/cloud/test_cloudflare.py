"""Cloudflare's API as its clients see it, and the rules that the real one enforces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.cloud.cloud_seed import CloudSeed
from tests.sandbox.cloud.world import World

PROJECTS = f"/accounts/{CloudSeed.account_id}/pages/projects"
RECORDS = f"/zones/{CloudSeed.zone_id}/dns_records"
RULESETS = f"/zones/{CloudSeed.zone_id}/rulesets"
LIMIT = {"characteristics": ["ip.src", "cf.colo.id"], "period": 10}
CNAME = {"name": "intent", "type": "CNAME", "content": "intent.pages.dev", "proxied": True, "ttl": 1}


def error_code(answer: Any) -> int:
    assert answer["success"] is False
    return answer["errors"][0]["code"]


@pytest.mark.parametrize(("token", "status", "code"), [("short", 400, 6111), ("x" * 40, 401, 1000)])
def test_a_malformed_token_and_a_wrong_token_have_different_errors(
    world: World, token: str, status: int, code: int
) -> None:
    answered, answer = world.cloudflare.call("GET", "/zones", token=token)
    assert (answered, error_code(answer)) == (status, code)


def test_a_request_without_a_token_is_refused(world: World) -> None:
    response = world.client.get("/client/v4/zones")
    assert (response.status_code, error_code(response.json())) == (400, 9106)


def test_the_token_zone_and_account_can_be_read(world: World) -> None:
    assert world.cloudflare.ok("GET", "/user/tokens/verify")["result"]["status"] == "active"
    assert world.cloudflare.ok("GET", f"/zones?name={CloudSeed.zone_name}")["result"][0]["id"] == CloudSeed.zone_id
    assert world.cloudflare.ok("GET", f"/accounts/{CloudSeed.account_id}")["result"]["id"] == CloudSeed.account_id
    assert world.cloudflare.call("GET", "/zones/unknown")[0] == 403


def test_a_list_comes_in_pages(world: World) -> None:
    for number in range(7):
        world.cloudflare.ok("POST", RECORDS, {"name": f"n{number}", "type": "TXT", "content": "x", "ttl": 1})
    page = world.cloudflare.ok("GET", f"{RECORDS}?page=2&per_page=5")
    assert [record["name"] for record in page["result"]] == [f"n{number}.{CloudSeed.zone_name}" for number in (5, 6)]
    assert page["result_info"] == {"page": 2, "per_page": 5, "count": 2, "total_count": 7, "total_pages": 2}
    assert world.cloudflare.ok("GET", f"{RECORDS}?page=3&per_page=5")["result"] == []
    for size in ("0", "4", "x"):
        assert world.cloudflare.call("GET", f"{RECORDS}?per_page={size}")[0] == 400


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name.contains=n", "main next"),
        ("name=main.luisibarra.dev", "main"),
        ("name.exact=main.luisibarra.dev&proxied=true", ""),
        ("name.startswith=ne&content.exact=y&match=any", "other next"),
        ("comment.present=", "main"),
        ("order=name&direction=desc", "other next main"),
        ("search=X", "main next"),
    ],
)
def test_records_are_filtered_and_ordered(world: World, query: str, names: str) -> None:
    for name, content, comment in (("other", "y", None), ("main", "x", "c"), ("next", "x", None)):
        body = {"name": name, "type": "TXT", "content": content, "ttl": 1, "comment": comment}
        world.cloudflare.ok("POST", RECORDS, body)
    found = world.cloudflare.ok("GET", f"{RECORDS}?{query}")["result"]
    assert [record["name"] for record in found] == [f"{name}.{CloudSeed.zone_name}" for name in names.split()]
    status, answer = world.cloudflare.call("GET", f"{RECORDS}?tag.exact=x")
    assert (status, "not emulated" in answer["errors"][0]["message"]) == (400, True)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x" * 64},
        {"name": ".".join(["x" * 60] * 5)},
        {"name": "a b"},
        {"name": "a..b"},
        {"ttl": 0},
        {"comment": "x" * 101},
        {"tags": ["a:b"]},
        {"content": "192.168.0.1", "type": "A", "proxied": True},
        {"type": "MX", "content": "mx.example.com"},
        {"type": "MX", "content": "mx.example.com", "priority": 65536},
        {"content": f"x.{CloudSeed.zone_name}", "name": "x"},
        {"content": "192.0.2.1"},
        {"content": "not a host"},
        {"type": "TXT", "content": "x" * 2049},
        {"type": "NS", "name": "@", "content": "ns.example.com"},
    ],
    ids=str,
)
def test_a_record_that_dns_or_the_plan_forbids_is_not_stored(world: World, change: dict[str, Any]) -> None:
    body = {"name": "n", "type": "CNAME", "content": "x.example.com", "ttl": 300}
    world.cloudflare.ok("POST", RECORDS, {**body, "name": "good"})
    assert world.cloudflare.call("POST", RECORDS, {**body, **change})[0] == 400
    assert len(world.cloudflare.ok("GET", RECORDS)["result"]) == 1


@pytest.mark.parametrize(
    ("phase", "rules"),
    [
        ("http_request_firewall_custom", [{"action": "rewrite", "expression": "true"}]),
        ("http_request_firewall_custom", [{"action": "block", "expression": "((("}]),
        ("http_request_firewall_custom", [{"action": "block", "expression": '(http.host eq "a)'}]),
        ("http_request_firewall_custom", [{"action": "block", "expression": "true", "color": "red"}]),
        ("http_request_firewall_custom", [{"action": "block", "expression": "true", "ref": "a"}] * 2),
        ("http_ratelimit", [{"action": "block", "expression": "true"}]),
        ("http_ratelimit", [{"action": "block", "expression": "true", "ratelimit": {**LIMIT, "period": 11}}]),
        (
            "http_ratelimit",
            [{"action": "block", "expression": "true", "ratelimit": {"characteristics": ["x"], "period": 10}}],
        ),
        ("nope", []),
    ],
)
def test_rules_that_the_rulesets_api_refuses_are_refused(
    make_world: Callable[..., World], phase: str, rules: list[Any]
) -> None:
    world = make_world(cloudflare_plan="paid")
    assert world.cloudflare.call("PUT", f"{RULESETS}/phases/{phase}/entrypoint", {"rules": rules})[0] == 400
    assert world.cloudflare.ok("GET", RULESETS)["result"] == []


def test_quoted_brackets_of_an_expression_do_not_count(world: World) -> None:
    rules = [{"action": "block", "expression": '(http.request.uri.path contains "\\")(") or (ip.src in {192.0.2.1})'}]
    entry = f"{RULESETS}/phases/http_request_firewall_custom/entrypoint"
    assert world.cloudflare.ok("PUT", entry, {"rules": rules})["result"]["rules"][0]["ref"]


def test_a_pages_project_is_returned_in_full(world: World) -> None:
    configs = {
        "production": {
            "env_vars": {"API": {"type": "plain_text", "value": "u"}, "KEY": {"type": "secret_text", "value": "s"}}
        }
    }
    source = {"type": "github", "config": {"owner": "o", "repo_name": "r", "path_excludes": ["infra"]}}
    body = {"name": "intent", "production_branch": "main", "source": source, "deployment_configs": configs}
    made = world.cloudflare.ok("POST", PROJECTS, body)["result"]
    assert made["subdomain"] == "intent.pages.dev"
    assert made["source"]["config"]["preview_deployment_setting"] == "all"
    assert made["source"]["config"]["path_includes"] == ["*"]
    assert made["source"]["config"]["path_excludes"] == ["infra"]
    assert made["deployment_configs"]["preview"]["fail_open"] is True
    assert made["deployment_configs"]["production"]["env_vars"]["API"]["value"] == "u"
    assert made["deployment_configs"]["production"]["env_vars"]["KEY"] == {"type": "secret_text", "value": ""}


def test_a_null_variable_is_removed_and_the_others_stay(world: World) -> None:
    first = {"A": {"type": "plain_text", "value": "1"}, "B": {"type": "plain_text", "value": "2"}}
    world.cloudflare.ok(
        "POST",
        PROJECTS,
        {"name": "intent", "production_branch": "main", "deployment_configs": {"preview": {"env_vars": first}}},
    )
    change = {"deployment_configs": {"preview": {"env_vars": {"A": None}}}}
    changed = world.cloudflare.ok("PATCH", f"{PROJECTS}/intent", change)["result"]
    assert list(changed["deployment_configs"]["preview"]["env_vars"]) == ["B"]


def test_a_variable_without_a_type_is_plain_and_never_makes_a_secret_readable(world: World) -> None:
    """Cloudflare's provider sends only what changed of a variable."""
    first = {"A": {"type": "plain_text", "value": "1"}, "S": {"type": "secret_text", "value": "hidden"}}
    body = {"name": "intent", "production_branch": "main", "deployment_configs": {"preview": {"env_vars": first}}}
    world.cloudflare.ok("POST", PROJECTS, body)

    def patch(variables: Any) -> Any:
        return {"deployment_configs": {"preview": {"env_vars": variables}}}

    answer = world.cloudflare.ok("PATCH", f"{PROJECTS}/intent", patch({"A": {"value": "2"}, "B": {"value": "3"}}))
    plain = {name: {"type": "plain_text", "value": value} for name, value in (("A", "2"), ("B", "3"))}
    stored = {**plain, "S": {"type": "secret_text", "value": ""}}
    assert answer["result"]["deployment_configs"]["preview"]["env_vars"] == stored
    for broken in ({"S": {"value": "seen"}}, {"A": {"type": "plain_text"}}, {"A": {}}):
        status, refusal = world.cloudflare.call("PATCH", f"{PROJECTS}/intent", patch(broken))
        assert (status, error_code(refusal)) == (400, 10001)
    found = world.cloudflare.ok("GET", f"{PROJECTS}/intent")["result"]["deployment_configs"]["preview"]["env_vars"]
    assert found == stored


def test_a_binding_is_added_to_the_others_and_a_null_one_is_removed(world: World) -> None:
    world.cloudflare.ok("POST", PROJECTS, {"name": "intent", "production_branch": "main"})

    def bindings(changed: Any) -> Any:
        body = {"deployment_configs": {"production": {"kv_namespaces": changed}}}
        answer = world.cloudflare.ok("PATCH", f"{PROJECTS}/intent", body)["result"]
        return answer["deployment_configs"]["production"]["kv_namespaces"]

    one, other = {"namespace_id": "1" * 32}, {"namespace_id": "2" * 32}
    assert bindings({"ONE": one}) == {"ONE": one}
    assert bindings({"OTHER": other}) == {"ONE": one, "OTHER": other}
    assert bindings({"ONE": None}) == {"OTHER": other}


def test_a_pages_project_name_is_unique_and_an_unknown_one_is_not_found(world: World) -> None:
    world.cloudflare.ok("POST", PROJECTS, {"name": "intent", "production_branch": "main"})
    status, answer = world.cloudflare.call("POST", PROJECTS, {"name": "intent", "production_branch": "main"})
    assert (status, error_code(answer)) == (409, 8000002)
    status, answer = world.cloudflare.call("GET", f"{PROJECTS}/other")
    assert (status, error_code(answer)) == (404, 8000007)


def test_a_domain_is_active_once_its_record_points_to_the_project(world: World) -> None:
    domains = f"{PROJECTS}/intent/domains"
    name = f"intent.{CloudSeed.zone_name}"
    assert world.cloudflare.call("POST", domains, {"name": name})[0] == 404
    world.cloudflare.ok("POST", PROJECTS, {"name": "intent", "production_branch": "main"})
    added = world.cloudflare.ok("POST", domains, {"name": name})["result"]
    assert (added["status"], added["zone_tag"]) == ("pending", CloudSeed.zone_id)
    assert world.cloudflare.call("POST", domains, {"name": name})[0] == 409
    world.cloudflare.ok("POST", RECORDS, CNAME)
    assert world.cloudflare.ok("GET", f"{domains}/{name}")["result"]["status"] == "active"
    assert name in world.cloudflare.ok("GET", f"{PROJECTS}/intent")["result"]["domains"]
    assert world.cloudflare.call("DELETE", f"{PROJECTS}/intent")[0] == 400
    world.cloudflare.ok("DELETE", f"{domains}/{name}")
    world.cloudflare.ok("DELETE", f"{PROJECTS}/intent")


def test_a_short_name_comes_back_as_the_full_name(world: World) -> None:
    record = world.cloudflare.ok("POST", RECORDS, CNAME)["result"]
    assert record["name"] == f"intent.{CloudSeed.zone_name}"
    assert world.cloudflare.ok("GET", f"{RECORDS}/{record['id']}")["result"] == record
    found = world.cloudflare.ok("GET", f"{RECORDS}?name.exact=intent.{CloudSeed.zone_name}&type=CNAME")["result"]
    assert [item["id"] for item in found] == [record["id"]]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"name": "intent", "type": "A", "content": "192.0.2.1", "ttl": 1}, 81053),
        (CNAME, 81053),
        ({"name": "intent", "type": "TXT", "content": "x", "ttl": 1}, 81054),
        ({"name": "@", "type": "TXT", "content": "same", "ttl": 1}, 81058),
        ({"name": "other", "type": "A", "content": "not an address", "ttl": 1}, 9005),
        ({"name": "other", "type": "A", "content": "192.0.2.1", "ttl": 30}, 9021),
        ({"name": "other", "type": "TXT", "content": "x", "proxied": True, "ttl": 1}, 9004),
        ({"name": "other", "type": "NONE", "content": "x", "ttl": 1}, 10001),
    ],
)
def test_an_invalid_record_is_refused(world: World, record: dict[str, Any], code: int) -> None:
    world.cloudflare.ok("POST", RECORDS, CNAME)
    world.cloudflare.ok("POST", RECORDS, {"name": "@", "type": "TXT", "content": "same", "ttl": 1})
    status, answer = world.cloudflare.call("POST", RECORDS, record)
    assert (status, error_code(answer)) == (400, code)


def test_a_record_is_changed_replaced_and_deleted(world: World) -> None:
    record = world.cloudflare.ok("POST", RECORDS, {**CNAME, "comment": "site"})["result"]
    address = f"{RECORDS}/{record['id']}"
    patched = world.cloudflare.ok("PATCH", address, {**CNAME, "content": "new.pages.dev"})["result"]
    assert (patched["content"], patched["comment"]) == ("new.pages.dev", "site")
    assert world.cloudflare.ok("PUT", address, CNAME)["result"]["comment"] is None
    world.cloudflare.ok("DELETE", address)
    status, answer = world.cloudflare.call("GET", address)
    assert (status, error_code(answer)) == (404, 81044)


RULE = {"action": "block", "expression": "true"}


def test_a_phase_has_one_entry_point_in_a_zone(world: World) -> None:
    body = {"name": "waf", "kind": "zone", "phase": "http_request_firewall_custom", "rules": [RULE]}
    made = world.cloudflare.ok("POST", RULESETS, body)["result"]
    assert made["version"] == "1"
    assert made["rules"][0]["enabled"] is True
    status, answer = world.cloudflare.call("POST", RULESETS, body)
    assert (status, error_code(answer)) == (400, 20217)
    changed = world.cloudflare.ok("PUT", f"{RULESETS}/{made['id']}", {"rules": [*made["rules"], RULE]})["result"]
    assert (changed["version"], changed["name"], len(changed["rules"])) == ("2", "waf", 2)
    entry = f"{RULESETS}/phases/http_request_firewall_custom/entrypoint"
    assert world.cloudflare.ok("GET", entry)["result"]["id"] == made["id"]
    assert "rules" not in world.cloudflare.ok("GET", RULESETS)["result"][0]
    assert world.cloudflare.call("DELETE", f"{RULESETS}/{made['id']}") == (204, None)
    assert world.cloudflare.call("GET", entry)[0] == 404
    assert world.cloudflare.ok("PUT", entry, {"rules": [RULE]})["result"]["kind"] == "zone"


@pytest.mark.parametrize(
    ("phase", "rules", "word"),
    [
        ("http_request_firewall_custom", [RULE] * 6, "6 out of 5"),
        ("http_ratelimit", [{**RULE, "ratelimit": LIMIT}] * 2, "2 out of 1"),
        ("http_ratelimit", [{**RULE, "ratelimit": {**LIMIT, "period": 60}}], "period 60"),
        ("http_ratelimit", [{**RULE, "ratelimit": {**LIMIT, "mitigation_timeout": 600}}], "mitigation timeout"),
    ],
)
def test_what_a_free_zone_lacks_is_refused_and_a_paid_zone_has_it(
    make_world: Callable[..., World], phase: str, rules: list[Any], word: str
) -> None:
    body = {"name": "x", "kind": "zone", "phase": phase, "rules": rules}
    status, answer = make_world().cloudflare.call("POST", RULESETS, body)
    assert status == 400
    assert word in answer["errors"][0]["message"]
    make_world(cloudflare_plan="paid").cloudflare.ok("POST", RULESETS, body)
