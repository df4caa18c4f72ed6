"""Cloudflare's API from an empty zone to an empty zone: each operation that the local cloud has."""

from __future__ import annotations

import json
from typing import Any

from sandbox.cloud.cloud_seed import CloudSeed
from tests.specification.session import Session

_ACCOUNT, _ZONE = f"/accounts/{CloudSeed.account_id}", f"/zones/{CloudSeed.zone_id}"
_DOMAIN = CloudSeed.zone_name
_NOTHING = "0" * 32
_NO_UUID = "00000000-0000-0000-0000-000000000000"


def call_all(call: Session) -> None:
    """Every operation, with the answers to what is missing, taken or attached."""
    for path in ("/user", "/user/tokens/verify", f"{_ACCOUNT}/tokens/verify", "/accounts", _ACCOUNT, "/zones", _ZONE):
        call("GET", path)
    call("GET", f"/zones/{_NOTHING}", status=403)
    _records(call)
    _pages(call)
    _rulesets(call)
    _settings(call)
    _health_checks(call)
    _notifications(call)
    _analytics(call)
    _workers(call)
    _worker_addresses(call)
    call("DELETE", f"{_ACCOUNT}/workers/scripts/check")
    call("DELETE", f"{_ACCOUNT}/workers/services/check", status=404)
    for owner in ("/user", _ACCOUNT):
        call("PUT", f"{owner}/tokens/{_NOTHING}/value", {}, status=404)


def _records(call: Session) -> None:
    path = f"{_ZONE}/dns_records"
    body = {
        "type": "A",
        "name": "one",
        "content": "192.0.2.1",
        "ttl": 300,
        "proxied": False,
        "comment": "c",
        "tags": [],
    }
    never: dict[str, Any] = {
        "a label of 64 characters": {"name": "x" * 64},
        "a name of 300 characters": {"name": ".".join(["x" * 60] * 5)},
        "a name with a space": {"name": "a b"},
        "an empty label": {"name": "a..b"},
        "an unknown type": {"type": "NOPE"},
        "a TTL of 0": {"ttl": 0},
        "a TTL of 59": {"ttl": 59},
        "a TTL of 86401": {"ttl": 86401},
        "an IPv6 address in an A record": {"content": "::1"},
        "a private address behind the proxy": {"content": "192.168.0.1", "proxied": True},
        "a comment of 501 characters": {"comment": "x" * 501},
        "an MX record without a priority": {"type": "MX", "content": "mx.example.com"},
        "a CNAME record of itself": {"type": "CNAME", "content": f"one.{_DOMAIN}"},
        "a CNAME record of an address": {"type": "CNAME"},
        "a long TXT record": {"type": "TXT", "content": "x" * 4097},
        "an NS record of the zone": {"type": "NS", "name": "@", "content": "ns.example.com"},
        "a CAA record without data": {"type": "CAA", "content": ""},
    }
    number = call("POST", path, body, never=never)["result"]["id"]
    for kind, rest in {
        "AAAA": {"content": "2001:db8::1"},
        "CNAME": {"content": "x.example.com"},
        "TXT": {"content": '"text"'},
        "MX": {"content": "mx.example.com", "priority": 10},
        "NS": {"content": "ns1.example.com"},
        "CAA": {"data": {"flags": 0, "tag": "issue", "value": "letsencrypt.org"}},
        "SRV": {"data": {"priority": 1, "weight": 1, "port": 443, "target": "x.example.com"}},
    }.items():
        call("POST", path, {"type": kind, "name": f"t-{kind}".lower(), "ttl": 1, **rest})
    call("POST", path, body, status=400)
    call("GET", path)
    call("GET", f"{path}?per_page=5&page=2&order=name&direction=desc&name.contains=t-&match=any&proxied=true")
    for query in (
        "per_page=0",
        "per_page=x",
        "page=0",
        "type=NOPE&order=size",
        "direction=up",
        "match=some",
        "tag.exact=x",
    ):
        call.refused("GET", f"{path}?{query}")
    call("GET", f"{path}/{number}")
    call("GET", f"{path}/{_NOTHING}", status=404)
    call("PATCH", f"{path}/{number}", {"comment": "new"})
    call("PUT", f"{path}/{number}", {**body, "content": "192.0.2.2"})
    call("DELETE", f"{path}/{number}")
    call("DELETE", f"{path}/{number}", status=404)


