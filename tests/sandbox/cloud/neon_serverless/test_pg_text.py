"""Postgres's text format against Postgres's rules and against what `parameter` writes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cloud.neon_serverless.pg_text import parameter, value_of

TEXTS, INTEGERS, BOOLEANS = 1009, 1007, 1000
NESTED = st.recursive(
    st.lists(st.none() | st.text(), min_size=1), lambda inner: st.lists(inner, min_size=1), max_leaves=8
)


@given(NESTED)
def test_an_array_that_was_written_is_read_back(values: list[Any]) -> None:
    # JSON's escapes of control characters mean something else to Postgres, which Neon's proxy shares.
    written = parameter(values)
    assert written is not None
    if "\\u" not in written.decode() and not any(
        escape in written for escape in (rb"\n", rb"\r", rb"\t", rb"\b", rb"\f")
    ):
        assert value_of(written.decode(), TEXTS) == values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("plain 'text'", "plain 'text'"),
        (True, "true"),
        (1.5, "1.5"),
        ({"a": [1]}, '{"a":[1]}'),
        ([1, None, "x,y"], '{1,NULL,"x,y"}'),
        ([["a"], ["NULL"]], '{{"a"},{"NULL"}}'),
        ([{"k": 1}], r'{"{\"k\":1}"}'),
    ],
)
def test_parameters_are_written_as_neon_does(value: Any, text: str | None) -> None:
    assert parameter(value) == (None if text is None else text.encode())


@pytest.mark.parametrize(
    ("text", "type_id", "value"),
    [
        ("t", 16, True),
        ("42", 23, 42),
        ("42", 20, "42"),
        ("1.5", 701, 1.5),
        ("NaN", 701, "NaN"),
        ("-Infinity", 700, "-Infinity"),
        ('{"a": 1}', 3802, {"a": 1}),
        ("2026-01-01", 1082, "2026-01-01"),
        ("{}", INTEGERS, []),
        ("{1,NULL,3}", INTEGERS, [1, None, 3]),
        ("[0:1]={1,2}", INTEGERS, [1, 2]),
        ("{{1,2},{3,4}}", INTEGERS, [[1, 2], [3, 4]]),
        ('{"a b","NULL",NULL,"\\"\\\\"}', TEXTS, ["a b", "NULL", None, '"\\']),
        ("{t,f}", BOOLEANS, [True, False]),
        ('{"{\\"k\\": 1}"}', 3807, [{"k": 1}]),
    ],
)
def test_values_are_read_by_their_type(text: str, type_id: int, value: Any) -> None:
    assert value_of(text, type_id) == value


@pytest.mark.parametrize("text", ["", "{", "{1", "{1,", '{"a', "{1}}", "1"])
def test_a_broken_array_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unbalanced|invalid literal"):
        value_of(text, INTEGERS)
