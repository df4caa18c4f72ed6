"""The owner's report: environments, branches, latest deployments, drift and cost. It only reads."""

import base64
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from ops.clouds.cloudflare import Cloudflare
from ops.clouds.neon import Branch, Neon
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.cost import Estimate, estimate, read_prices
from ops.health.backup_findings import newest_backup_findings
from ops.health.finding import Finding
from ops.terraform import summary
from ops.terraform.drift import find_drift
from ops.terraform.plan import Outcome, PlannedStack
from ops.terraform.stacks import read_stacks
from settings import SettingsError

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_STYLE = Path(__file__).with_name("report.css")
_T = TypeVar("_T")


@dataclass(frozen=True)
class ReportSection(Generic[_T]):
    """A part of the page: its content, or why it is missing.

    Attributes:
        found: the content; None if it was skipped or could not be read.
        problem: why it could not be read; empty if it was read or skipped.
    """

    found: _T | None = None
    problem: str = ""


@dataclass(frozen=True)
class EnvironmentRow:
    """One environment's addresses.

    Attributes:
        name: its name, and its stack's.
        site: the site's address; empty if it has no site of its own.
        api: the API's address; empty if it has none.
        branch: the Neon branch of its data.
        guarded: whether a plan that destroys its branch is refused.
    """

    name: str
    site: str
    api: str
    branch: str
    guarded: bool


@dataclass(frozen=True)
class DeploymentRow:
    """The latest deployment of a Worker or of the site.

    Attributes:
        what: the Worker's name, or the Pages project's.
        at: when, as the service writes it; empty if nothing was deployed.
        status: the versions with their share of the requests, or Pages' status of the build.
        note: its message, or the commit.
    """

    what: str
    at: str = ""
    status: str = "nothing deployed yet"
    note: str = ""


@dataclass(frozen=True)
class OwnerReport:
    """The content of the page.

    Attributes:
        made: when it was collected.
        environments: from the settings.
        branches: from Neon.
        releases: from Cloudflare.
        drift: from plans; None if it was not asked for.
        cost: from the settings and prices.
        backups: how old the newest one of each environment is, by its name; None without the table [backup].
    """

    made: datetime
    environments: list[EnvironmentRow]
    branches: ReportSection[list[Branch]] = field(default_factory=ReportSection[list[Branch]])
    releases: ReportSection[list[DeploymentRow]] = field(default_factory=ReportSection[list[DeploymentRow]])
    drift: ReportSection[list[PlannedStack]] = field(default_factory=ReportSection[list[PlannedStack]])
    cost: ReportSection[Estimate] = field(default_factory=ReportSection[Estimate])
    backups: ReportSection[dict[str, Finding]] = field(default_factory=ReportSection[dict[str, Finding]])

    @property
    def drifted(self) -> list[str]:
        """The stacks that differ from the settings."""
        return [each.stack.name for each in self.drift.found or () if each.outcome is not Outcome.UNCHANGED]

    @property
    def users(self) -> dict[str, list[str]]:
        """The environments of each branch."""
        branches = {each.branch for each in self.environments}
        return {branch: [each.name for each in self.environments if each.branch == branch] for branch in branches}

    @property
    def problems(self) -> list[str]:
        """Why parts are missing, one line each."""
        sections: Sequence[ReportSection[Any]] = (self.branches, self.backups, self.releases, self.drift, self.cost)
        return [section.problem for section in sections if section.problem]


def collect(context: Context, *, drift: bool = True, lock_wait: int = 0) -> OwnerReport:
    """Collects the content from the services. A part that can't be read holds the reason instead.

    Args:
        context: has the settings and the credentials.
        drift: plan the stacks, which takes the longest.
        lock_wait: seconds to wait for a state that another run has locked.

    Raises:
        SettingsError: the settings are not valid.
    """
    settings = context.settings

    def plans() -> list[PlannedStack]:
        return find_drift(context, read_stacks(context), lock_wait=lock_wait)[1]

    return OwnerReport(
        made=datetime.now(UTC),
        environments=[_environment(context, name) for name in settings.environments],
        branches=read_section(lambda: _branches(context)),
        releases=read_section(lambda: _releases(context)) if settings.website or settings.api else ReportSection(),
        drift=read_section(plans) if drift else ReportSection(),
        cost=read_section(lambda: estimate(settings, read_prices())),
        backups=read_section(lambda: newest_backup_findings(context)) if settings.backup else ReportSection(),
    )


