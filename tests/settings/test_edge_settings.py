"""The edge, the API's address and notifications: each invalid value is one line, with the plan that forbids it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from settings import Settings, SettingsError

Change = Callable[[Mapping[str, Any]], Settings]

PRO = {"cloudflare": {"plan": "pro"}}
BUSINESS = {"cloudflare": {"plan": "business"}}
LIMIT = {"requests": 5, "period_seconds": 10, "mitigation_seconds": 10}
RULE = {"expression": 'http.request.uri.path eq "/x"'}
NOTICES = {"emails": ["owner@example.com"]}
TELLING: dict[str, Any] = {"notifications": NOTICES}


def _production(**tables: Any) -> dict[str, Any]:
    return {"environments": {"production": tables}}


def _limits(**limits: dict[str, Any]) -> dict[str, Any]:
    return {"edge": {"rate_limits": limits}}


def _rules(**rules: dict[str, Any]) -> dict[str, Any]:
    return {"edge": {"firewall": {"rules": rules}}}


def _checked(address: dict[str, Any], **check: Any) -> dict[str, Any]:
    return {**PRO, **_production(api={**address, "health_check": check})}


OWN_HOST = {"domain": "api.luisibarra.dev"}
ROUTE = {"route": "/api/*"}

# Production without a site, and not empty either.
NO_SITE = _production(website=None, secrets={"rotation": "1"})

# (what is changed in the committed settings, the key that the line names, a part of what it says)
MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "empty edge": ({"edge": {}}, "edge", "is empty"),
    "zone settings that set nothing": ({"edge": {"zone": {}}}, "edge", "is empty"),
    "bots that set nothing": ({"edge": {"zone": {"browser_check": True}, "bots": {}}}, "edge.bots", "is empty"),
    "nothing but bots that set nothing": ({"edge": {"bots": {}}}, "edge", "is empty"),
    "super bot fight mode on a free zone": (
        {"edge": {"bots": {"sbfm_verified_bots": "block"}}},
        "edge.bots.sbfm_verified_bots",
        "a free zone does not have it; use fight_mode or ai_bots_protection, or set cloudflare.plan",
    ),
    "likely bots on a pro zone": (
        {**PRO, "edge": {"bots": {"sbfm_likely_automated": "managed_challenge"}}},
        "edge.bots.sbfm_likely_automated",
        "a pro zone does not have it",
    ),
    "bot fight mode on a pro zone": (
        {**PRO, "edge": {"bots": {"fight_mode": True}}},
        "edge.bots.fight_mode",
        "a pro zone does not have it; use sbfm_definitely_automated or",
    ),
    "bot action that Cloudflare has not": (
        {**PRO, "edge": {"bots": {"sbfm_verified_bots": "managed_challenge"}}},
        "edge.bots.sbfm_verified_bots",
        "'allow' or 'block'",
    ),
    "bots without a zone": (
        {"edge": {"bots": {"fight_mode": True}}, "cloudflare": None, **NO_SITE},
        "cloudflare.zone",
        "[edge] needs it",
    ),
    "edge without a zone": (
        {"edge": {"zone": {"browser_check": True}}, "cloudflare": None, **NO_SITE},
        "cloudflare.zone",
        "[edge] needs it",
    ),
    "headers for no host": ({"edge": {"headers": {}}, **NO_SITE}, "edge.headers", "no environment"),
    "limits for no host": ({**_limits(x=LIMIT), **NO_SITE}, "edge.rate_limits", "no environment"),
    "firewall without a rule": (
        {"edge": {"firewall": {"block_probes": False, "block_unknown_methods": False}}},
        "edge.firewall",
        "has no rule",
    ),
    "six rules on a free zone": (
        _rules(**{f"r{number}": RULE for number in range(4)}),
        "edge.firewall",
        "6 rules are more than a free zone has (5;",
    ),
    "regular expression on a free zone": (
        _rules(x={"expression": 'http.request.uri.path matches "^/x"'}),
        "edge.firewall.rules.x.expression",
        "a free zone has no regular expressions",
    ),
    "regular expression on a pro zone": (
        {**PRO, **_rules(x={"expression": 'http.user_agent ~ "bot"'})},
        "edge.firewall.rules.x.expression",
        "a pro zone has no regular expressions",
    ),
    "rule named like one that comes with the stack": (
        _rules(**{"block-probes": RULE}),
        "edge.firewall.rules.block-probes",
        "taken by edge.firewall.block_probes; choose another",
    ),
    "rule named like one that is switched off": (
        {"edge": {"firewall": {"block_unknown_methods": False, "rules": {"block-unknown-methods": RULE}}}},
        "edge.firewall.rules.block-unknown-methods",
        "taken by edge.firewall.block_unknown_methods",
    ),
    "open bracket": (_rules(x={"expression": "(true"}), "edge.firewall.rules.x.expression", "are not balanced"),
    "bracket that closes the host's": (
        _rules(x={"expression": "true) or (true"}),
        "edge.firewall.rules.x.expression",
        "are not balanced",
    ),
    "open quote": (
        _rules(x={"expression": 'http.host eq "a'}),
        "edge.firewall.rules.x.expression",
        "are not balanced",
    ),
    "action of a paid plan": (
        _rules(x={**RULE, "action": "log"}),
        "edge.firewall.rules.x.action",
        "'block', 'managed_challenge' or 'js_challenge'",
    ),
    "terraform in a rule": (
        _rules(x={"expression": 'http.host eq "${var.cloudflare_api_token}"'}),
        "edge.firewall.rules.x.expression",
        "a Terraform expression is not allowed here",
    ),
    "two limits on a free zone": (
        _limits(a=LIMIT, b=LIMIT),
        "edge.rate_limits",
        "2 rules are more than a free zone has (1)",
    ),
    "three limits on a pro zone": (
        {**PRO, **_limits(a=LIMIT, b=LIMIT, c=LIMIT)},
        "edge.rate_limits",
        "pro zone has (2)",
    ),
    "the plan's own limit on a free zone": (
        _limits(auth={"requests": 5}),
        "edge.rate_limits.auth.period_seconds",
        "a free zone can't use 60 s; use 10, or set cloudflare.plan",
    ),
    "long block on a free zone": (
        _limits(auth={**LIMIT, "mitigation_seconds": 60}),
        "edge.rate_limits.auth.mitigation_seconds",
        "a free zone can't use 60 s; use 10, or",
    ),
    "long period on a pro zone": (
        {**PRO, **_limits(auth={**LIMIT, "period_seconds": 120})},
        "edge.rate_limits.auth.period_seconds",
        "a pro zone can't use 120 s",
    ),
    "period that Cloudflare has not": (
        {**PRO, **_limits(auth={**LIMIT, "period_seconds": 50})},
        "edge.rate_limits.auth.period_seconds",
        "can't use 50 s; use 10, 15, 20, 30, 40, 45, 60, or",
    ),
    "path with a wildcard": (
        _limits(auth={**LIMIT, "paths": ["/api/*"]}),
        "edge.rate_limits.auth.paths.0",
        "is not a path",
    ),
    "headers for three years": (
        {"edge": {"headers": {"hsts_max_age_seconds": 94608000}}},
        "edge.headers.hsts_max_age_seconds",
        "less than or equal to 63072000",
    ),
    "old TLS": ({"edge": {"zone": {"min_tls_version": "1.4"}}}, "edge.zone.min_tls_version", "'1.2' or '1.3'"),
    "plan that Cloudflare has not": ({"cloudflare": {"plan": "enterprise"}}, "cloudflare.plan", "'free', 'pro'"),
    "API address without an API": (
        {"api": None, **_production(api={"domain": "api.luisibarra.dev"})},
        "environments.production.api",
        "there is no API",
    ),
    "API address without a zone": (
        {"cloudflare": None, **_production(website=None, api={"domain": "api.luisibarra.dev"})},
        "cloudflare.zone",
        "environments.production.api needs it",
    ),
    "neither domain nor route": (
        _production(api={}),
        "environments.production.api",
        "needs either domain or route",
    ),
    "both domain and route": (
        _production(api={"domain": "api.luisibarra.dev", "route": "/api/*"}),
        "environments.production.api",
        "needs either domain or route",
    ),
    "health check on workers.dev": (
        _checked({}),
        "environments.production.api.health_check",
        "the API on workers.dev is outside the zone; set environments.production.api.domain or .route",
    ),
    "health check on a free zone": (
        {**_checked(OWN_HOST), "cloudflare": {"plan": "free"}},
        "environments.production.api.health_check",
        "only zones on the Pro plan or higher, and cloudflare.plan is free",
    ),
    "fast health check on a pro zone": (
        _checked(OWN_HOST, interval_seconds=30),
        "environments.production.api.health_check.interval_seconds",
        "a pro zone can't check every 30 s; use 60 or more",
    ),
    "fast health check on a business zone": (
        {**_checked(OWN_HOST, interval_seconds=10), **BUSINESS},
        "environments.production.api.health_check.interval_seconds",
        "a business zone can't check every 10 s; use 15 or more",
    ),
    "health check of the site in place of the API": (
        _checked(ROUTE),
        "environments.production.api.health_check.path",
        "/health (as the release has it) is not on the route /api/*",
    ),
    "health check beside a route without a wildcard": (
        _checked({"route": "/api"}, path="/api/health"),
        "environments.production.api.health_check.path",
        "/api/health is not on the route /api,",
    ),
    "more health checks than a pro zone has": (
        {
            **PRO,
            "environments": {
                f"e{number}": {"api": {"domain": f"api{number}.luisibarra.dev", "health_check": {}}}
                for number in range(11)
            },
        },
        "environments.e0.api.health_check",
        "11 health checks are more than a pro zone has (10)",
    ),
    "health check that nothing passes": (
        _checked(OWN_HOST, expected_codes=[]),
        "environments.production.api.health_check.expected_codes",
        "at least 1",
    ),
    "status that is none": (
        _checked(OWN_HOST, expected_codes=["2x"]),
        "environments.production.api.health_check.expected_codes.0",
        "is not an HTTP status",
    ),
    "API outside the zone": (
        _production(api={"domain": "api.example.com"}),
        "environments.production.api.domain",
        "is not in cloudflare.zone",
    ),
    "API at the site's own name": (
        _production(api={"domain": "intent.luisibarra.dev"}),
        "environments.production.api.domain",
        "already used by environments.production.website.domain",
    ),
    "API at another API's name": (
        {"environments": {name: {"api": {"domain": "api.luisibarra.dev"}} for name in ("dev", "production")}},
        "environments.production.api.domain",
        "already used by environments.dev.api.domain",
    ),
    "route without a site": (
        {"environments": {"dev": {"api": {"route": "/api/*"}}}},
        "environments.dev.api.route",
        "add environments.dev.website",
    ),
    "route that takes the whole site": (
        _production(api={"route": "/*"}),
        "environments.production.api.route",
        "is not a path below the site",
    ),
    "route out of the site": (
        _production(api={"route": "/../x*"}),
        "environments.production.api.route",
        "'/../x*' holds //, /./ or /../, which no request has",
    ),
    "route that ends above": (_production(api={"route": "/api/..*"}), "environments.production.api.route", "holds //"),
    "route through nowhere": (
        _production(api={"route": "/a//b/*"}),
        "environments.production.api.route",
        "holds //",
    ),
    "route with a query": (
        _production(api={"route": "/api?x=*"}),
        "environments.production.api.route",
        "the form /api/*",
    ),
    "route with a host": (
        _production(api={"route": "x.dev/*"}),
        "environments.production.api.route",
        "the form /api/*",
    ),
    "limit on a path that no request has": (
        _limits(auth={**LIMIT, "paths": ["/./api/"]}),
        "edge.rate_limits.auth.paths.0",
        "holds //, /./ or /../",
    ),
    "nobody to tell": ({"notifications": {}}, "notifications", "there is no recipient"),
    "nothing to tell": ({"notifications": {**NOTICES, "alerts": []}}, "notifications.alerts", "is empty"),
    "address that is none": ({"notifications": {"emails": ["owner"]}}, "notifications.emails.0", "not an e-mail"),
    "address named twice": (
        {"notifications": {"emails": ["a@example.com", "a@example.com"]}},
        "notifications.emails",
        "is listed twice",
    ),
    "webhook on a free zone": (
        {"notifications": {"discord": True}},
        "notifications.discord",
        "only from accounts with a zone on the Pro plan or higher, and cloudflare.plan is free",
    ),
    "webhook in the file": (
        {"notifications": {**NOTICES, "discord_webhook_url": "x"}},
        "notifications.discord_webhook_url",
        "pass it as the Terraform variable TF_VAR_discord_webhook_url",
    ),
    "deployments of no site": (
        {**TELLING, "website": None, **NO_SITE},
        "notifications.alerts",
        "there is no site",
    ),
}


@pytest.mark.parametrize(("changes", "key", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_that_names_its_key(
    changed: Change, changes: dict[str, Any], key: str, message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        changed(changes)
    (line,) = str(caught.value).splitlines()
    assert f"settings.toml: {key}: " in line
    assert message in line


@pytest.mark.parametrize(
    "changes",
    [
        _rules(a=RULE, b=RULE, c=RULE),
        _rules(x={"expression": 'http.user_agent contains "~ matches ("'}),
        {**BUSINESS, **_rules(x={"expression": 'http.user_agent matches "(?i)bot"'})},
        _limits(auth=LIMIT),
        {**PRO, **_limits(api={"requests": 100}, auth={"requests": 5, "mitigation_seconds": 3600})},
        {**BUSINESS, **_limits(api={"requests": 100, "period_seconds": 600, "mitigation_seconds": 86400})},
        {**PRO, "notifications": {"discord": True}},
        {"notifications": NOTICES},
        {"edge": {"zone": {"browser_check": False}}, **NO_SITE},
        {"edge": {"bots": {"fight_mode": True, "ai_bots_protection": "block"}}, **NO_SITE},
        {**PRO, "edge": {"bots": {"sbfm_definitely_automated": "block", "sbfm_verified_bots": "allow"}}},
        {**BUSINESS, "edge": {"bots": {"sbfm_likely_automated": "managed_challenge"}}},
        _checked(OWN_HOST),
        _checked(ROUTE, path="/api/health"),
        {**_checked(OWN_HOST, interval_seconds=15, expected_codes=["2xx", "401"]), **BUSINESS},
        # What an earlier plan had is taken back.
        {"edge": {"bots": {"sbfm_likely_automated": "allow"}}},
        {**BUSINESS, "edge": {"bots": {"fight_mode": False}}},
    ],
    ids=str,
)
def test_what_the_plan_allows_is_accepted(changed: Change, changes: dict[str, Any]) -> None:
    assert changed(changes).has_edge_stack


def test_without_a_table_there_is_no_edge_stack(settings: Settings) -> None:
    assert not settings.has_edge_stack


def test_a_zone_is_free_unless_it_is_said(settings: Settings) -> None:
    assert settings.cloudflare
    assert settings.cloudflare.plan == "free"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (None, "https://intent-expense-tracker-api-production.sebastianiv21.workers.dev"),
        ({"domain": "api.luisibarra.dev"}, "https://api.luisibarra.dev"),
        ({"route": "/api/*"}, "https://intent.luisibarra.dev"),
    ],
)
def test_the_site_is_told_the_address_that_the_api_has(changed: Change, address: Any, url: str) -> None:
    settings = changed(_production(api=address))
    assert settings.api_url("production") == url
    assert settings.site_variables() == {"NEXT_PUBLIC_API_URL": url}
    assert settings.api_url("dev").endswith("-dev.sebastianiv21.workers.dev")


@pytest.mark.parametrize(
    ("release", "check", "path"),
    [
        (None, {}, "/health"),
        ({"migrate_command": "true", "health_path": "/up"}, {}, "/up"),
        ({"migrate_command": "true", "health_path": "/up"}, {"path": "/well"}, "/well"),
    ],
)
def test_the_health_check_asks_what_a_release_asks_unless_it_says_more(
    changed: Change, release: dict[str, Any] | None, check: dict[str, Any], path: str
) -> None:
    assert changed({**_checked(OWN_HOST, **check), "release": release}).health_path("production") == path


def test_a_setting_of_the_zone_that_is_left_out_is_left_alone(changed: Change) -> None:
    settings = changed({"edge": {"zone": {"always_use_https": True, "browser_check": False}}})
    assert settings.edge
    assert settings.edge.zone
    assert settings.edge.zone.wanted() == {"always_use_https": "on", "browser_check": "off"}
