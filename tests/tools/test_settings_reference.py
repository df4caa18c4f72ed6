"""The page of settings is what the settings say of themselves."""

import pytest

from tests.support import ROOT
from tools.settings_reference import render


def test_page_is_current() -> None:
    assert (ROOT / "docs/settings.md").read_text() == render()


def test_page_names_every_table_and_what_its_keys_mean() -> None:
    page = render()
    for heading in ("[project]", "[environments.<name>]", "[environments.<name>.database]", "[database]"):
        assert f"\n## `{heading}`\n" in page
    assert "`history_retention_seconds` | whole number, 0 or more | `21600` |" in page
    assert "6 hours" in page


@pytest.mark.parametrize(
    "row",
    [
        "| `compute_time_seconds` | whole number, above 0 |",
        "| `smoke_seconds` | whole number, 1 to 900 |",
    ],
)
def test_numbers_have_their_limits(row: str) -> None:
    assert row in render()


def test_a_table_that_only_holds_tables_has_no_heading_of_its_own() -> None:
    page = render()
    assert "## `[edge]`\n" not in page
    assert "## `[edge.headers]`\n" in page
    empty = [part for part in page.split("\n## ")[1:] if "| --- |" not in part]
    assert empty == []
