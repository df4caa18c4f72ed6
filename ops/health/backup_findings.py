"""Whether the newest backup of each environment is young enough."""

from collections.abc import Iterator

from ops.backup.backup_store import BackupsRefusedError, BackupStore, StoredBackup
from ops.context.run_context import Context
from ops.health.finding import Finding, FindingStatus


def backup_findings(context: Context) -> Iterator[Finding]:
    """Checks the age of the newest backup of each of backup.environments.

    Raises:
        OpsError: the bucket can't be read.
    """
    if context.settings.backup is None:
        yield Finding("backup", FindingStatus.LEFT_OUT, "not used by the settings")
    else:
        # The same finding for several environments is one line.
        yield from dict.fromkeys(newest_backup_findings(context).values())


def newest_backup_findings(context: Context) -> dict[str, Finding]:
    """The age of the newest backup of each of backup.environments, by the environment's name; empty without [backup].

    Raises:
        OpsError: the bucket can't be read.
    """
    settings = context.settings.backup
    if settings is None:
        return {}
    try:
        store = BackupStore(context)
        newest = {name: next(iter(store.backups(name)), None) for name in settings.environments}
    except BackupsRefusedError:
        refused = Finding("backup", FindingStatus.LEFT_OUT, "these credentials may not list backups")
        return dict.fromkeys(settings.environments, refused)
    return {name: _finding(name, backup, settings.oldest_hours) for name, backup in newest.items()}


def _finding(name: str, backup: StoredBackup | None, oldest_hours: int) -> Finding:
    if backup is None:
        return Finding(
            "backup", FindingStatus.WRONG, f"there is no backup of {name}", f"run python -m ops backup {name}"
        )
    hours = backup.age.total_seconds() / 3600
    text = f"the newest backup of {name} is {hours:.1f} hours old"
    if hours > oldest_hours:
        remedy = f"check the workflow Backup, and run python -m ops backup {name}"
        return Finding("backup", FindingStatus.WRONG, f"{text}, more than {oldest_hours}", remedy)
    return Finding("backup", FindingStatus.OK, text)
