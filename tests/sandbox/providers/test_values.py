"""Terraform's values on the wire and in state files."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.values import UNKNOWN, Dynamic, equal, from_json, is_unknown, pack, to_json, unpack

OBJECT: Any = ["object", {"name": "string", "size": "number", "tags": ["set", "string"], "on": "bool"}]
OBJECTS = st.fixed_dictionaries(
    {
        "name": st.none() | st.text(),
        "size": st.none() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False),
        "tags": st.none() | st.lists(st.text()),
        "on": st.none() | st.booleans(),
    }
)


@given(OBJECTS)
def test_a_value_comes_back_as_it_was_packed(value: dict[str, Any]) -> None:
    assert equal(OBJECT, unpack(pack(value, OBJECT), OBJECT), value)


def test_a_fraction_travels_as_text_since_terraform_counts_with_more_bits() -> None:
    assert msgpack.unpackb(pack(0.1, "number")) == "0.1"


def test_what_terraform_knows_of_an_unknown_value_is_handed_back() -> None:
    refined = msgpack.ExtType(12, b"\x81\x01\xc2")  # not null

    value = unpack(pack({"name": refined, "size": 1, "tags": [], "on": None}, OBJECT), OBJECT)

    assert is_unknown(value["name"])
    assert msgpack.unpackb(pack(value, OBJECT))["name"] == refined


def test_no_bytes_are_null() -> None:
    assert unpack(b"", OBJECT) is None


@pytest.mark.parametrize("value", ["text", 3, True, {"inner": {"age": 1, "on": False}}, ["a", 1]])
def test_an_answer_s_value_of_dynamic_type_gets_a_type_and_survives_the_wire(value: Any) -> None:
    dynamic = from_json("dynamic", value)

    assert to_json(unpack(pack(dynamic, "dynamic"), "dynamic")) == value


def test_a_state_file_keeps_the_type_beside_a_dynamic_value() -> None:
    assert from_json("dynamic", {"type": "string", "value": "on"}) == Dynamic("string", "on")


def test_a_set_s_order_does_not_count_but_a_list_s_does() -> None:
    assert equal(["set", "string"], ["a", "b"], ["b", "a"])
    assert not equal(["list", "string"], ["a", "b"], ["b", "a"])


def test_a_body_leaves_out_what_is_null_or_unknown() -> None:
    assert to_json({"a": None, "b": UNKNOWN, "c": {"d": None, "e": 1}}) == {"c": {"e": 1}}
