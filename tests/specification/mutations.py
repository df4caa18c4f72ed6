"""Requests that a specification forbids, made from a valid one by breaking one rule of its schema."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

Schema = Mapping[str, Any]
_WRONG: dict[str, object] = {
    "string": 12345,
    "integer": "five",
    "number": "five",
    "boolean": "maybe",
    "object": "text",
    "array": "text",
}
_DEEPEST = 4
_DROPPED = object()


def forbidden_bodies(schema: Schema, definitions: Schema, body: Any) -> Iterator[tuple[str, Any]]:
    """For each rule of a schema that a change of one field breaks: what was changed, and the body.

    Args:
        schema: of the request's body.
        definitions: what `$ref` leads to.
        body: a valid one.
    """
    validator = Draft202012Validator({**schema, "$defs": definitions})
    seen: set[str] = set()
    for path, name, value in _changes(schema, definitions, body, (), 0):
        changed = copy.deepcopy(body)
        place = changed
        for step in path:
            place = place[step]
        if value is _DROPPED:
            place.pop(name, None)
        else:
            place[name] = value
        text = "dropped" if value is _DROPPED else f"is {str(value)[:20]!r}"
        why = f"{'/'.join(map(str, (*path, name)))} {text}"
        if why not in seen and not validator.is_valid(changed):
            seen.add(why)
            yield why, changed


def _changes(
    schema: Schema, definitions: Schema, value: Any, path: tuple[str | int, ...], depth: int
) -> Iterator[tuple[tuple[str | int, ...], str | int, object]]:
    """Changes of single fields that may break a schema: a place, a name in it, and its new value."""
    for part in _alternatives(schema, definitions):
        if isinstance(value, dict):
            for name in part.get("required", ()):
                yield path, name, _DROPPED
            for name, inner in part.get("properties", {}).items():
                for each in _alternatives(inner, definitions):
                    yield from ((path, name, wrong) for wrong in _wrong(each))
                if name in value and depth < _DEEPEST:
                    yield from _changes(inner, definitions, value[name], (*path, name), depth + 1)
            if part.get("additionalProperties") is False:
                yield path, "no_such_field", 1
        elif isinstance(value, list) and value and "items" in part and depth < _DEEPEST:
            yield from (
                (path, 0, wrong) for each in _alternatives(part["items"], definitions) for wrong in _wrong(each)
            )
            yield from _changes(part["items"], definitions, value[0], (*path, 0), depth + 1)


def _alternatives(schema: Schema, definitions: Schema) -> Iterator[Schema]:
    """A schema's parts, without references."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    yield schema
    for kind in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(kind, ()):
            yield from _alternatives(part, definitions)


def _wrong(schema: Schema) -> Iterator[object]:
    """Values that break one rule of a field's schema."""
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _WRONG:
        yield _WRONG[kind]
    if "enum" in schema:
        yield "no-such-value"
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if schema.get("minLength", 0) > 0:
        yield ""
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "pattern" in schema:
        yield "No Such Name !"
    if schema.get("format") == "date-time":
        yield "yesterday"
    if "maxItems" in schema:
        yield ["x"] * (schema["maxItems"] + 1)
