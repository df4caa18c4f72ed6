"""The stack `edge`: what belongs to the whole zone or account."""

from collections.abc import Sequence

from constructs_lib.bot_protection import BotProtection
from constructs_lib.health_check import HealthCheck
from constructs_lib.observability import NotificationPolicies
from constructs_lib.providers import use_cloudflare
from constructs_lib.security_headers import (
    API_CONTENT_SECURITY_POLICY,
    content_security_policy,
    header_rules,
    strict_transport_security,
)
from constructs_lib.terraform_inputs import sensitive_input
from constructs_lib.zone_rules import (
    FIREWALL,
    HEADERS,
    PROBES,
    RATE_LIMITS,
    UNKNOWN_METHODS,
    Phase,
    PhaseRules,
    ZoneConfiguration,
    firewall_rules,
    rate_limit_rules,
)

from cdktf_cdktf_provider_cloudflare.ruleset import RulesetRules
from constructs import Construct

from settings import Settings
from settings.cloudflare_plans import CLOUDFLARE_PLANS
from settings.edge_settings import EdgeSettings, HeaderSettings
from stacks.base_stack import BaseStack


class EdgeStack(BaseStack):
    """Security headers, firewall, rate limits, settings and health checks of the zone; notifications of the account.

    It depends on no other stack: the settings name all hosts.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        """
        Args:
            scope: the app.
            id: the stack's name.
            settings: the owner's settings.
        """
        super().__init__(scope, id, settings=settings)
        self._owner = f"{settings.project.name}/{id}"
        use_cloudflare(self)
        checks: dict[str, str] = {}
        if settings.edge or settings.health_checks():
            zone_id = sensitive_input(self, "cloudflare_zone_id")
            if settings.edge:
                self._zone(settings, settings.edge, zone_id)
            checks = self._health_checks(settings, zone_id)
        if settings.notifications:
            NotificationPolicies(
                self,
                "notifications",
                account_id=sensitive_input(self, "cloudflare_account_id"),
                owner=self._owner,
                settings=settings.notifications,
                discord_webhook_url=sensitive_input(self, "discord_webhook_url")
                if settings.notifications.discord
                else None,
                health_checks=checks,
            )

    def _health_checks(self, settings: Settings, zone_id: str) -> dict[str, str]:
        """The ids of the environments' health checks, by environment."""
        made: dict[str, str] = {}
        for name, wanted in settings.health_checks().items():
            check = HealthCheck(
                self,
                f"health_check_{name}",  # an environment's name alone could be another part's id
                zone_id=zone_id,
                environment=name,
                owner=self._owner,
                host=settings.api_url(name).removeprefix("https://"),
                path=settings.health_path(name),
                settings=wanted,
            )
            made[name] = check.check_id
        return made

    def _zone(self, settings: Settings, edge: EdgeSettings, zone_id: str) -> None:
        def in_phase(id: str, phase: Phase, rules: Sequence[RulesetRules]) -> None:
            PhaseRules(self, id, zone_id=zone_id, owner=self._owner, phase=phase, rules=rules)

        if edge.headers:
            in_phase("headers", HEADERS, header_rules(self._owner, _headers(settings, edge.headers)))
        if edge.firewall:
            rules = {"block-probes": PROBES} if edge.firewall.block_probes else {}
            rules |= {"block-unknown-methods": UNKNOWN_METHODS} if edge.firewall.block_unknown_methods else {}
            rules |= edge.firewall.rules
            in_phase("firewall", FIREWALL, firewall_rules(self._owner, settings.hosts(), rules))
        if edge.rate_limits:
            plan = CLOUDFLARE_PLANS[settings.cloudflare.plan if settings.cloudflare else "free"]
            hosts = settings.hosts() if plan.rate_limit_hosts else None
            in_phase("rate_limits", RATE_LIMITS, rate_limit_rules(self._owner, hosts, edge.rate_limits))
        if edge.zone:
            ZoneConfiguration(self, "zone", zone_id=zone_id, values=edge.zone.wanted())
        if edge.bots:
            BotProtection(self, "bots", zone_id=zone_id, values=edge.bots.wanted())


def _headers(settings: Settings, wanted: HeaderSettings) -> dict[str, tuple[list[str], dict[str, str]]]:
    """The groups of hosts, each with its headers."""
    common = {
        "Referrer-Policy": wanted.referrer_policy,
        "Strict-Transport-Security": strict_transport_security(
            max_age_seconds=wanted.hsts_max_age_seconds, include_subdomains=wanted.hsts_include_subdomains
        ),
        "X-Content-Type-Options": "nosniff",
    }
    policy = wanted.content_security_policy or content_security_policy(
        api_url=settings.api_url(settings.api.site_environment) if settings.api else None,
        web_analytics=any(item.website and item.website.web_analytics for item in settings.environments.values()),
        framed_by_itself=wanted.frame_options == "SAMEORIGIN",
    )
    policy_header = "Content-Security-Policy-Report-Only" if wanted.report_only else "Content-Security-Policy"
    groups = {
        "site": (
            settings.site_hosts(),
            common
            | {
                policy_header: policy,
                "Permissions-Policy": wanted.permissions_policy,
                "X-Frame-Options": wanted.frame_options,
            },
        ),
        "api": (
            settings.api_hosts(),
            common | {"Content-Security-Policy": API_CONTENT_SECURITY_POLICY, "X-Frame-Options": "DENY"},
        ),
    }
    return {name: (hosts, headers) for name, (hosts, headers) in groups.items() if hosts}
