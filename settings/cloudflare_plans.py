"""What each plan of a Cloudflare zone allows, with sources, so that a limit shows before an apply."""

from dataclasses import dataclass
from typing import Literal

CloudflarePlanName = Literal["free", "pro", "business"]


@dataclass(frozen=True, kw_only=True)
class CloudflarePlan:
    """Limits of a zone's plan.

    Sources: Cloudflare docs, "WAF: Custom rules", "WAF: Rate limiting rules", "Configure webhooks", "Bots: Plans",
    "Health Checks" (their number), and of Cloudflare's support, "Preventing site downtime" (their interval).

    Attributes:
        firewall_rules: WAF custom rules that a zone may have.
        firewall_regex: whether their expressions can use regular expressions (`matches`, `~`).
        rate_limits: rate limiting rules that a zone may have.
        rate_limit_hosts: whether a rate limit's expression can match hosts; otherwise only paths.
        period_seconds: the longest period of a rate limit, in seconds.
        mitigation_seconds: the longest mitigation time of a rate limit, in seconds.
        webhooks: whether the account can send notifications to webhooks.
        bots: the keys of [edge.bots] that are available.
        health_checks: how many health checks a zone may have.
        health_check_seconds: the shortest interval between two checks, in seconds; 0 without health checks.
    """

    firewall_rules: int
    firewall_regex: bool
    rate_limits: int
    rate_limit_hosts: bool
    period_seconds: int
    mitigation_seconds: int
    webhooks: bool
    bots: tuple[str, ...]
    health_checks: int
    health_check_seconds: int


CLOUDFLARE_PLANS: dict[CloudflarePlanName, CloudflarePlan] = {
    "free": CloudflarePlan(
        firewall_rules=5,
        firewall_regex=False,
        rate_limits=1,
        rate_limit_hosts=False,
        period_seconds=10,
        mitigation_seconds=10,
        webhooks=False,
        bots=("fight_mode", "ai_bots_protection"),
        health_checks=0,
        health_check_seconds=0,
    ),
    "pro": CloudflarePlan(
        firewall_rules=20,
        firewall_regex=False,
        rate_limits=2,
        rate_limit_hosts=True,
        period_seconds=60,
        mitigation_seconds=3600,
        webhooks=True,
        bots=("sbfm_definitely_automated", "sbfm_verified_bots", "ai_bots_protection"),
        health_checks=10,
        health_check_seconds=60,
    ),
    "business": CloudflarePlan(
        firewall_rules=100,
        firewall_regex=True,
        rate_limits=5,
        rate_limit_hosts=True,
        period_seconds=600,
        mitigation_seconds=86400,
        webhooks=True,
        bots=("sbfm_definitely_automated", "sbfm_likely_automated", "sbfm_verified_bots", "ai_bots_protection"),
        health_checks=50,
        health_check_seconds=15,
    ),
}
RATE_LIMIT_SECONDS = (
    *(10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480),
    *(600, 900, 1200, 1800, 2400, 3600, 65535, 86400),
)
"""The periods and mitigation times that Cloudflare offers, in seconds."""
