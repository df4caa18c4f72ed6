"""The rules of [edge]: the limits of the zone's plan, and that there are hosts to protect."""

import re

from settings.cloudflare_plans import CLOUDFLARE_PLANS, RATE_LIMIT_SECONDS, CloudflarePlan, CloudflarePlanName
from settings.edge_settings import BotSettings, FirewallSettings, RateLimitSettings, without_quoted
from settings.settings_shape import SettingsShape

BUILT_IN_RULES = ("block-probes", "block-unknown-methods")
"""The names of the built-in rules, one for each `block_…` key of the firewall."""
_REGEX_OPERATOR = re.compile(r"\bmatches\b|~|\bregex_replace\b")


def check_edge(settings: SettingsShape) -> None:
    """Checks the rules between tables.

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
        "edge.bots": edge.bots and edge.bots.wanted(),
    }
    if not any(parts.values()):
        raise ValueError(
            "edge: is empty; add edge.headers, edge.firewall, edge.rate_limits, edge.zone or edge.bots, or remove it"
        )
    if settings.cloudflare is None:
        raise ValueError("cloudflare.zone: is missing, and [edge] needs it; add a [cloudflare] table with zone")
    for where in ("edge.headers", "edge.firewall", "edge.rate_limits"):
        if parts[where] and not settings.hosts():
            raise ValueError(
                f"{where}: no environment has a host in the zone; "
                f"add environments.<name>.website or .api, or remove {where}"
            )
    plan = settings.cloudflare.plan
    if edge.firewall:
        _check_firewall(edge.firewall, plan)
    _check_rate_limits(edge.rate_limits, plan)
    if edge.bots:
        _check_bots(edge.bots, plan)


def _check_firewall(firewall: FirewallSettings, plan: CloudflarePlanName) -> None:
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
        if not allowed.firewall_regex and _REGEX_OPERATOR.search(without_quoted(rule.expression)):
            raise ValueError(
                f"edge.firewall.rules.{name}.expression: a {plan} zone has no regular expressions; "
                "use contains, starts_with() or ends_with(), or set cloudflare.plan to business"
            )


def _check_bots(bots: BotSettings, plan: CloudflarePlanName) -> None:
    if not bots.wanted():
        raise ValueError("edge.bots: is empty; add a key, or remove edge.bots")
    allowed = CLOUDFLARE_PLANS[plan].bots
    for key, value in bots.wanted().items():
        # Turning a feature off is allowed on every plan: Cloudflare requires it after a downgrade.
        if key not in allowed and value not in (False, "allow"):
            raise ValueError(
                f"edge.bots.{key}: a {plan} zone does not have it; "
                f"use {' or '.join(allowed)}, or set cloudflare.plan to a plan that has it"
            )


def _check_rate_limits(limits: dict[str, RateLimitSettings], plan: CloudflarePlanName) -> None:
    allowed = CLOUDFLARE_PLANS[plan]
    if len(limits) > allowed.rate_limits:
        raise ValueError(
            f"edge.rate_limits: {len(limits)} rules are more than a {plan} zone has ({allowed.rate_limits}); "
            "remove some, or set cloudflare.plan to a higher one"
        )
    for name, limit in limits.items():
        _check_rate_limit(f"edge.rate_limits.{name}", limit, plan, allowed)


def _check_rate_limit(where: str, limit: RateLimitSettings, plan: CloudflarePlanName, allowed: CloudflarePlan) -> None:
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
