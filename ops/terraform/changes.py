"""What a plan would do, in words for people: never with a sensitive value in them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HIDDEN = "(sensitive)"
UNKNOWN = "(known after apply)"
LONGEST_VALUE = 160


@dataclass(frozen=True)
class Change:
    """What happens to one resource.

    Attributes:
        address: the resource, as Terraform names it.
        verb: `add`, `change`, `replace`, `destroy`, `forget`, `move` or `import`.
        note: where it moves from, its import id, or why Terraform does it.
        attributes: a line for each attribute that differs, sensitive values left out.
    """

    address: str
    verb: str
    note: str = ""
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What a plan does.

    Attributes:
        resources: the resources that it changes.
        outputs: a line for each output that it changes, without its value.
        outside: what was changed outside Terraform since the last apply, as Terraform found it.
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
        """As Terraform says it: `1 to add, 0 to change, 0 to destroy`, and what else there is."""
        counts = self.counts
        parts = [f"{counts[verb]} to {verb}" for verb in ("add", "change", "destroy")]
        parts += [f"{counts[verb]} to {verb}" for verb in ("move", "import", "forget") if counts[verb]]
        if self.outputs:
            parts.append(f"{len(self.outputs)} output{'s' if len(self.outputs) > 1 else ''} to change")
        return ", ".join(parts)


def read_changes(plan: Mapping[str, Any]) -> Changes:
    """Reads a plan.

    Args:
        plan: the plan as `terraform show -json` gives it (Terraform docs, "JSON Output Format").
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
            attributes=tuple(_attributes(change)) if verb in ("add", "change", "replace") else (),
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


def _attributes(change: Mapping[str, Any]) -> Iterator[str]:
    forcing = {_path(path) for path in change.get("replace_paths") or []}
    for path, old, new in _differences(
        "",
        change.get("before"),
        change.get("after"),
        change.get("after_unknown"),
        change.get("before_sensitive"),
        change.get("after_sensitive"),
    ):
        forces = " (forces replacement)" if path in forcing else ""
        yield f"{path}: {new}{forces}" if change.get("before") is None else f"{path}: {old} → {new}{forces}"


def _differences(
    path: str, old: Any, new: Any, unknown: Any, old_marks: Any, new_marks: Any
) -> Iterator[tuple[str, str, str]]:
    """The paths at which two values differ, with both as text. Marks have the values' shape and say what is secret."""
    differ = old != new or _any(unknown)
    if old_marks is True or new_marks is True:
        if differ:
            yield path, HIDDEN, HIDDEN
        elif bool(old_marks) != bool(new_marks):
            yield path, "sensitive" if old_marks else "not sensitive", "sensitive" if new_marks else "not sensitive"
    elif unknown is True:
        yield path, _text(old, old_marks), UNKNOWN
    elif _is_table(old) and _is_table(new) and _is_table(unknown):
        # Also where the values agree: only a mark may differ.
        keys: list[str] = [*(old or {}), *(new or {}), *(unknown or {})]
        for key in dict.fromkeys(keys):
            yield from _differences(
                f"{path}.{key}" if path else key,
                _at(old, key),
                _at(new, key),
                _at(unknown, key),
                _at(old_marks, key),
                _at(new_marks, key),
            )
    elif differ:
        yield path, _text(old, old_marks), _text(new, new_marks)


def _any(unknown: Any) -> bool:
    """Whether anything in a value is not known before it is applied."""
    if isinstance(unknown, dict):
        return any(map(_any, unknown.values()))
    return any(map(_any, unknown)) if isinstance(unknown, list) else bool(unknown)


def _is_table(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _text(value: Any, marks: Any) -> str:
    text = json.dumps(_without_sensitive(value, marks), ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _without_sensitive(value: Any, marks: Any) -> Any:
    if marks is True:
        return HIDDEN
    if isinstance(value, dict):
        return {key: _without_sensitive(inner, _at(marks, key)) for key, inner in value.items()}
    if isinstance(value, list):
        inner_marks = marks if isinstance(marks, list) else []
        padded = [*inner_marks, *[None] * (len(value) - len(inner_marks))]
        return [_without_sensitive(inner, mark) for inner, mark in zip(value, padded, strict=False)]
    return value


def _path(steps: list[Any]) -> str:
    return ".".join(str(step) for step in steps)
