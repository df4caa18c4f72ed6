"""Nothing that runs here is taken by a name that may mean something else tomorrow."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT
from tools.secret_scan import tracked_files

WORKFLOWS = sorted(
    name
    for name in tracked_files()
    if name.startswith((".github/workflows/", ".github/actions/", "examples/app/.github/")) and name.endswith("yml")
)
COMMIT = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40}")
# Workflows of this repository, which callers take from a branch of their choice.
OWN = re.compile(r"\./.+|[\w.-]+/[\w.-]+/\.github/workflows/[\w.-]+@.+")


def _used(value: Any) -> Iterator[str]:
    """What each `uses` in a workflow names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "uses" and isinstance(inner, str):
                yield inner
            else:
                yield from _used(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _used(inner)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_to_a_commit(name: str) -> None:
    used = set(_used(yaml.safe_load((ROOT / name).read_text())))
    assert {action for action in used if not COMMIT.fullmatch(action) and not OWN.fullmatch(action)} == set()


@pytest.mark.parametrize(
    "action",
    [
        "actions/checkout@v5",
        "actions/checkout@main",
        "actions/checkout",
        "actions/checkout@0123456",
        "docker://node:22",
    ],
)
def test_a_tag_a_branch_and_a_short_commit_are_no_pin(action: str) -> None:
    assert not COMMIT.fullmatch(action)
    assert not OWN.fullmatch(action)


@pytest.mark.parametrize("name", sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("locks/*.txt")))
def test_every_python_package_is_pinned_by_hash(name: str) -> None:
    entries = re.split(r"\n(?=\S)", Path(ROOT, name).read_text(encoding="utf-8").replace("\\\n", " ").strip())
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==\S+.*--hash=sha256:[0-9a-f]{64}", entry), entry[:80]
