"""The shape of a settings file: each table a model, each key a described field.

The reference page docs/settings.md is written from these descriptions.
"""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from settings.adoption import check_moves
from settings.api_address import ApiAddress, check_api_addresses
from settings.budget import Budget
from settings.cloudflare_plans import CloudflarePlanName
from settings.database import BranchSettings, Database, Secrets, check_database
from settings.edge import Edge, check_edge
from settings.observability import Notifications, check_notifications
from settings.release import Release, check_release
from settings.state import State, check_state
from settings.table import Table
from settings.text import (
    DomainName,
    EnvironmentName,
    EnvironmentVariable,
    FilePath,
    GitBranch,
    GitHubName,
    IsoDate,
    Line,
    Slug,
    StateAddress,
)


class Project(Table):
    name: Slug = Field(
        description="The name of the product, its Neon project and its Pages project; every state's key begins with it."
    )
    label_resources: bool = Field(
        False,
        description="Name project and stack in each resource that has a place for it, such as a DNS record's comment. "
        "Off, since it changes resources that are taken over.",
    )


class Repository(Table):
    owner: GitHubName = Field(description="The GitHub user or organisation that owns the app's repository.")
    name: GitHubName = Field(description="The app's repository on GitHub, which Cloudflare Pages builds.")
    production_branch: GitBranch = Field("main", description="The git branch that is deployed to production.")


class Website(Table):
    build_command: Line = Field(description="The command that Cloudflare Pages runs to build the site.")
    destination_dir: FilePath = Field(description="The folder that the build fills, from the repository's root.")
    root_dir: FilePath = Field("/", description="The folder in which the build command runs.")
    path_excludes: list[FilePath] = Field([], description="Paths whose changes do not start a build.")
    compatibility_date: IsoDate = Field(
        description="The Workers runtime's behaviour is kept as of this date (year-month-day)."
    )
    api_url_variable: EnvironmentVariable = Field(
        "NEXT_PUBLIC_API_URL",
        description="The build variable that tells the site the API's address; set where there is an [api] table.",
    )


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


class Cloudflare(Table):
    zone: DomainName = Field(description="The DNS zone in which the environments' domains lie.")
    plan: CloudflarePlanName = Field(
        "free", description="The zone's plan; it sets the limits that [edge] and [notifications] are held against."
    )


class SiteDomain(Table):
    domain: DomainName = Field(description="A host name in cloudflare.zone that leads to the production site.")
    web_analytics: bool = Field(
        False, description="Count the site's visits with Web Analytics; the output web_analytics_token is for its page."
    )


class Environment(Table):
    adopt_hcl: bool = Field(
        False,
        description="Take over the hand-written HCL's state: move its resources out of module.db and module.web.",
    )
    protected: bool = Field(False, description="Refuse any plan that would destroy this environment's database branch.")
    database: BranchSettings | None = Field(None, description="A Neon branch of its own, with an endpoint and a role.")
    secrets: Secrets | None = Field(None, description="The API Worker's secrets, made here and read by the release.")
    website: SiteDomain | None = Field(None, description="A custom domain for the site.")
    api: ApiAddress | None = Field(
        None, description="An address of the API's own. Left out: the one on workers.dev, which the zone does not see."
    )


RESERVED_STACKS = ("project", "state", "edge")


