"""What the pages call exists: commands of `python -m ops` and `sandbox` with their options, make's targets, files."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from ops.cli import app as ops
from sandbox.__main__ import app as sandbox
from tests.docs.markdown import PAGES, ROOT, code, name
from tools.secret_scan import tracked_files

APPS: dict[str, Any] = {"ops": typer.main.get_command(ops), "sandbox": typer.main.get_command(sandbox)}
CALL = re.compile(r"(?:python -m |^)(ops|sandbox) ([^`;&#()]*)")
END = re.compile(r"^(?:\||\d?>|<$)")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
FOLDERS = {name.partition("/")[0] for name in tracked_files() if "/" in name}
FILE = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(FOLDERS)))})/[\w./*-]*[\w*/]")
"""A file or folder of this repository, or a pattern of them."""


def wrong(piece: str) -> Iterator[str]:
    """What a piece of code calls, and what is not there."""
    for called, rest in CALL.findall(piece):
        words = rest.split()
        for alternative in words[0].split("|") if words else []:
            yield from _wrong_words(APPS[called], [called, alternative, *words[1:]])
    for target in re.findall(r"(?:^|\s)make ((?:[a-z-]+(?: |$))+)", piece):
        yield from (f"make {each}" for each in target.split() if each not in TARGETS)
    for word in piece.split():
        if FILE.fullmatch(word) and not any(ROOT.glob(word)):
            yield word


def _wrong_words(command: Any, words: list[str]) -> Iterator[str]:
    called, *words = words
    while words and hasattr(command, "commands") and words[0] != "…" and not words[0].startswith("--"):
        if words[0] not in command.commands:
            yield f"{called} {words[0]}"
            return
        command, called = command.commands[words[0]], f"{called} {words.pop(0)}"
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for word in words:
        if END.match(word):
            return
        option = word.split("=")[0].strip("[],.")
        if option.startswith("--") and option not in known | {"--help"}:
            yield f"{called} {option}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_a_page_calls_exists(page: Path):
    assert not [each for piece in code(page.read_text(encoding="utf-8")) for each in wrong(piece)]


@pytest.mark.parametrize(
    ("piece", "found"),
    [
        ("python -m ops plan dev --lock-wait 1", []),
        ("$ X=$(python -m ops state versions dev --ids | sed -n 2p --quiet)", []),
        ("ops preview up --pr 1 --app ../app", []),
        ("python -m ops plan|deploy|release|…", []),
        ("python -m ops …", []),
        ("python -m ops adopt --states <folder> --no-such", ["ops adopt --no-such"]),
        ("python -m ops report --no-drift", []),
        ("python -m ops state lose dev", ["ops state lose"]),
        ("python -m ops plan|fly", ["ops fly"]),
        ("python -m sandbox fly", ["sandbox fly"]),
        ("INFRA_SETTINGS=examples/full.toml make synth", []),
        ("make rehearse   # makes all", []),
        ("make setup fly", ["make fly"]),
        ("python tools/fly.py", ["tools/fly.py"]),
        ("tests/ops/test_cli.py", []),
        ("locks/*.txt", []),
        ("tests/ops/test_fly.py", ["tests/ops/test_fly.py"]),
        ("https://example.com/docs/fly", []),
    ],
)
def test_what_is_not_there_is_found(piece: str, found: list[str]):
    assert list(wrong(piece)) == found


def test_make_help_fits_80_columns():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "setup" in shown
    assert not [line for line in shown.splitlines() if len(line) > 80]


def test_the_pages_call_something():
    pieces = [piece for page in PAGES for piece in code(page.read_text())]
    called = {word for piece in pieces for _, rest in CALL.findall(piece) for word in rest.split()}
    assert {"plan", "deploy", "release", "rollback", "adopt", "bootstrap", "rotate", "report"} <= called
