"""Entries of others in a list that a stack manages as a whole, such as hand-made firewall rules of a zone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog import ResourceType

_RULE_KEYS = {"action", "description", "enabled", "expression", "ref"}
_RULE_ACTIONS = {"block", "managed_challenge", "js_challenge"}
_FIREWALL = "http_request_firewall_custom"
_REF_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True)
class ForeignEntry:
    """An entry that this project did not create and that a plan would delete.

    Attributes:
        stack: the stack that plans it.
        address: the resource's address in Terraform.
        argument: the argument with the list.
        entry: the word for an entry, such as `rule`.
        key: what identifies the entry.
        values: all that is configured for it.
        settings: the lines for settings.toml that keep it; empty if settings can't express it.
    """

    stack: str
    address: str
    argument: str
    entry: str
    key: str
    values: Mapping[str, Any]
    settings: str = ""

    @property
    def permit(self) -> str:
        """The value of `--allow`: it allows the deletion of this entry alone."""
        return f"{self.stack}:{self.address}.{self.argument}.{self.key}"

    def __str__(self) -> str:
        keep = f"; to keep it, add to the settings: {self.settings}" if self.settings else ""
        values = json.dumps(dict(self.values), ensure_ascii=False)
        return f"{self.stack}: {self.address} would delete a {self.entry} that the settings don't have: {values}{keep}"


def foreign_entries(stack: str, document: Mapping[str, Any], entry: ResourceType) -> Iterator[ForeignEntry]:
    """The entries of others that a change of a resource would delete.

    Args:
        stack: the stack's name.
        document: the change, an item of `resource_changes` of `terraform show -json`.
        entry: the resource's type in the catalog.
    """
    change = document["change"]
    if not set(change["actions"]) & {"update", "delete"}:
        return
    before: Mapping[str, Any] = change.get("before") or {}
    for entries in entry.entries:
        for key, values in entries.lost(before, change.get("after")).items():
            settings = entries.keep.replace("<key>", key)
            if before.get("phase") == _FIREWALL:
                settings = _as_settings(key, values)
            yield ForeignEntry(stack, document["address"], entries.argument, entries.entry, key, values, settings)


def _as_settings(key: str, values: Mapping[str, Any]) -> str:
    """A rule as an inline table under `edge.firewall.rules`; empty if the settings can't express it."""
    if not set(values) <= _RULE_KEYS or values.get("action") not in _RULE_ACTIONS:
        return ""
    if not set(key) <= _REF_CHARACTERS:
        return ""
    wanted = {"every_host": True, **{name: values[name] for name in ("action", "expression") if name in values}}
    wanted |= {"description": values["description"]} if values.get("description") else {}
    wanted |= {"enabled": False} if values.get("enabled") is False else {}
    # JSON's strings and booleans are TOML's too.
    table = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in wanted.items())
    return f"[edge.firewall] rules.{key} = {{ {table} }}"
