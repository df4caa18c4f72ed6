"""The resources that each option adds or changes: the table in docs/options.md. `--check` only compares the page.

tests/stacks/test_toggle_matrix.py compares this list with the synthesized JSON, real plans, and examples/full.toml.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.generated_page import between, write_or_check  # noqa: E402

PAGE = ROOT / "docs/options.md"
BEGIN, END = "<!-- matrix: made by make docs-matrix -->\n", "<!-- end of the matrix -->\n"

Values = dict[str, Any]
Addresses = dict[str, list[str]]

BASE: Values = {
    "project": {"name": "ledger"},
    "repository": {"owner": "ledger-inc", "name": "ledger"},
    "state": {"bucket": "ledger-terraform-state"},
    "database": {"plan": "scale", "name": "ledger", "role": "ledger_owner", "autoscaling_limit_max_cu": 1},
    "website": {
        "build_command": "pnpm build --filter=web",
        "destination_dir": "apps/web/dist",
        "compatibility_date": "2025-09-27",
    },
    "api": {"worker": "ledger-api", "workers_subdomain": "ledger"},
    "cloudflare": {"zone": "ledger.example", "plan": "pro"},
    "edge": {"zone": {"browser_check": True}},
    "environments": {
        "production": {"website": {"domain": "ledger.example"}},
        "staging": {"database": {}, "website": {"domain": "staging.ledger.example"}},
    },
}
"""The settings below every option: everything is off except what some option needs (a site, a branch, paid plans)."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option, and the resources that are its own.

    Attributes:
        key: the table or key that turns it on.
        values: the settings that turn it on.
        section: the heading of docs/options.md that describes it.
        makes: by stack, the resources that are created with it and destroyed without it.
        changes: by stack, the resources that are changed in place, there and back.
        undo: settings to deploy before the option is removed, if Neon retains the last value.
        keeps: of `changes`, those that stay as they are when the option is removed, for the same reason.
    """

    key: str
    values: Values
    section: str
    makes: Addresses = field(default_factory=dict[str, list[str]])
    changes: Addresses = field(default_factory=dict[str, list[str]])
    undo: Values = field(default_factory=dict[str, Any])
    keeps: Addresses = field(default_factory=dict[str, list[str]])


def _production(**tables: Any) -> Values:
    return {"environments": {"production": tables}}


def _staging(**tables: Any) -> Values:
    return {"environments": {"staging": tables}}


_ALERTS = ("dos_attack_l7", "incident_alert", "pages_event_alert", "universal_ssl_event_type")
_POLICIES = [f"cloudflare_notification_policy.{alert}" for alert in _ALERTS]
_PROJECT = {"project": ["neon_project.main"]}
_SITE = {"project": ["cloudflare_pages_project.web"]}
_OWN_BRANCH = "Database: a branch of its own for production"
_LIMITS = "Database: limits and access"

OPTIONS = (
    Option(
        key="environments.production.database",
        values=_production(database={"role": "ledger_production"}, protected=True),
        section=_OWN_BRANCH,
        makes={"production": ["neon_branch.this", "neon_endpoint.this", "neon_role.this"]},
    ),
    Option(
        key="environments.staging.database.own_database",
        values=_staging(database={"own_database": "ledger_staging"}),
        section=_OWN_BRANCH,
        makes={"staging": ["neon_database.this"]},
    ),
    Option(
        key="environments.staging.database.read_replica",
        values=_staging(database={"read_replica": {"autoscaling_limit_max_cu": 0.5}}),
        section=_OWN_BRANCH,
        makes={"staging": ["neon_endpoint.read_replica"]},
    ),
    Option(
        key="environments.staging.database.neon_protected",
        values=_staging(database={"neon_protected": True}),
        undo=_staging(database={"neon_protected": False}),
        section=_OWN_BRANCH,
        changes={"staging": ["neon_branch.this"]},
    ),
    Option(key="environments.staging.protected", values=_staging(protected=True), section=_OWN_BRANCH),
    Option(
        key="environments.staging.database.autoscaling_limit_max_cu",
        values=_staging(database={"autoscaling_limit_max_cu": 1}),
        section=_LIMITS,
        changes={"staging": ["neon_endpoint.this"]},
    ),
    Option(
        key="database.autoscaling_limit_max_cu",
        values={"database": {"autoscaling_limit_max_cu": 2}},
        section=_LIMITS,
        changes=_PROJECT,
    ),
    Option(
        key="database.autoscaling_limit_min_cu",
        values={"database": {"autoscaling_limit_min_cu": 0.5}},
        section=_LIMITS,
        changes=_PROJECT,
        keeps=_PROJECT,
    ),
    Option(
        key="database.suspend_timeout_seconds",
        values={"database": {"suspend_timeout_seconds": 600}},
        section=_LIMITS,
        changes=_PROJECT,
        keeps=_PROJECT,
    ),
    Option(
        key="database.history_retention_seconds",
        values={"database": {"history_retention_seconds": 604800}},
        section=_LIMITS,
        changes=_PROJECT,
    ),
    Option(
        key="database.allowed_ips",
        values={"database": {"allowed_ips": ["203.0.113.0/24"]}},
        section=_LIMITS,
        changes=_PROJECT,
    ),
    Option(
        key="database.allowed_ips_protected_branches_only",
        values={"database": {"allowed_ips": ["203.0.113.0/24"], "allowed_ips_protected_branches_only": True}},
        undo={"database": {"allowed_ips": ["203.0.113.0/24"], "allowed_ips_protected_branches_only": False}},
        section=_LIMITS,
        changes=_PROJECT,
    ),
    Option(
        key="database.quota",
        values={"database": {"quota": {"compute_time_seconds": 360000, "written_data_bytes": 10**10}}},
        section=_LIMITS,
        changes=_PROJECT,
        keeps=_PROJECT,
    ),
    Option(
        key="environments.production.secrets",
        values=_production(secrets={"rotation": "1"}),
        section="Secrets of the Worker",
        makes={"production": ["random_password.better_auth"]},
    ),
    Option(
        key="edge.headers",
        values={"edge": {"headers": {"hsts_max_age_seconds": 31536000}}},
        section="Edge: security headers",
        makes={"edge": ["cloudflare_ruleset.headers"]},
    ),
    Option(
        key="edge.firewall",
        values={
            "edge": {
                "firewall": {
                    "block_probes": True,
                    "block_unknown_methods": True,
                    "rules": {"no-tor": {"expression": 'ip.src.country eq "T1"', "action": "block"}},
                }
            }
        },
        section="Edge: firewall",
        makes={"edge": ["cloudflare_ruleset.firewall"]},
    ),
    Option(
        key="edge.rate_limits",
        values={
            "edge": {
                "rate_limits": {
                    "auth": {"requests": 5, "period_seconds": 60, "mitigation_seconds": 60, "paths": ["/api/auth/"]}
                }
            }
        },
        section="Edge: rate limits",
        makes={"edge": ["cloudflare_ruleset.rate_limits"]},
    ),
    Option(
        key="edge.zone",
        values={"edge": {"zone": {"always_use_https": True, "min_tls_version": "1.2"}}},
        section="Edge: zone settings",
        makes={"edge": ["cloudflare_zone_setting.always_use_https", "cloudflare_zone_setting.min_tls_version"]},
    ),
    Option(
        key="edge.bots",
        values={
            "edge": {
                "bots": {
                    "sbfm_definitely_automated": "managed_challenge",
                    "sbfm_verified_bots": "allow",
                    "ai_bots_protection": "block",
                }
            }
        },
        section="Edge: bots",
        makes={"edge": ["cloudflare_bot_management.bots"]},
    ),
    Option(
        key="environments.production.api.domain",
        values=_production(api={"domain": "api.ledger.example"}),
        section="API address",
        makes={"production": ["cloudflare_workers_custom_domain.api"]},
        changes=_SITE,
    ),
    Option(
        key="environments.production.api.route",
        values=_production(api={"route": "/api/*"}),
        section="API address",
        makes={"production": ["cloudflare_workers_route.api"]},
        changes=_SITE,
    ),
    Option(
        key="environments.production.api.health_check",
        values=_production(
            api={"domain": "api.ledger.example", "health_check": {"interval_seconds": 60, "retries": 2}}
        ),
        section="Health check of the API",
        makes={
            "production": ["cloudflare_workers_custom_domain.api"],
            "edge": ["cloudflare_healthcheck.production"],
        },
        changes=_SITE,
    ),
    Option(
        key="environments.production.website.web_analytics",
        values=_production(website={"web_analytics": True}),
        section="Web Analytics",
        makes={"production": ["cloudflare_web_analytics_site.site"]},
    ),
    Option(
        key="notifications.emails",
        values={"notifications": {"emails": ["owner@ledger.example"]}},
        section="Notifications",
        makes={"edge": _POLICIES},
    ),
    Option(
        key="notifications.discord",
        values={"notifications": {"discord": True}},
        section="Notifications",
        makes={"edge": [*_POLICIES, "cloudflare_notification_policy_webhooks.discord"]},
    ),
)


def render() -> str:
    """The matrix as Markdown: options down, and what they do to each stack's resources across."""
    stacks = ("project", "production", "staging", "edge")
    rows = [f"| option | {' | '.join(stacks)} |", f"| --- |{' --- |' * len(stacks)}"]
    for option in OPTIONS:
        cells = (_cell(option, stack) for stack in stacks)
        rows.append(f"| [`{option.key}`](#{_anchor(option.section)}) | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _cell(option: Option, stack: str) -> str:
    made = [f"+ `{address}`" for address in option.makes.get(stack, [])]
    changed = [f"~ `{address}`" for address in option.changes.get(stack, [])]
    return "<br>".join([*made, *changed])


def _anchor(heading: str) -> str:
    """The address of a heading within its page, as GitHub and MkDocs make it."""
    return "".join(letter for letter in heading.lower().replace(" ", "-") if letter.isalnum() or letter == "-")


def page() -> str:
    """The whole page, with the matrix as it should be."""
    return between(PAGE.read_text(encoding="utf-8"), BEGIN, END, render())


def main() -> int:
    return write_or_check(PAGE, page(), "the matrix is not current; run make docs-matrix")


if __name__ == "__main__":
    sys.exit(main())
