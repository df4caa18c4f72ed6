"""The page of settings is what the settings say of themselves."""

from tests.support import ROOT
from tools.settings_reference import render


def test_page_is_current() -> None:
    assert (ROOT / "docs/settings.md").read_text() == render()


def test_page_names_every_table_and_what_its_keys_mean() -> None:
    page = render()
    for heading in ("[project]", "[environments.<name>]", "[environments.<name>.database]", "[database]"):
        assert f"\n## {heading}\n" in page
    assert "`history_retention_seconds` | whole number | `21600` |" in page
    assert "6 hours" in page
