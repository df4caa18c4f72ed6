"""A backup's file, and where it is stored."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.backup.backup_store import backup_key, read_backup_key
from ops.backup.postgres_dump import DatabaseContent, TableContent
from ops.backup.sealed_file import new_key, seal, unseal
from ops.context.errors import OpsError
from settings.backup_settings import BackupSettings

CONTENT = DatabaseContent("18.4", {"public.expenses": TableContent(2, "-17")})


def sealed(folder: Path, *recipients: str) -> Path:
    dump = folder / "database.dump"
    dump.write_bytes(b"rows of people")
    seal(dump, CONTENT, {"environment": "production"}, recipients, folder / "backup.age")
    return folder / "backup.age"


def test_each_recipient_can_read_a_backup_and_nobody_else(tmp_path: Path) -> None:
    (secret, public), (other, another_public), (stranger, _) = new_key(), new_key(), new_key()
    file = sealed(tmp_path, public, another_public)
    assert b"rows of people" not in file.read_bytes()
    assert b"expenses" not in file.read_bytes()
    for key in (secret, f" {other}\n"):
        folder = tmp_path / key[-9:].strip()
        folder.mkdir()
        dump, content, record = unseal(file, key, folder)
        assert (dump.read_bytes(), content, record["environment"]) == (b"rows of people", CONTENT, "production")
        assert list(folder.iterdir()) == [dump]
    with pytest.raises(OpsError, match=r"^the backup can't be decrypted: .* one of backup.recipients"):
        unseal(file, stranger, tmp_path)
    with pytest.raises(OpsError, match=r"^the secret key is not one of age"):
        unseal(file, public, tmp_path)


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    secret, public = new_key()
    file = sealed(tmp_path, public)
    content = bytearray(file.read_bytes())
    content[-20] ^= 1
    file.write_bytes(content)
    with pytest.raises(OpsError, match=r"^the backup can't be decrypted"):
        unseal(file, secret, tmp_path)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.from_regex(r"[a-z-]{1,9}", fullmatch=True),
)
def test_a_key_says_when_and_of_what_a_backup_is_and_how_long_it_is_retained(at: datetime, environment: str) -> None:
    key = backup_key("ledger", environment, at)
    backup = read_backup_key(key, 7)
    assert backup is not None
    assert (backup.environment, backup.at, backup.size) == (environment, at.replace(microsecond=0), 7)
    assert (backup.kind == "weekly") == (f"{at:%A}" == "Sunday")
    settings = BackupSettings.model_validate({"environments": ["production"], "recipients": [new_key()[1]]})
    (days,) = [days for prefix, days in settings.expiring("ledger").items() if key.startswith(prefix)]
    assert days == (28 if backup.kind == "weekly" else 7)


@pytest.mark.parametrize(
    "key",
    ["", "ledger/production/terraform.tfstate", "backups/ledger/daily/production/now.age", "backups/a/b/c/d/e.age"],
)
def test_other_objects_are_no_backups(key: str) -> None:
    assert read_backup_key(key) is None
