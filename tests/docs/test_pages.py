"""The pages: their commands are run, in order, and what they print is compared; what is not run says so."""

import shutil
from pathlib import Path

import pytest

from sandbox.drill.app_run import installed
from sandbox.drill.page_drill import EXPENSE_TRACKER, read_page, rehearse_page
from tests.docs.markdown import PAGES, blocks, name

RUN = [page for page in PAGES if read_page(page.read_text())]
SHELLS = {"sh", "bash", "shell", "zsh"}


def silent(text: str) -> list[str]:
    """The first line of each block of commands that is not run, and of which the page does not say why."""
    return [block.lines[0] for block in blocks(text) if block.language in SHELLS and not block.excused]


@pytest.mark.parametrize("page", RUN, ids=name)
def test_the_commands_of_a_page_do_what_it_says(page: Path):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed, which some pages call")
    if not installed():
        pytest.skip("the reference app is not installed (make app)")
    assert list(rehearse_page(page, EXPENSE_TRACKER)), "no section of the page was run"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_is_not_run_says_so(page: Path):
    """`Not run here:` and the reason stand right after a block `sh`, or before it in its section."""
    assert not silent(page.read_text()), "write these as `console`, or say why they are not run"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```sh\nrun\n```\n", ["run"]),
        ("```sh\nrun\n```\nNot run here: why.\n", []),
        ("```sh\nrun\n```\n\nNot run here: why.\n", []),
        ("```sh\nrun\n```\n\nText. Not run here: too late.\n", ["run"]),
        ("Not run here: why.\n\n1. So\n\n   ```sh\n   a\n   ```\n\n2. And\n\n   ```sh\n   # b\n   ```\n", []),
        ("Not run here: why.\n\n## Another section\n\n```sh\nrun\n```\n", ["run"]),
        ("```console\n$ true\n```\n\n```toml\na = 1\n```\n", []),
    ],
)
def test_a_block_that_does_not_say_so_is_found(text: str, found: list[str]):
    assert silent(text) == found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_that_is_shown_is_read(page: Path):
    """A fence that is written in another way would be passed over without a word."""
    shown = [line for block in blocks(page.read_text()) if block.language == "console" for line in block.lines]
    read = [command for command in read_page(page.read_text()) if command.shown]
    assert len(read) == sum(line.lstrip().startswith("$ ") for line in shown)
    assert not [block for block in blocks(page.read_text()) if not block.language and block.lines[0].startswith("$ ")]


def test_the_pages_for_a_bad_night_are_run():
    assert {"deployment", "database-migrations", "disaster-recovery", "runbook", "security", "switch-over"} <= {
        page.stem for page in RUN
    }


def test_the_pages_for_a_new_owner_are_run():
    assert {"README", "adopting", "infrastructure", "state", "previews", "costs"} <= {page.stem for page in RUN}
