"""Restore points of databases, and the app's own commands, such as its migrations."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops.clouds.neon import Branch, BranchLimitError, Neon
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.cloud_checks import database_finding, room_for_a_branch
from ops.health.finding import FindingStatus
from settings.neon_plans import NEON_PLANS

_TIMEOUT_SECONDS = 1800


class CommandFailedError(OpsError):
    """One of the app's commands failed.

    Attributes:
        shows_cause: whether the message quotes an error that the command printed.
    """

    def __init__(self, message: str, *, shows_cause: bool) -> None:
        super().__init__(message)
        self.shows_cause = shows_cause


@dataclass(frozen=True)
class RestorePoint:
    """A Neon branch that keeps a database's rows as they were. Neon deletes it when it expires.

    Attributes:
        name: the branch's name.
        expires_at: when Neon deletes it, in UTC; empty if never.
        new: whether this call created it.
    """

    name: str
    expires_at: str
    new: bool


def check_database(context: Context, environment: str, uri: str) -> None:
    """Checks that a Postgres address is that of an environment's own database.

    Args:
        context: has Neon's key and the settings.
        environment: the environment's name.
        uri: a Postgres address.

    Raises:
        OpsError: it is another database's, or Neon can't be reached.
    """
    finding = database_finding(context, environment, uri)
    if finding.state is not FindingStatus.OK:
        raise OpsError(f"{finding.text}; {finding.remedy}")


def restore_point_name(environment: str, release: str) -> str:
    """The name of the Neon branch that keeps an environment's rows as they were before a release."""
    return f"restore-{environment}-{release}"


def find_restore_point(context: Context, environment: str, release: str) -> RestorePoint | None:
    """The restore point that a release has created; None if there isn't one.

    Raises:
        OpsError: Neon can't be reached.
    """
    name = restore_point_name(environment, release)
    with Neon(context) as neon:
        found = neon.branch(neon.project(context.settings.project.name), name)
    return RestorePoint(name, _moment(found.expires_at), new=False) if found else None


def make_restore_point(context: Context, environment: str, release: str, hours: int) -> RestorePoint:
    """Creates a branch of an environment's database as it is now, or returns the one that this release has.

    Args:
        context: has Neon's key and the settings.
        environment: the environment's name.
        release: the release's id, part of the branch's name.
        hours: how long Neon keeps it.

    Raises:
        OpsError: the environment has no branch, a branch of this name holds another one's rows, the plan allows no
            further branch, or Neon can't be reached.
    """
    name, parent = restore_point_name(environment, release), context.settings.branch_name(environment)
    if (owner := _owner(context, name)) != environment:
        raise OpsError(f"{name} would look like a restore point of {owner}; choose another --id")
    with Neon(context) as neon:
        project = neon.project(context.settings.project.name)
        branches = {branch.name: branch for branch in neon.branches(project)}
        if parent not in branches:
            raise OpsError(f"{environment}'s branch {parent} doesn't exist; deploy its stack first")
        if found := branches.get(name):
            # A restore moves branches that were created before it below the one that saves the rows.
            kept = [branch for branch in branches.values() if branch.name.startswith("before-")]
            own = {branch.id for branch in kept if _owner(context, branch.name) == environment}
            if found.parent_id not in own | {branches[parent].id}:
                raise OpsError(
                    f"Neon branch {name} was not created from {environment}'s branch {parent}; "
                    "delete it, or choose another --id"
                )
            return RestorePoint(name, _moment(found.expires_at), new=False)
        # No compute, because nobody connects to it: it costs only its changed pages.
        expires_at = datetime.now(UTC) + timedelta(hours=hours)
        try:
            made = neon.create_branch(
                project, name, parent_id=branches[parent].id, expires_at=expires_at, endpoint=False
            )
        except BranchLimitError as error:
            raise OpsError(f"{error}; {room_for_a_branch(branches)}") from None
    return RestorePoint(name, _moment(made.expires_at), new=True)