def _pages(call: Session) -> None:
    path = f"{_ACCOUNT}/pages/projects"
    variables = {"A": {"type": "plain_text", "value": "1"}, "S": {"type": "secret_text", "value": "hidden"}}
    source = {"owner": "o", "repo_name": "r", "production_branch": "main", "deployments_enabled": True}
    body = {
        "name": "check",
        "production_branch": "main",
        "build_config": {"build_command": "npm run build", "destination_dir": "out", "root_dir": ""},
        "source": {"type": "github", "config": source},
        "deployment_configs": {
            "production": {"env_vars": variables, "compatibility_date": "2026-01-01"},
            "preview": {},
        },
    }
    never = {
        "upper case": {"name": "Check"},
        "a name of 59 characters": {"name": "x" * 59},
        "a name that ends with a dash": {"name": "ab-"},
        "a date in words": {"deployment_configs": {"production": {"compatibility_date": "soon"}}},
    }
    call("POST", path, body, never=never)
    call("POST", path, body, status=409)
    call("GET", f"{path}?per_page=10")
    call.refused("GET", f"{path}?per_page=26")
    call("GET", f"{path}/check")
    call("GET", f"{path}/none", status=404)
    call("PATCH", f"{path}/check", {"deployment_configs": {"production": {"env_vars": {"A": None}}}})
    domains = f"{path}/check/domains"
    names = {f"the domain {name[:8]}": {"name": name} for name in ("x", "a b.com", "x" * 300 + ".com", "a..com")}
    call("POST", domains, {"name": f"app.{_DOMAIN}"}, never=names)
    call("POST", domains, {"name": f"app.{_DOMAIN}"}, status=409)
    call("GET", domains)
    call("GET", f"{domains}/app.{_DOMAIN}")
    call("GET", f"{domains}/none.{_DOMAIN}", status=404)
    call("PATCH", f"{domains}/app.{_DOMAIN}")
    call("DELETE", f"{path}/check", status=400)
    deployments = f"{path}/check/deployments"
    call("POST", deployments, {"branch": "main"})
    preview = call("POST", deployments, {"branch": "feature/x"})["result"]["id"]
    call("GET", f"{deployments}?env=preview")
    call.refused("GET", f"{deployments}?env=nonsense")
    call("GET", f"{deployments}/{preview}")
    call("GET", f"{deployments}/{_NO_UUID}", status=404)
    call("DELETE", f"{deployments}/{preview}")
    call("GET", f"{path}/check")
    call("DELETE", f"{domains}/app.{_DOMAIN}")
    call("DELETE", f"{path}/check")
    call("DELETE", f"{path}/check", status=404)


