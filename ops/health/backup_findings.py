"""Whether the newest backup of each environment is young enough."""

from collections.abc import Iterator

from ops.backup.backup_store import BackupsRefusedError, BackupStore
from ops.context.run_context import Context
from ops.health.finding import Finding, FindingStatus


def backup_findings(context: Context) -> Iterator[Finding]:
    """Checks the age of the newest backup of each of backup.environments.

    Raises:
        OpsError: the bucket can't be read.
    """
    settings = context.settings.backup
    if settings is None:
        yield Finding("backup", FindingStatus.LEFT_OUT, "not used by the settings")
        return
    try:
        newest = {name: next(iter(BackupStore(context).backups(name)), None) for name in settings.environments}
    except BackupsRefusedError:
        yield Finding("backup", FindingStatus.LEFT_OUT, "these credentials may not list backups")
        return
    for name, backup in newest.items():
        if backup is None:
            text, remedy = f"there is no backup of {name}", f"run python -m ops backup {name}"
            yield Finding("backup", FindingStatus.WRONG, text, remedy)
            continue
        hours = backup.age.total_seconds() / 3600
        text = f"the newest backup of {name} is {hours:.1f} hours old"
        if hours > settings.oldest_hours:
            remedy = f"check the workflow Backup, and run python -m ops backup {name}"
            yield Finding("backup", FindingStatus.WRONG, f"{text}, more than {settings.oldest_hours}", remedy)
        else:
            yield Finding("backup", FindingStatus.OK, text)
