"""Conversion between JSON and Postgres's text format, as in Neon's proxy (proxy/src/serverless/json.rs)."""

from __future__ import annotations

import json
import math
from typing import Any

_BOOL = 16
_INT2, _INT4 = 21, 23
_FLOAT4, _FLOAT8 = 700, 701
_JSON, _JSONB = 114, 3802
# pg_type.dat: the array type of each type above, and of the most used ones whose elements stay text.
_ARRAYS = {
    1000: _BOOL, 1005: _INT2, 1007: _INT4, 1021: _FLOAT4, 1022: _FLOAT8, 199: _JSON, 3807: _JSONB,
    1001: 17, 1002: 18, 1003: 19, 1009: 25, 1014: 1042, 1015: 1043, 1016: 20, 1028: 26, 1115: 1114, 1182: 1082,
    1183: 1083, 1185: 1184, 1187: 1186, 1231: 1700, 1270: 1266, 2951: 2950, 1041: 869, 651: 650,
}  # fmt: skip


def parameter(value: Any) -> bytes | None:
    """A query's parameter as text; an array becomes Postgres's form `{…}`."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    return (_array(value) if isinstance(value, list) else _compact(value)).encode()


def _array(values: list[Any]) -> str:
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return _array(value)
    if isinstance(value, dict):
        return _compact(_compact(value))
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def value_of(text: str, type_id: int) -> Any:
    """A value in Postgres's text format as JSON; types without a JSON form stay text.

    Raises:
        ValueError: the text is not one of that type.
    """
    if type_id in _ARRAYS:
        return _parse_array(text, _ARRAYS[type_id])
    if type_id == _BOOL:
        return text == "t"
    if type_id in (_INT2, _INT4):
        return int(text)
    if type_id in (_FLOAT4, _FLOAT8):
        number = float(text)
        return number if math.isfinite(number) else text
    return json.loads(text) if type_id in (_JSON, _JSONB) else text


def _parse_array(text: str, type_id: int) -> list[Any]:
    if text.startswith("["):
        text = text.partition("=")[2]  # the bounds, which JSON has no form for
    values, end = _items(text, 0, type_id)
    if end != len(text):
        raise ValueError("unbalanced array")
    return values


def _items(text: str, start: int, type_id: int) -> tuple[list[Any], int]:
    """The items of the array that begins at `start`, and the place after it."""
    if text[start : start + 1] != "{":
        raise ValueError("unbalanced array")
    values: list[Any] = []
    at = start + 1
    if text[at : at + 1] == "}":
        return values, at + 1
    while True:
        value, at = _item(text, at, type_id)
        values.append(value)
        if text[at : at + 1] == "}":
            return values, at + 1
        if text[at : at + 1] != ",":
            raise ValueError("unbalanced array")
        at += 1


def _item(text: str, at: int, type_id: int) -> tuple[Any, int]:
    if text[at : at + 1] == "{":
        return _items(text, at, type_id)
    if text[at : at + 1] == '"':
        return _quoted(text, at + 1, type_id)
    end = at
    while end < len(text) and text[end] not in ",}":
        end += 1
    plain = text[at:end]
    return (None if plain == "NULL" else value_of(plain, type_id)), end


def _quoted(text: str, at: int, type_id: int) -> tuple[Any, int]:
    characters: list[str] = []
    while at < len(text):
        if text[at] == '"':
            return value_of("".join(characters), type_id), at + 1
        at += text[at] == "\\"
        characters.append(text[at : at + 1])
        at += 1
    raise ValueError("unbalanced quoted string")