def page(context: Context, report: OwnerReport, screen: Sequence[str], answering: Collection[str]) -> str:
    """The report as an HTML page without scripts, external resources or secrets.

    Args:
        context: has the settings.
        report: what it shows.
        screen: the lines that it begins with, those of `ops status`.
        answering: the addresses that answered; others are shown without a link.
    """
    from jinja2 import Environment as Templates
    from jinja2 import StrictUndefined

    style = _STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = Templates(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = template.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        report=report,
        project=context.settings.project.name,
        context=context,
        uncommitted=context.settings_uncommitted,
        screen=screen,
        answering=answering,
        style=style,
        digest=digest,
        drift_lines=summary.lines(report.drift.found or ()),
    )
    return context.console.mask.hide(text)


def read_section(ask: Callable[[], _T]) -> ReportSection[_T]:
    try:
        return ReportSection(ask())
    except (OpsError, SettingsError) as error:
        return ReportSection(problem=str(error))


def _environment(context: Context, name: str) -> EnvironmentRow:
    settings = context.settings
    environment = settings.environments[name]
    return EnvironmentRow(
        name=name,
        site=f"https://{environment.website.domain}" if environment.website else "",
        api=settings.api_url(name) if settings.api else "",
        branch=settings.branch_name(name),
        # The default branch is deleted only with the Neon project, which is always guarded.
        guarded=environment.protected or environment.database is None,
    )


def _branches(context: Context) -> list[Branch]:
    with Neon(context) as neon:
        branches = neon.branches(neon.project(context.settings.project.name))
    return sorted(branches, key=lambda branch: (not branch.default, branch.name))


def _releases(context: Context) -> list[DeploymentRow]:
    settings = context.settings
    with _Deployments(context) as cloudflare:
        workers = [settings.api.worker_name(name) for name in settings.environments] if settings.api else []
        found = [cloudflare.worker(name) for name in workers]
        return [*([cloudflare.site(settings.project.name)] if settings.website else []), *found]


class _Deployments(Cloudflare):
    def worker(self, name: str) -> DeploymentRow:
        """A Worker's latest deployment (Cloudflare's API reference, "Workers: List Deployments": newest first)."""
        path = f"{self._account}/workers/scripts/{name}/deployments"
        answer = self.tried(lambda: self.call("GET", path, missing={"result": {"deployments": []}}))
        for deployment in answer["result"]["deployments"]:
            shares = [f"{each['version_id'][:8]} {each['percentage']:g} %" for each in deployment.get("versions", [])]
            note = (deployment.get("annotations") or {}).get("workers/message", "")
            return DeploymentRow(name, deployment.get("created_on", ""), ", ".join(shares), note)
        return DeploymentRow(name)

    def site(self, project: str) -> DeploymentRow:
        """The site's latest production deployment (Cloudflare's API reference, "Pages: Get deployments")."""
        path = f"{self._account}/pages/projects/{project}/deployments"
        query = {"env": "production", "per_page": "1"}
        answer = self.tried(lambda: self.call("GET", path, query=query, missing={"result": []}))
        for deployment in answer["result"]:
            commit: dict[str, Any] = (deployment.get("deployment_trigger") or {}).get("metadata") or {}
            stage: dict[str, Any] = deployment.get("latest_stage") or {}
            note = " ".join(filter(None, [str(commit.get("commit_hash", ""))[:12], commit.get("commit_message", "")]))
            status = " ".join(filter(None, [stage.get("name", ""), stage.get("status", "")]))
            return DeploymentRow(f"{project} (site)", deployment.get("created_on", ""), status, note)
        return DeploymentRow(f"{project} (site)")
