"""Writes docs/settings.md from the settings' own descriptions. `--check` only says whether the page is current."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from settings import Settings  # noqa: E402
from tools.generated_page import write_or_check  # noqa: E402

PAGE = ROOT / "docs/settings.md"
INTRODUCTION = """# Settings

`settings.toml` is the one file that an owner edits; `INFRA_SETTINGS=<file>` chooses another. Each mistake in it is
reported on one line that names the key, and nothing is written. `make docs-settings` generates this page from the code.

No secret belongs in the file: tokens and account ids are Terraform variables (README, "Credentials").
"""


def render() -> str:
    """The whole page as Markdown."""
    return INTRODUCTION + "".join(_table("", Settings))


def _table(path: str, model: type[BaseModel]) -> Iterator[str]:
    plain = {name: field for name, field in model.model_fields.items() if _model_of(field) is None}
    if plain:
        if not path:
            yield "\n"
        yield "| key | type | default | description |\n| --- | --- | --- | --- |\n"
        for name, field in plain.items():
            yield f"| `{name}` | {_kind(field.annotation)}{_range(field)} | {_default(field)} | {field.description} |\n"
    for name, field in model.model_fields.items():
        nested = _model_of(field)
        if nested:
            key = f"{path}{name}" + (".<name>" if get_origin(field.annotation) is dict else "")
            rows = "".join(_table(f"{key}.", nested))
            # A table that only contains other tables needs no section of its own.
            if _has_keys(nested):
                needed = "" if field.is_required() else " Optional."
                yield f"\n## `[{key}]`\n\n{field.description}{needed}\n\n"
            yield rows


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    candidates: list[Any] = [field.annotation, *get_args(field.annotation)]
    return next((kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _has_keys(model: type[BaseModel]) -> bool:
    return any(_model_of(field) is None for field in model.model_fields.values())


def _range(field: FieldInfo) -> str:
    """A number's limits."""
    limits = {kind: value for item in field.metadata for kind, value in _limits(item)}
    low, high = limits.get("ge"), limits.get("le")
    parts = [
        f"above {limits['gt']:g}" if "gt" in limits else "",
        f"below {limits['lt']:g}" if "lt" in limits else "",
        f"{low} to {high}" if low is not None and high is not None else "",
        f"{low} or more" if low is not None and high is None else "",
        f"{high} or less" if low is None and high is not None else "",
    ]
    return "".join(f", {part}" for part in parts if part)


def _limits(item: object) -> Iterator[tuple[str, Any]]:
    for kind in ("gt", "ge", "lt", "le"):
        if hasattr(item, kind):
            yield kind, getattr(item, kind)


def _kind(annotation: Any) -> str:
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    if get_origin(annotation) is dict:
        return f"table of {_kind(get_args(annotation)[1])}"
    if get_origin(annotation) is list:
        return f"list of {_kind(arguments[0])}"
    if arguments and all(isinstance(argument, str) for argument in arguments):
        return " or ".join(f"`{argument}`" for argument in arguments)
    return _kind(arguments[0]) if arguments else "text"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if value is None:
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> int:
    return write_or_check(PAGE, render(), "not what the settings say; run make docs-settings")


if __name__ == "__main__":
    sys.exit(main())
