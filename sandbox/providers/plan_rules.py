"""Plan-time behavior: a resource's planned state, from its schema and a few rules.

Two kinds of provider differ here. One built on terraform-plugin-framework marks every computed value as unknown as soon
as anything changes, except those it knows to stay; one built on terraform-plugin-sdk keeps what the state holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

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
        checks: what else a path's value must hold, see `_broken`. A list's elements share one path.
        adjust: a last change to the plan, from (prior state or null, plan, configuration).
    """

    replace: tuple[str, ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict[str, Value])
    keep: frozenset[str] | None = frozenset({"id"})
    computed_blocks: tuple[str, ...] = ()
    one_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    between: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    adjust: Callable[[Value, Value, Value], None] | None = None

    def all_checks(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each path with what its value must hold."""
        yield from self.checks.items()
        yield from ((path, {"one_of": accepted}) for path, accepted in self.one_of.items())
        yield from ((path, {"between": limits}) for path, limits in self.between.items())


class RuledResource(Resource):
    """A resource whose plan follows from its schema and its rules."""

    rules: PlanRules

    def validate(self, config: Value) -> None:
        check(self.rules, config)

    def plan(self, schema: Schema, prior: Value, proposed: Value, config: Value) -> PlannedResource:
        return plan(schema, self.rules, prior, proposed, config)


def check(rules: PlanRules, config: Value) -> None:
    """Raise Problem for the first configured value that breaks one of the rules' checks; unknown values pass."""
    for path, checks in rules.all_checks():
        for steps, value, parents in _places(config, path):
            if broken := _broken(checks, value, parents):
                summary, rule = broken
                place = ".".join(map(str, steps))
                got = f", got: {json.dumps(value)}" if "value" in rule else ""
                raise Problem(summary, f"Attribute {place} {rule}{got}", steps)


WRONG_VALUE, WRONG_COMBINATION = "Invalid Attribute Value Match", "Invalid Attribute Combination"


def _broken(checks: Mapping[str, Any], value: Value, parents: Sequence[Value]) -> tuple[str, str] | None:
    """The headline and the rule that a value breaks, as the real providers' validators word them; None if none.

    Checks, by name: `one_of`, `pattern`, `between` (either limit may be null) and `min_length` of a value or of each of
    a list's; `min_items` of a list or map; `excludes`, `any_of` and `exactly_one_of` name attributes beside this one,
    `needs` inside it; `only_if` is how many levels up another attribute is, its name, and the text that it must be.
    """
    beside = parents[-1]
    if any(is_unknown(beside[name]) for kind in ("any_of", "exactly_one_of") for name in checks.get(kind, ())):
        return None
    if is_unknown(value):
        return None
    others = [name for name in checks.get("exactly_one_of", ()) if beside[name] is not None]
    if "exactly_one_of" in checks and len(others) + (value is not None) != 1:
        return WRONG_COMBINATION, f"or one of {checks['exactly_one_of']} must be set, and only one"
    if "any_of" in checks and value is None and all(beside[name] is None for name in checks["any_of"]):
        return WRONG_COMBINATION, f"or one of {checks['any_of']} must be set"
    if value is None:
        return None
    if any(beside[name] is not None for name in checks.get("excludes", ())):
        return WRONG_COMBINATION, f"can't be set together with {checks['excludes']}"
    if any(value[name] is None for name in checks.get("needs", ())):
        return WRONG_COMBINATION, f"needs {checks['needs']}"
    if only_if := checks.get("only_if"):
        levels, name, wanted = only_if
        other = parents[-levels][name]
        if not is_unknown(other) and other != wanted:
            return WRONG_COMBINATION, f'can only be set if "{name}" is "{wanted}"'
    if len(value) < checks["min_items"] if "min_items" in checks else False:
        return "Invalid Attribute Value", f"must contain at least {checks['min_items']} elements"
    for each in value if isinstance(value, list) else [value]:
        if rule := _broken_by_scalar(checks, each):
            return WRONG_VALUE, rule
    return None


def _broken_by_scalar(checks: Mapping[str, Any], value: Value) -> str:
    accepted = checks.get("one_of", ())
    if isinstance(value, str):
        if accepted and value.lower() not in [str(each).lower() for each in accepted]:
            return f"value must be one of: {list(accepted)}"
        if "pattern" in checks and not re.search(checks["pattern"], value):
            return f"value must match {checks['pattern']}"
        if len(value) < checks.get("min_length", 0):
            return f"value must have at least {checks['min_length']} characters"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if accepted and value not in accepted:
            return f"value must be one of: {list(accepted)}"
        least, greatest = checks.get("between", (None, None))
        if (least is not None and value < least) or (greatest is not None and value > greatest):
            return f"value must be between {least} and {greatest}"
    return ""


def _places(value: Value, path: str, steps: Path = (), parents: tuple[Value, ...] = ()) -> Iterator[_Place]:
    """Each place that a path leads to, through all elements of lists and maps: steps, value, bodies around it.

    A digit in the path is one element's index.
    """
    if not isinstance(value, dict | list):
        return
    name, _, rest = path.partition(".")
    if isinstance(value, list) and not name.isdigit():
        for index, each in enumerate(cast("list[Value]", value)):
            yield from _places(each, path, (*steps, index), parents)
        return
    if isinstance(value, dict) and name not in value:  # a map: its keys are the configuration's own
        for key, each in cast("dict[str, Value]", value).items():
            yield from _places(each, path, (*steps, key), parents)
        return
    if isinstance(value, list) and int(name) >= len(cast("list[Value]", value)):
        return
    inner = value[int(name)] if isinstance(value, list) else value[name]
    here = (*steps, int(name) if name.isdigit() else name)
    around = (*parents, value) if isinstance(value, dict) else parents
    if rest:
        yield from _places(inner, rest, here, around)
    else:
        yield here, inner, around


_Place: TypeAlias = "tuple[Path, Value, tuple[Value, ...]]"


def plan(schema: Schema, rules: PlanRules, prior: Value, proposed: Value, config: Value) -> PlannedResource:
    """Plan a create (prior is null) or an update, from what Terraform proposes; nothing for a deletion."""
    if proposed is None:
        return PlannedResource(None, [])

    def default(member: Member, path: str, _before: Value, value: Value) -> Value:
        found = rules.defaults.get(path, value)
        # The default {} is an object with nothing set in it.
        return dict.fromkeys(member.inside.members) if member.inside and found == {} else found

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