def _rulesets(call: Session) -> None:
    path, rule = (
        f"{_ZONE}/rulesets",
        {"action": "block", "expression": "(ip.src eq 192.0.2.1)", "description": "d", "enabled": True},
    )
    body = {"name": "r", "kind": "zone", "phase": "http_request_firewall_custom", "rules": [rule]}

    def rules(*changes: dict[str, Any]) -> dict[str, Any]:
        return {"rules": [{**rule, **change} for change in changes]}

    never = {
        "an action of another phase": rules({"action": "rewrite"}),
        "an expression that is not closed": rules({"expression": "((("}),
        "an empty expression": rules({"expression": ""}),
        "an unknown field of a rule": rules({"color": "red"}),
        "two rules of one ref": rules({"ref": "a"}, {"ref": "a"}),
    }
    number = call("POST", path, body, never=never)["result"]["id"]
    call("POST", path, body, status=400)
    call("GET", path)
    call("GET", f"{path}/{number}")
    call("GET", f"{path}/{_NOTHING}", status=404)
    call("PUT", f"{path}/{number}", {"rules": [rule, {**rule, "action": "log"}]})
    entry = f"{path}/phases/{body['phase']}/entrypoint"
    call("GET", entry)
    call("PUT", entry, {"rules": [rule]})
    limit = {
        "characteristics": ["cf.colo.id", "ip.src"],
        "period": 10,
        "requests_per_period": 5,
        "mitigation_timeout": 10,
    }
    limited = {"rules": [{"action": "block", "expression": "true", "ratelimit": limit}]}
    limits = f"{path}/phases/http_ratelimit/entrypoint"
    call("PUT", limits, limited)
    for change in ({"period": 11}, {"characteristics": ["ip.src"]}, {"characteristics": None}):
        ratelimit = {name: value for name, value in {**limit, **change}.items() if value is not None}
        call.refused(
            "PUT", limits, {"rules": [{**limited["rules"][0], "ratelimit": ratelimit}]}, f"a limit with {change}"
        )
    headers = {"headers": {"X-A": {"operation": "set", "value": "1"}}}
    rewrite = {"action": "rewrite", "expression": "true", "action_parameters": headers}
    call("PUT", f"{path}/phases/http_response_headers_transform/entrypoint", {"rules": [rewrite]})
    call("GET", f"{path}/phases/http_request_transform/entrypoint", status=404)
    call.refused("PUT", f"{path}/phases/nope/entrypoint", {"rules": []}, "an unknown phase")
    call("DELETE", f"{path}/{number}")
    call("DELETE", f"{path}/{number}", status=404)


def _settings(call: Session) -> None:
    hsts = {"strict_transport_security": {"enabled": True, "max_age": 86400, "nosniff": True}}
    call("GET", f"{_ZONE}/settings")
    for name, value in {
        "ssl": "strict",
        "min_tls_version": "1.2",
        "0rtt": "on",
        "brotli": "off",
        "security_header": hsts,
    }.items():
        call("GET", f"{_ZONE}/settings/{name}")
        call("PATCH", f"{_ZONE}/settings/{name}", {"value": value}, never={f"{name} nope": {"value": "nope"}})
    call.refused("PATCH", f"{_ZONE}/settings/nonsense", {"value": "on"}, "an unknown setting")
    bots = f"{_ZONE}/bot_management"
    call("GET", bots)
    call("PUT", bots, {"enable_js": True, "sbfm_definitely_automated": "block"})
    for change in ({"enable_js": "yes"}, {"sbfm_definitely_automated": "nope"}, {"color": "red"}):
        call.refused("PUT", bots, change, str(change))


def _health_checks(call: Session) -> None:
    path = f"{_ZONE}/healthchecks"
    http = {"path": "/", "method": "GET", "expected_codes": ["200"], "port": 443}
    body = {
        "name": "h",
        "address": f"app.{_DOMAIN}",
        "type": "HTTPS",
        "interval": 60,
        "retries": 2,
        "timeout": 5,
        "http_config": http,
    }
    never: dict[str, Any] = {
        f"{name} {value}": {name: value}
        for name, value in (
            ("interval", 4000),
            ("interval", 14),
            ("retries", 6),
            ("timeout", 11),
            ("consecutive_fails", 0),
        )
    }
    never["port 70000"] = {"http_config": {"port": 70000}}
    number = call("POST", path, body, never=never)["result"]["id"]
    call("POST", path, {"name": "tcp", "address": "192.0.2.1", "type": "TCP", "tcp_config": {"port": 5432}})
    call("GET", f"{path}?per_page=5")
    call("GET", f"{path}/{number}")
    call("GET", f"{path}/{_NOTHING}", status=404)
    call("PUT", f"{path}/{number}", body)
    call("PATCH", f"{path}/{number}", body)
    call("DELETE", f"{path}/{number}")
    call("DELETE", f"{path}/{number}", status=404)


