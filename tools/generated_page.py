"""What the generators of pages share: a table between two comments, and writing or only comparing a page."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def between(page: str, begin: str, end: str, table: str) -> str:
    """A page with another table between two comments.

    Args:
        page: the page.
        begin: the comment's line before the table.
        end: the comment's line after it.
        table: the table, with its last line end.

    Raises:
        ValueError: the first comment is missing, or there more than once.
    """
    before, rest = page.split(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}"


def write_or_check(file: Path, current: str, complaint: str) -> int:
    """Writes a page; with `--check` in the arguments only compares it. Returns the exit code.

    Args:
        file: the page.
        current: what it should be.
        complaint: what is wrong if it is not, and the command that writes it.
    """
    if "--check" not in sys.argv:
        file.write_text(current, encoding="utf-8")
        return 0
    if file.read_text(encoding="utf-8") == current:
        return 0
    print(f"{file.relative_to(ROOT)}: {complaint}", file=sys.stderr)
    return 1
