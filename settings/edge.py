"""The table [edge]: what Cloudflare does to requests and answers before they reach the site, the API or a visitor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from settings.cloudflare_plans import CLOUDFLARE_PLANS, RATE_LIMIT_SECONDS, CloudflarePlan, CloudflarePlanName
from settings.table import Table
from settings.text import Line, Slug, UrlPath

if TYPE_CHECKING:
    from settings.model import Settings

BUILT_IN_RULES = ("block-probes", "block-unknown-methods")
"""The names of the rules that come with the stack, one for each `block_…` key of the firewall's."""
_TWO_YEARS = 63_072_000
_QUOTED = re.compile(r'"(\\.|[^"\\])*"')
_REGEX_OPERATOR = re.compile(r"\bmatches\b|~|\bregex_replace\b")


def _balanced(value: str) -> str:
    # Cloudflare would only say so at apply; and rules are joined by `and`, which an open bracket would break out of.
    depth = 0
    bare = _QUOTED.sub("", value)
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth or '"' in bare:
        raise ValueError("brackets or quotes are not balanced; mend the expression")
    return value


Expression = Annotated[Line, AfterValidator(_balanced)]
ReferrerPolicy = Literal["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"]


class SecurityHeaders(Table):
    """Response headers for the hosts of the environments' sites and APIs, and for no other host of the zone."""

    hsts_max_age_seconds: int = Field(
        31_536_000,
        ge=0,
        le=_TWO_YEARS,
        description="For how long browsers must use HTTPS (Strict-Transport-Security), in seconds. "
        "Begin with 300; 0 makes browsers forget it.",
    )
    hsts_include_subdomains: bool = Field(
        False, description="Whether that also holds for the hosts below the site's and the API's."
    )
    content_security_policy: Line | None = Field(
        None,
        description="The site's Content-Security-Policy. Left out, one is made that allows the site itself, its API, "
        "inline scripts and styles, and Web Analytics where it is on.",
    )
    report_only: bool = Field(
        False, description="Only report in the browser's console what the site's Content-Security-Policy would block."
    )
    frame_options: Literal["DENY", "SAMEORIGIN"] = Field(
        "DENY", description="Which pages may show the site in a frame (X-Frame-Options)."
    )
    referrer_policy: ReferrerPolicy = Field(
        "strict-origin-when-cross-origin", description="What a link tells the next site (Referrer-Policy)."
    )
    permissions_policy: Line = Field(
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        description="Which of the browser's abilities the site may use (Permissions-Policy).",
    )


class FirewallRule(Table):
    """One rule of the owner's."""

    expression: Expression = Field(
        description="Which requests, in Cloudflare's Rules language. It is held to the environments' hosts."
    )
    action: Literal["block", "managed_challenge", "js_challenge"] = Field(
        "block", description="What happens to them. A challenge breaks requests that scripts make."
    )


class Firewall(Table):
    """WAF custom rules for the environments' hosts."""

    block_probes: bool = Field(
        True, description="Block requests for paths that only scanners ask for, such as /.env, /.git and *.php."
    )
    block_unknown_methods: bool = Field(
        True, description="Block all methods but GET, HEAD, OPTIONS, POST, PUT, PATCH and DELETE."
    )
    rules: dict[Slug, FirewallRule] = Field({}, description="Rules of your own; the table's name is the rule's.")

    @property
    def count(self) -> int:
        """How many rules of the zone's allowance this uses."""
        return self.block_probes + self.block_unknown_methods + len(self.rules)


class RateLimit(Table):
    """How often one visitor (IP address) may ask, counted in each of Cloudflare's data centres."""

    requests: int = Field(ge=1, le=1_000_000, description="So many requests in a period are allowed.")
    period_seconds: int = Field(60, description="The period, in seconds. Free zones: 10. Pro: up to 60.")
    mitigation_seconds: int = Field(
        60, description="For how long the visitor is then blocked, in seconds. Free zones: 10. Pro: up to 3600."
    )
    paths: list[UrlPath] = Field(
        [],
        description="Only paths that begin so are counted; all of them where the list is empty. On a free zone a rule "
        "can't name hosts, so it counts these paths on every host of the zone.",
    )


