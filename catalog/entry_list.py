"""Arguments that hold a whole list of entries, of which others may own some: rules of a zone, statements of a policy.

Applying such an argument replaces the list, so an entry that Terraform's configuration lacks is deleted.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_KEY, _VALUE = "name", "value"


@dataclass(frozen=True, kw_only=True)
class EntryList:
    """An argument with a list of entries that others may own.

    Attributes:
        argument: its path, with dots for inner objects.
        entry: the word for one of its entries, such as `rule`.
        keys: the attributes that identify an entry; the first one that is set counts. Empty for a map, whose own keys
            identify its entries.
        inside: the key of the list, for an argument that is a JSON document; empty for a list.
        own_keys: the keys of all entries that this project creates.
        own_prefix: an entry whose `description` starts with the owner (the first word of the resource's `name`) and a
            colon is one that this project created, and was then removed from the settings.
        generated: attributes that the service sets, which say nothing about the entry, and secret ones.
        keep: how settings keep an entry, with `<key>`; empty if that depends on the entry, or can't be had.
    """

    argument: str
    entry: str
    keys: tuple[str, ...]
    inside: str = ""
    own_keys: frozenset[str] = frozenset()
    own_prefix: bool = False
    generated: frozenset[str] = frozenset()
    keep: str = ""

    def lost(self, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
        """The entries of others that a change would delete, by their key.

        Args:
            before: the resource's values before, as `terraform show -json` has them in `change.before`.
            after: the values after; None if the resource would be destroyed.
        """
        kept = {self.key(entry) for entry in self._entries(after or {})}
        names = [str(values.get("name") or "").partition(" ")[0] for values in (before, after or {})]
        owners = tuple(f"{name}: " for name in names if "/" in name)
        return {
            key: {name: _set(value) for name, value in entry.items() if name not in self.generated and _is_set(value)}
            for entry in self._entries(before)
            if (key := self.key(entry)) not in kept | self.own_keys
            if not (self.own_prefix and owners and str(entry.get("description") or "").startswith(owners))
        }

    def key(self, entry: Mapping[str, Any]) -> str:
        """What identifies an entry: one of its keys, or all of it in JSON if none is set."""
        return next(
            (str(entry[key]) for key in self.keys or (_KEY,) if entry.get(key)), json.dumps(entry, sort_keys=True)
        )

    def _entries(self, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        found: Any = values
        for part in self.argument.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if not self.keys:
            entries = (found or {}).items()
            return [{_KEY: key, **(entry if isinstance(entry, dict) else {_VALUE: entry})} for key, entry in entries]
        if self.inside and isinstance(found, str):
            try:
                found = json.loads(found)
            except ValueError:
                return []
            found = found.get(self.inside) if isinstance(found, dict) else None
        # AWS takes a policy's only statement without a list (IAM docs, "Grammar of the IAM JSON policy language").
        entries = found if isinstance(found, list) else [found]
        return [entry for entry in entries if isinstance(entry, dict)]


def _is_set(value: Any) -> bool:
    """Whether a value says anything: a provider fills what an entry lacks with nulls and empty lists."""
    return value not in (None, [], {})


def _set(value: Any) -> Any:
    """A value without the nulls and empty lists in it."""
    if isinstance(value, dict):
        return {name: each for name, inner in value.items() if _is_set(each := _set(inner))}
    return [_set(each) for each in value] if isinstance(value, list) else value
