"""The shape of a settings file: each table a model, each key a described field.

The reference page docs/settings.md is written from these descriptions.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from settings.plans import NEON_MIN_CU, NEON_PLANS, NeonPlanName
from settings.text import (
    AwsRegion,
    BucketName,
    DomainName,
    EnvironmentName,
    EnvironmentVariable,
    FilePath,
    GitBranch,
    GitHubName,
    IsoDate,
    Line,
    NeonBranchName,
    PostgresName,
    Slug,
)


class Table(BaseModel):
    """A table of the settings file: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Project(Table):
    name: Slug = Field(
        description="The name of the product, its Neon project and its Pages project; every state's key begins with it."
    )


class Repository(Table):
    owner: GitHubName = Field(description="The GitHub user or organisation that owns the app's repository.")
    name: GitHubName = Field(description="The app's repository on GitHub, which Cloudflare Pages builds.")
    production_branch: GitBranch = Field("main", description="The git branch that is deployed to production.")


class State(Table):
    bucket: BucketName = Field(
        description="The S3 bucket that keeps Terraform's states. It must exist before the first deploy."
    )
    region: AwsRegion = Field("us-east-1", description="The bucket's AWS region.")


class Database(Table):
    plan: NeonPlanName = Field(
        "free", description="The Neon plan that is paid for; it sets the limits that these settings are held against."
    )
    branch: NeonBranchName = Field(
        "main", description="The name of the project's default branch, where production's data lives."
    )
    name: PostgresName = Field(description="The database's name, the same on every branch.")
    role: PostgresName = Field(description="The Postgres role that owns the database on the default branch.")
    history_retention_seconds: int = Field(
        21600,
        ge=0,
        description="How far back a restore can go, in seconds. Neon's free plan allows 21600 (6 hours).",
    )
    autoscaling_limit_max_cu: float = Field(
        0.25,
        description="The default branch's largest compute, in Neon compute units (0.25, 0.5, or a whole number).",
    )


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
    site_environment: EnvironmentName = Field(
        "production", description="The environment whose API the production site calls."
    )

    def url(self, environment: str) -> str:
        """The API's address on workers.dev for an environment."""
        return f"https://{self.worker}-{environment}.{self.workers_subdomain}.workers.dev"


class Cloudflare(Table):
    zone: DomainName = Field(description="The DNS zone in which the environments' domains lie.")


class BranchSettings(Table):
    branch: NeonBranchName | None = Field(
        None, description="The Neon branch's name; the environment's name where it is left out."
    )
    role: PostgresName | None = Field(
        None, description="The branch's own Postgres role; `<database.role>_<environment>` where it is left out."
    )
    autoscaling_limit_max_cu: float = Field(
        0.25,
        description="The branch's largest compute, in Neon compute units (0.25, 0.5, or a whole number).",
    )


class SiteDomain(Table):
    domain: DomainName = Field(description="The host name at which the site is served; it must lie in cloudflare.zone.")


class Environment(Table):
    adopt_hcl: bool = Field(
        False,
        description="Take over the hand-written HCL's state: move its resources out of module.db and module.web.",
    )
    protected: bool = Field(False, description="Refuse any plan that would destroy this environment's database branch.")
    database: BranchSettings | None = Field(None, description="A Neon branch of its own, with an endpoint and a role.")
    website: SiteDomain | None = Field(None, description="A custom domain for the site.")


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

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        _check_database(self)
        _check_environments(self)
        return self

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
        return {self.website.api_url_variable: self.api.url(self.api.site_environment)}


def _check_database(settings: Settings) -> None:
    database = settings.database
    limit = NEON_PLANS[database.plan].history_retention_seconds
    if database.history_retention_seconds > limit:
        raise ValueError(
            f"database.history_retention_seconds: {database.history_retention_seconds} s is more than "
            f"Neon's {database.plan} plan allows ({limit} s); lower it, or set database.plan to one that is paid for"
        )
    _check_compute(settings, database.autoscaling_limit_max_cu, "database")


def _check_compute(settings: Settings, cu: float, where: str) -> None:
    plan = settings.database.plan
    limit = NEON_PLANS[plan].autoscaling_limit_max_cu
    if not NEON_MIN_CU <= cu <= limit:
        raise ValueError(
            f"{where}.autoscaling_limit_max_cu: {cu:g} CU is outside what Neon's {plan} plan allows "
            f"({NEON_MIN_CU} to {limit:g} CU); change it, or set database.plan to one that is paid for"
        )
    if cu not in (0.25, 0.5) and cu != int(cu):
        raise ValueError(
            f"{where}.autoscaling_limit_max_cu: Neon has no size {cu:g} CU; use 0.25, 0.5 or a whole number"
        )


def _check_environments(settings: Settings) -> None:
    """The rules that span tables. A message names its key itself, since pydantic reports the whole file for it."""
    seen: dict[str, str] = {f"branch {settings.database.branch}": "database.branch"}
    for name, environment in settings.environments.items():
        where = f"environments.{name}"
        if name in RESERVED_STACKS:
            raise ValueError(f"{where}: this name is taken by a stack of its own; choose another")
        if environment.database:
            _check_branch(settings, name, environment.database, where)
            _unique(seen, f"branch {settings.branch_name(name)}", f"{where}.database.branch")
        if environment.website:
            _check_domain(settings, environment.website.domain, f"{where}.website")
            _unique(seen, f"domain {environment.website.domain}", f"{where}.website.domain")
    branches = 1 + sum(1 for environment in settings.environments.values() if environment.database)
    limit = NEON_PLANS[settings.database.plan].branches
    if branches > limit:
        raise ValueError(
            f"environments: {branches} database branches are more than Neon's {settings.database.plan} plan allows "
            f"({limit}); remove some, or set database.plan to one that is paid for"
        )


def _check_branch(settings: Settings, name: str, branch: BranchSettings, where: str) -> None:
    _check_compute(settings, branch.autoscaling_limit_max_cu, f"{where}.database")
    role = settings.role_name(name)
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