class ZoneSettings(Table):
    """Settings of the whole zone, so of all its hosts. What is left out stays as it is."""

    always_use_https: bool | None = Field(None, description="Answer http:// with a redirect to https://.")
    min_tls_version: Literal["1.0", "1.1", "1.2", "1.3"] | None = Field(
        None, description="The oldest TLS version that visitors may use."
    )
    browser_check: bool | None = Field(
        None, description="Turn away bots whose headers no browser sends (Browser Integrity Check)."
    )

    def wanted(self) -> dict[str, str]:
        """The settings by Cloudflare's ids, for those that are not left alone."""
        given: dict[str, bool | str] = self.model_dump(exclude_none=True)
        return {name: _on_off(value) if isinstance(value, bool) else value for name, value in given.items()}


def _on_off(value: bool) -> str:
    return "on" if value else "off"


class Edge(Table):
    headers: SecurityHeaders | None = Field(None, description="Security headers on the environments' hosts.")
    firewall: Firewall | None = Field(None, description="WAF custom rules on the environments' hosts.")
    rate_limits: dict[Slug, RateLimit] = Field(
        {}, description="Rate limits, one table each. Where several match, each of them counts."
    )
    zone: ZoneSettings | None = Field(None, description="TLS, HTTPS and bot settings of the whole zone.")


def check_edge(settings: Settings) -> None:
    """The rules that span tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    edge = settings.edge
    if edge is None:
        return
    parts = {
        "edge.headers": edge.headers,
        "edge.firewall": edge.firewall,
        "edge.rate_limits": edge.rate_limits,
        "edge.zone": edge.zone and edge.zone.wanted(),
    }
    if not any(parts.values()):
        raise ValueError(
            "edge: is empty; add edge.headers, edge.firewall, edge.rate_limits or edge.zone, or remove [edge]"
        )
    if settings.cloudflare is None:
        raise ValueError("cloudflare.zone: is missing, and [edge] works on it; add a [cloudflare] table with zone")
    for where in ("edge.headers", "edge.firewall", "edge.rate_limits"):
        if parts[where] and not settings.hosts():
            raise ValueError(
                f"{where}: no environment has a host in the zone to protect; "
                f"add environments.<name>.website or .api, or remove {where}"
            )
    plan = settings.cloudflare.plan
    if edge.firewall:
        _check_firewall(edge.firewall, plan)
    _check_rate_limits(edge.rate_limits, plan)


def _check_firewall(firewall: Firewall, plan: CloudflarePlanName) -> None:
    allowed = CLOUDFLARE_PLANS[plan]
    if not firewall.count:
        raise ValueError("edge.firewall: has no rule; turn one on, add one, or remove edge.firewall")
    if firewall.count > allowed.firewall_rules:
        raise ValueError(
            f"edge.firewall: {firewall.count} rules are more than a {plan} zone has ({allowed.firewall_rules}; "
            "block_probes and block_unknown_methods are one each); remove some, or set cloudflare.plan to a higher one"
        )
    for name, rule in firewall.rules.items():
        if name in BUILT_IN_RULES:
            key = f"edge.firewall.{name.replace('-', '_')}"
            raise ValueError(f"edge.firewall.rules.{name}: this name is taken by {key}; choose another")
        if not allowed.firewall_regex and _REGEX_OPERATOR.search(_QUOTED.sub("", rule.expression)):
            raise ValueError(
                f"edge.firewall.rules.{name}.expression: a {plan} zone has no regular expressions; "
                "use contains, starts_with() or ends_with(), or set cloudflare.plan to business"
            )


def _check_rate_limits(limits: dict[str, RateLimit], plan: CloudflarePlanName) -> None:
    allowed = CLOUDFLARE_PLANS[plan]
    if len(limits) > allowed.rate_limits:
        raise ValueError(
            f"edge.rate_limits: {len(limits)} rules are more than a {plan} zone has ({allowed.rate_limits}); "
            "remove some, or set cloudflare.plan to a higher one"
        )
    for name, limit in limits.items():
        _check_rate_limit(f"edge.rate_limits.{name}", limit, plan, allowed)


def _check_rate_limit(where: str, limit: RateLimit, plan: CloudflarePlanName, allowed: CloudflarePlan) -> None:
    for key, seconds, longest in (
        ("period_seconds", limit.period_seconds, allowed.period_seconds),
        ("mitigation_seconds", limit.mitigation_seconds, allowed.mitigation_seconds),
    ):
        known = [value for value in RATE_LIMIT_SECONDS if value <= longest]
        if seconds not in known:
            choices = ", ".join(map(str, known))
            raise ValueError(
                f"{where}.{key}: a {plan} zone can't use {seconds} s; "
                f"use {choices}, or set cloudflare.plan to a higher one"
            )
