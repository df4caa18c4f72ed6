"""The tables about the API: its Worker, and an address of its own in an environment."""

from typing import Literal

from pydantic import Field

from settings.table import Table
from settings.text import DomainName, EnvironmentName, Slug, UrlPathPattern


class Api(Table):
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


class ApiAddress(Table):
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
