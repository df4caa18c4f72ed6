"""Between a resource's state and the JSON documents of an API whose fields bear the attributes' names."""

from __future__ import annotations

from typing import Any, TypeAlias

from sandbox.providers.schema import Block, Member, elements, rebuild
from sandbox.providers.values import Value, equal, from_json, is_unknown, known, to_json

Document: TypeAlias = "dict[str, Any]"


def body(block: Block, planned: Value) -> Document:
    """What to send for a create or a full replacement: everything that can be set and is."""
    return {
        name: _sent(block.members[name], value)
        for name, value in known(planned).items()
        if _settable(block.members[name])
    }


def changes(block: Block, prior: Value, planned: Value) -> Document:
    """What to send for a partial change: what differs from the state, and null for what went away."""
    document: Document = {}
    for name, member in block.members.items():
        old, new = prior[name], planned[name]
        if not _settable(member) or is_unknown(new) or equal(member.type, old, new):
            continue
        if member.inside and member.nesting == "single" and old and new:
            document[name] = changes(member.inside, old, new)
        elif member.nesting == "map":
            # An entry that stays is left out: a secret whose value the API never shows is not overwritten with an empty
            # text (cloudflare 5.18.0, internal/apijson/encoder.go, encodeMapEntries).
            known = elements(member.nesting, old or {})
            kept = {key for key, inner in elements(member.nesting, new or {}).items() if known.get(key) == inner}
            sent = dict.fromkeys(old or {}) | _sent(member, new or {})
            document[name] = {key: each for key, each in sent.items() if key not in kept}
        else:
            document[name] = None if new is None else _sent(member, new)
    return document


def _settable(member: Member) -> bool:
    return member.optional or not member.computed


def _sent(member: Member, value: Value) -> Any:
    if not member.inside:
        return to_json(value)
    bodies = {key: body(member.inside, inner) for key, inner in elements(member.nesting, value).items()}
    return rebuild(member.nesting, bodies)


def fill(block: Block, planned: Value, answer: Document, *, empty_is_null: bool) -> Value:
    """The planned state, with what was unknown taken from the answer; what was planned stays as planned.

    Args:
        empty_is_null: whether an empty list or map that nobody asked for counts as not set.
    """
    state: dict[str, Value] = {}
    for name, member in block.members.items():
        value, found = planned[name], answer.get(name)
        if is_unknown(value):
            state[name] = from_json(member.type, found)
            if empty_is_null:
                state[name] = _settled(member, None, state[name], zero_is_null=False)
        elif member.inside and value:
            answers = elements(member.nesting, found)
            bodies = {
                key: fill(member.inside, inner, answers.get(key) or {}, empty_is_null=empty_is_null)
                for key, inner in elements(member.nesting, value).items()
            }
            state[name] = rebuild(member.nesting, bodies)
        else:
            state[name] = value
    return state


def refresh(block: Block, state: Value, answer: Document) -> Value:
    """The state after a read. A field that the answer lacks keeps its value.

    What nobody configured and the API answers with an empty value stays null, so that it does not show as drift.
    """
    return {
        name: _settled(member, state[name], from_json(member.type, answer[name]), zero_is_null=True)
        if name in answer
        else state[name]
        for name, member in block.members.items()
    }


def _settled(member: Member, before: Value, after: Value, *, zero_is_null: bool) -> Value:
    if before is None and member.optional:
        # An object that only the configuration sets is taken over as the API answers it, even empty: that is drift.
        unset = member.computed and isinstance(after, dict) and member.nesting == "single" and not known(after)
        zero = zero_is_null and not member.computed and after in ("", False, 0)
        if unset or zero or after in ([], {}):
            return None
    if not member.inside or not after:
        return after
    old = elements(member.nesting, before)
    bodies = {
        key: {
            name: _settled(each, (old.get(key) or {}).get(name), inner[name], zero_is_null=zero_is_null)
            for name, each in member.inside.members.items()
        }
        for key, inner in elements(member.nesting, after).items()
    }
    return rebuild(member.nesting, bodies)
