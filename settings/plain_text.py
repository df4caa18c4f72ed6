"""The rules for every text in a settings file, keys included, whatever its kind.

They are checked before any pattern runs: a pattern may take minutes on a long text.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from settings.text_kinds import shown

LONGEST_FILE_BYTES = 200_000
LONGEST_LINE = 10_000
LONGEST_TEXT = 1_000

_Path = tuple[int | str, ...]


def file_problem(content: str) -> str:
    """What makes a file too long to parse; empty if nothing.

    Args:
        content: the whole file. Python's parser takes minutes for a key of 100,000 parts.
    """
    if len(content) > LONGEST_FILE_BYTES:
        return f"has {len(content):,} characters, and at most {LONGEST_FILE_BYTES:,} are allowed; remove text"
    for number, line in enumerate(content.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            return f"line {number} has {len(line):,} characters, and at most {LONGEST_LINE:,} are allowed; shorten it"
    return ""


def check_plain_text(values: object) -> None:
    """Checks the length and the characters of every key and text.

    Args:
        values: a parsed settings file.

    Raises:
        ValidationError: with an error for each text that is too long, holds an invisible character, or would be an
            expression in Terraform.
    """
    errors = [
        InitErrorDetails(type=PydanticCustomError("value_error", "{problem}", {"problem": problem}), loc=path, input="")
        for path, text in _texts(values)
        if (problem := _problem(text))
    ]
    if errors:
        raise ValidationError.from_exception_data("Settings", errors)


def _problem(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        return f"{len(text):,} characters are too long; use at most {LONGEST_TEXT:,}"
    # A control character could move the terminal's cursor when a plan shows it.
    if not text.isprintable():
        return f"{shown(text)} is not a line of text; use visible characters and plain spaces, on one line"
    if "${" in text or "%{" in text:
        return "a Terraform expression is not allowed here; write the plain value"
    return ""


def _texts(values: object) -> Iterator[tuple[_Path, str]]:
    """Each key and text with its path. Not recursive: a file may be nested deeper than Python's stack."""
    waiting: list[tuple[_Path, Any]] = [((), values)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            for key, inner in value.items():
                name = str(key)
                yield (*path, _short(name)), name
                waiting.append(((*path, _short(name)), inner))
        elif isinstance(value, list):
            waiting += [((*path, index), inner) for index, inner in enumerate(value)]


def _short(key: str) -> str:
    return key if len(key) <= 80 else f"{key[:79]}…"
