"""Terraform's values (cty) as Python's: msgpack on the wire, JSON in state files.

A null is None, an object or map a dict, a list, set or tuple a list. A value that is not known yet stays the msgpack
extension it came as, so that what Terraform knows of it (its refinements) is handed back untouched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import msgpack

Value: TypeAlias = Any
Type: TypeAlias = Any  # "string", ["list", "string"], ["object", {"name": "string"}]: the form that schemas use

UNKNOWN: Value = msgpack.ExtType(0, b"\x00")


@dataclass(frozen=True)
class Dynamic:
    """A value of an attribute whose type is "dynamic": it carries its own type."""

    type: Type
    value: Value


def is_unknown(value: Value) -> bool:
    """Whether this value is known only after apply."""
    return isinstance(value, msgpack.ExtType)


def unpack(wire: bytes, type_: Type) -> Value:
    """The value that Terraform sent; no bytes mean null."""
    return _decode(type_, msgpack.unpackb(wire, raw=False, strict_map_key=False)) if wire else None


def pack(value: Value, type_: Type) -> bytes:
    """The value as Terraform reads it."""
    return cast(bytes, msgpack.packb(_encode(type_, value), use_bin_type=True))


def from_json(type_: Type, value: Value) -> Value:
    """A value from a state file's or an API's JSON: what the type lacks is dropped, what the JSON lacks is null."""
    if value is None or is_unknown(value):
        return value
    if type_ == "dynamic":
        # A state file keeps the type beside the value; an API's answer is the value alone.
        typed = isinstance(value, dict) and value.keys() == {"type", "value"}  # pyright: ignore
        own = value["type"] if typed else _guess_type(value)
        return Dynamic(own, from_json(own, value["value"] if typed else value))
    if type_ == "string":
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return _each(type_, value, from_json)


def to_json(value: Value) -> Value:
    """Plain JSON for a request's body; what is null or unknown is left out."""
    if isinstance(value, Dynamic):
        return to_json(value.value)
    if isinstance(value, dict):
        return known({key: to_json(inner) for key, inner in cast("dict[str, Value]", value).items()})
    return [to_json(inner) for inner in cast("list[Value]", value)] if isinstance(value, list) else value


def known(values: dict[str, Value]) -> dict[str, Value]:
    """The entries that are neither null nor unknown."""
    return {key: value for key, value in values.items() if value is not None and not is_unknown(value)}


def equal(type_: Type, left: Value, right: Value) -> bool:
    """Whether two values are the same to Terraform: the order of a set does not count, nor does 1 against 1.0."""
    return bool(_ordered(type_, left) == _ordered(type_, right))


def _ordered(type_: Type, value: Value) -> Value:
    inner = _each(type_, value, _ordered)
    return sorted(inner, key=repr) if type_[0] == "set" and isinstance(inner, list) else inner


def _each(type_: Type, value: Value, change: Callable[[Type, Value], Value]) -> Value:
    """The value with `change` done to each of its parts."""
    if value is None or is_unknown(value) or isinstance(type_, str):
        return value
    kind, inner = type_
    if kind in ("list", "set"):
        return [change(inner, each) for each in value]
    if kind == "tuple":
        return [change(*pair) for pair in zip(inner, value, strict=True)]
    if kind == "map":
        return {key: change(inner, each) for key, each in value.items()}
    return {key: change(each, value.get(key)) for key, each in inner.items()}


def _guess_type(value: Value) -> Type:
    if isinstance(value, list):
        return ["tuple", [_guess_type(inner) for inner in cast("list[Value]", value)]]
    if isinstance(value, dict):
        return ["object", {key: _guess_type(inner) for key, inner in cast("dict[str, Value]", value).items()}]
    if value is None:
        return "dynamic"
    return "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"


def _decode(type_: Type, value: Value) -> Value:
    if type_ == "dynamic" and isinstance(value, list):
        own_type = json.loads(cast(bytes, value[0]))
        return Dynamic(own_type, _decode(own_type, value[1]))
    if type_ == "number" and isinstance(value, str):
        return int(value) if value.lstrip("-").isdigit() else float(value)
    return _each(type_, value, _decode)


def _encode(type_: Type, value: Value) -> Value:
    if isinstance(value, Dynamic):
        return [json.dumps(value.type).encode(), _encode(value.type, value.value)]
    if type_ == "number" and isinstance(value, int | float) and not (value % 1 == 0 and abs(value) < 2**63):
        # Terraform counts with 512 bits: the float64 nearest to 0.1 is another number than the text 0.1.
        return repr(value)
    if type_ == "number" and isinstance(value, float):
        return int(value)
    return _each(type_, value, _encode)
