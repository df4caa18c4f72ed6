"""How to recognize that a change to an argument weakens the protection of data.

Each rule compares all values of an argument before and after the change. An argument that is left out has no value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from settings.address_ranges import covers_everyone

Weakens = Callable[[Sequence[Any], Sequence[Any]], bool]
"""Whether a change weakens a protection, by the values before and after."""


def values_at(document: Mapping[str, Any], path: str) -> list[Any]:
    """All values at a path of a resource, through lists and nested lists; what is left out or null has none.

    Args:
        document: a resource's values, as a plan has them before or after a change.
        path: names separated by dots, such as `rule.noncurrent_version_expiration.noncurrent_days`.
    """
    found: list[Any] = [document]
    for name in path.split("."):
        found = _flat([value.get(name) for value in found if isinstance(value, Mapping)])
    return found


def _flat(values: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        flat += _flat(value) if isinstance(value, list) else [] if value is None else [value]
    return flat


def lowers(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A number gets smaller, or is removed."""
    return bool(before) and (not after or min(after) < min(before))


def expires_sooner(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A number of days after which something is deleted gets smaller, or is set for the first time."""
    return bool(after) and (not before or min(after) < min(before))


def shortens(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A number of days after which something is deleted gets smaller; to set it for the first time is as intended."""
    return bool(before) and bool(after) and min(after) < min(before)


def raises(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A number gets larger, or is removed, so that the service's own default counts."""
    return bool(before) and (not after or max(after) > max(before))


def appears(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A value is added that was not there before."""
    return any(value not in before for value in after)


def disappears(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A value is removed, or replaced by another one, which may be weaker. An import has empty texts for no value."""
    return any(value not in ("", *after) for value in before)


def widens(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """A prefix of object keys is added that no prefix before it covers."""
    return bool(before) and any(not str(value).startswith(tuple(map(str, before))) for value in after)


def leaves(*safe: Any) -> Weakens:
    """The value was one of those that protect, and is another one or removed.

    Args:
        safe: the values that protect.
    """

    def rule(before: Sequence[Any], after: Sequence[Any]) -> bool:
        protected = bool(before) and all(value in safe for value in before)
        return protected and not (after and all(value in safe for value in after))

    return rule


def becomes(*unsafe: Any) -> Weakens:
    """The value becomes one of those that weaken.

    Args:
        unsafe: the values that weaken.
    """

    def rule(before: Sequence[Any], after: Sequence[Any]) -> bool:
        return any(value in unsafe for value in after) and not any(value in unsafe for value in before)

    return rule


def ranks_lower(*weakest_first: Any) -> Weakens:
    """The value is replaced by a weaker one, by one that is not known here, or removed.

    Args:
        weakest_first: the known values, the weakest first.
    """

    def rank(values: Sequence[Any]) -> int:
        return min((weakest_first.index(value) if value in weakest_first else -1 for value in values), default=-1)

    def rule(before: Sequence[Any], after: Sequence[Any]) -> bool:
        return rank(after) < rank(before)

    return rule


def opens_to_everyone(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """An allow-list of addresses is emptied, or comes to cover every IPv4 or IPv6 address.

    A longer list is not weaker: a second office is why there is a list.
    """
    return bool(before) and not covers_everyone(before) and (not after or covers_everyone(after))
