"""How commands ask, on a terminal and without one."""

import io
import sys

import pytest

from ops.commands.options import reveal

SECRET = "cfat_the-only-copy"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_secret_is_shown_on_a_terminal_only_after_asking(monkeypatch: pytest.MonkeyPatch, answer: str):
    stderr = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    monkeypatch.setattr(sys, "stderr", stderr)
    assert reveal(SECRET) is (answer == "y")
    assert "Show the new secret here" in stderr.getvalue()
    assert (SECRET in stderr.getvalue()) is (answer == "y")


def test_a_secret_is_not_shown_without_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert reveal(SECRET) is False
    assert SECRET not in "".join(capsys.readouterr())
