"""The site that `make docs` builds: every page is in it, and no link leads nowhere."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import tool_environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["mkdocs", "build", "--config-file", str(folder / "mkdocs.yml"), "--site-dir", str(folder / "site")]
    return subprocess.run(command, env=tool_environment(NO_MKDOCS_2_WARNING="1"), capture_output=True, text=True)


def copied(folder: Path) -> Path:
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


def test_the_site_is_built_with_every_link_checked(tmp_path: Path):
    built = build(copied(tmp_path))
    assert built.returncode == 0, built.stderr
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    made = {page.relative_to(tmp_path / "site") for page in (tmp_path / "site").rglob("*.html")}
    assert pages <= made
    navigation = (tmp_path / "mkdocs.yml").read_text()
    unnamed = [page for page in (ROOT / "docs").rglob("*.md") if str(page.relative_to(ROOT / "docs")) not in navigation]
    assert not unnamed, "name these pages in mkdocs.yml"


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path):
    folder = copied(tmp_path)
    page = folder / "docs/index.md"
    page.write_text(page.read_text() + "\n[lost](nowhere.md) [part](index.md#nowhere)\n")
    built = build(folder)
    assert built.returncode != 0
    assert "nowhere.md" in built.stderr
    assert "#nowhere" in built.stderr


def test_the_site_asks_no_other_host(tmp_path: Path):
    build(copied(tmp_path))
    for page in (tmp_path / "site").rglob("*.html"):
        text = page.read_text()
        assert 'src="http' not in text
        assert 'rel="stylesheet" href="http' not in text
