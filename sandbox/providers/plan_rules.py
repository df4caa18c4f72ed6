"""Plan-time behavior: a resource's planned state, from its schema and a few rules.

Two kinds of provider differ here. One built on terraform-plugin-framework marks every computed value as unknown as soon
as anything changes, except those it knows to stay; one built on terraform-plugin-sdk keeps what the state holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sandbox.providers.provider import Path, PlannedResource, Problem, Resource
from sandbox.providers.schema import Block, Member, Schema, elements, rebuild
from sandbox.providers.values import UNKNOWN, Value, equal, is_unknown


@dataclass(frozen=True)
class PlanRules:
    """What a schema's JSON does not tell of a resource. A path is written with dots, a list's index as a number.

    Attributes:
        replace: paths whose change forces a new resource.
        defaults: the value of a path that is not configured.
        keep: computed paths that keep their value when something else changes; None keeps all (terraform-plugin-sdk).
        computed_blocks: blocks that the cloud fills in where they are not configured.
        one_of: the values that a path accepts, in any case.
        between: the least and the greatest number that a path accepts.
        adjust: a last change to the plan, from (prior state or null, plan, configuration).
    """

    replace: tuple[str, ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict[str, Value])
    keep: frozenset[str] | None = frozenset({"id"})
    computed_blocks: tuple[str, ...] = ()
    one_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    between: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    adjust: Callable[[Value, Value, Value], None] | None = None


class RuledResource(Resource):
    """A resource whose plan follows from its schema and its rules."""

    rules: PlanRules

    def validate(self, config: Value) -> None:
        check(self.rules, config)

    def plan(self, schema: Schema, prior: Value, proposed: Value, config: Value) -> PlannedResource:
        return plan(schema, self.rules, prior, proposed, config)


def check(rules: PlanRules, config: Value) -> None:
    """Raise Problem for a configured value that `one_of` or `between` does not accept."""
    wrong = "Invalid Attribute Value Match"
    for path, accepted in rules.one_of.items():
        value = value_at(config, path)
        if isinstance(value, str) and value.lower() not in [each.lower() for each in accepted]:
            detail = f'Attribute {path} value must be one of: {list(accepted)}, got: "{value}"'
            raise Problem(wrong, detail, _steps(path))
    for path, (least, greatest) in rules.between.items():
        value = value_at(config, path)
        if isinstance(value, int | float) and not least <= value <= greatest:
            detail = f"Attribute {path} value must be between {least} and {greatest}, got: {value}"
            raise Problem(wrong, detail, _steps(path))


def plan(schema: Schema, rules: PlanRules, prior: Value, proposed: Value, config: Value) -> PlannedResource:
    """Plan a create (prior is null) or an update, from what Terraform proposes; nothing for a deletion."""
    if proposed is None:
        return PlannedResource(None, [])

    def default(_member: Member, path: str, _before: Value, value: Value) -> Value:
        return rules.defaults.get(path, value)

    def unknown(member: Member, path: str, before: Value, value: Value) -> Value:
        if not member.computed or path in rules.defaults:
            return value
        kept = prior is not None if rules.keep is None else path in rules.keep and before is not None
        return before if kept else UNKNOWN

    planned = _unconfigured(schema.block, "", prior, proposed, config, default)
    for name in rules.computed_blocks:
        if not config[name]:
            planned[name] = prior[name] if prior else UNKNOWN
    if prior is None or not equal(schema.type, prior, planned):
        planned = _unconfigured(schema.block, "", prior, planned, config, unknown)
        if rules.adjust:
            rules.adjust(prior, planned, config)
    replace = [path for path in rules.replace if prior and value_at(prior, path) != value_at(planned, path)]
    return PlannedResource(planned, [_steps(path) for path in replace])


def value_at(value: Value, path: str) -> Value:
    """The value at a path; null where the path ends early, unknown where it runs into an unknown."""
    for step in _steps(path):
        if not value or is_unknown(value):
            return value or None
        value = value[step]
    return value


def _steps(path: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in path.split("."))


Change: TypeAlias = Callable[[Member, str, Value, Value], Value]


def _unconfigured(block: Block, path: str, prior: Value, value: Value, config: Value, change: Change) -> Value:
    """The value with `change` (of member, path, prior and value) done to all that is not configured."""
    result = dict(value)
    for name, member in block.members.items():
        here, before, inner, configured = f"{path}{name}", prior and prior.get(name), value[name], config[name]
        if configured is None:
            result[name] = change(member, here, before, inner)
        elif member.inside and inner and configured and not is_unknown(inner) and not is_unknown(configured):
            bodies: dict[Any, Value] = {}
            old, wanted = elements(member.nesting, before), elements(member.nesting, configured)
            for key, body in elements(member.nesting, inner).items():
                # A set's order means nothing: the configuration that the body agrees with is its own.
                own = next((k for k in wanted if _agrees(body, wanted[k])), key) if member.nesting == "set" else key
                bodies[key] = _unconfigured(member.inside, f"{here}.", old.get(key), body, wanted[own], change)
            result[name] = rebuild(member.nesting, bodies)
    return result


def _agrees(body: Value, config: Value) -> bool:
    return all(wanted is None or body[name] == wanted for name, wanted in config.items())
