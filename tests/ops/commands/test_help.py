"""What `--help` shows: every command, in sections, on whole lines of 80 columns."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ops.cli import app
from ops.commands.help import SECTIONS


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A command and all commands below it, each with the arguments that reach it."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


ALL = list(commands(typer.main.get_command(app)))
PATHS = [path for path, _ in ALL]


def help_of(*arguments: str) -> str:
    answer = CliRunner().invoke(app, arguments, prog_name="ops", env={"COLUMNS": "80"})
    assert answer.exit_code == 0
    return answer.stdout


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_is_the_same_with_both_options_and_fits_80_columns_uncut(path: tuple[str, ...]):
    shown = help_of(*path, "--help")
    assert shown == help_of(*path, "-h")
    for line in shown.splitlines():
        assert len(line) <= 80
        assert not re.search(r"(\.\.\.|…)$", line) or line.startswith("Usage:"), line
    assert "[[" not in shown  # typer brackets an optional argument itself


@pytest.mark.parametrize(("path", "command"), ALL[1:], ids=map(" ".join, PATHS[1:]))
def test_a_commands_summary_begins_with_a_verb_and_fits_60_characters(path: tuple[str, ...], command: Any):
    summary = command.help.splitlines()[0]
    assert len(summary) <= 60
    assert re.match(r"[A-Z][a-z]+[ ,]", summary)
    assert summary.split()[0] not in {"A", "An", "The", "Lets", "What"}
    listed = help_of(*path[:-1], "--help")
    assert re.search(rf"^  {path[-1]} +{re.escape(summary)}$", listed, re.MULTILINE)


def test_each_command_is_in_one_section():
    named = Counter(name for names in SECTIONS.values() for name in names)
    assert named == Counter(path[0] for path in PATHS if len(path) == 1)
