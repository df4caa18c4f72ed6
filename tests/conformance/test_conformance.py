"""Conformance: how cases are made and compared; and a sample of them, run with the stand-ins."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider_pins import PINS
from sandbox.providers.provider_source import STAND_INS
from sandbox.world import World
from tests.conformance.cases import (
    DELETIONS,
    DROPPED,
    IMPORT_FORMS,
    PROVIDERS,
    arguments,
    changed,
    differences,
    import_id,
    not_run,
    own_answers,
    plan_summary,
    with_argument,
)
from tests.conformance.runner import ConformanceRun, read_recorded

SAMPLE = r"^staging (cloudflare_dns_record\.web (name|comment|type|import)|neon_branch\.this (name|gone|restored))"
UPDATE = {"actions": ["update"], "differ": ["name"], "replace": []}
ALWAYS = {"actions": ["update"], "differ": ["filters"], "replace": []}


@pytest.mark.slow
def test_a_sample_of_the_recorded_cases_agrees() -> None:
    run = ConformanceRun(SAMPLE)
    found = run.run(partial(World, providers=STAND_INS))
    sample = {case: answer for case, answer in found.items() if " destroy" not in case}

    assert len(sample) >= 10
    assert differences(read_recorded(), sample) == []


def test_the_recorded_answers_are_those_of_the_pinned_versions() -> None:
    providers = read_recorded()["providers"]

    assert providers == {name: PINS.providers[name].version for name in providers}
    assert set(providers) >= {"cloudflare", "neon"}


def test_what_a_stack_always_changes_is_left_out_of_its_cases() -> None:
    found = {"a second plan": {"changes": {"x": ALWAYS}}, "a case": {"changes": {"x": ALWAYS, "y": UPDATE}}}
    recorded = {"a second plan": {"changes": {"x": ALWAYS}}, "a case": {"changes": {"y": UPDATE}}}

    assert own_answers(found) == recorded
    assert differences(recorded, found) == []
    assert [text.partition("\n")[0] for text in differences({**recorded, "a case": {"changes": {}}}, found)] == [
        "a case"
    ]


def test_errors_agree_whatever_they_say_but_not_with_a_plan() -> None:
    recorded = {"a case": {"error": "Error: this"}}

    assert differences(recorded, {"a case": {"error": "Error: that"}}) == []
    assert len(differences(recorded, {"a case": {"changes": {}}})) == 1


def test_a_case_that_is_not_recorded_fails_as_such() -> None:
    assert differences({}, {"a case": {"changes": {}}}) == ["a case: not recorded; record it with PROVIDERS=registry"]


def test_a_recorded_case_that_was_not_run_is_reported() -> None:
    recorded = {"a case": {}, "b case": {}, PROVIDERS: {"neon": "1"}}
    assert not_run(recorded, {"a case": {}}) == ["b case: recorded, but not run"]


def test_arguments_are_found_in_blocks_and_lists_without_meta_arguments() -> None:
    body = {"name": "n", "lifecycle": {"x": 1}, "block": [{"of": [1, 2]}], "empty": []}

    assert list(arguments(body)) == [(("name",), "n"), (("block", 0, "of"), [1, 2]), (("empty",), [])]


@pytest.mark.parametrize(
    ("value", "other"),
    [(True, False), (1, 2), (0.25, 0.5), (0.5, 1), ("a", "ax"), ("2025-09-27", "2025-10-01"), (["a"], ["a", "ax"])],
)
def test_a_value_is_changed_to_another_of_its_type(value: object, other: object) -> None:
    assert changed(value) == other


def test_a_reference_is_not_changed() -> None:
    assert changed("${neon_project.main.id}") is None


@given(st.dictionaries(st.sampled_from("abc"), st.integers() | st.text(max_size=3), min_size=1))
def test_a_changed_or_dropped_argument_leaves_the_original_and_the_others_alone(body: dict[str, object]) -> None:
    document = {"resource": {"kind": {"name": body}}}
    before = json.dumps(document)
    name = next(iter(body))

    dropped = with_argument(document, "kind", "name", (name,), DROPPED)["resource"]["kind"]["name"]
    other = with_argument(document, "kind", "name", (name,), "other")["resource"]["kind"]["name"]

    assert json.dumps(document) == before
    assert dropped == {key: value for key, value in body.items() if key != name}
    assert other == body | {name: "other"}


def test_an_import_id_follows_its_type_s_form() -> None:
    form = IMPORT_FORMS["cloudflare_ruleset"][0]
    assert import_id(form, {"zone_id": "z", "id": "i"}) == "zones/z/i"
    assert DELETIONS.keys() <= IMPORT_FORMS.keys()


def test_a_plan_is_summarized_by_what_differs_or_is_unknown() -> None:
    change = {
        "actions": ["delete", "create"],
        "before": {"name": "a", "id": 1, "same": 2},
        "after": {"name": "b", "same": 2},
        "after_unknown": {"id": True},
        "replace_paths": [["name"]],
    }
    plan = {"resource_changes": [{"mode": "managed", "address": "x.y", "change": change}]}

    assert plan_summary(plan) == {
        "changes": {"x.y": {"actions": ["delete", "create"], "differ": ["id", "name"], "replace": ['["name"]']}}
    }
