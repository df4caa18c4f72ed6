"""The stack edge, the API's address and Web Analytics: what each option makes, and that it touches nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from provider_pins import PINS
from settings import Settings, load_settings
from tests.stacks.structure import GENERATED_ID, undeclared_references, unused_variables
from tests.support import ROOT, Stacks, Values, addresses, strings

Change = Callable[[Mapping[str, Any]], Settings]
Synth = Callable[[Settings], Stacks]

HEADERS: dict[str, Any] = {"edge": {"headers": {}}}
OWN_HOST = 'http.host in {"intent.luisibarra.dev"}'
API_DOMAIN = {"environments": {"production": {"api": {"domain": "api.luisibarra.dev"}}}}
LIMIT = {"requests": 5, "period_seconds": 10, "mitigation_seconds": 10, "paths": ["/api/auth/"]}


@pytest.fixture(scope="module")
def full(synth: Synth) -> Stacks:
    """The stacks of the example that has every option on."""
    return synth(load_settings(ROOT / "examples/full.toml"))


def _rules(stacks: Stacks, name: str) -> dict[str, Values]:
    return {rule["ref"]: rule for rule in stacks["edge"]["resource"]["cloudflare_ruleset"][name]["rules"]}


def _headers(rule: Values) -> dict[str, str]:
    headers = rule["action_parameters"]["headers"]
    assert {header["operation"] for header in headers.values()} == {"set"}
    return {name: header["value"] for name, header in headers.items()}


def _policy(headers: Mapping[str, str]) -> dict[str, list[str]]:
    directives = [directive.split() for directive in headers["Content-Security-Policy"].split("; ")]
    return {name: sources for name, *sources in directives}


def _without_api_url(stack: Values) -> str:
    """A stack as text, except for the address of the API that the site gets."""
    hosts = ("intent-expense-tracker-api-production.sebastianiv21.workers.dev", "api.luisibarra.dev")
    text = str(stack)
    for host in (*hosts, "intent.luisibarra.dev"):
        text = text.replace(f"https://{host}", "API_URL")
    return text


OPTIONS: dict[str, tuple[dict[str, Any], dict[str, set[str]]]] = {
    "headers": (HEADERS, {"edge": {"cloudflare_ruleset.headers"}}),
    "firewall": ({"edge": {"firewall": {}}}, {"edge": {"cloudflare_ruleset.firewall"}}),
    "rate limits": ({"edge": {"rate_limits": {"auth": LIMIT}}}, {"edge": {"cloudflare_ruleset.rate_limits"}}),
    "zone settings": (
        {"edge": {"zone": {"always_use_https": True, "min_tls_version": "1.2"}}},
        {"edge": {"cloudflare_zone_setting.always_use_https", "cloudflare_zone_setting.min_tls_version"}},
    ),
    "bots": ({"edge": {"bots": {"fight_mode": True}}}, {"edge": {"cloudflare_bot_management.bots"}}),
    "health check": (
        {
            "cloudflare": {"plan": "pro"},
            "environments": {"production": {"api": {"domain": "api.luisibarra.dev", "health_check": {}}}},
        },
        {
            "production": {"cloudflare_workers_custom_domain.api"},
            "edge": {"cloudflare_healthcheck.production"},
        },
    ),
    "notifications": (
        {"notifications": {"emails": ["owner@example.com"], "alerts": ["incident_alert"]}},
        {"edge": {"cloudflare_notification_policy.incident_alert"}},
    ),
    "web analytics": (
        {"environments": {"production": {"website": {"web_analytics": True}}}},
        {"production": {"cloudflare_web_analytics_site.site"}},
    ),
    "api domain": (API_DOMAIN, {"production": {"cloudflare_workers_custom_domain.api"}}),
    "api route": (
        {"environments": {"production": {"api": {"route": "/api/*"}}}},
        {"production": {"cloudflare_workers_route.api"}},
    ),
}


@pytest.mark.parametrize(("changes", "expected"), OPTIONS.values(), ids=OPTIONS)
def test_an_option_adds_its_own_resources_and_no_other(
    changed: Change, synth: Synth, stacks: Stacks, changes: dict[str, Any], expected: dict[str, set[str]]
) -> None:
    result = synth(changed(changes))
    before = {name: addresses(stack) for name, stack in stacks.items()}
    added = {name: addresses(stack) - before.get(name, set()) for name, stack in result.items()}
    assert {name: new for name, new in added.items() if new} == expected
    assert all(before[name] <= addresses(result[name]) for name in before)
    for name in set(stacks) - set(expected):
        assert _without_api_url(result[name]) == _without_api_url(stacks[name])


def test_every_variable_is_used_and_every_reference_declared(full: Stacks) -> None:
    for stack in full.values():
        assert undeclared_references(stack) == set()
        assert unused_variables(stack) == set()
        assert [text for text in strings(stack) if GENERATED_ID.search(text)] == []


def test_the_edge_depends_on_no_other_stack(full: Stacks) -> None:
    assert "terraform_remote_state" not in full["edge"].get("data", {})
    assert full["edge"]["terraform"]["backend"]["s3"]["key"] == "ledger/edge/terraform.tfstate"
    assert (
        full["edge"]["terraform"]["required_providers"]["cloudflare"]["version"] == PINS.providers["cloudflare"].version
    )


def test_every_thing_with_a_description_says_whose_it_is(full: Stacks) -> None:
    for kind in ("cloudflare_ruleset", "cloudflare_notification_policy", "cloudflare_healthcheck"):
        for resource in full["edge"]["resource"][kind].values():
            assert "ledger/edge" in resource["description"]
            assert all("ledger/edge" in rule["description"] for rule in resource.get("rules", []))


def test_a_health_check_asks_the_api_over_https_and_is_told_of(full: Stacks) -> None:
    edge = full["edge"]["resource"]
    check = edge["cloudflare_healthcheck"]["production"]
    assert (check["type"], check["address"], check["name"]) == ("HTTPS", "api.ledger.example", "ledger-production-api")
    assert (check["interval"], check["retries"]) == (60, 2)
    http = check["http_config"]
    assert (http["port"], http["path"], http["expected_codes"]) == (443, "/health", ["200"])
    assert http["header"] == {"Host": ["api.ledger.example"]}
    policies = edge["cloudflare_notification_policy"]
    policy = policies["health_check_production"]
    assert policy["alert_type"] == "health_check_status_notification"
    assert policy["filters"]["health_check_id"] == ["${cloudflare_healthcheck.production.id}"]
    assert policy["mechanisms"] == policies["incident_alert"]["mechanisms"]


def test_a_health_check_alone_makes_a_stack_edge_without_notifications(changed: Change, synth: Synth) -> None:
    edge = synth(changed(OPTIONS["health check"][0]))["edge"]
    assert set(edge["resource"]) == {"cloudflare_healthcheck"}
    assert set(edge["variable"]) == {"cloudflare_api_token", "cloudflare_zone_id"}


def test_rules_keep_to_the_products_own_hosts(full: Stacks) -> None:
    hosts = '(http.host in {"ledger.example" "staging.ledger.example" "api.ledger.example"}) and ('
    for name in ("firewall", "rate_limits"):
        for rule in _rules(full, name).values():
            assert rule["expression"].startswith(hosts)
            assert rule["expression"].endswith(")")
    headers = _rules(full, "headers")
    assert headers["site-headers"]["expression"] == 'http.host in {"ledger.example" "staging.ledger.example"}'
    assert headers["api-headers"]["expression"] == 'http.host in {"api.ledger.example"}'


def test_the_site_gets_all_security_headers(changed: Change, synth: Synth) -> None:
    rules = _rules(synth(changed(HEADERS)), "headers")
    assert set(rules) == {"site-headers"}
    assert rules["site-headers"]["expression"] == OWN_HOST
    headers = _headers(rules["site-headers"])
    assert headers.pop("Content-Security-Policy")
    assert headers == {
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def test_the_policy_lets_the_site_reach_its_api_and_nothing_else(changed: Change, synth: Synth) -> None:
    policy = _policy(_headers(_rules(synth(changed(HEADERS)), "headers")["site-headers"]))
    assert policy["connect-src"] == [
        "'self'",
        "https://intent-expense-tracker-api-production.sebastianiv21.workers.dev",
    ]
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == ["'none'"]
    assert "'unsafe-eval'" not in policy["script-src"]


def test_the_policy_follows_the_apis_address_and_web_analytics(full: Stacks) -> None:
    policy = _policy(_headers(_rules(full, "headers")["site-headers"]))
    assert policy["connect-src"] == ["'self'", "https://api.ledger.example", "https://cloudflareinsights.com"]
    assert policy["script-src"] == ["'self'", "'unsafe-inline'", "https://static.cloudflareinsights.com"]


def test_an_api_of_its_own_name_may_load_nothing(full: Stacks) -> None:
    headers = _headers(_rules(full, "headers")["api-headers"])
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_headers_are_as_the_settings_say(changed: Change, synth: Synth) -> None:
    wanted = {
        "hsts_max_age_seconds": 300,
        "hsts_include_subdomains": True,
        "content_security_policy": "default-src 'self'",
        "report_only": True,
        "frame_options": "SAMEORIGIN",
        "referrer_policy": "no-referrer",
    }
    headers = _headers(_rules(synth(changed({"edge": {"headers": wanted}})), "headers")["site-headers"])
    assert headers["Strict-Transport-Security"] == "max-age=300; includeSubDomains"
    assert headers["Content-Security-Policy-Report-Only"] == "default-src 'self'"
    assert "Content-Security-Policy" not in headers
    assert (headers["X-Frame-Options"], headers["Referrer-Policy"]) == ("SAMEORIGIN", "no-referrer")


def test_the_made_policy_lets_the_site_frame_itself_where_the_header_does(changed: Change, synth: Synth) -> None:
    settings = changed({"edge": {"headers": {"frame_options": "SAMEORIGIN"}}})
    assert _policy(_headers(_rules(synth(settings), "headers")["site-headers"]))["frame-ancestors"] == ["'self'"]


def test_the_firewall_needs_no_regular_expressions_and_fits_a_free_zone(changed: Change, synth: Synth) -> None:
    rules = _rules(synth(changed({"edge": {"firewall": {}}})), "firewall")
    assert list(rules) == ["block-probes", "block-unknown-methods"]
    for rule in rules.values():
        assert "matches" not in rule["expression"]
        assert "~" not in rule["expression"]
        assert rule["expression"].count("(") == rule["expression"].count(")")


def test_an_owners_rule_comes_after_the_built_in_ones(full: Stacks) -> None:
    rules = _rules(full, "firewall")
    assert list(rules) == ["block-probes", "block-unknown-methods", "no-login-through-tor"]
    assert 'ip.src.country eq "T1")' in rules["no-login-through-tor"]["expression"]


def test_a_paid_zone_has_both_limits_of_the_deployment_plan(full: Stacks) -> None:
    rules = _rules(full, "rate_limits")
    found = {
        name: (rule["ratelimit"]["requests_per_period"], rule["ratelimit"]["period"]) for name, rule in rules.items()
    }
    assert found == {"api": (100, 60), "auth": (5, 60)}
    for rule in rules.values():
        assert rule["ratelimit"]["characteristics"] == ["cf.colo.id", "ip.src"]
        assert rule["action"] == "block"


def test_a_free_zones_limit_names_paths_only(changed: Change, synth: Synth) -> None:
    (rule,) = _rules(synth(changed({"edge": {"rate_limits": {"auth": LIMIT}}})), "rate_limits").values()
    assert rule["expression"] == 'starts_with(http.request.uri.path, "/api/auth/")'
    assert (rule["ratelimit"]["period"], rule["ratelimit"]["mitigation_timeout"]) == (10, 10)


def test_a_zone_setting_has_a_plain_text_value(full: Stacks) -> None:
    settings = full["edge"]["resource"]["cloudflare_zone_setting"]
    values = {name: (setting["setting_id"], setting["value"]) for name, setting in settings.items()}
    assert values == {
        "always_use_https": ("always_use_https", "on"),
        "browser_check": ("browser_check", "on"),
        "min_tls_version": ("min_tls_version", "1.2"),
    }


def test_the_edge_of_notifications_alone_needs_no_zone(changed: Change, synth: Synth) -> None:
    settings = changed({"notifications": {"emails": ["owner@example.com"]}})
    assert set(synth(settings)["edge"]["variable"]) == {"cloudflare_account_id", "cloudflare_api_token"}


def test_policies_tell_everyone_and_leave_out_what_nobody_uses(changed: Change, synth: Synth) -> None:
    settings = changed({"notifications": {"emails": ["a@example.com", "b@example.com"]}})
    policies = synth(settings)["edge"]["resource"]["cloudflare_notification_policy"]
    assert set(policies) == {"pages_event_alert", "incident_alert", "universal_ssl_event_type", "dos_attack_l7"}
    for policy in policies.values():
        assert policy["mechanisms"] == {"email": [{"id": "a@example.com"}, {"id": "b@example.com"}]}
    assert policies["pages_event_alert"]["filters"]["event"] == ["EVENT_DEPLOYMENT_FAILED"]
    assert "filters" not in policies["dos_attack_l7"]


def test_the_webhook_is_a_sensitive_variable_in_two_parts(full: Stacks) -> None:
    variable = full["edge"]["variable"]["discord_webhook_url"]
    assert variable["sensitive"] is True
    assert "default" not in variable
    webhook = full["edge"]["resource"]["cloudflare_notification_policy_webhooks"]["discord"]
    assert webhook["secret"] == "${basename(var.discord_webhook_url)}"
    assert webhook["url"] == '${trimsuffix(var.discord_webhook_url, "/${basename(var.discord_webhook_url)}")}'


def test_the_api_is_attached_to_the_environments_own_worker(full: Stacks) -> None:
    assert full["production"]["resource"]["cloudflare_workers_custom_domain"]["api"] == {
        "account_id": "${var.cloudflare_account_id}",
        "zone_id": "${var.cloudflare_zone_id}",
        "hostname": "api.ledger.example",
        "environment": "production",
        "service": "ledger-api-production",
    }
    assert full["staging"]["resource"]["cloudflare_workers_route"]["api"] == {
        "zone_id": "${var.cloudflare_zone_id}",
        "pattern": "staging.ledger.example/api/*",
        "script": "ledger-api-staging",
    }


def test_an_api_needs_no_site_beside_it(changed: Change, synth: Synth) -> None:
    result = synth(changed({"environments": {"dev": {"api": {"domain": "api-dev.luisibarra.dev"}}}}))
    assert "cloudflare_workers_custom_domain.api" in addresses(result["dev"])
    assert not [address for address in addresses(result["dev"]) if "pages" in address or "dns" in address]
    assert "moved" in result["dev"]
    assert not [move for move in result["dev"]["moved"] if "worker" in move["to"]]


def test_web_analytics_counts_one_host_and_puts_nothing_into_others(full: Stacks) -> None:
    assert full["production"]["resource"]["cloudflare_web_analytics_site"]["site"] == {
        "account_id": "${var.cloudflare_account_id}",
        "host": "ledger.example",
        "auto_install": False,
    }
    assert (
        full["production"]["output"]["web_analytics_token"]["value"]
        == "${cloudflare_web_analytics_site.site.site_token}"
    )
    assert "cloudflare_web_analytics_site" not in full["staging"]["resource"]
