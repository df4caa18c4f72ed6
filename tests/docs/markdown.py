"""What the pages hold besides prose: blocks of code, and code within a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOT_RUN = "<!-- not run: "
_FENCE = re.compile(r"^ *```(\w*)$")
_SPAN = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        language: what follows the first fence.
        lines: what is between the fences.
        excused: a comment before it in its section, or right after it, says why it is not run.
    """

    language: str
    lines: tuple[str, ...]
    excused: bool


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page, in order."""
    lines = text.splitlines()
    language, start, said = "", 0, False
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence and not start:
            language, start = fence[1], number + 1
        elif fence:
            after = next((line.strip() for line in lines[number + 1 :] if line.strip()), "")
            yield Block(language, tuple(lines[start:number]), said or after.startswith(NOT_RUN))
            start = 0
        elif not start:
            said = NOT_RUN in line or (said and not line.startswith("#"))


def code(text: str) -> Iterator[str]:
    """Every piece of code of a page: each line of a block, continued ones put together, and code within a line."""
    prose = re.sub(r"^( *)```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (" ".join(span.split()) for span in _SPAN.findall(prose))
    for block in blocks(text):
        yield from "\n".join(block.lines).replace("\\\n", " ").splitlines()
