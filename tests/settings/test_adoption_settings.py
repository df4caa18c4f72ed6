"""[moved]: where a state keeps its resources under other addresses than this project's."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from settings import Settings, SettingsError
from tests.support import Stacks

Changed = Callable[[Mapping[str, Any]], Settings]


def test_a_moved_address_becomes_a_block_and_replaces_the_modules_own(
    changed: Changed, synth: Callable[[Settings], Stacks]
) -> None:
    old = 'module.neon["dev"].neon_branch.dev'
    stacks = synth(
        changed({"moved": {"dev": {old: "neon_branch.this"}, "project": {"neon_project.p": "neon_project.main"}}})
    )
    blocks = stacks["dev"]["moved"]
    assert {"from": old, "to": "neon_branch.this"} in blocks
    assert [block["from"] for block in blocks if block["to"] == "neon_branch.this"] == [old]
    assert {"from": "module.db.neon_role.this", "to": "neon_role.this"} in blocks
    assert stacks["project"]["moved"] == [{"from": "neon_project.p", "to": "neon_project.main"}]


@pytest.mark.parametrize(
    ("moved", "line"),
    [
        ({"nowhere": {"a_b.c": "a_b.d"}}, "moved.nowhere: there is no such stack; use project or an environment"),
        (
            {"dev": {"module.x.neon_role.a": "neon_branch.this"}},
            "moved.dev: module.x.neon_role.a can't become neon_branch.this",
        ),
        (
            {"dev": {"neon_role.a": "neon_role.this", "neon_role.b": "neon_role.this"}},
            "moved.dev: two resources become neon_role.this",
        ),
        (
            {"dev": {"not an address": "neon_role.this"}},
            "moved.dev.not an address: 'not an address' is not a resource's address",
        ),
    ],
)
def test_a_wrong_address_is_one_line(changed: Changed, moved: Mapping[str, Any], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        changed({"moved": moved})
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)
