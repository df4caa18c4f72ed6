"""One screen about everything: what serves now, whether it is healthy, and what needs attention. It only reads."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ops.clouds import public_web as public
from ops.clouds.neon import Branch
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.context.target import cloud_in_use
from ops.health.finding import FindingStatus
from ops.health.uptime import addresses, problem_now
from ops.report.owner_report import DeploymentRow, OwnerReport, ReportSection, collect, read_section
from ops.state.state_store import StateStore
from ops.terraform.abandoned import abandoned_states, sentence
from ops.terraform.stacks import read_stacks
from settings.neon_plans import NEON_PLANS

_COLUMN = 11


@dataclass(frozen=True)
class AddressNow:
    """An address that visitors use, and what it answers now.

    Attributes:
        url: the address.
        problem: what is wrong with its answer; empty if it is healthy.
    """

    url: str
    problem: str


@dataclass(frozen=True)
class StatesNow:
    """What the state bucket says.

    Attributes:
        locks: the stacks that are locked, each with its lock.
        abandoned: one sentence for each state that no stack uses.
    """

    locks: dict[str, str] = field(default_factory=dict[str, str])
    abandoned: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Status:
    """What the screen shows.

    Attributes:
        report: environments, branches, deployments and cost.
        answers: what each address answers, by `<environment>'s site` and `<environment>'s API`.
        states: locks and abandoned states.
        worker_of: each environment's Worker; empty if there is no API.
    """

    report: OwnerReport
    answers: dict[str, AddressNow]
    states: ReportSection[StatesNow]
    worker_of: dict[str, str]

    @property
    def answering(self) -> set[str]:
        """The addresses of sites and APIs that are healthy."""
        shown = {f"{each.name}'s site": each.site for each in self.report.environments}
        shown |= {f"{each.name}'s API": each.api for each in self.report.environments}
        return {shown[about] for about, now in self.answers.items() if not now.problem}

    def problems(self, context: Context) -> list[str]:
        """Everything that is wrong, one line each."""
        down = [
            f"{about} ({now.url}): {now.problem}{self._unreleased(about)}"
            for about, now in self.answers.items()
            if now.problem
        ]
        states = self.states.found or StatesNow()
        locked = [f"{stack}: the state is locked by {lock}" for stack, lock in states.locks.items()]
        cost = self.report.cost.found
        above = ["the monthly cost is above the budget: python -m ops cost"] if cost and cost.is_above_budget else []
        unread = [*self.report.problems, *([self.states.problem] if self.states.problem else [])]
        drifted = [f"{stack} differs from the settings: python -m ops drift" for stack in self.report.drifted]
        backups = [
            f"{each.text}; {each.remedy}"
            for each in (self.report.backups.found or {}).values()
            if each.state is FindingStatus.WRONG
        ]
        return [*down, *backups, *locked, *states.abandoned, *drifted, *_no_room(context, self.report), *above, *unread]

    def _unreleased(self, about: str) -> str:
        """Why an API can't answer, if nothing was released to its environment."""
        name = about.removesuffix("'s API")
        rows = [row for row in self.report.releases.found or () if row.what == self.worker_of.get(name)]
        return f"; nothing is released yet: python -m ops release {name}" if rows and not rows[0].at else ""


def read_status(context: Context, *, drift: bool = False, lock_wait: int = 0) -> Status:
    """Asks the services. A part that can't be read holds the reason instead.

    Args:
        context: has the settings and the credentials.
        drift: also plan the stacks, which takes the longest.
        lock_wait: seconds to wait for a state that another run has locked.

    Raises:
        SettingsError: the settings are not valid.
    """
    settings = context.settings
    asked = addresses(settings)
    with public.client(context) as visitor:
        answers = {each.about: AddressNow(each.url, problem_now(visitor, each)) for each in asked}
    return Status(
        report=collect(context, drift=drift, lock_wait=lock_wait),
        answers=answers,
        states=read_section(lambda: _states(context)),
        worker_of={name: settings.api.worker_name(name) for name in settings.environments} if settings.api else {},
    )


