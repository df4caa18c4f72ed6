"""The tables about the API: its Worker, and an address of its own in an environment."""

from typing import Literal

from pydantic import Field

from settings.settings_table import SettingsTable
from settings.text_kinds import DomainName, EnvironmentName, Slug, StatusCodes, UrlPath, UrlPathPattern


class ApiSettings(SettingsTable):
    worker: Slug = Field(
        description="The API Worker's name without the environment; wrangler deploys `<worker>-<environment>`."
    )
    workers_subdomain: Slug = Field(description="The account's subdomain of workers.dev.")
    plan: Literal["free", "paid"] = Field(
        "free", description="The account's Workers plan; only the reckoning of costs depends on it."
    )
    site_environment: EnvironmentName = Field(
        "production", description="The environment whose API the production site calls."
    )

    def url(self, environment: str) -> str:
        """The API's address on workers.dev for an environment; `Settings.api_url` knows of other addresses."""
        return f"https://{self.worker_name(environment)}.{self.workers_subdomain}.workers.dev"

    def worker_name(self, environment: str) -> str:
        """The Worker that wrangler deploys for an environment."""
        return f"{self.worker}-{environment}"


class HealthCheckSettings(SettingsTable):
    """The table [environments.<name>.api.health_check]: Cloudflare asks the API over and over whether it is well."""

    path: UrlPath | None = Field(
        None,
        description="The path that is asked. Left out: release.health_path, or /health where there is no [release].",
    )
    interval_seconds: int = Field(
        60, ge=1, le=3600, description="How often it is asked, in seconds. Pro: 60 at least. Business: 15."
    )
    timeout_seconds: int = Field(5, ge=1, le=10, description="How long an answer may take, in seconds.")
    retries: int = Field(2, ge=0, le=5, description="How often it is asked again at once after such a time-out.")
    consecutive_fails: int = Field(
        2, ge=1, le=10, description="After so many bad checks in a row the API counts as unhealthy."
    )
    expected_codes: list[StatusCodes] = Field(
        ["200"], min_length=1, description="The HTTP statuses of a good answer, such as 200 or 2xx."
    )


class ApiAddressSettings(SettingsTable):
    """The table [environments.<name>.api]: an address instead of the one on workers.dev."""

    domain: DomainName | None = Field(
        None,
        description="A host name for the API alone; it must lie in cloudflare.zone. Cloudflare makes its DNS record.",
    )
    route: UrlPathPattern | None = Field(
        None,
        description="The paths of the environment's own site that go to the API, such as /api/*. "
        "The Worker sees the whole path.",
    )
    health_check: HealthCheckSettings | None = Field(
        None, description="A health check of the API, by Cloudflare; in the stack edge. Pro or higher."
    )

    def serves(self, path: str) -> bool:
        """Whether a path of this host reaches the API. A route's trailing * matches any text."""
        if self.route is None:
            return True
        return path.startswith(self.route[:-1]) if self.route.endswith("*") else path == self.route
