"""The tables of the API: its Worker, and its address in an environment."""

from typing import Literal

from pydantic import Field

from settings.settings_table import SettingsTable
from settings.text_kinds import DomainName, EnvironmentName, Slug, StatusCodes, UrlPath, UrlPathPattern

WorkersPlanName = Literal["free", "paid"]
MOST_WORKERS: dict[WorkersPlanName, int] = {"free": 100, "paid": 500}
"""How many Workers an account has at most, by its Workers plan (Cloudflare's page "Workers: Limits", "Number of
Workers", read 2026-11-28)."""


class ApiSettings(SettingsTable):
    worker: Slug = Field(
        description="The API Worker's name without the environment; wrangler deploys `<worker>-<environment>`."
    )
    workers_subdomain: Slug = Field(description="The account's subdomain of workers.dev.")
    plan: WorkersPlanName = Field(
        "free",
        description="The account's Workers plan: the cost estimate depends on it, and how many previews there can be.",
    )
    site_environment: EnvironmentName = Field(
        "production", description="The environment whose API the production site calls."
    )

    def url(self, environment: str) -> str:
        """The API's address on workers.dev for an environment; `Settings.api_url` also covers domains and routes."""
        return f"https://{self.worker_name(environment)}.{self.workers_subdomain}.workers.dev"

    def worker_name(self, environment: str) -> str:
        """The Worker that wrangler deploys for an environment."""
        return f"{self.worker}-{environment}"


class HealthCheckSettings(SettingsTable):
    """The table [environments.<name>.api.health_check]: Cloudflare checks the API's health at an interval."""

    path: UrlPath | None = Field(
        None,
        description="The path to request. Default: release.health_path, or /health without [release].",
    )
    interval_seconds: int = Field(
        60,
        ge=1,
        le=3600,
        description="The interval between checks, in seconds. Pro: at least 60. Business: at least 15.",
    )
    timeout_seconds: int = Field(5, ge=1, le=10, description="The timeout of a request, in seconds.")
    retries: int = Field(2, ge=0, le=5, description="How many times a timed-out request is retried immediately.")
    consecutive_fails: int = Field(
        2, ge=1, le=10, description="How many checks in a row must fail before the API counts as unhealthy."
    )
    expected_codes: list[StatusCodes] = Field(
        ["200"], min_length=1, description="The HTTP statuses of a healthy response, such as 200 or 2xx."
    )


class ApiAddressSettings(SettingsTable):
    """The table [environments.<name>.api]: an address instead of the one on workers.dev."""

    domain: DomainName | None = Field(
        None,
        description="A host name for the API alone, in cloudflare.zone. Cloudflare creates its DNS record.",
    )
    route: UrlPathPattern | None = Field(
        None,
        description="The paths of the environment's site that are routed to the API, such as /api/*. "
        "The Worker gets the full path.",
    )
    health_check: HealthCheckSettings | None = Field(
        None, description="Cloudflare's health check of the API, in the stack edge. Pro plan or higher."
    )

    def serves(self, path: str) -> bool:
        """Whether a path of this host reaches the API. A route's trailing * matches any text."""
        if self.route is None:
            return True
        return path.startswith(self.route[:-1]) if self.route.endswith("*") else path == self.route
