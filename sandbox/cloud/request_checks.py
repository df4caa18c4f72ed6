"""Requests are checked against the clouds' published specifications before anything is stored.

The schemas in `request_schemas/` are written by `python -m tools.request_schemas` from the npm package
`@neondatabase/api-client` and the PyPI package `cloudflare`; each file names the version. They hold types, required
fields, enums and limits. A null field counts as left out, since clients send it so. Rules that no specification states
are part of each service.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

_FORMATS = FormatChecker(["date-time"])
_PARAMETER_KINDS = {"integer": int, "number": float}
_LONGEST_MESSAGE = 200


class RequestSchemas:
    """The request schemas of one cloud.

    Args:
        name: of the file in `request_schemas/`.
    """

    def __init__(self, name: str) -> None:
        document: dict[str, Any] = json.loads(
            (files("sandbox.cloud") / "request_schemas" / f"{name}.json").read_text(encoding="utf-8")
        )
        self._operations, self._definitions = document["operations"], document["$defs"]
        self._validators: dict[tuple[str, str], Any] = {}

    def body_problem(self, method: str, shape: str, body: Mapping[str, Any]) -> str | None:
        """Where a body breaks its operation's schema, as `/project/name: …`; None if it doesn't.

        Args:
            method: the HTTP method.
            shape: the path's template, with `{}` for each part that varies.
            body: the JSON object.
        """
        wanted = self._operations.get(f"{method} {shape}") or {}
        if "body" not in wanted or not (body or wanted.get("required", True)):
            return None
        return self._problem(f"{method} {shape}", "body", _without_nulls(body))

    def query_problem(self, method: str, shape: str, query: Mapping[str, str]) -> str | None:
        """Where the parameters of a query break their schema; None if they don't."""
        wanted = self._operations.get(f"{method} {shape}") or {}
        if "query" not in wanted:
            return None
        kinds = self._properties(wanted["query"])
        values = {name: _converted(value, kinds[name]) for name, value in query.items() if name in kinds}
        return self._problem(f"{method} {shape}", "query", values)

    def _properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        return schema.get("properties", {})

    def _problem(self, operation: str, part: str, value: object) -> str | None:
        key = (operation, part)
        if key not in self._validators:
            schema = {**self._operations[operation][part], "$defs": self._definitions}
            self._validators[key] = _Validator(schema, format_checker=_FORMATS)
        errors = [(_nearest(error), error) for error in self._validators[key].iter_errors(value)]
        if not errors:
            return None
        first, whole = min(errors, key=lambda pair: list(map(str, pair[0].absolute_path)))
        return f"{''.join(f'/{step}' for step in first.absolute_path) or '/'}: {_message(first, whole)}"


@cache
def neon_schemas() -> RequestSchemas:
    return RequestSchemas("neon")


@cache
def cloudflare_schemas() -> RequestSchemas:
    return RequestSchemas("cloudflare")


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = extend(
    Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
)


def _nearest(error: ValidationError) -> ValidationError:
    """The error of the alternative that comes closest: the one with the fewest wrong kinds, then the fewest errors."""
    while error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for each in error.context:
            branches.setdefault(each.schema_path[0], []).append(each)
        error = min(branches.values(), key=_distance)[0]
    return error


def _message(error: ValidationError, whole: ValidationError) -> str:
    """An error's message. An enum's names the values of all alternatives, as many as fit."""
    if error.validator == "enum":
        place = list(error.absolute_path)
        same = (each for each in _leaves(whole) if each.validator == "enum" and list(each.absolute_path) == place)
        values = sorted({str(value) for each in same for value in cast(list[Any], each.validator_value)})
        text = f"{str(error.instance)[:80]!r} is not one of {', '.join(values)}"
        return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE].rpartition(', ')[0]}, …"
    return error.message[:_LONGEST_MESSAGE]


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    for each in error.context or ():
        yield from _leaves(each)
    if not error.context:
        yield error


def _distance(errors: list[ValidationError]) -> tuple[int, int]:
    return sum(error.validator in ("enum", "const", "type") for error in errors), len(errors)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _converted(value: str, schema: Mapping[str, Any]) -> object:
    """A query's text as the kind that its schema names; the text itself where it isn't one."""
    kinds = {schema.get("type"), *(part.get("type") for part in schema.get("anyOf", []))}
    for name, kind in _PARAMETER_KINDS.items():
        if name in kinds:
            try:
                return kind(value)
            except ValueError:
                return value
    if "boolean" in kinds and value in ("true", "false"):
        return value == "true"
    return value
