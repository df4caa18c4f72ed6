"""The age of the newest backups."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ops.backup.backup_store import BackupsRefusedError, StoredBackup
from ops.context.run_context import Context
from ops.health import backup_findings as findings_module
from ops.health.backup_findings import backup_findings
from ops.health.finding import FindingStatus


def findings(monkeypatch: pytest.MonkeyPatch, hours: dict[str, list[float]], *, refused: bool = False) -> list[str]:
    now = datetime.now(UTC)

    class Store:
        def __init__(self, context: Context) -> None:
            del context

        def backups(self, environment: str) -> list[StoredBackup]:
            if refused:
                raise BackupsRefusedError("refused")
            return [StoredBackup("", "daily", environment, now - timedelta(hours=age), 1) for age in hours[environment]]

    monkeypatch.setattr(findings_module, "BackupStore", Store)
    backup = SimpleNamespace(environments=list(hours), oldest_hours=36)
    context = cast(Any, SimpleNamespace(settings=SimpleNamespace(backup=backup)))
    return [str(finding) for finding in backup_findings(context)]


def test_an_old_or_missing_backup_is_wrong_and_a_young_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings(monkeypatch, {"young": [35.9, 99], "old": [36.5], "none": []}) == [
        "ok: backup: the newest backup of young is 35.9 hours old",
        "wrong: backup: the newest backup of old is 36.5 hours old, more than 36; check the workflow Backup, and run "
        "python -m ops backup old",
        "wrong: backup: there is no backup of none; run python -m ops backup none",
    ]


def test_credentials_that_may_not_look_and_settings_without_backups_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert findings(monkeypatch, {"a": []}, refused=True) == [
        "left out: backup: these credentials may not list backups"
    ]
    context = cast(Any, SimpleNamespace(settings=SimpleNamespace(backup=None)))
    assert [finding.state for finding in backup_findings(context)] == [FindingStatus.LEFT_OUT]
