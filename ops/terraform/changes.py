"""Reads what a plan changes, for people: no sensitive value is in it.

Plan comments, the drift issue and the differences that `ops adopt` explains are all made of this.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

HIDDEN = "(sensitive)"
SENSITIVE = "sensitive"
UNKNOWN = "(known after apply)"
LONGEST_VALUE = 160


@dataclass(frozen=True)
class Difference:
    """One attribute that a plan changes.

    Attributes:
        path: where it is in the resource, such as `branch.0.name`.
        old: its value before, as text; `(sensitive)` for a secret.
        new: its value after, as text; `(sensitive)` for a secret.
        value: its value before; None for a secret.
        known: whether the value after is known before the apply.
        forces: whether it forces the replacement of the resource.
    """

    path: str
    old: str
    new: str
    value: Any = field(default=None, repr=False)
    known: bool = True
    forces: bool = False


@dataclass(frozen=True)
class Change:
    """What happens to one resource.

    Attributes:
        address: the resource, as Terraform names it.
        verb: `add`, `change`, `replace`, `destroy`, `forget`, `move` or `import`.
        note: where it moves from, its import id, or Terraform's reason.
        type: the resource type.
        differences: the attributes that differ; empty for a resource that is only destroyed, moved or imported.
    """

    address: str
    verb: str
    note: str = ""
    type: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def attributes(self) -> tuple[str, ...]:
        """One line for each attribute that differs. Long values are cut."""
        return tuple(self._line(each) for each in self.differences)

    def _line(self, difference: Difference) -> str:
        forces = " (forces replacement)" if difference.forces else ""
        old = "" if self.verb == "add" else f"{_cut(difference.old)} → "
        return f"{difference.path}: {old}{_cut(difference.new)}{forces}"


@dataclass(frozen=True)
class Changes:
    """What a plan does.

    Attributes:
        resources: the resources that it changes.
        outputs: one line for each output that it changes, without its value.
        outside: what was changed outside Terraform since the last apply, as Terraform detected it.
    """

    resources: tuple[Change, ...] = ()
    outputs: tuple[str, ...] = ()
    outside: tuple[Change, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        """How many resources by verb; a replacement counts as one addition and one destruction, as in Terraform."""
        counts = Counter(change.verb for change in self.resources)
        replaced = counts.pop("replace", 0)
        counts["add"] += replaced
        counts["destroy"] += replaced
        return counts

    @property
    def sentence(self) -> str:
        """The counts in Terraform's words: `1 to add, 0 to change, 0 to destroy`, then moves, imports and outputs."""
        counts = self.counts
        parts = [f"{counts[verb]} to {verb}" for verb in ("add", "change", "destroy")]
        parts += [f"{counts[verb]} to {verb}" for verb in ("move", "import", "forget") if counts[verb]]
        if self.outputs:
            parts.append(f"{len(self.outputs)} output{'s' if len(self.outputs) > 1 else ''} to change")
        return ", ".join(parts)


def read_changes(plan: Mapping[str, Any]) -> Changes:
    """Reads a plan.

    Args:
        plan: the plan as printed by `terraform show -json` (Terraform docs, "JSON Output Format").
    """
    outputs = plan.get("output_changes", {}).items()
    return Changes(
        resources=tuple(_resources(plan.get("resource_changes", []))),
        outputs=tuple(f"{name}: {_verb(change)}" for name, change in outputs if change["actions"] != ["no-op"]),
        outside=tuple(_resources(plan.get("resource_drift", []))),
    )


def _resources(documents: list[dict[str, Any]]) -> Iterator[Change]:
    for document in documents:
        change: dict[str, Any] = document["change"]
        verb = _verb(change)
        previous, imported = document.get("previous_address"), change.get("importing")
        if verb == "none" and (previous or imported):
            verb = "import" if imported else "move"
        if document["mode"] != "managed" or verb in ("none", "read"):
            continue
        notes = [
            f"from {previous}" if previous else "",
            f"import of {imported['id']}" if imported and "id" in imported else "",
            str(document.get("action_reason", "")).replace("_", " "),
        ]
        yield Change(
            address=document["address"],
            verb=verb,
            note="; ".join(note for note in notes if note),
            type=document.get("type", ""),
            differences=tuple(_differences_of(change)) if verb in ("add", "change", "replace") else (),
        )


def _verb(change: Mapping[str, Any]) -> str:
    actions = set(change["actions"])
    match sorted(actions):
        case ["no-op"]:
            return "none"
        case ["read"]:
            return "read"
        case ["create"]:
            return "add"
        case ["update"]:
            return "change"
        case ["forget"]:
            return "forget"
        case _:
            return "replace" if "create" in actions else "destroy"


def _differences_of(change: Mapping[str, Any]) -> Iterator[Difference]:
    forcing = [".".join(map(str, path)) for path in change.get("replace_paths") or []]
    for found in _differences(
        "",
        change.get("before"),
        change.get("after"),
        change.get("after_unknown"),
        change.get("before_sensitive"),
        change.get("after_sensitive"),
    ):
        yield replace(found, forces=any(f"{found.path}.".startswith(f"{path}.") for path in forcing))


def _differences(path: str, old: Any, new: Any, unknown: Any, old_marks: Any, new_marks: Any) -> Iterator[Difference]:
    """The attributes at which two values differ. Marks have the shape of the values, and say which parts are secret.

    Tables are compared key by key, and so are blocks, which are lists of tables, if there are as many before as after.
    Any other value is compared as a whole, and hidden as a whole if any part of it is secret.
    """
    differ = old != new or _any(unknown)
    if old_marks is True or new_marks is True:
        if differ:
            yield Difference(path, HIDDEN, HIDDEN, known=not _any(unknown))
        elif bool(old_marks) != bool(new_marks):
            words = {True: SENSITIVE, False: f"not {SENSITIVE}"}
            yield Difference(path, words[bool(old_marks)], words[bool(new_marks)])
    elif unknown is True:
        secret = _any(old_marks)
        yield Difference(path, HIDDEN if secret else _text(old), UNKNOWN, None if secret else old, known=False)
    elif _comparable_by_key(old, new):
        # Also if the values are equal: a mark alone may differ.
        sides = (old, new, unknown, old_marks, new_marks)
        for key in dict.fromkeys(key for side in sides for key in _keys(side)):
            yield from _differences(f"{path}.{key}" if path else str(key), *(_at(side, key) for side in sides))
    elif differ and (_any(old_marks) or _any(new_marks)):
        yield Difference(path, HIDDEN, HIDDEN, known=not _any(unknown))
    elif differ:
        yield Difference(path, _text(old), _text(new), old)


def _comparable_by_key(old: Any, new: Any) -> bool:
    """Whether both are tables, of which one may be missing, or as many blocks."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) > 0 and all(isinstance(each, dict) for each in [*old, *new])
    return all(value is None or isinstance(value, dict) for value in (old, new))


def _any(marks: Any) -> bool:
    """Whether any part of a value is marked: as secret, or as known only after the apply."""
    if isinstance(marks, dict):
        return any(map(_any, marks.values()))
    return any(map(_any, marks)) if isinstance(marks, list) else bool(marks)


def _keys(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


def _at(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
