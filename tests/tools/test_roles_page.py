"""The table of AWS roles in docs/security.md is what the policies say."""

import sys

import pytest

from tests.support import ROOT
from tools import roles_page


def test_the_page_is_current() -> None:
    page = (ROOT / "docs/security.md").read_text()
    assert roles_page.render(page) == page


def test_an_outdated_page_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["roles_page.py", "--check"])
    monkeypatch.setattr(roles_page, "table", lambda: "| other |\n")
    assert roles_page.main() == 1
    assert capsys.readouterr().err == "docs/security.md: does not match the roles' policies; run make docs-roles\n"
