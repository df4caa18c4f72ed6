"""The pages: their commands are run, in order, and what they print is compared; what is not run says so."""

import re
import shutil
from pathlib import Path

import pytest

from sandbox.drill.app_run import installed
from sandbox.drill.page_drill import EXPENSE_TRACKER, read_page, rehearse_page
from tests.docs.markdown import PAGES, ROOT, blocks, name
from tools.secret_scan import tracked_files

RUN = [page for page in PAGES if read_page(page.read_text())]
SHELLS = {"sh", "bash", "shell", "zsh"}


def silent(text: str) -> list[str]:
    """The first line of each block of commands that is not run, and of which the page does not say why."""
    return [block.lines[0] for block in blocks(text) if block.language in SHELLS and not block.excused]


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=name)
def test_the_commands_of_a_page_do_what_it_says(page: Path):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed, which some pages call")
    if not installed():
        pytest.skip("the reference app is not installed (make app)")
    assert list(rehearse_page(page, EXPENSE_TRACKER)), "no section of the page was run"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_is_not_run_says_so(page: Path):
    """`<!-- not run: reason -->` follows a block `sh`, or is before it in its section."""
    assert not silent(page.read_text(encoding="utf-8")), "write these as `console`, or say why they are not run"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```sh\nrun\n```\n", ["run"]),
        ("```sh\nrun\n```\n<!-- not run: why -->\n", []),
        ("```sh\nrun\n```\n\n<!-- not run: why -->\n", []),
        ("```sh\nrun\n```\n\nText. <!-- not run: too late -->\n", ["run"]),
        ("<!-- not run: why -->\n\n1. So\n\n   ```sh\n   a\n   ```\n\n2. And\n\n   ```sh\n   # b\n   ```\n", []),
        ("<!-- not run: why -->\n\n## Another section\n\n```sh\nrun\n```\n", ["run"]),
        ("```console\n$ true\n```\n\n```toml\na = 1\n```\n", []),
    ],
)
def test_a_block_that_does_not_say_so_is_found(text: str, found: list[str]):
    assert silent(text) == found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_that_is_shown_is_read(page: Path):
    """A fence that is written in another way would be passed over without a word."""
    shown = [
        line
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.language == "console"
        for line in block.lines
    ]
    read = [command for command in read_page(page.read_text(encoding="utf-8")) if command.shown]
    assert len(read) == sum(line.lstrip().startswith("$ ") for line in shown)
    assert not [
        block
        for block in blocks(page.read_text(encoding="utf-8"))
        if not block.language and block.lines[0].startswith("$ ")
    ]


NOT_PORTABLE = re.compile(
    r"\bsed (-\w+ )*-i(?!\.)|\bdate (-d|--date)|\bgrep -\w*P|\breadlink -f|\bxargs -r|\bstat -c|\bbase64 -w"
)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_run_on_macos_as_well(page: Path):
    """Options that BSD's tools lack, or read otherwise; `perl -pi -e` is the same everywhere."""
    assert not NOT_PORTABLE.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", ["sed -i 's/a/b/' x", "sed -E -i s/a/b/ x", "date -d tomorrow", "grep -oP 'a' x"])
def test_an_option_of_linux_alone_is_found(command: str):
    assert NOT_PORTABLE.search(command)
    assert not NOT_PORTABLE.search("perl -pi -e 's/a/b/' x; sed -n 2p x; sed -i.bak s/a/b/ x; date -u; grep -E a x")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_sentence_is_meant_for_tools(page: Path):
    """What the tests need is in comments, which no reader sees."""
    visible = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"not run here|<!-- drill|would run themselves", visible, re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_headings_survive_a_table_of_contents(page: Path):
    """`<name>` outside of code is taken for HTML, and the table of contents drops it."""
    text = re.sub(r"^( *)```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ .+$", text, re.MULTILINE)
    assert not [heading for heading in headings if "<" in re.sub(r"`[^`]*`", "", heading)]


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name != ROOT.name], ids=name)
def test_the_site_draws_every_picture(page: Path):
    """GitHub draws Mermaid; the site would need a script from another host, so pages of docs/ have SVG."""
    assert "mermaid" not in {block.language for block in blocks(page.read_text(encoding="utf-8"))}


def test_the_readme_is_short_and_names_every_folder():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) < 150
    folders = {name.partition("/")[0] for name in tracked_files() if "/" in name}
    assert not {folder for folder in folders - {".ci", "docs"} if f"{folder}/" not in text}


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent == ROOT], ids=name)
def test_the_links_beside_the_site_lead_to_a_heading(page: Path):
    """The site's builder checks those between the pages of docs/."""
    links = re.findall(r"\]\(([\w./-]+)(?:#([\w-]+))?\)", page.read_text(encoding="utf-8"))
    assert not [file for file, _ in links if not (ROOT / file).exists()]
    assert not [f"{file}#{anchor}" for file, anchor in links if anchor and anchor not in anchors(ROOT / file)]


def test_the_pages_for_a_bad_night_are_run():
    assert {"deployment", "database-migrations", "disaster-recovery", "runbook", "security", "switch-over"} <= {
        page.stem for page in RUN
    }


def test_the_pages_for_a_new_owner_are_run():
    assert {"README", "adopting", "infrastructure", "state", "previews", "costs"} <= {page.stem for page in RUN}
