"""Each kind of error that is no defect of the program is one line, explained in one place."""

import errno
import io
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ProfileNotFound

from ops import cli
from ops.context.errors import OpsError, owners_message
from settings import SettingsError


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OpsError("dev: locked; wait"), "dev: locked; wait"),
        (SettingsError("settings.toml: x: is missing; add it"), "settings.toml: x: is missing; add it"),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/plan"),
            "/data/plan: can't be written: No space left on device; free some space, and run the command again",
        ),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
            "a file can't be written: No space left on device; free some space, and run the command again",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x: Permission denied; check the path and its"),
        (ProfileNotFound(profile="work"), "AWS can't be used: The config profile (work) could not be found; check the"),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListBuckets"),
            "AWS refused: An error occurred (AccessDenied) when calling the ListBuckets operation: no; check the AWS",
        ),
    ],
)
def test_an_error_of_the_owner_or_the_machine_is_one_line(error: Exception, line: str) -> None:
    message = owners_message(error)
    assert message.startswith(line)
    assert "\n" not in message


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError("x")])
def test_a_defect_of_the_program_keeps_its_traceback(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert owners_message(error) == ""
    monkeypatch.setattr(cli.typer.main, "get_command", _returning(_Failing(error)))
    with pytest.raises(type(error)):
        cli.main([])


class _Failing:
    """A command that ends with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def main(self, **_: Any) -> int:
        raise self._error


def _returning(command: _Failing) -> Callable[[object], _Failing]:
    def get_command(app: object) -> _Failing:
        del app
        return command

    return get_command


def test_a_full_disk_ends_a_command_with_1_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/plan")
    monkeypatch.setattr(cli.typer.main, "get_command", _returning(_Failing(full)))
    assert cli.main([]) == 1
    assert capsys.readouterr().err.startswith("/data/plan: can't be written: No space left on device; ")


def test_a_locale_without_a_character_does_not_end_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert cli.main(["cost"]) == 0
    assert b"?" in written.getvalue()


def test_a_reader_that_has_ended_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(cli.typer.main, "get_command", _returning(_Failing(BrokenPipeError())))
    assert cli.main([]) == 1
    assert capsys.readouterr().err == ""
    sys.stdout.close()
