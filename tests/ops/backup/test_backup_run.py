"""`ops backup` against the local cloud and a local bucket: what goes wrong is one line, and leaves nothing behind.

The dumps are made up here; those of a real PostgreSQL are in test_postgres_dump.py and in the rehearsal.
"""

import contextlib
import errno
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
import typer
from moto import mock_aws

from ops.backup import postgres_dump
from ops.backup.backup_store import BackupStore
from ops.backup.postgres_dump import DatabaseContent, TableContent
from ops.backup.sealed_file import new_key
from ops.cli import app
from ops.context.errors import OpsError
from ops.context.run_context import Context
from tests.ops.preview_cloud import PreviewCloud
from tests.support import own_errors

pytestmark = pytest.mark.slow

BUCKET = "sebastianiv21-terraform-state"
CONTENT = DatabaseContent("18.4", {"public.expenses": TableContent(2, "-17")})
EMPTY = DatabaseContent("18.4", {})


class Backups:
    """The commands, with a database whose content a test chooses.

    Attributes:
        holds: the content of the environment's database.
        restored: what a restore makes of it; None if pg_restore fails.
        key_file: has the secret key.
    """

    def __init__(self, cloud: PreviewCloud) -> None:
        self.cloud = cloud
        self.holds, self.restored = CONTENT, True
        secret, self.public = new_key()
        self.key_file = cloud.folder / "backup.key"
        self.key_file.write_text(secret, encoding="utf-8")
        cloud.settings(self._with_backups)

    def _with_backups(self, values: dict[str, Any]) -> None:
        values["backup"] = {"environments": ["production"], "recipients": [self.public]}

    def run(self, *arguments: str, **environment: str) -> int:
        keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        command: Any = typer.main.get_command(app)
        context = self.cloud.context(**keys | environment)
        return command.main(args=["backup", *arguments], prog_name="ops", obj=context, standalone_mode=False)

    def restore(self, into: str = "looked-at") -> int:
        return self.run("restore", "production", "--into", into, "--key-file", str(self.key_file))

    def test(self) -> int:
        return self.run("test", "--key-file", str(self.key_file))

    def stored(self) -> list[str]:
        found = boto3.client("s3", region_name="us-east-1").list_objects_v2(Bucket=BUCKET)
        return [each["Key"] for each in found.get("Contents", [])]

    # In the place of the programs

    def dump(self, context: Context, uri: str, file: Path) -> DatabaseContent:
        del context, uri
        file.write_bytes(b"rows")
        return self.holds

    def restore_dump(self, context: Context, uri: str, file: Path, folder: Path) -> None:
        del context, uri, folder
        assert file.read_bytes() == b"rows"
        if not self.restored:
            raise OpsError("psql ended with exit code 3")

    def content_of(self, context: Context, uri: str) -> DatabaseContent:
        del context, uri
        return self.holds


@pytest.fixture
def backups(preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backups]:
    found = Backups(preview_cloud)
    for name, standin in (
        ("dump", found.dump),
        ("restore", found.restore_dump),
        ("content_of", found.content_of),
    ):
        monkeypatch.setattr(postgres_dump, name, standin)
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        yield found


def test_a_backup_is_created_listed_restored_and_tested(backups: Backups, capsys: pytest.CaptureFixture[str]) -> None:
    assert backups.run("list") == 0
    assert capsys.readouterr().out == "production  no backup\n"
    assert backups.run("production") == 0
    assert capsys.readouterr().out.startswith("backed up production: 1 tables, 2 rows, ")
    assert len(backups.stored()) == 1
    assert backups.run("list") == 0
    assert capsys.readouterr().out.startswith("production  20")
    assert backups.restore("restore-production-x") == 0
    assert "to use it: python -m ops restore production --from restore-production-x" in capsys.readouterr().out
    assert backups.test() == 0
    assert "public.expenses: 2 rows, the same\nproduction: the backup of " in capsys.readouterr().out
    assert set(backups.cloud.branches()) == {"main", "dev", "restore-production-x"}


def test_an_empty_database_is_backed_up_and_restored(backups: Backups, capsys: pytest.CaptureFixture[str]) -> None:
    backups.holds = EMPTY
    assert backups.run("create") == 0
    assert "0 tables, 0 rows" in capsys.readouterr().out
    assert backups.restore() == 0


def test_other_rows_than_the_records_are_an_error_and_the_branch_stays_for_a_look(backups: Backups) -> None:
    backups.run("create")
    backups.holds = DatabaseContent("18.4", {"public.expenses": TableContent(1, "-17")})
    with pytest.raises(OpsError, match=r"branch looked-at is not what was backed up"):
        backups.restore()
    assert "looked-at" in backups.cloud.branches()
    assert backups.test() == 1
    assert not [name for name in backups.cloud.branches() if name.startswith("backup-test")]


def test_only_a_new_branch_of_a_valid_name_is_restored_into(backups: Backups) -> None:
    backups.run("create")
    with pytest.raises(OpsError, match=r"^Neon branch dev exists; a backup is only restored into a new branch"):
        backups.restore("dev")
    for name in ("", "a b", "-x"):
        with pytest.raises(typer.BadParameter, match=r"is not a Neon branch name"):
            backups.restore(name)
    assert set(backups.cloud.branches()) == {"main", "dev"}


