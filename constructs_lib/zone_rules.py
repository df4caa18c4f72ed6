"""A zone's WAF custom rules, rate limits and settings.

A zone has one entry-point ruleset for each phase, so each ruleset can be created once in a zone; an existing one must
be imported first. Expressions use no regular expressions, which only Business zones have.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.naming import named

from cdktf_cdktf_provider_cloudflare.ruleset import Ruleset, RulesetRules, RulesetRulesRatelimit
from cdktf_cdktf_provider_cloudflare.zone_setting import ZoneSetting
from constructs import Construct

from settings.edge_settings import FirewallRuleSettings, RateLimitSettings

_PATH = "lower(http.request.uri.path)"
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# cf.colo.id is not a choice: Cloudflare counts in each data centre (docs, "Rate limiting parameters").
_CHARACTERISTICS = ["cf.colo.id", "ip.src"]


PROBES = FirewallRuleSettings(
    action="block",
    expression=" or ".join(
        [
            *(f'{_PATH} contains "{part}"' for part in ("/.env", "/wp-", "/cgi-bin/")),
            *(f'starts_with({_PATH}, "{prefix}")' for prefix in ("/.git", "/.aws", "/.ssh")),
            *(f'ends_with({_PATH}, "{suffix}")' for suffix in (".php", ".asp", ".aspx")),
        ]
    ),
)
"""Blocks paths that only scanners request: neither a static site nor a Worker has them."""

UNKNOWN_METHODS = FirewallRuleSettings(
    action="block",
    expression=f"not http.request.method in {{{' '.join(map(json.dumps, _METHODS))}}}",
)
"""Blocks every method that browsers and the API's clients don't use, such as TRACE and CONNECT."""


def is_host(hosts: Iterable[str]) -> str:
    """The expression that matches requests to any of the hosts."""
    return f"http.host in {{{' '.join(json.dumps(host) for host in hosts)}}}"


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A phase of a request in which rules run.

    Attributes:
        id: Cloudflare's name.
        name: the second part of the ruleset's name.
        title: of its rules, for the ruleset's description.
    """

    id: str
    name: str
    title: str


FIREWALL = Phase(id="http_request_firewall_custom", name="firewall", title="WAF custom rules")
RATE_LIMITS = Phase(id="http_ratelimit", name="rate limits", title="Rate limits")
HEADERS = Phase(id="http_response_headers_transform", name="security headers", title="Security headers")


class PhaseRules(Construct):
    """The rules of one phase, as the zone's entry-point ruleset for it.

    Attributes:
        ruleset: the `cloudflare_ruleset`.
    """

    def __init__(
        self, scope: Construct, id: str, *, zone_id: str, owner: str, phase: Phase, rules: Sequence[RulesetRules]
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope; the ruleset's name in Terraform.
            zone_id: the zone's id, sensitive.
            owner: the project and stack, `<project>/<stack>`, for the descriptions.
            phase: when the rules run.
            rules: as `firewall_rules`, `rate_limit_rules` and `edge_headers.header_rules` make them.
        """
        super().__init__(scope, id)
        self.ruleset = named(
            Ruleset(
                self,
                "ruleset",
                zone_id=zone_id,
                name=f"{owner} {phase.name}",
                description=f"{phase.title} of {owner}, made by Terraform",
                kind="zone",
                phase=phase.id,
                rules=list(rules),
            ),
            id,
        )


def firewall_rules(owner: str, hosts: Sequence[str], rules: Mapping[str, FirewallRuleSettings]) -> list[RulesetRules]:
    """WAF custom rules for some of a zone's hosts.

    Args:
        owner: as in `PhaseRules`.
        hosts: the host names that the rules apply to, except rules with `every_host`.
        rules: by name; at most 5 on a free zone, 20 on Pro, 100 on Business (Cloudflare docs, "WAF: Custom rules").
    """
    return [
        RulesetRules(
            # A fixed reference keeps the rule's id, and so its statistics, when rules before it are removed.
            ref=name,
            description=rule.description or f"{owner}: {name}",
            expression=rule.expression if rule.every_host else f"({is_host(hosts)}) and ({rule.expression})",
            action=rule.action,
            enabled=rule.enabled,
        )
        for name, rule in rules.items()
    ]


def rate_limit_rules(
    owner: str, hosts: Sequence[str] | None, limits: Mapping[str, RateLimitSettings]
) -> list[RulesetRules]:
    """Rate limits for some of a zone's hosts, or on a free zone for all of them.

    Args:
        owner: as in `PhaseRules`.
        hosts: the host names that are counted; None for all, since a free zone's rules can match paths only.
        limits: by name; at most 1 on a free zone, 2 on Pro, 5 on Business (Cloudflare docs, "Rate limiting rules").
    """
    return [
        RulesetRules(
            ref=name,
            description=f"{owner}: {limit.requests} requests in {limit.period_seconds} s ({name})",
            expression=_counted(hosts, limit.paths),
            action="block",
            enabled=True,
            ratelimit=RulesetRulesRatelimit(
                characteristics=_CHARACTERISTICS,
                period=limit.period_seconds,
                requests_per_period=limit.requests,
                mitigation_timeout=limit.mitigation_seconds,
            ),
        )
        for name, limit in limits.items()
    ]


def _counted(hosts: Sequence[str] | None, paths: Sequence[str]) -> str:
    prefixes = " or ".join(f"starts_with(http.request.uri.path, {json.dumps(path)})" for path in paths or ["/"])
    return prefixes if hosts is None else f"({is_host(hosts)}) and ({prefixes})"


class ZoneConfiguration(Construct):
    """Settings of a whole zone. They always exist: Terraform changes them, and a destroy leaves them as they are.

    Attributes:
        settings: the `cloudflare_zone_setting` of each id.
    """

    def __init__(self, scope: Construct, id: str, *, zone_id: str, values: Mapping[str, str]) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            zone_id: the zone's id, sensitive.
            values: the value to set, by the setting's id, such as `always_use_https`: `on`.
        """
        super().__init__(scope, id)
        self.settings: dict[str, ZoneSetting] = {}
        for setting_id, value in values.items():
            # The bindings take an object only, where the provider takes any type (its schema says `dynamic`).
            setting = named(ZoneSetting(self, setting_id, zone_id=zone_id, setting_id=setting_id, value={}), setting_id)
            setting.add_override("value", value)
            self.settings[setting_id] = setting
