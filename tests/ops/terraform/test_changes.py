from typing import Any

from ops.terraform.changes import Change, read_changes


def resource(address: str, actions: list[str], before: Any, after: Any, **more: Any) -> dict[str, Any]:
    top = {key: more.pop(key) for key in ("previous_address", "action_reason", "mode") if key in more}
    return {
        "address": address,
        "mode": "managed",
        **top,
        "change": {"actions": actions, "before": before, "after": after, **more},
    }


def only(*resources: dict[str, Any]) -> Change:
    (change,) = read_changes({"resource_changes": list(resources)}).resources
    return change


def test_an_update_names_what_differs_and_nothing_else():
    before = {"name": "dev", "limits": {"max": 1, "min": 0}, "tags": ["a"]}
    after = {"name": "dev", "limits": {"max": 2, "min": 0}, "tags": ["a", "b"]}
    change = only(resource("neon_endpoint.this", ["update"], before, after))
    assert change.verb == "change"
    assert change.attributes == ("limits.max: 1 → 2", 'tags: ["a"] → ["a", "b"]')


def test_a_sensitive_value_is_never_shown():
    before = {"password": "old-pw", "nested": {"token": "old-tk"}, "list": [{"key": "old-k"}], "whole": {"a": "old-w"}}
    after = {"password": "new-pw", "nested": {"token": "new-tk"}, "list": [{"key": "new-k"}], "whole": {"a": "new-w"}}
    marks = {"password": True, "nested": {"token": True}, "list": [{"key": True}], "whole": True}
    change = only(
        resource("x.y", ["update"], before, after, before_sensitive=marks, after_sensitive=marks, after_unknown={})
    )
    assert change.attributes == (
        "password: (sensitive) → (sensitive)",
        "nested.token: (sensitive) → (sensitive)",
        "list.0.key: (sensitive) → (sensitive)",
        "whole: (sensitive) → (sensitive)",
    )


def test_a_value_that_was_sensitive_only_before_or_only_afterwards_is_not_shown_either():
    change = only(
        resource(
            "x.y",
            ["update"],
            {"a": "1-old", "b": "2-old"},
            {"a": "1-new", "b": "2-new"},
            before_sensitive={"a": True},
            after_sensitive={"b": True},
        )
    )
    assert change.attributes == ("a: (sensitive) → (sensitive)", "b: (sensitive) → (sensitive)")


def test_a_value_with_a_secret_part_is_hidden_as_a_whole():
    before, after = {"list": ["a", "old-pw"]}, {"list": ["b", "c", "new-pw"]}
    change = only(resource("x.y", ["update"], before, after, before_sensitive={"list": [False, True]}))
    assert change.attributes == ("list: (sensitive) → (sensitive)",)
    assert "pw" not in repr(change)
    gone = resource(
        "x.y", ["update"], before, {}, before_sensitive={"list": [False, True]}, after_unknown={"list": True}
    )
    assert only(gone).attributes == ("list: (sensitive) → (known after apply)",)


def test_blocks_are_compared_one_by_one_if_there_are_as_many_as_before():
    before = {"rule": [{"id": "a", "days": 1}, {"id": "b"}]}
    change = only(resource("x.y", ["update"], before, {"rule": [{"id": "a", "days": 2}, {"id": "b"}]}))
    assert change.attributes == ("rule.0.days: 1 → 2",)
    change = only(resource("x.y", ["update"], before, {"rule": [{"id": "b"}]}))
    assert change.attributes == ('rule: [{"id": "a", "days": 1}, {"id": "b"}] → [{"id": "b"}]',)


def test_a_change_of_sensitivity_alone_is_shown():
    change = only(
        resource("x.y", ["update"], {"id": "1"}, {"id": "1"}, before_sensitive={"id": True}, after_sensitive={})
    )
    assert change.attributes == ("id: sensitive → not sensitive",)


def test_a_new_resource_lists_its_values_and_what_is_not_known_yet():
    change = only(
        resource(
            "x.y",
            ["create"],
            None,
            {"name": "dev", "note": None},
            after_unknown={"id": True, "rules": [{}], "tags": {}},
        )
    )
    assert (change.address, change.verb) == ("x.y", "add")
    assert change.attributes == ('name: "dev"', "id: (known after apply)")


def test_a_replacement_names_the_attribute_that_forces_it():
    change = only(
        resource(
            "neon_branch.this",
            ["delete", "create"],
            {"name": "dev", "id": "br-1"},
            {"name": "dev2"},
            after_unknown={"id": True},
            replace_paths=[["name"]],
            action_reason="replace_because_cannot_update",
        )
    )
    assert change.note == "replace because cannot update"
    assert change.attributes == ('name: "dev" → "dev2" (forces replacement)', 'id: "br-1" → (known after apply)')


def test_moves_imports_and_forgotten_resources_have_verbs_of_their_own():
    changes = read_changes(
        {
            "resource_changes": [
                resource("a.b", ["no-op"], {}, {}, previous_address="module.m.a.b"),
                resource("c.d", ["no-op"], {}, {}, importing={"id": "id-1"}),
                resource("e.f", ["forget"], {}, None),
                resource("g.h", ["no-op"], {}, {}),
                resource("data.i.j", ["read"], None, {}, mode="data"),
            ]
        }
    )
    assert [(change.verb, change.address, change.note) for change in changes.resources] == [
        ("move", "a.b", "from module.m.a.b"),
        ("import", "c.d", "import of id-1"),
        ("forget", "e.f", ""),
    ]


def test_counts_are_terraforms_own():
    changes = read_changes(
        {
            "resource_changes": [
                resource("a.b", ["create"], None, {}),
                resource("c.d", ["create", "delete"], {}, {}),
                resource("e.f", ["update"], {}, {}),
                resource("g.h", ["no-op"], {}, {}, previous_address="x.y"),
            ],
            "output_changes": {
                "uri": {"actions": ["update"], "before": "pw-1", "after": "pw-2"},
                "same": {"actions": ["no-op"]},
            },
        }
    )
    assert changes.sentence == "2 to add, 1 to change, 1 to destroy, 1 to move, 1 output to change"
    assert changes.outputs == ("uri: change",)


def test_a_long_value_is_cut():
    change = only(resource("x.y", ["create"], None, {"text": "z" * 1000}))
    assert len(change.attributes[0]) < 200