class Settings(BaseSettings):
    """All that an owner decides. Frozen; read once, in main, and passed on from there."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", strict=True)

    project: Project = Field(description="The product.")
    repository: Repository = Field(description="Where the app's code is.")
    state: State = Field(description="Where Terraform keeps its states.")
    database: Database = Field(description="The Neon project and its default branch.")
    website: Website | None = Field(None, description="The Cloudflare Pages project. Left out: no site.")
    api: Api | None = Field(None, description="The API Worker's address. Left out: the site is told of no API.")
    cloudflare: Cloudflare | None = Field(
        None, description="The DNS zone; needed as soon as an environment has a domain."
    )
    environments: dict[EnvironmentName, Environment] = Field(
        {}, description="One table an environment: a stack and a state of its own."
    )
    moved: dict[EnvironmentName, dict[StateAddress, StateAddress]] = Field(
        {},
        description="For each stack (project or an environment), a resource's address in the state that is taken over "
        "= its address here, where adopt_hcl does not cover it.",
    )
    edge: Edge | None = Field(None, description="What Cloudflare does to requests and answers; the stack edge.")
    notifications: Notifications | None = Field(
        None, description="What Cloudflare tells the owner of by itself; in the stack edge."
    )
    budget: Budget = Field(
        default_factory=Budget, description="What a month may cost, for `python -m ops cost`. No stack depends on it."
    )
    release: Release | None = Field(
        None, description="How the app is released and previewed. Left out: only the infrastructure is deployed."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the file counts: a variable such as PROJECT or API in the owner's shell is not for this program."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        check_database(self.database, self._branches())
        _check_environments(self)
        check_api_addresses(self)
        check_moves(self)
        check_edge(self)
        check_notifications(self)
        check_release(self)
        check_state(self)
        return self

    def _branches(self) -> dict[str, BranchSettings]:
        """The environments' own branches, by the path of their table."""
        return {
            f"environments.{name}.database": environment.database
            for name, environment in self.environments.items()
            if environment.database
        }

    @property
    def has_edge_stack(self) -> bool:
        """Whether there is anything to put into the stack edge."""
        return self.edge is not None or self.notifications is not None

    @property
    def has_state_stack(self) -> bool:
        """Whether the states' own bucket is managed here, in the stack state."""
        return self.state.manage is not None

    def state_key(self, stack: str) -> str:
        """The object key of a stack's state in the bucket: `<project>/<stack>/terraform.tfstate`."""
        return f"{self.project.name}/{stack}/terraform.tfstate"

    def branch_name(self, environment: str) -> str:
        """The Neon branch that an environment's data is on: its own, or the default branch where it has none."""
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
        if self.website is None or self.api is None:
            return {}
        return {self.website.api_url_variable: self.api_url(self.api.site_environment)}

    def api_url(self, environment: str) -> str:
        """The address at which an environment's API is reached. There must be an [api] table.

        A route keeps the paths as they are, so the address is the site's, without one.
        """
        if self.api is None:
            raise ValueError("there is no [api] table")
        settings = self.environments.get(environment)
        if settings and settings.api and settings.api.domain:
            return f"https://{settings.api.domain}"
        if settings and settings.api and settings.website:
            return f"https://{settings.website.domain}"
        return self.api.url(environment)

    def site_hosts(self) -> list[str]:
        """The sites' host names in the zone."""
        return [item.website.domain for item in self.environments.values() if item.website]

    def api_hosts(self) -> list[str]:
        """The host names in the zone that belong to an API alone."""
        return [item.api.domain for item in self.environments.values() if item.api and item.api.domain]

    def hosts(self) -> list[str]:
        """All host names in the zone that belong to the product."""
        return [*self.site_hosts(), *self.api_hosts()]


def _check_environments(settings: Settings) -> None:
    """The rules that span tables. A message names its key itself, since pydantic reports the whole file for it."""
    seen: dict[str, str] = {f"branch {settings.database.branch}": "database.branch"}
    for name, environment in settings.environments.items():
        where = f"environments.{name}"
        if name in RESERVED_STACKS:
            raise ValueError(f"{where}: this name is taken by a stack of its own; choose another")
        if not (environment.database or environment.secrets or environment.website or environment.api):
            raise ValueError(
                f"{where}: is empty, and its stack would be too; "
                f"add {where}.database, .website, .api or .secrets, or remove {where}"
            )
        if environment.database:
            _check_role(settings, name, where)
            _unique(seen, f"branch {settings.branch_name(name)}", f"{where}.database.branch")
        if environment.website:
            _check_domain(settings, environment.website.domain, f"{where}.website")
            _unique(seen, f"domain {environment.website.domain}", f"{where}.website.domain")


def _check_role(settings: Settings, name: str, where: str) -> None:
    role = settings.role_name(name)
    if role == settings.database.role:
        raise ValueError(
            f"{where}.database.role: the branch already has {role}, from the default branch; choose another role"
        )
    if len(role) > 63:
        raise ValueError(f"{where}.database.role: {role!r} is longer than Postgres's 63 characters; set a shorter role")


def _check_domain(settings: Settings, domain: str, where: str) -> None:
    if settings.website is None:
        raise ValueError(f"{where}: there is no site to serve; add a [website] table or remove this one")
    if settings.cloudflare is None:
        raise ValueError(
            f"cloudflare.zone: is missing, and {where}.domain lies in it; add a [cloudflare] table with zone"
        )
    zone = settings.cloudflare.zone
    if domain != zone and not domain.endswith(f".{zone}"):
        raise ValueError(f"{where}.domain: {domain} does not lie in cloudflare.zone ({zone}); change one of the two")


def _unique(seen: dict[str, str], what: str, where: str) -> None:
    if what in seen:
        raise ValueError(f"{where}: {what} is already used by {seen[what]}; choose another")
    seen[what] = where
