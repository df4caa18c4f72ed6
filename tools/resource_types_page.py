"""Writes the tables of docs/resource-types.md from the catalog. `--check` only says whether the page is current."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from catalog import CATALOG, TAGS, ResourceType  # noqa: E402
from tools.generated_page import between, write_or_check  # noqa: E402

PAGE = ROOT / "docs/resource-types.md"
MARKS = ("<!-- {}: made by make docs-types -->\n", "<!-- end of {} -->\n")


def tables() -> dict[str, str]:
    """Each table of the page by its name."""
    return {
        "types": "".join(_types()),
        "refused": "".join(_refused()),
        "weakened": "".join(_weakened()),
        "entries": "".join(_entries()),
        "created": "".join(_created()),
    }


def render(page: str) -> str:
    """The page with current tables.

    Args:
        page: the page; each table is between two comments that name it.

    Raises:
        ValueError: a comment is missing.
    """
    for name, table in tables().items():
        begin, end = (mark.format(name) for mark in MARKS)
        page = between(page, begin, end, table)
    return page


def _types() -> Iterator[str]:
    columns: dict[str, Callable[[ResourceType], str]] = {
        "type": lambda entry: f"`{entry.type}`",
        "holds data": lambda entry: entry.holds or "no",
        "secrets": lambda entry: (
            ", ".join(sorted({f"`{path.rpartition('.')[2]}`" for path in entry.secrets})) or "none"
        ),
        "label": lambda entry: "tags" if entry.label == TAGS else f"`{entry.label}`" if entry.label else "no room",
        "import id": _import_id,
        "price": _price,
    }
    yield f"| {' | '.join(columns)} |\n| {' | '.join('---' for _ in columns)} |\n"
    for entry in CATALOG.values():
        yield f"| {' | '.join(cell(entry) for cell in columns.values())} |\n"


def _import_id(entry: ResourceType) -> str:
    if entry.lookup is None:
        return f"none: {entry.no_lookup}"
    form = entry.lookup.id.replace("{found[", "<").replace("]}", ">").replace("{", "<").replace("}", ">")
    return f"`{form}`"


def _price(entry: ResourceType) -> str:
    names = [price.rpartition(".")[2] for price in entry.prices]
    return "part of the plan" if names == ["part"] else ", ".join(names) or "none"


def _refused() -> Iterator[str]:
    yield "| type | what would be lost |\n| --- | --- |\n"
    for entry in CATALOG.values():
        if entry.holds:
            yield f"| `{entry.type}` | {entry.holds} |\n"


def _weakened() -> Iterator[str]:
    yield "| type | change | effect |\n| --- | --- | --- |\n"
    for entry in CATALOG.values():
        for protection in entry.protections:
            yield f"| `{entry.type}` | `{protection.argument}` | {protection.effect} |\n"
        if entry.when_destroyed:
            yield f"| `{entry.type}` | destroyed | {entry.when_destroyed} |\n"


def _entries() -> Iterator[str]:
    yield "| type | argument | entries of others |\n| --- | --- | --- |\n"
    for entry in CATALOG.values():
        for entries in entry.entries:
            yield f"| `{entry.type}` | `{entries.argument}` | each {entries.entry} that the settings don't have |\n"


def _created() -> Iterator[str]:
    yield "| type | the same |\n| --- | --- |\n"
    for entry in CATALOG.values():
        if entry.lookup and entry.lookup.service not in ("", "aws"):
            same = ", ".join(f"`{argument}`" for argument in entry.lookup.same.values())
            host = f"; or another DNS record of its `{entry.lookup.host}`" if entry.lookup.host else ""
            yield f"| `{entry.type}` | {same}{host} |\n"


def main() -> int:
    complaint = "does not match the catalog; run make docs-types"
    return write_or_check(PAGE, render(PAGE.read_text(encoding="utf-8")), complaint)


if __name__ == "__main__":
    sys.exit(main())
