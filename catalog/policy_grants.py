"""How to recognize that a changed AWS policy grants more than before.

Source: AWS docs, "IAM JSON policy element reference" and "Policy evaluation logic". Where two statements can't be
compared by these rules, the change counts as granting more.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

_NEGATED = ("NotAction", "NotResource", "NotPrincipal")


@dataclass(frozen=True)
class _Grant:
    """One action on one resource for one principal, as a statement allows or denies it."""

    effect: str
    principal: str
    action: str
    resource: str
    conditions: frozenset[tuple[str, str, frozenset[str]]]
    negated: str

    def covers(self, other: "_Grant") -> bool:
        """Whether everything that the other one matches is matched by this one."""
        return (
            self.negated == other.negated
            and self.principal in ("*", other.principal)
            and _matches(other.action.lower(), self.action.lower())
            and _matches(other.resource, self.resource)
            and all(any(_is_stricter(theirs, ours) for theirs in other.conditions) for ours in self.conditions)
        )


def grants_more(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A policy allows something that it did not, or no longer denies something that it did.

    Args:
        before: the policy's JSON text, in a list; empty for none.
        after: the same after the change.
    """
    try:
        old, new = ([grant for text in texts for grant in _grants(json.loads(text))] for texts in (before, after))
    except (ValueError, TypeError, AttributeError, KeyError):
        return True
    allowed = [grant for grant in old if grant.effect == "Allow"]
    denied = [grant for grant in new if grant.effect == "Deny"]
    newly_allowed = (g for g in new if g.effect == "Allow" and not any(other.covers(g) for other in allowed))
    no_longer_denied = (g for g in old if g.effect == "Deny" and not any(other.covers(g) for other in denied))
    return any(newly_allowed) or any(no_longer_denied)


def _grants(policy: Mapping[str, Any]) -> Iterator[_Grant]:
    for statement in _list(policy["Statement"]):
        conditions = frozenset(
            (operator, key, frozenset(map(str, _list(values))))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
        negated = json.dumps({name: statement[name] for name in _NEGATED if name in statement}, sort_keys=True)
        for principal in _principals(statement.get("Principal", "")):
            for action in _list(statement.get("Action", "")):
                for resource in _list(statement.get("Resource", "")):
                    yield _Grant(statement["Effect"], principal, action, resource, conditions, negated)


def _principals(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [str(value)]
    named = [(kind, name) for kind, names in value.items() for name in _list(names)]
    # {"AWS": "*"} is everyone, as "*" alone.
    return ["*" if (kind, name) == ("AWS", "*") else f"{kind}:{name}" for kind, name in named]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_stricter(one: tuple[str, str, frozenset[str]], other: tuple[str, str, frozenset[str]]) -> bool:
    """Whether a condition holds only where the other one holds too."""
    (operator, key, values), (other_operator, other_key, other_values) = one, other
    if (operator, key) != (other_operator, other_key):
        return False
    if values == other_values:
        return True
    if operator in ("StringLike", "ArnLike"):
        return all(any(_matches(value, pattern) for pattern in other_values) for value in values)
    if operator in ("StringEquals", "ArnEquals", "IpAddress"):
        return values <= other_values
    return operator in ("StringNotEquals", "StringNotLike", "ArnNotEquals", "ArnNotLike") and values >= other_values


def _matches(value: str, pattern: str) -> bool:
    """Whether a value matches a pattern of AWS's, in which only `*` and `?` are special."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))