def _notifications(call: Session) -> None:
    webhooks, policies = f"{_ACCOUNT}/alerting/v3/destinations/webhooks", f"{_ACCOUNT}/alerting/v3/policies"
    body = {"name": "w", "url": "https://hooks.example.com/x", "secret": "s"}
    number = call("POST", webhooks, body, status=201, never={"a url without a scheme": {"url": "no url"}})["result"][
        "id"
    ]
    call("GET", webhooks)
    call("GET", f"{webhooks}/{number}")
    call("GET", f"{webhooks}/{_NOTHING}", status=404)
    call("PUT", f"{webhooks}/{number}", body)
    filters = {"project_id": ["x"], "environment": ["ENVIRONMENT_PRODUCTION"], "event": ["EVENT_DEPLOYMENT_FAILED"]}
    policy = {
        "name": "p",
        "alert_type": "pages_event_alert",
        "enabled": True,
        "mechanisms": {"webhooks": [{"id": number}]},
        "filters": filters,
    }
    never = {
        "a webhook that does not exist": {"mechanisms": {"webhooks": [{"id": _NOTHING}]}},
        "a mechanism without an id": {"mechanisms": {"webhooks": [{}]}},
        "an email without an address": {"mechanisms": {"email": [{"id": "x"}]}},
        "an unknown environment": {"filters": {"environment": ["NOPE"]}},
    }
    made = call("POST", policies, policy, never=never)["result"]["id"]
    email = {"name": "p", "alert_type": "universal_ssl_event_type", "enabled": True}
    call("POST", policies, {**email, "mechanisms": {"email": [{"id": "a@example.com"}]}})
    call("GET", policies)
    call("GET", f"{policies}/{made}")
    call("GET", f"{policies}/{_NOTHING}", status=404)
    call("PUT", f"{policies}/{made}", policy)
    call("DELETE", f"{policies}/{made}")
    call("DELETE", f"{webhooks}/{number}")
    billing = {"product": ["worker_requests"], "limit": ["100"]}
    call(
        "POST",
        policies,
        {
            **email,
            "alert_type": "billing_usage_alert",
            "mechanisms": {"email": [{"id": "a@example.com"}]},
            "filters": billing,
        },
    )


def _analytics(call: Session) -> None:
    path = f"{_ACCOUNT}/rum/site_info"
    tag = call("POST", path, {"host": f"www.{_DOMAIN}", "auto_install": False})["result"]["site_tag"]
    call("POST", path, {"zone_tag": CloudSeed.zone_id, "auto_install": True})
    call.refused("POST", path, {"auto_install": True}, "neither host nor zone_tag")
    call("GET", f"{path}/list?per_page=1&page=2")
    call.refused("GET", f"{path}/list?order_by=nope")
    call("GET", f"{path}/{tag}")
    call("GET", f"{path}/{_NOTHING}", status=404)
    call("PUT", f"{path}/{tag}", {"host": f"www.{_DOMAIN}", "auto_install": True})
    call("DELETE", f"{path}/{tag}")


def _upload(**metadata: Any) -> dict[str, Any]:
    code = ("index.js", b"export default {}", "application/javascript+module")
    held = {"main_module": "index.js", "compatibility_date": "2026-01-01", **metadata}
    return {"metadata": (None, json.dumps(held), "application/json"), "index.js": code}


