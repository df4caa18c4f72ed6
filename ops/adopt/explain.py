"""Explains why a plan over a state is not empty: each attribute that differs, and the setting that fixes it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ops.adopt.attributes import VARIABLES, as_setting, setting_of
from ops.terraform.changes import HIDDEN, SENSITIVE, Change, Difference

_NOT_IN_SETTINGS = "the settings don't declare it; add it to them, or keep it in a state of its own"
_WHOLE = {
    "add": "would be added: it is not in the state; if it exists, import it (terraform import), otherwise "
    "remove it from the settings",
    "destroy": f"would be destroyed: {_NOT_IN_SETTINGS}",
    "forget": f"would be forgotten: {_NOT_IN_SETTINGS}",
}


def explain(stack: str, changes: Iterable[Change]) -> Iterator[str]:
    """One line for each difference; none if the plan adds, changes and destroys nothing.

    Args:
        stack: the stack's name.
        changes: the resources that its plan changes. They hold no secret.
    """
    for change in changes:
        where = f"{stack}: {change.address}"
        if change.verb in _WHOLE:
            yield f"{where} {_WHOLE[change.verb]}"
        elif change.verb in ("change", "replace"):
            yield from _attribute_lines(where, stack, change)


def _attribute_lines(where: str, stack: str, change: Change) -> Iterator[str]:
    if not change.differences:
        yield f"{where} would be updated in place: only the provider's own representation differs"
    # What is known only after the apply differs because of the others, unless there are none.
    shown = [each for each in change.differences if each.known] or change.differences
    forcing_is_known = any(each.forces for each in change.differences)
    for each in shown:
        replaces = change.verb == "replace" and (each.forces or not forcing_is_known)
        remedy = _remedy(stack, change, each)
        yield (
            f"{where}.{each.path}: {each.old} → {each.new}: {remedy}{' (replaces the resource)' if replaces else ''}"
        )


def _remedy(stack: str, change: Change, difference: Difference) -> str:
    replica = change.address.endswith(".read_replica")
    setting, plain = setting_of(change.type, difference.path, stack, replica=replica)
    if variable := VARIABLES.get(difference.path):
        what = "keep it sensitive" if difference.old == SENSITIVE else f"set TF_VAR_{variable} to the state's value"
        return f"the variable {variable}: {what}"
    if not setting:
        return "no setting controls it; first change the resource to the value on the right, or change the construct"
    if not plain or difference.old == HIDDEN:
        return f"change {setting}"
    if difference.value is None:
        return f"remove {setting}"
    return f"set {setting} = {_text(as_setting(setting, difference.value))}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
