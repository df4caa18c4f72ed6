"""Plan-time behavior, from a schema and a resource's rules."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.documents import body, changes, fill, refresh
from sandbox.providers.plan_rules import PlanRules, check, plan
from sandbox.providers.provider import Problem
from sandbox.providers.schema import Block, Schema
from sandbox.providers.values import UNKNOWN

COMPUTED = {"type": "string", "computed": True}
SCHEMA = Schema(
    0,
    Block(
        {
            "attributes": {
                "id": COMPUTED,
                "changed_on": COMPUTED,
                "name": {"type": "string", "required": True},
                "mode": {"type": "string", "optional": True, "computed": True},
                "flags": {"type": ["list", "string"], "optional": True, "computed": True},
                "config": {
                    "optional": True,
                    "nested_type": {
                        "nesting_mode": "single",
                        "attributes": {
                            "path": {"type": "string", "optional": True},
                            "size": {"type": "number", "optional": True, "computed": True},
                        },
                    },
                },
            }
        }
    ),
)
NONE: dict[str, Any] = dict.fromkeys(SCHEMA.block.members)
CONFIG = NONE | {"name": "a", "config": {"path": "/", "size": None}}
STATE = CONFIG | {"id": "1", "changed_on": "monday", "mode": "fast", "config": {"path": "/", "size": 3}}
RENAMED = CONFIG | {"name": "b"}


def test_a_new_resource_knows_what_is_configured_and_its_defaults_alone() -> None:
    planned = plan(SCHEMA, PlanRules(defaults={"mode": "slow"}), None, CONFIG, CONFIG).state

    assert planned["name"] == "a"
    assert planned["mode"] == "slow"
    assert planned["id"] == planned["changed_on"] == UNKNOWN
    assert planned["config"] == {"path": "/", "size": UNKNOWN}


def test_nothing_is_planned_where_nothing_changed() -> None:
    assert plan(SCHEMA, PlanRules(), STATE, STATE, CONFIG).state == STATE


def test_the_framework_keeps_only_what_it_knows_to_stay() -> None:
    proposed = STATE | {"name": "b"}

    planned = plan(SCHEMA, PlanRules(keep=frozenset({"id", "mode"})), STATE, proposed, RENAMED).state

    assert (planned["id"], planned["mode"], planned["changed_on"]) == ("1", "fast", UNKNOWN)
    assert planned["config"]["size"] == UNKNOWN


def test_the_older_sdk_keeps_what_the_state_holds() -> None:
    proposed = STATE | {"name": "b"}

    assert plan(SCHEMA, PlanRules(keep=None), STATE, proposed, RENAMED).state == proposed


def test_a_change_forces_a_new_resource_where_the_rules_say_so() -> None:
    proposed = STATE | {"name": "b", "config": {"path": "/x", "size": 3}}

    assert plan(SCHEMA, PlanRules(replace=("name", "config.path")), STATE, proposed, RENAMED).replace == [
        ("name",),
        ("config", "path"),
    ]
    assert plan(SCHEMA, PlanRules(replace=("mode",), keep=None), STATE, proposed, RENAMED).replace == []


def test_a_deletion_needs_no_plan() -> None:
    assert plan(SCHEMA, PlanRules(), STATE, None, None).state is None


@pytest.mark.parametrize("mode", ["fast", "FAST", None, UNKNOWN])
def test_an_accepted_or_unknown_value_passes(mode: Any) -> None:
    check(PlanRules(one_of={"mode": ("fast",)}), CONFIG | {"mode": mode})


def test_a_value_that_is_not_accepted_is_named_with_its_path() -> None:
    with pytest.raises(Problem, match="Invalid Attribute Value Match") as caught:
        check(PlanRules(between={"config.size": (1, 2)}), CONFIG | {"config": {"path": "/", "size": 3}})

    assert caught.value.path == ("config", "size")
    assert "between 1 and 2, got: 3" in caught.value.detail


def test_a_body_holds_what_can_be_set() -> None:
    assert body(SCHEMA.block, STATE) == {"name": "a", "mode": "fast", "config": {"path": "/", "size": 3}}


def test_a_partial_change_holds_the_difference_and_null_for_what_went_away() -> None:
    planned = STATE | {"mode": None, "config": {"path": "/new", "size": 3}, "changed_on": UNKNOWN}

    assert changes(SCHEMA.block, STATE, planned) == {"mode": None, "config": {"path": "/new"}}


def test_an_answer_fills_in_what_was_unknown_and_changes_nothing_planned() -> None:
    planned = STATE | {"id": UNKNOWN, "flags": UNKNOWN, "config": {"path": "/", "size": UNKNOWN}}
    answer = {"id": "9", "name": "other", "flags": [], "config": {"size": 4}}

    filled = fill(SCHEMA.block, planned, answer, empty_is_null=False)

    assert filled == STATE | {"id": "9", "flags": [], "config": {"path": "/", "size": 4}}
    assert fill(SCHEMA.block, planned, answer, empty_is_null=True)["flags"] is None


def test_a_read_shows_drift_but_not_the_empty_values_of_what_nobody_configured() -> None:
    assert refresh(SCHEMA.block, STATE, {"name": "b", "flags": [], "config": None}) == STATE | {
        "name": "b",
        "config": None,
    }


def test_an_empty_text_that_nobody_configured_is_no_drift_but_one_that_was_is() -> None:
    unset = STATE | {"config": {"path": None, "size": 3}}

    assert refresh(SCHEMA.block, unset, {"config": {"path": "", "size": 3}}) == unset
    assert refresh(SCHEMA.block, STATE, {"config": {"path": "", "size": 3}})["config"]["path"] == ""


def test_a_partial_change_leaves_out_the_entries_of_a_map_that_stay() -> None:
    """A secret that the API never shows has an empty value in the state; sending it would overwrite the secret."""
    attributes = {name: {"type": "string", "required": True} for name in ("type", "value")}
    nested = {"nesting_mode": "map", "attributes": attributes}
    block = Block({"attributes": {"env_vars": {"optional": True, "nested_type": nested}}})

    def variable(value: str, kind: str = "plain_text") -> dict[str, str]:
        return {"type": kind, "value": value}

    hidden = variable("", "secret_text")
    old = {"SECRET": hidden, "API": variable("a"), "GONE": variable("b")}
    new = {"SECRET": hidden, "API": variable("c"), "NEW": variable("d")}
    sent = changes(block, {"env_vars": old}, {"env_vars": new})
    assert sent == {"env_vars": {"API": variable("c"), "GONE": None, "NEW": variable("d")}}
