"""The rules of [moved.<stack>]: the addresses of adopted resources."""

import re

from settings.settings_shape import SettingsShape

_MODULES = re.compile(r"^(module\.[^.\[]+(\[[^\]]+\])?\.)*")


def resource_type(address: str) -> str:
    """The resource type of an address: `neon_branch` for `module.db.neon_branch.this`."""
    return _MODULES.sub("", address).partition(".")[0]


def check_moves(settings: SettingsShape) -> None:
    """The rules of [moved].

    Raises:
        ValueError: one line: where, what, what to do.
    """
    for stack, moves in settings.moved.items():
        where = f"moved.{stack}"
        if stack != "project" and stack not in settings.environments:
            raise ValueError(f"{where}: there is no such stack; use project or an environment")
        targets: set[str] = set()
        for old, new in moves.items():
            if resource_type(old) != resource_type(new):
                raise ValueError(f"{where}: {old} can't become {new}, which is of another type; fix the address")
            if new in targets:
                raise ValueError(f"{where}: two resources become {new}; remove one")
            targets.add(new)
