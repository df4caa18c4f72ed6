"""The shape of a settings file: each table a model, each key a described field, and what follows from them.

docs/settings.md is generated from these descriptions. The rules between tables are in checks/, which reads this
shape; `Settings` in settings_model.py is the shape with those checks.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from settings.api_settings import ApiSettings, HealthCheckSettings
from settings.backup_settings import BackupSettings
from settings.cloudflare_settings import CloudflareSettings
from settings.cost_settings import CostSettings
from settings.database_settings import DatabaseSettings
from settings.edge_settings import EdgeSettings
from settings.environment_settings import EnvironmentSettings
from settings.notification_settings import NotificationSettings
from settings.plain_text import check_plain_text
from settings.project_settings import ProjectSettings, RepositorySettings
from settings.release_settings import ReleaseSettings
from settings.state_settings import STATE_FILE, StateSettings
from settings.text_kinds import EnvironmentName, StateAddress
from settings.website_settings import WebsiteSettings


class SettingsShape(BaseModel):
    """The tables of a settings file, each valid by itself. Only `Settings` is instantiated."""

    # The validator of all tables takes milliseconds to build, and only that of `Settings` is used.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    project: ProjectSettings = Field(description="The product.")
    repository: RepositorySettings = Field(description="Where the app's code is.")
    state: StateSettings = Field(description="Where Terraform keeps its states.")
    database: DatabaseSettings = Field(description="The Neon project and its default branch.")
    website: WebsiteSettings | None = Field(None, description="The Cloudflare Pages project. Left out: no site.")
    api: ApiSettings | None = Field(None, description="The API Worker's address. Left out: the site has no API.")
    cloudflare: CloudflareSettings | None = Field(
        None, description="The DNS zone; required if an environment has a domain."
    )
    environments: dict[EnvironmentName, EnvironmentSettings] = Field(
        {}, description="One table for each environment, which gets its own stack and state."
    )
    moved: dict[EnvironmentName, dict[StateAddress, StateAddress]] = Field(
        {},
        description="For each stack (project or an environment), a resource's address in the adopted state "
        "= its address here, if adopt_hcl does not cover it.",
    )
    edge: EdgeSettings | None = Field(
        None, description="What Cloudflare does to requests and responses; the stack edge."
    )
    notifications: NotificationSettings | None = Field(None, description="Cloudflare's alerts, in the stack edge.")
    budget: CostSettings = Field(
        default_factory=CostSettings,
        description="The monthly limit for `python -m ops cost`. No stack depends on it.",
    )
    backup: BackupSettings | None = Field(None, description="Backups of databases. Left out: none are taken.")
    release: ReleaseSettings | None = Field(
        None, description="How the app is released and previewed. Left out: only the infrastructure is deployed."
    )

    @model_validator(mode="before")
    @classmethod
    def _is_plain_text(cls, values: Any) -> Any:
        check_plain_text(values)
        return values

    @property
    def has_edge_stack(self) -> bool:
        """Whether the settings need the stack edge."""
        return bool(self.edge is not None or self.notifications is not None or self.health_checks())

    @property
    def has_state_stack(self) -> bool:
        """Whether the state bucket is managed here, in the stack state."""
        return self.state.manage is not None

    def environment(self, name: str, *, named_by: str = "") -> EnvironmentSettings:
        """An environment by a name that an owner wrote.

        Args:
            name: the environment's name.
            named_by: the key of the settings that has the name, for the message.

        Raises:
            ValueError: there is no such environment; one line, with those that exist.
        """
        if name not in self.environments:
            where = f"{named_by}: " if named_by else ""
            known = ", ".join(self.environments) or "none"
            raise ValueError(f"{where}there is no environment {name}; there are: {known}")
        return self.environments[name]

    def state_key(self, stack: str) -> str:
        """The object key of a stack's state in the bucket: `<project>/<stack>/terraform.tfstate`."""
        return f"{self.project.name}/{stack}/{STATE_FILE}"

    def released_from(self, environment: str) -> list[str]:
        """The stacks whose outputs a release of the app to an environment reads."""
        return [environment] if self.environments[environment].database else [environment, "project"]

    def preview_parents(self) -> list[str]:
        """The environments that previews can copy: the owner's choice, or all but production and protected ones."""
        if self.release and self.release.preview_parent:
            return [self.release.preview_parent]
        production = self.api.site_environment if self.api else ""
        return [
            name
            for name, environment in self.environments.items()
            if environment.database
            and not environment.protected
            and not environment.database.neon_protected
            and name != production
        ]

    def branch_name(self, environment: str) -> str:
        """The Neon branch with an environment's data: its own, or the default branch."""
        branch = self.environments[environment].database
        return (branch.branch or environment) if branch else self.database.branch

    def role_name(self, environment: str) -> str:
        """The Postgres role that an environment connects as: its branch's own, or the database's owner."""
        branch = self.environments[environment].database
        if branch is None:
            return self.database.role
        return branch.role or f"{self.database.role}_{environment.replace('-', '_')}"

    def site_variables(self) -> dict[str, str]:
        """The production site's plain build variables."""
        if self.website is None:
            return {}
        address = {self.website.api_url_variable: self.api_url(self.api.site_environment)} if self.api else {}
        return address | self.website.variables

    def public_links(self, environment: str) -> dict[str, str]:
        """The addresses that people open of an environment: of its site, and of its API if it has one of its own."""
        own = self.environments.get(environment)
        links = {"Site": f"https://{own.website.domain}/"} if own and own.website else {}
        if self.api and own and (own.api or environment == self.api.site_environment):
            links["API"] = self.api_url(environment)
        return links

    def api_url(self, environment: str) -> str:
        """The URL of an environment's API. A route keeps the paths, so its URL is the site's.

        Raises:
            ValueError: there is no [api] table.
        """
        if self.api is None:
            raise ValueError("there is no [api] table")
        settings = self.environments.get(environment)
        if settings and settings.api and settings.api.domain:
            return f"https://{settings.api.domain}"
        if settings and settings.api and settings.website:
            return f"https://{settings.website.domain}"
        return self.api.url(environment)

    def health_checks(self) -> dict[str, HealthCheckSettings]:
        """The environments' health checks, by environment."""
        return {
            name: item.api.health_check
            for name, item in self.environments.items()
            if item.api and item.api.health_check
        }

    def health_url(self, environment: str, *, address: str | None = None) -> str:
        """What a health check of an environment's API requests: uptime, smoke test, release and preview.

        Only the paths on a route reach the API: at any other path of that host the site would answer. So a health path
        off the route is requested from the Worker itself, on workers.dev.

        Args:
            environment: the environment's name.
            address: another address of the same API, such as a preview's; the environment's own if None.

        Raises:
            ValueError: there is no [api] table.
        """
        path = self.health_path(environment)
        if address is None:
            address = self.api_url(environment)
            own = self.environments[environment].api if environment in self.environments else None
            if self.api and own and own.route and not own.serves(path):
                address = self.api.url(environment)
        return f"{address.rstrip('/')}{path}"

    def health_path(self, environment: str) -> str:
        """The path of an environment's API that reports its health."""
        check = self.health_checks().get(environment)
        if check and check.path:
            return check.path
        return self.release.health_path if self.release else ReleaseSettings.model_fields["health_path"].default

    def site_hosts(self) -> list[str]:
        """The sites' host names in the zone."""
        return [item.website.domain for item in self.environments.values() if item.website]

    def api_hosts(self) -> list[str]:
        """The APIs' own host names in the zone."""
        return [item.api.domain for item in self.environments.values() if item.api and item.api.domain]

    def hosts(self) -> list[str]:
        """All of the product's host names in the zone."""
        return [*self.site_hosts(), *self.api_hosts()]