def _workers(call: Session) -> None:
    scripts = f"{_ACCOUNT}/workers/scripts"
    path = f"{scripts}/check"
    text, secret = (
        {"type": "plain_text", "name": "V", "text": "1"},
        {"type": "secret_text", "name": "S", "text": "hidden"},
    )
    for why, metadata in {
        "bindings in words": {"bindings": "x"},
        "a binding without a name": {"bindings": [{"type": "plain_text", "text": "x"}]},
        "a binding of an unknown type": {"bindings": [{"type": "nope", "name": "x"}]},
        "two bindings of one name": {"bindings": [text, text]},
        "an unknown usage model": {"usage_model": "nope"},
        "a main module that is missing": {"main_module": "other.js"},
        "a flag that is no list": {"compatibility_flags": "x"},
    }.items():
        call.refused("PUT", path, why=why, form=_upload(**metadata))
        call.refused("POST", f"{path}/versions", why=why, form=_upload(**metadata))
    for name in ("Not%20Allowed", "x" * 64):
        call.refused("PUT", f"{scripts}/{name}", why=f"the name {name[:12]}", form=_upload())
    call("PUT", path, form=_upload(bindings=[text, secret]))
    call("GET", scripts)
    call("GET", f"{path}/settings")
    call("GET", f"{path}/script-settings")
    call("PATCH", f"{path}/script-settings", {"logpush": False, "tags": ["t"]})
    second = call("POST", f"{path}/versions", form=_upload(annotations={"workers/message": "m"}))["result"]["id"]
    call("GET", f"{path}/versions")
    call("GET", f"{path}/versions?deployable=true")
    call("GET", f"{path}/versions/{second}")
    call("GET", f"{path}/versions/{_NO_UUID}", status=404)
    call("GET", f"{path}/content/v2?version={second}")
    call("GET", f"{path}/deployments")
    whole = {"strategy": "percentage", "versions": [{"version_id": second, "percentage": 100}]}
    half = {"version_id": second, "percentage": 50}
    never = {
        "an unknown strategy": {"strategy": "nope"},
        "a percentage of 0.001": {"versions": [{"version_id": second, "percentage": 0.001}]},
        "one version twice": {"versions": [half, half]},
        "half of the requests": {"versions": [half]},
        "a version that does not exist": {"versions": [{"version_id": _NO_UUID, "percentage": 100}]},
    }
    call("POST", f"{path}/deployments", whole, never=never)
    call("GET", f"{path}/secrets")
    put = {"name": "T", "text": "x", "type": "secret_text"}
    call("PUT", f"{path}/secrets", put, never={"a name with a space": {"name": "a b"}})
    call("PATCH", f"{path}/secrets-bulk", {"secrets": {"U": {**put, "name": "U"}, "T": None}})
    call("DELETE", f"{path}/secrets/U")
    call("DELETE", f"{path}/secrets/none", status=404)
    call("PATCH", f"{_ACCOUNT}/workers/workers/check/versions/latest", {"env": {"W": {**put, "name": "W"}}})
    call("GET", f"{path}/subdomain")
    call("POST", f"{path}/subdomain", {"enabled": True, "previews_enabled": True})
    call("GET", f"{_ACCOUNT}/workers/subdomain")
    dots = {f"the subdomain {name}": {"subdomain": name} for name in ("a.b", "", "A b")}
    call("PUT", f"{_ACCOUNT}/workers/subdomain", {"subdomain": "mine"}, never=dots)
    for rest in ("durable_objects/namespaces", "services/check", "workers/check"):
        call("GET", f"{_ACCOUNT}/workers/{rest}")
    call("GET", f"{_ACCOUNT}/storage/kv/namespaces")


def _worker_addresses(call: Session) -> None:
    routes, domains = f"{_ZONE}/workers/routes", f"{_ACCOUNT}/workers/domains"
    route = {"pattern": f"api.{_DOMAIN}/*", "script": "check"}
    number = call("POST", routes, route, never={"a pattern of another zone": {"pattern": "example.com/*"}})["result"][
        "id"
    ]
    call("POST", routes, route, status=409)
    call.refused("POST", routes, {"pattern": f"b.{_DOMAIN}/*", "script": "none"}, "a Worker that does not exist")
    call("GET", routes)
    call("GET", f"{routes}/{number}")
    call("PUT", f"{routes}/{number}", {**route, "pattern": f"api.{_DOMAIN}/v1/*"})
    call("DELETE", f"{routes}/{number}")
    call("GET", f"{routes}/{number}", status=404)
    domain = {"hostname": f"worker.{_DOMAIN}", "service": "check", "zone_id": CloudSeed.zone_id}
    made = call("PUT", domains, domain, never={"a host of another zone": {"hostname": "a.example.com"}})["result"]["id"]
    call("PUT", domains, {"hostname": f"byname.{_DOMAIN}", "service": "check", "zone_name": _DOMAIN})
    call.refused(
        "PUT", domains, {**domain, "hostname": f"c.{_DOMAIN}", "service": "none"}, "a Worker that does not exist"
    )
    call("GET", domains)
    call("GET", f"{domains}/{made}")
    call("DELETE", f"{domains}/{made}")
    call("GET", f"{domains}/{made}", status=404)
