"""The tables of docs/resource-types.md are those of the catalog."""

import sys

import pytest

from catalog import CATALOG, HOLDS_DATA
from tests.support import ROOT
from tools import resource_types_page
from tools.resource_types_page import render, tables

PAGE = (ROOT / "docs/resource-types.md").read_text()


def test_the_page_is_current() -> None:
    assert render(PAGE) == PAGE


def test_every_type_has_a_row_and_every_one_that_holds_data_is_listed_as_refused() -> None:
    def types(name: str) -> set[str]:
        return {row.split("`")[1] for row in tables()[name].splitlines()[2:]}

    assert types("types") == CATALOG.keys()
    assert types("refused") == HOLDS_DATA
    assert types("weakened") == {kind for kind, entry in CATALOG.items() if entry.protections or entry.when_destroyed}


def test_no_cell_breaks_its_table() -> None:
    for table in tables().values():
        assert len({row.count("|") for row in table.splitlines()}) == 1


def test_an_outdated_page_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["resource_types_page.py", "--check"])
    assert resource_types_page.main() == 0
    monkeypatch.setattr(resource_types_page, "tables", lambda: {"types": "| other |\n"})
    assert resource_types_page.main() == 1
    assert capsys.readouterr().err == "docs/resource-types.md: does not match the catalog; run make docs-types\n"