def test_a_key_that_is_missing_wrong_or_no_key_is_one_line(
    backups: Backups, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backups.run("create")
    with pytest.raises(OpsError, match=r"^BACKUP_SECRET_KEY is not set; set it, or pass the file"):
        backups.run("test")
    with pytest.raises(OpsError, match=r"none: can't be read; pass the file that python -m ops backup new-key wrote"):
        backups.run("test", "--key-file", str(tmp_path / "none"))
    assert backups.run("test", BACKUP_SECRET_KEY=new_key()[0]) == 1
    assert "production: the backup can't be decrypted" in capsys.readouterr().err
    assert backups.run("test", BACKUP_SECRET_KEY=backups.public) == 1
    assert "the secret key is not one of age" in capsys.readouterr().err
    assert set(backups.cloud.branches()) == {"main", "dev"}


def test_a_new_key_is_stored_for_its_owner_or_shown_and_never_in_half_a_file(
    backups: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.key"
    assert backups.run("new-key", "--into", str(file)) == 0
    assert capsys.readouterr().out.startswith("age1")
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(OpsError, match="exists; choose a new file, so that no key is lost"):
        backups.run("new-key", "--into", str(file))

    other = tmp_path / "other.key"
    monkeypatch.setattr("os.fsync", Mock(side_effect=OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OpsError, match=r"other.key: can't be written: No space left on device; choose another file"):
        backups.run("new-key", "--into", str(other))
    assert not other.exists()
    assert "age1" not in capsys.readouterr().out
    monkeypatch.setattr("ops.commands.backup_commands.reveal", Mock(return_value=True))
    assert backups.run("new-key", "--into", str(other)) == 0
    assert capsys.readouterr().out.startswith("age1")


def test_an_unknown_time_leads_to_the_list_and_no_backup_to_the_first_one(backups: Backups) -> None:
    with pytest.raises(OpsError, match=r"^there is no backup of production yet; run: python -m ops backup production$"):
        backups.restore()
    backups.run("create")
    arguments = ["--backup", "2020-01-01T00:00:00Z", "--into", "x", "--key-file", str(backups.key_file)]
    with pytest.raises(OpsError, match=r"of production of 2020.*; list them: python -m ops backup list$"):
        backups.run("restore", "production", *arguments)


def test_what_is_not_backed_up_is_named_and_the_others_are(
    backups: Backups, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backups.run("create", "dev", "nothing", "production") == 1
    printed = capsys.readouterr()
    assert "dev: dev is not one of backup.environments: production" in printed.err
    assert "nothing: there is no environment nothing" in printed.err
    assert printed.out.startswith("backed up production")


def test_without_the_table_the_message_says_so(backups: Backups, capsys: pytest.CaptureFixture[str]) -> None:
    backups.cloud.settings()
    with pytest.raises(OpsError, match=r"has no \[backup\] table; add one"):
        backups.run("list")
    with pytest.raises(OpsError, match=r"has no \[backup\] table; add one"):
        backups.run("create")


def test_a_missing_pg_dump_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> None:
        del name

    monkeypatch.setattr("importlib.util.find_spec", nowhere)
    with pytest.raises(OpsError, match=r"^pg_dump of PostgreSQL 18 is not installed; run make setup$"):
        postgres_dump._program("pg_dump")  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("fails", ["pg_restore", "Neon"])
def test_a_restore_that_fails_leaves_no_half_filled_branch(
    backups: Backups, fails: str, capsys: pytest.CaptureFixture[str]
) -> None:
    backups.run("create")
    backups.restored = fails != "pg_restore"
    if fails == "Neon":
        backups.cloud.fault("POST", "/databases$", 403, times=9)
    with pytest.raises(OpsError, match=r"psql ended|Neon refused POST"):
        backups.restore()
    assert backups.test() == 1
    assert set(backups.cloud.branches()) == {"main", "dev"}


def test_a_branch_that_can_not_be_deleted_is_named_beside_what_failed(
    backups: Backups, capsys: pytest.CaptureFixture[str]
) -> None:
    backups.run("create")
    backups.cloud.fault("DELETE", "/branches/[^/]+$", 403, times=9)
    assert backups.test() == 0
    printed = capsys.readouterr()
    assert "production: the backup of" in printed.out
    assert "branch backup-test-production-" in printed.err
    assert "could not be deleted (Neon refused DELETE" in printed.err
    backups.restored = False
    assert backups.test() == 1
    assert "production: psql ended with exit code 3" in capsys.readouterr().err


def test_at_the_branch_limit_it_is_said_how_to_get_room(backups: Backups) -> None:
    backups.run("create")
    path = f"/projects/{backups.cloud.project}/branches"
    for number in range(8):
        backups.cloud.neon("POST", path, {"branch": {"name": f"b{number}"}})
    with pytest.raises(
        OpsError, match=r"allows no further branch in this project; delete a branch that you don't need"
    ):
        backups.restore()
    assert len(backups.cloud.branches()) == 10


def test_an_upload_that_is_cut_off_stores_nothing(
    backups: Backups, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=Mock()))
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut_off() -> None:
            # Ends with the server.
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connection.recv(1)
                    connection.close()

        thread = threading.Thread(target=cut_off)
        thread.start()
        code = backups.run("create", AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.getsockname()[1]}")
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    line = own_errors(capsys.readouterr().err).strip()
    assert (code, len(line.splitlines())) == (1, 1)
    assert line.startswith("production: s3://sebastianiv21-terraform-state/backups/")
    assert line.endswith("check the AWS credentials, the region and the network")
    assert "can't write" in line
    assert backups.stored() == []


def test_a_backup_above_what_s3_takes_at_once_is_refused(
    backups: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.backup.backup_store._LARGEST_BYTES", 3)
    file = tmp_path / "large"
    file.write_bytes(b"rows")
    context = backups.cloud.context(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
    with pytest.raises(OpsError, match=r"and S3 takes 5 GB at once; use pg_dump by hand"):
        BackupStore(context).add("backups/x/daily/production/y.age", file)
    assert backups.stored() == []
