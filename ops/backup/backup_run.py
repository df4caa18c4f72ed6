"""Backs up an environment's database, and restores a backup into a new branch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ops.backup import postgres_dump
from ops.backup.backup_store import BackupStore, StoredBackup, backup_key
from ops.backup.postgres_dump import DatabaseContent
from ops.backup.sealed_file import seal, unseal
from ops.clouds.neon import Branch, BranchLimitError, Neon
from ops.context.errors import OpsError
from ops.context.private_folder import private_folder
from ops.context.run_context import Context
from settings.backup_settings import BackupSettings

_TEST_HOURS = 24


@dataclass(frozen=True)
class RestoredBackup:
    """A backup in a branch of its own.

    Attributes:
        backup: which one.
        branch: the branch's name.
        content: what the backup's record says it holds.
        differences: how the branch differs from that, one sentence for each table.
    """

    backup: StoredBackup
    branch: str
    content: DatabaseContent
    differences: list[str]


def backup_settings(context: Context) -> BackupSettings:
    """The table [backup].

    Raises:
        OpsError: the settings have no such table.
    """
    if context.settings.backup is None:
        raise OpsError(f"{context.settings_file}: has no [backup] table; add one (docs/settings.md)")
    return context.settings.backup


def back_up(context: Context, environment: str) -> tuple[StoredBackup, DatabaseContent]:
    """Dumps an environment's database, encrypts the dump and stores it.

    Args:
        context: has the settings and the credentials of Neon and AWS.
        environment: one of backup.environments.

    Returns:
        The backup, and what it holds.

    Raises:
        OpsError: the environment isn't backed up, its branch doesn't exist, or a service refused; nothing was stored.
    """
    settings, at = backup_settings(context), datetime.now(UTC)
    _must_be_backed_up(settings, environment)
    key = backup_key(context.settings.project.name, environment, at)
    with Neon(context) as neon:
        project = neon.project(context.settings.project.name)
        branch = _own_branch(context, neon, project, environment)
        uri = neon.connection_uri(project, branch.id, *_login(context, environment))
    with private_folder("backup") as folder:
        dump, sealed = folder / "database.dump", folder / "backup.age"
        content = postgres_dump.dump(context, uri, dump)
        about = {"environment": environment, "branch": branch.name, "at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        seal(dump, content, about, settings.recipients, sealed)
        BackupStore(context).add(key, sealed)
        size = sealed.stat().st_size
    kind = key.split("/")[2]
    return StoredBackup(key, kind, environment, at, size), content


def newest_backup(context: Context, environment: str, at: str | None = None) -> StoredBackup:
    """An environment's newest backup, or the one whose time or key is given.

    Args:
        context: has the settings and the AWS credentials.
        environment: the environment's name.
        at: its key, or its time as `ops backup list` prints it; None means the newest.

    Raises:
        OpsError: there is no such backup.
    """
    found = BackupStore(context).backups(environment)
    fitting = [backup for backup in found if at in (None, backup.key, f"{backup.at:%Y-%m-%dT%H:%M:%SZ}")]
    if not fitting:
        rest = (
            f"of {at}; list them: python -m ops backup list" if at else f"yet; run: python -m ops backup {environment}"
        )
        raise OpsError(f"there is no backup of {environment} {rest}")
    return fitting[0]


def restore_backup(
    context: Context, backup: StoredBackup, into: str, secret_key: str, *, expires_at: datetime | None = None
) -> RestoredBackup:
    """Restores a backup into a new branch, and compares each table with the backup's own record.

    Args:
        context: has the settings and the credentials of Neon and AWS.
        backup: which one.
        into: the new branch's name.
        secret_key: of one of the backup's recipients.
        expires_at: when Neon deletes the branch; None means never.

    Raises:
        OpsError: the branch exists, the backup can't be decrypted, the plan allows no further branch, or a service
            refused. An incomplete branch is deleted.
    """
    environment = backup.environment
    context.environment_settings(environment)
    role, database = _login(context, environment)
    with private_folder("backup") as folder, Neon(context) as neon:
        project = neon.project(context.settings.project.name)
        if neon.branch(project, into):
            raise OpsError(
                f"Neon branch {into} exists; a backup is only restored into a new branch, choose another name"
            )
        own = _own_branch(context, neon, project, environment)
        sealed = folder / "backup.age"
        BackupStore(context).read(backup.key, sealed)
        dump, content, _ = unseal(sealed, secret_key, folder)
        try:
            made = neon.create_branch(project, into, parent_id=own.id, expires_at=expires_at, endpoint=True)
            # The new branch begins with its parent's rows.
            neon.empty_database(project, made.id, database, owner=role)
            uri = neon.connection_uri(project, made.id, role, database)
            postgres_dump.restore(context, uri, dump, folder)
            found = postgres_dump.content_of(context, uri)
        except BranchLimitError as error:
            raise OpsError(
                f"{error}; delete a branch that you don't need (python -m ops restore-points), or raise database.plan"
            ) from None
        except BaseException:
            _delete_branch(context, neon, project, into)
            raise
    return RestoredBackup(backup, into, content, postgres_dump.differences(content, found))


def restore_for_a_test(
    context: Context, backup: StoredBackup, secret_key: str, report: Callable[[RestoredBackup], None]
) -> bool:
    """Restores a backup into a temporary branch, compares, and deletes the branch.

    Args:
        context: has the settings and the credentials of Neon and AWS.
        backup: which one.
        secret_key: of one of the backup's recipients.
        report: gets the result before the branch is deleted.

    Returns:
        Whether every row is the same.

    Raises:
        OpsError: as `restore_backup`.
    """
    now = datetime.now(UTC)
    name = f"backup-test-{backup.environment}-{now:%Y%m%d-%H%M%S}"
    restored = restore_backup(context, backup, name, secret_key, expires_at=now + timedelta(hours=_TEST_HOURS))
    try:
        report(restored)
    finally:
        with Neon(context) as neon:
            _delete_branch(context, neon, neon.project(context.settings.project.name), name)
    return not restored.differences


def _delete_branch(context: Context, neon: Neon, project: str, name: str) -> None:
    """Deletes a branch that this run created. If it can't, that is a warning: what happened before matters more."""
    try:
        if branch := neon.branch(project, name):
            neon.delete_branch(project, branch.id, for_good=True)
    except OpsError as error:
        context.console.warn(f"branch {name} could not be deleted ({error}); delete it in Neon's Console")


def _must_be_backed_up(settings: BackupSettings, environment: str) -> None:
    if environment not in settings.environments:
        raise OpsError(f"{environment} is not one of backup.environments: {', '.join(settings.environments)}")


def _own_branch(context: Context, neon: Neon, project: str, environment: str) -> Branch:
    name = context.settings.branch_name(environment)
    if branch := neon.branch(project, name):
        return branch
    raise OpsError(
        f"{environment}'s branch {name} doesn't exist; recover it (python -m ops recover) or deploy its stack"
    )


def _login(context: Context, environment: str) -> tuple[str, str]:
    settings = context.settings
    own = settings.environments[environment].database
    return settings.role_name(environment), (own.own_database if own else None) or settings.database.name