def restore_points(context: Context) -> list[Branch]:
    """The branches that releases and restores have created, the oldest first.

    Raises:
        OpsError: Neon can't be reached.
    """
    with Neon(context) as neon:
        branches = neon.branches(neon.project(context.settings.project.name))
    return [branch for branch in branches if _owner(context, branch.name)]


def delete_restore_point(context: Context, name: str) -> None:
    """Deletes a restore point with its rows.

    Raises:
        OpsError: it isn't one or doesn't exist, it has child branches, or Neon refused.
    """
    with Neon(context) as neon:
        project = neon.project(context.settings.project.name)
        branches = neon.branches(project)
        found = {branch.name: branch for branch in branches if _owner(context, branch.name)}
        if name not in found:
            raise OpsError(f"there is no restore point {name}; there are: {', '.join(found) or 'none'}")
        if children := [branch.name for branch in branches if branch.parent_id == found[name].id]:
            raise OpsError(
                f"{name} can't be deleted: Neon has moved other branches below it: {', '.join(children)}; delete the "
                "restore points and previews among them first; while an environment's branch is among them, it stays"
            )
        neon.delete_branch(project, found[name].id)


def restore_command(environment: str, point: str) -> str:
    """The command that restores an environment's database to a restore point."""
    return f"python -m ops restore {environment} --from {point}"


@dataclass(frozen=True)
class DatabaseRestore:
    """A restore that Neon can do; nothing has been changed yet.

    Attributes:
        source: what is restored, for a message.
        backup: the name of the branch that will have the present rows.
        lasting: whether Neon will refuse to delete that branch.
    """

    source: str
    backup: str
    lasting: bool
    _project: str
    _branch: str
    _source_id: str
    _at: datetime | str | None

    def run(self, context: Context) -> None:
        """Restores the database. Its address doesn't change.

        Raises:
            OpsError: Neon refused.
        """
        with Neon(context) as neon:
            neon.restore(self._project, self._branch, source_id=self._source_id, at=self._at, backup=self.backup)


def restore_of_point(context: Context, environment: str, point: str) -> DatabaseRestore:
    """The restore of an environment's database to a restore point.

    Args:
        context: has Neon's key and the settings.
        environment: the environment's name.
        point: the restore point's branch, or one on which an earlier restore saved the rows.

    Raises:
        OpsError: there is no such branch, it belongs to another environment, the plan allows no further root branch,
            or Neon refused.
    """
    forms = (restore_point_name(environment, ""), *_kept_names(environment))
    if not point.startswith(forms):
        raise OpsError(f"{point} is not a restore point of {environment}; their names begin with {' or '.join(forms)}")
    if (owner := _owner(context, point)) != environment:
        raise OpsError(f"{point} is a restore point of {owner}, not of {environment}")
    return _restore(context, environment, point, None, f"before-{point.removeprefix('before-')}")


def _owner(context: Context, name: str) -> str:
    """The environment that a restore point or a branch of saved rows belongs to by its name; empty if none.

    If one environment's name begins with another's, the longest match counts.
    """
    fitting = [
        environment
        for environment in context.settings.environments
        if name.startswith((restore_point_name(environment, ""), *_kept_names(environment)))
    ]
    return max(fitting, key=len, default="")


def _kept_names(environment: str) -> tuple[str, str]:
    """How the names of the branches begin on which a restore has saved the rows."""
    return f"before-{restore_point_name(environment, '')}", f"before-rewind-{environment}-"


