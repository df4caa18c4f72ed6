"""Why a plan over a state is not empty: each attribute that differs, and the setting that would mend it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ops.adopt.attributes import VARIABLES, as_setting, setting_of
from ops.terraform.changes import HIDDEN, UNKNOWN

SENSITIVE = "sensitive"

_REMEDIES = {
    "create": "it is not in the state; where it exists, import it (terraform import), else take it out of the settings",
    "delete": "the settings do not make it; add it to them, or keep it in a state of its own",
}


def explain(stack: str, plan: Mapping[str, Any]) -> Iterator[str]:
    """One line for each difference; none where the plan adds, changes and destroys nothing.

    Args:
        stack: the stack's name.
        plan: the plan as `terraform show -json` gives it. No sensitive value gets into a line.
    """
    for document in plan.get("resource_changes", []):
        change: dict[str, Any] = document["change"]
        actions = change["actions"]
        if document["mode"] != "managed" or actions in (["no-op"], ["read"]):
            continue
        where = f"{stack}: {document['address']}"
        if actions in (["create"], ["delete"], ["forget"]):
            verb = {"create": "would be added", "delete": "would be destroyed", "forget": "would be forgotten"}[
                actions[0]
            ]
            yield f"{where} {verb}: {_REMEDIES.get(actions[0], _REMEDIES['delete'])}"
            continue
        replaces = " (and that replaces the resource)" if "delete" in actions else ""
        replica = document["address"].endswith(".read_replica")
        lines = list(_lines(document["type"], stack, change, replica=replica))
        forcing = {".".join(map(str, path)) for path in change.get("replace_paths") or []}
        for path, line in lines:
            forced = (
                replaces if not forcing or any(path == each or path.startswith(f"{each}.") for each in forcing) else ""
            )
            yield f"{where}.{line}{forced}"
        if not lines:
            yield f"{where} would be updated in place: only how the provider writes it down differs"


def _lines(kind: str, stack: str, change: Mapping[str, Any], *, replica: bool) -> Iterator[tuple[str, str]]:
    found = list(
        _differences(
            "",
            change.get("before"),
            change.get("after"),
            change.get("after_unknown"),
            change.get("before_sensitive"),
            change.get("after_sensitive"),
        )
    )
    # What is only known afterwards differs because of the others, unless there are none.
    known = [each for each in found if each[2] != UNKNOWN] or found
    for path, old, new, value in known:
        setting, plain = setting_of(kind, path, stack, replica=replica)
        variable = VARIABLES.get(path)
        if variable:
            what = "keep it sensitive" if old == SENSITIVE else f"set TF_VAR_{variable} to the state's own"
            remedy = f"the variable {variable}: {what}"
        elif setting and plain and old != HIDDEN and value is not None:
            remedy = f"set {setting} = {_text(as_setting(setting, value))}"
        elif setting and plain and value is None:
            remedy = f"remove {setting}"
        elif setting:
            remedy = f"mend {setting}"
        else:
            remedy = "no setting holds it; give the resource the value on the right first, or change the construct"
        yield path, f"{path}: {old} → {new}: {remedy}"


def _differences(
    path: str, old: Any, new: Any, unknown: Any, old_marks: Any, new_marks: Any
) -> Iterator[tuple[str, str, str, Any]]:
    """Where two values differ, leaf by leaf: the path, both as text, and the old value where it is no secret."""
    if old_marks is True or new_marks is True:
        if old != new or unknown:
            yield path, HIDDEN, UNKNOWN if unknown else HIDDEN, None
        elif bool(old_marks) != bool(new_marks):
            words = {True: SENSITIVE, False: f"not {SENSITIVE}"}
            yield path, words[bool(old_marks)], words[bool(new_marks)], None
    elif unknown is True:
        yield path, _text(old), UNKNOWN, old
    elif _same_table(old, new):
        # Also where the values agree: only a mark may differ.
        keys = dict.fromkeys([*_keys(old), *_keys(new), *_keys(unknown), *_keys(old_marks), *_keys(new_marks)])
        for key in keys:
            yield from _differences(
                f"{path}.{key}" if path else str(key),
                _at(old, key),
                _at(new, key),
                _at(unknown, key),
                _at(old_marks, key),
                _at(new_marks, key),
            )
    elif old != new and (_any(old_marks) or _any(new_marks)):
        yield path, HIDDEN, HIDDEN, None
    elif old != new:
        yield path, _text(old), _text(new), old


def _same_table(old: Any, new: Any) -> bool:
    """Whether to look inside: two tables, or two blocks, which are lists of tables of one length."""
    if isinstance(old, dict):
        return isinstance(new, dict)
    blocks = isinstance(old, list) and isinstance(new, list) and len(old) == len(new) > 0
    return blocks and all(isinstance(each, dict) for each in [*old, *new])


def _keys(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


def _at(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def _any(marks: Any) -> bool:
    if isinstance(marks, dict):
        return any(map(_any, marks.values()))
    return any(map(_any, marks)) if isinstance(marks, list) else marks is True


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
