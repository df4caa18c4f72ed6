"""The pages of docs/: their commands are run, in order, and what they print is compared; what is not run says so."""

import re
from pathlib import Path

import pytest

from sandbox.drill.app import installed
from sandbox.drill.pages import EXPENSE_TRACKER, read_page, rehearse_page

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
RUN = [page for page in PAGES if read_page(page.read_text())]
_UNRUN = re.compile(r"^( *)```(?:sh|bash|shell)\n.*?^ *```\n(.*?)(?=^ *```|^#|\Z)", re.MULTILINE | re.DOTALL)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", RUN, ids=_name)
def test_the_commands_of_a_page_do_what_it_says(page: Path):
    if not installed():
        pytest.skip("the reference app is not installed (make app)")
    assert list(rehearse_page(page, EXPENSE_TRACKER)), "no section of the page was run"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_is_not_run_says_so(page: Path):
    """A block `sh` is not run: the text after it begins with `Not run here:` and the reason."""
    silent = [
        match[0].splitlines()[1] for match in _UNRUN.finditer(page.read_text()) if "Not run here:" not in match[2]
    ]
    assert not silent, "write these as `console`, or say after them why they are not run"


def test_the_pages_for_a_bad_night_are_run():
    assert {"deployment", "database-migrations", "disaster-recovery", "runbook", "security", "switch-over"} <= {
        page.stem for page in RUN
    }