def _states(context: Context) -> StatesNow:
    locks: dict[str, str] = {}
    for stack in read_stacks(context, apart=True):
        try:
            store = StateStore(context, stack)
        except OpsError:
            continue  # Its state is not in S3, so nobody else can lock it.
        if lock := store.lock():
            locks[stack.name] = str(lock)
    return StatesNow(locks, [sentence(state) for state in abandoned_states(context)])


def _no_room(context: Context, report: OwnerReport) -> list[str]:
    plan = NEON_PLANS[context.settings.database.plan]
    if plan.has_room(len(report.branches.found or ())):
        return []
    return [f"all {plan.branches} branches of Neon's plan are used: python -m ops restore-points"]


def lines(context: Context, status: Status) -> Iterator[str]:
    """The screen, in lines of at most 80 columns where the names allow it."""
    report = status.report
    yield f"{context.settings.project.name} in {cloud_in_use(context)}, {report.made:%Y-%m-%d %H:%M} UTC"
    deployed = {row.what: row for row in report.releases.found or ()}
    for environment in report.environments:
        yield ""
        yield environment.name
        if environment.site:
            yield from _address("site", status.answers.get(f"{environment.name}'s site"), environment.site)
            yield from _deployed(deployed.get(f"{context.settings.project.name} (site)"))
        if environment.api:
            yield from _address("API", status.answers.get(f"{environment.name}'s API"), environment.api)
            yield from _deployed(deployed.get(status.worker_of.get(environment.name, "")))
        yield _row("database", f"branch {environment.branch}{_missing_branch(environment.branch, report.branches)}")
        if backup := (report.backups.found or {}).get(environment.name):
            yield _row("backup", backup.text)
    yield ""
    cost = report.cost.found
    if cost:
        yield _row("cost", f"{cost.total:,.2f} $ a month; the budget is {cost.budget:,.2f} $", indent=0)
    if report.branches.found is not None:
        yield _row("branches", _branches(context, report.branches.found, report.made), indent=0)
    if report.drift.found is None and not report.drift.problem:
        yield _row("drift", "not checked: python -m ops status --drift", indent=0)
    elif not report.drift.problem:
        yield _row("drift", ", ".join(report.drifted) or "none", indent=0)
    if status.states.found is not None:
        yield _row("locks", ", ".join(status.states.found.locks) or "none", indent=0)
    problems = status.problems(context)
    yield ""
    yield from (f"WRONG: {problem}" for problem in problems)
    if not problems:
        yield "nothing is wrong"


def _row(title: str, text: str, *, indent: int = 2) -> str:
    return f"{' ' * indent}{title.ljust(_COLUMN - indent)}{text}".rstrip()


def _address(title: str, now: AddressNow | None, url: str) -> Iterator[str]:
    yield _row(title, url)
    if now is None:
        yield _row("", "not checked: no site calls it")
    else:
        yield _row("", f"NOT HEALTHY: {now.problem}" if now.problem else "healthy")


def _deployed(row: DeploymentRow | None) -> Iterator[str]:
    if row is not None:
        when = f"since {_in_utc(row.at)}" if row.at else ""
        yield _row("", ", ".join(filter(None, (row.status, when))))
        if row.note:
            yield _row("", textwrap.shorten(row.note, 80 - _COLUMN, placeholder="…"))


def _in_utc(text: str) -> str:
    """A service's time in UTC, to the minute; the text itself if it is none."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return text


def _missing_branch(name: str, branches: ReportSection[list[Branch]]) -> str:
    if branches.found is None or any(branch.name == name for branch in branches.found):
        return ""
    return ", which does not exist: deploy its stack"


def _branches(context: Context, branches: Sequence[Branch], now: datetime) -> str:
    plan = NEON_PLANS[context.settings.database.plan]
    expiring = sorted((each.expires_at, each.name) for each in branches if each.expires_at and each.expires_at > now)
    text = f"{len(branches)} of {plan.branches}"
    if expiring:
        at, name = expiring[0]
        text += f"; {name} expires {at:%Y-%m-%d %H:%M} UTC"
        text += f", and {len(expiring) - 1} more later" if len(expiring) > 1 else ""
    return text
