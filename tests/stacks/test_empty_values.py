"""No stack's JSON has an empty list, map or block where a provider would store it in another form."""

from collections.abc import Iterator
from typing import Any

from constructs_lib.empty_values import without_empty_values

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settings import load_settings
from tests.settings import strategies
from tests.support import EXPENSE_TRACKER, SETTINGS_FILES, Values, load_values, merged, read_values, synthesize

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def _empty(value: Any, path: str) -> Iterator[str]:
    """The paths of empty lists and maps in a resource; cdktf's own notes (`//`) are no arguments."""
    if value in ([], {}):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "//":
                yield from _empty(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _empty(inner, f"{path}[{position}]")


def _found(stacks: dict[str, Values]) -> list[str]:
    return [
        path
        for name, stack in stacks.items()
        for section in ("resource", "data")
        for path in _empty(stack.get(section, {}), f"{name}.{section}")
        if path not in (f"{name}.resource", f"{name}.data")
    ]


@pytest.mark.parametrize("file", SETTINGS_FILES, ids=lambda file: file.stem)
def test_no_example_has_an_empty_value(file: Any) -> None:
    assert _found(synthesize(load_settings(file))) == []


def test_a_site_without_excluded_paths_has_no_list_of_them() -> None:
    values = merged(read_values(EXPENSE_TRACKER), {"website": {"path_excludes": []}})
    project = synthesize(load_values(values))["project"]["resource"]["cloudflare_pages_project"]["web"]
    assert "path_excludes" not in project["source"]["config"]
    assert project["source"]["config"]["owner"] == "sebastianiv21"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(values=strategies.valid_values())
def test_no_settings_lead_to_an_empty_value(values: Values) -> None:
    assert _found(synthesize(load_values(values))) == []


@given(arguments=st.dictionaries(st.sampled_from("abc"), _json))
def test_only_what_is_empty_goes(arguments: Values) -> None:
    stack: Values = {"resource": {"kind": {"name": {"x": 1, **arguments}}}, "provider": {"random": [{}]}}
    cleaned = without_empty_values(stack)
    assert _found({"stack": cleaned}) == []
    assert cleaned["provider"] == {"random": [{}]}
    kept = cleaned["resource"]["kind"]["name"]
    assert list(_leaves(kept)) == list(_leaves(stack["resource"]["kind"]["name"]))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ((key, leaf) for leaf in _leaves(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value
