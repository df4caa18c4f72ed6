"""Texts use the words of the field; these are the ones that gave it away as translated."""

import re

import pytest

from tests.support import ROOT
from tools.secret_scan import tracked_files

INSTEAD = {
    r"mend(s|ed|ing)?": "fix, repair (a state), reconcile (drift)",
    r"anew": "again",
    r"reckon(s|ed|ing)?": "estimate, calculate",
    r"told|tells": "report, print, say",
    r"(takes?|took|taken|taking) away": "delete, destroy",
    r"looks? whether": "check that, check whether",
    r"where there is none": "if there isn't one",
    r"what is there already": "existing resources",
    r"answers? well": "is healthy, passes its checks",
    r"held against|holds? [\w. ]{1,40} against": "compare with, check against",
    r"(put|is|are|was) live": "promote; is serving traffic",
    r"wants to (make|destroy|change|replace)": "would create, would destroy",
    r"states? lies? in": "states are stored in",
    r"(bring|brings|brought) back": "restore, recover",
}
"""What is not written, as a pattern of whole words, and what is written in its place."""
PATTERN = re.compile(
    "|".join(rf"(?P<w{number}>\b(?:{words})\b)" for number, words in enumerate(INSTEAD)), re.IGNORECASE
)
NOT_OURS = re.compile(
    r"(.*/)?package-lock\.json|\.gen/.*|locks/.*\.txt|sandbox/providers/schemas/.*|.*\.(svg|png|ico|pem|snap)|\.secrets\.baseline|"
    r"tests/docs/test_english\.py"
)
"""Written by others, or by their programs; and this list itself."""
FILES = [name for name in tracked_files() if not NOT_OURS.fullmatch(name)]


def found(text: str) -> list[str]:
    """The lines that use such a word, with what to write."""
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        for match in PATTERN.finditer(line):
            advice = list(INSTEAD.values())[int((match.lastgroup or "w0")[1:])]
            lines.append(f"{number}: {match[0]!r}; write: {advice}")
    return lines


def read(name: str) -> str:
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return ""


def test_texts_use_the_words_of_the_field() -> None:
    wrong = {name: found(read(name)) for name in FILES}
    assert {name: lines for name, lines in wrong.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    [
        "It is mended.",
        "drawn Anew from the JSON",
        "Reckon a month's cost",
        "each mistake is told in one line",
        "it answers well, as version 1",
        "is held against the licenses",
        "holds the stacks of settings.toml against the policy",
        "the plan wants to make what is there already",
        "rows that are taken away",
    ],
)
def test_a_translated_phrase_is_found(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text", ["recommended", "amended by hand", "stellar", "live data", "the address is http", "retold"]
)
def test_other_words_are_not(text: str) -> None:
    assert not found(text)