def restore_of_time(context: Context, environment: str, at: datetime) -> DatabaseRestore:
    """The restore of an environment's database to an earlier time.

    Args:
        context: has Neon's key and the settings.
        environment: the environment's name.
        at: the time, within the history that Neon retains (database.history_retention_seconds).

    Raises:
        OpsError: the time is outside that history, the environment's branch has none, the plan allows no further root
            branch, or Neon refused.
    """
    oldest = _oldest(context)
    if not oldest <= at <= datetime.now(UTC):
        raise OpsError(
            f"--at {at:%Y-%m-%dT%H:%M:%SZ}: Neon retains the history since {oldest:%Y-%m-%dT%H:%M:%SZ}; "
            "choose a time since then, or a restore point (--from)"
        )
    return _restore(context, environment, None, at, _kept_names(environment)[1].rstrip("-"))


def _restore(
    context: Context, environment: str, point: str | None, at: datetime | None, backup: str
) -> DatabaseRestore:
    context.environment_settings(environment)
    own, backup = context.settings.branch_name(environment), f"{backup}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with Neon(context) as neon:
        project = neon.project(context.settings.project.name)
        branches = {branch.name: branch for branch in neon.branches(project)}
        with_compute = set(neon.endpoint_hosts(project).values())
    if point and point not in branches:
        known = ", ".join(name for name in branches if name.startswith(("restore-", "before-"))) or "none"
        raise OpsError(f"there is no branch {point}: it has expired or never existed; there are: {known}")
    if own not in branches:
        raise OpsError(f"{environment}'s branch {own} doesn't exist; deploy its stack first")
    branch, source, moment = branches[own], branches[point or own], at
    if branch.parent_id is None:
        _must_have_room_for_a_root(context, branches.values())
        # The branch's own history has the same rows as a restore point, and leaves a backup that can be deleted. Not
        # those of a branch with a compute, which can have rows of its own, such as a restored backup.
        unchanged = source.id not in with_compute and not source.computed
        young = source.created_at > _oldest(context)
        if source.parent_id == branch.id and source.parent_lsn and unchanged and young:
            source, moment = branch, source.parent_lsn
    elif at:
        raise OpsError(
            f"--at: {environment}'s branch {own} was created from another branch, and Neon retains a history of root "
            "branches only; choose a restore point (--from; python -m ops restore-points) or a backup "
            "(python -m ops backup list)"
        )
    lasting = branch.parent_id is None and source is not branch
    named = point or f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return DatabaseRestore(named, backup, lasting, project, branch.id, source.id, moment)


def _must_have_room_for_a_root(context: Context, branches: Iterable[Branch]) -> None:
    name = context.settings.database.plan
    limit, roots = NEON_PLANS[name].root_branches, [branch.name for branch in branches if branch.parent_id is None]
    if len(roots) >= limit:
        raise OpsError(
            f"a restore saves the present rows on a root branch, and the {name} plan's {limit} root branches are used "
            f"up: {', '.join(roots)}; delete one (python -m ops restore-points --delete BRANCH), or raise database.plan"
        )


def _oldest(context: Context) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=context.settings.database.history_retention_seconds)


def run_in_app(context: Context, app: Path, command: str, *, label: str, secrets: dict[str, str] | None = None) -> str:
    """Runs one of the app's own commands in its checkout, without a shell, and shows its output.

    Args:
        context: has the environment; the command gets none of its secrets.
        app: the app repository's root.
        command: the program and its arguments, quoted as in a shell.
        label: a prefix for each line of output.
        secrets: variables that only this command gets.

    Returns:
        What it wrote to standard output.

    Raises:
        CommandFailedError: the command failed.
        OpsError: there is no such folder or program.
    """
    if not app.is_dir():
        raise OpsError(f"{app}: no such folder; pass the app's checkout as --app")
    given = secrets or {}
    context.console.mask.add(*given.values())
    finished = context.runner.run(
        shlex.split(command),
        cwd=app,
        environment=context.app_environment | given,
        show=True,
        label=f"{label} | ",
        timeout=_TIMEOUT_SECONDS,
    )
    if finished.code != 0:
        raise CommandFailedError(f"`{command}` {finished.how_it_failed()}", shows_cause=finished.error().found)
    return finished.stdout


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""
