"""Zones' settings and health checks, notifications, Web Analytics, Worker addresses, as the API's clients see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.cloud.cloud_seed import CloudSeed
from tests.sandbox.cloud.world import World

ZONE = f"/zones/{CloudSeed.zone_id}"
ACCOUNT = f"/accounts/{CloudSeed.account_id}"
SETTINGS = f"{ZONE}/settings"
BOTS = f"{ZONE}/bot_management"
CHECKS = f"{ZONE}/healthchecks"
ROUTES = f"{ZONE}/workers/routes"
WEBHOOKS = f"{ACCOUNT}/alerting/v3/destinations/webhooks"
POLICIES = f"{ACCOUNT}/alerting/v3/policies"
SITES = f"{ACCOUNT}/rum/site_info"
DOMAINS = f"{ACCOUNT}/workers/domains"
DISCORD = "https://discord.com/api/webhooks/123"
POLICY = {
    "name": "n",
    "alert_type": "incident_alert",
    "enabled": True,
    "mechanisms": {"email": [{"id": "a@example.com"}]},
}
CHECK = {"name": "api", "address": f"api.{CloudSeed.zone_name}", "type": "HTTPS", "http_config": {"path": "/up"}}
DOMAIN = {"hostname": f"api.{CloudSeed.zone_name}", "service": "api", "zone_id": CloudSeed.zone_id}
ROUTE = {"pattern": f"{CloudSeed.zone_name}/api/*", "script": "api"}


def refused(world: World, method: str, path: str, body: object = None) -> tuple[int, int]:
    """The status and error code of a request that is refused."""
    status, answer = world.cloudflare.call(method, path, body)
    assert answer["success"] is False
    return status, answer["errors"][0]["code"]


def test_a_zone_setting_has_a_default_until_it_is_changed(world: World) -> None:
    path = f"{SETTINGS}/always_use_https"
    assert world.cloudflare.ok("GET", path)["result"]["value"] == "off"
    changed = world.cloudflare.ok("PATCH", path, {"value": "on"})["result"]
    assert changed == world.cloudflare.ok("GET", path)["result"]
    assert (changed["id"], changed["value"], changed["editable"]) == ("always_use_https", "on", True)
    listed = {item["id"]: item["value"] for item in world.cloudflare.ok("GET", SETTINGS)["result"]}
    assert (listed["always_use_https"], listed["min_tls_version"]) == ("on", "1.0")


def test_an_unknown_zone_setting_an_invalid_value_and_a_deletion_are_refused(world: World) -> None:
    assert refused(world, "GET", f"{SETTINGS}/always_http") == (400, 1006)
    assert refused(world, "PATCH", f"{SETTINGS}/min_tls_version", {"value": "2.0"}) == (400, 1007)
    assert refused(world, "DELETE", f"{SETTINGS}/min_tls_version") == (404, 7000)


def test_the_security_header_is_an_object(world: World) -> None:
    path = f"{SETTINGS}/security_header"
    value = {"strict_transport_security": {"enabled": True, "max_age": 86400}}
    assert world.cloudflare.ok("PATCH", path, {"value": value})["result"]["value"] == value
    for wrong in ("on", {}, {"strict_transport_security": {"max_age": True}}, {"strict_transport_security": {"x": 1}}):
        assert refused(world, "PATCH", path, {"value": wrong})[0] == 400
    assert world.cloudflare.ok("GET", path)["result"]["value"] == value


def test_a_put_changes_only_the_bot_settings_in_it_and_each_plan_has_its_own(
    world: World, make_world: Callable[..., World]
) -> None:
    fresh = world.cloudflare.ok("GET", BOTS)["result"]
    assert (fresh["fight_mode"], fresh["ai_bots_protection"]) == (False, "disabled")
    world.cloudflare.ok("PUT", BOTS, {"ai_bots_protection": "block"})
    changed = world.cloudflare.ok("PUT", BOTS, {"fight_mode": True, "sbfm_likely_automated": "allow"})["result"]
    assert changed == fresh | {"fight_mode": True, "ai_bots_protection": "block"}
    assert refused(world, "PUT", BOTS, {"sbfm_likely_automated": "block"})[0] == 403

    paid = make_world(cloudflare_plan="paid")
    assert (
        paid.cloudflare.ok("PUT", BOTS, {"sbfm_likely_automated": "block"})["result"]["sbfm_verified_bots"] == "allow"
    )
    assert refused(paid, "PUT", BOTS, {"fight_mode": True})[0] == 403


@pytest.mark.parametrize(
    "body", [{"fight": True}, {"fight_mode": "on"}, {"fight_mode": 1}, {"ai_bots_protection": "x"}]
)
def test_an_unknown_bot_setting_and_an_invalid_value_are_refused(world: World, body: dict[str, Any]) -> None:
    before = world.cloudflare.ok("GET", BOTS)
    assert refused(world, "PUT", BOTS, body)[0] == 400
    assert world.cloudflare.ok("GET", BOTS) == before


def test_a_health_check_is_created_changed_and_named_in_a_policy(make_world: Callable[..., World]) -> None:
    world = make_world(cloudflare_plan="paid")
    made = world.cloudflare.ok("POST", CHECKS, CHECK)["result"]
    assert (made["interval"], made["description"], made["status"], made["tcp_config"]) == (60, "", "unknown", None)
    assert (made["http_config"]["port"], made["http_config"]["path"]) == (443, "/up")
    path = f"{CHECKS}/{made['id']}"
    changed = world.cloudflare.ok("PUT", path, {**CHECK, "interval": 15, "suspended": True})["result"]
    assert (changed["interval"], changed["status"], changed["created_on"]) == (15, "suspended", made["created_on"])
    policy = {**POLICY, "alert_type": "health_check_status_notification", "filters": {"health_check_id": [made["id"]]}}
    world.cloudflare.ok("POST", POLICIES, policy)
    world.cloudflare.ok("DELETE", path)
    assert refused(world, "GET", path)[0] == 404
    assert refused(world, "POST", POLICIES, policy)[0] == 400


@pytest.mark.parametrize(
    "change",
    [
        {"name": "an api"},
        {"type": "PING"},
        {"interval": 5},
        {"interval": 3601},
        {"retries": 6},
        {"timeout": 11},
        {"consecutive_fails": 0},
        {"http_config": {"port": 65536}},
        {"type": "TCP", "tcp_config": {"port": 0}},
        {"address": ""},
        {"http_config": {"method": "POST"}},
    ],
    ids=str,
)
def test_an_invalid_health_check_is_refused(make_world: Callable[..., World], change: dict[str, Any]) -> None:
    world = make_world(cloudflare_plan="paid")
    assert refused(world, "POST", CHECKS, {**CHECK, **change})[0] == 400
    assert world.cloudflare.ok("GET", CHECKS)["result"] == []


def test_a_free_zone_has_no_health_checks(world: World) -> None:
    assert refused(world, "POST", CHECKS, CHECK)[0] == 403


def test_a_discord_webhook_keeps_its_token_apart(make_world: Callable[..., World]) -> None:
    world = make_world(cloudflare_plan="paid")
    for body in ({"url": f"{DISCORD}/token"}, {"url": DISCORD, "secret": "token"}):
        number = world.cloudflare.ok("POST", WEBHOOKS, {"name": "n", **body})["result"]["id"]
        made = world.cloudflare.ok("GET", f"{WEBHOOKS}/{number}")["result"]
        assert (made["url"], made["type"]) == (DISCORD, "discord")
        assert "token" not in str(world.cloudflare.ok("GET", f"{WEBHOOKS}/{made['id']}"))
    other = {"name": "n", "url": "https://example.com/hook"}
    assert world.cloudflare.ok("POST", WEBHOOKS, other)["result"].keys() == {"id"}
    assert world.cloudflare.ok("GET", WEBHOOKS)["result"][-1].items() >= {**other, "type": "generic"}.items()


def test_a_free_account_has_no_webhooks(world: World) -> None:
    assert refused(world, "POST", WEBHOOKS, {"name": "n", "url": DISCORD})[0] == 403


def test_a_policy_is_created_changed_and_deleted(world: World) -> None:
    answer = world.cloudflare.ok("POST", POLICIES, POLICY)["result"]
    path = f"{POLICIES}/{answer['id']}"
    made = world.cloudflare.ok("GET", path)["result"]
    assert answer == {"id": made["id"]}
    assert (made["enabled"], made["mechanisms"], made["filters"]) == (True, POLICY["mechanisms"], {})
    assert world.cloudflare.ok("PUT", path, {**POLICY, "enabled": False})["result"] == answer
    silenced = world.cloudflare.ok("GET", path)["result"]
    assert (silenced["enabled"], silenced["created"]) == (False, made["created"])
    world.cloudflare.ok("DELETE", path)
    assert refused(world, "GET", path)[0] == 404


@pytest.mark.parametrize(
    "change",
    [
        {"alert_type": "weather"},
        {"mechanisms": {}},
        {"mechanisms": {"email": []}},
        {"mechanisms": {"webhooks": [{"id": "unknown"}]}},
        {"filters": {"incident_impact": ["major"]}},
        {"alert_type": "pages_event_alert", "filters": {"event": ["deployment_failed"]}},
        {"name": ""},
        {"mechanisms": {"pigeon": [{"id": "x"}]}},
        {"mechanisms": {"email": [{"id": "x"}]}},
        {"mechanisms": {"email": [{}]}},
        {"filters": {"color": ["red"]}},
    ],
    ids=str,
)
def test_an_invalid_policy_is_refused(world: World, change: dict[str, Any]) -> None:
    assert refused(world, "POST", POLICIES, {**POLICY, **change})[0] == 400


def test_an_empty_mechanism_is_not_returned(world: World) -> None:
    mechanisms = {**POLICY["mechanisms"], "webhooks": [], "pagerduty": []}  # pyright: ignore[reportGeneralTypeIssues]
    number = world.cloudflare.ok("POST", POLICIES, {**POLICY, "mechanisms": mechanisms})["result"]["id"]
    made = world.cloudflare.ok("GET", f"{POLICIES}/{number}")["result"]
    assert made["mechanisms"] == POLICY["mechanisms"]


def test_a_web_analytics_site_keeps_its_token_when_it_is_changed(world: World) -> None:
    made = world.cloudflare.ok("POST", SITES, {"host": f"app.{CloudSeed.zone_name}", "auto_install": False})["result"]
    assert made["site_token"] in made["snippet"]
    assert made["ruleset"]["zone_tag"] == CloudSeed.zone_id
    path = f"{SITES}/{made['site_tag']}"
    changed = world.cloudflare.ok("PUT", path, {"zone_tag": CloudSeed.zone_id, "auto_install": True})["result"]
    assert (changed["auto_install"], changed["site_token"]) == (True, made["site_token"])
    assert world.cloudflare.ok("GET", f"{SITES}/list")["result"] == [changed]
    world.cloudflare.ok("DELETE", path)
    assert refused(world, "GET", path)[0] == 404
    assert refused(world, "POST", SITES, {"auto_install": True})[0] == 400


def test_a_custom_domain_is_attached_once_and_may_be_attached_again(world: World) -> None:
    made = world.cloudflare.ok("PUT", DOMAINS, DOMAIN)["result"]
    assert world.cloudflare.ok("PUT", DOMAINS, DOMAIN)["result"] == made
    assert (made["zone_name"], made["environment"]) == (CloudSeed.zone_name, "production")
    assert world.cloudflare.ok("GET", f"{DOMAINS}?service=api")["result"] == [made]
    assert refused(world, "PUT", DOMAINS, {**DOMAIN, "service": "other"}) == (409, 100116)
    world.cloudflare.ok("DELETE", f"{DOMAINS}/{made['id']}")
    assert world.cloudflare.ok("GET", DOMAINS)["result"] == []


def test_a_custom_domain_is_refused_for_a_host_with_records_or_of_another_zone(world: World) -> None:
    record = {"name": "api", "type": "CNAME", "content": "x.pages.dev", "proxied": True, "ttl": 1}
    world.cloudflare.ok("POST", f"{ZONE}/dns_records", record)
    assert refused(world, "PUT", DOMAINS, DOMAIN) == (409, 100117)
    assert refused(world, "PUT", DOMAINS, {**DOMAIN, "hostname": "api.example.com"}) == (400, 100115)


def test_a_routes_pattern_is_unique_and_within_its_zone(world: World) -> None:
    made = world.cloudflare.ok("POST", ROUTES, ROUTE)["result"]
    assert refused(world, "POST", ROUTES, ROUTE) == (409, 10020)
    assert refused(world, "POST", ROUTES, {**ROUTE, "pattern": "example.com/*"}) == (400, 10022)
    moved = world.cloudflare.ok("PUT", f"{ROUTES}/{made['id']}", {**ROUTE, "script": "other"})["result"]
    assert (moved["id"], moved["script"]) == (made["id"], "other")
    assert world.cloudflare.ok("DELETE", f"{ROUTES}/{made['id']}")["result"] == {"id": made["id"]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"type": "XX", "name": "a", "ttl": 1},
            "/type: 'XX' is not one of A, AAAA, CAA, CERT, CNAME, DNSKEY, DS, HTTPS, LOC, MX, NAPTR, NS, OPENPGPKEY, "
            "PTR, SMIMEA, SRV, SSHFP, SVCB, TLSA, TXT, URI",
        ),
        ({"type": "A", "name": "a"}, "/: 'ttl' is a required property"),
        ({"type": "A", "name": "a", "ttl": "soon"}, "/ttl: 'soon' is not of type 'number'"),
    ],
)
def test_a_refusal_names_the_field_and_the_values_of_all_alternatives(
    world: World, body: dict[str, Any], message: str
) -> None:
    _, answer = world.cloudflare.call("POST", f"{ZONE}/dns_records", body)
    assert answer["errors"][0]["message"] == f"Invalid request: {message}"


def test_a_long_list_of_values_is_cut(world: World) -> None:
    body = {**POLICY, "alert_type": "no_such_alert"}
    message = world.cloudflare.call("POST", POLICIES, body)[1]["errors"][0]["message"]
    assert message.startswith("Invalid request: /alert_type: 'no_such_alert' is not one of abuse_report_alert, ")
    assert message.endswith(", …")
    assert len(message) < 250


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{ZONE}/healthchecks", {**CHECK, "check_regions": ["MARS"]}),
        (f"{ZONE}/healthchecks", {**CHECK, "http_config": "text"}),
        (POLICIES, {**POLICY, "alert_type": "no_such_alert"}),
        (POLICIES, {**POLICY, "filters": {"environment": "ENVIRONMENT_PRODUCTION"}}),
        (f"{ZONE}/rulesets", {"name": "x", "kind": "nope", "phase": "http_ratelimit", "rules": []}),
        (f"{ZONE}/rulesets", {"name": "x", "kind": "zone", "phase": "nope", "rules": []}),
        (f"{ZONE}/workers/routes", {"pattern": 5}),
    ],
)
def test_a_request_that_the_specification_forbids_is_refused_and_not_stored(
    make_world: Callable[..., World], path: str, body: dict[str, Any]
) -> None:
    world = make_world(cloudflare_plan="paid")
    status, answer = world.cloudflare.call("POST", path, body)
    assert (status, answer["errors"][0]["code"]) == (400, 10001)
    assert world.cloudflare.ok("GET", path)["result"] == []
