"""Evaluates IAM policies as AWS does: what is denied stays denied, what is allowed is allowed, all else is not.

(AWS docs, "Policy evaluation logic" and "IAM JSON policy elements": Action, Resource, Condition operators, Variables.)
An action is asked for with the resource's ARN and the keys of the request; a key that a condition needs and the request
lacks does not match. What is not evaluated here raises ValueError: a wrong answer would be worse than none.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

Values = dict[str, Any]

BUCKET = "arn:aws:s3:::bucket"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


_EVALUATED = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
"""The elements of a statement. A principal is not compared: a trust policy's is read by its own test."""


def document(text: str) -> Values:
    """A policy in a stack's JSON, with the references in it filled in.

    Raises:
        ValueError: it has another reference, or a policy variable.
    """
    filled = text.replace("${aws_s3_bucket.state.arn}", BUCKET)
    filled = filled.replace("${aws_iam_openid_connect_provider.github.arn}", PROVIDER)
    _without_variables(filled)
    return json.loads(filled)


def allows(policy: Values, action: str, resource: str = "*", **request: str) -> bool:
    """Whether a policy allows an action.

    Args:
        policy: the policy's document.
        action: the action, without wildcards.
        resource: the resource's ARN.
        request: the keys of the request by their last part, such as `sub` or `prefix`.

    Raises:
        ValueError: the policy has something that is not evaluated here.
    """
    return _effects(policy, action, resource, request) == {"Allow"}


def denies(policy: Values, action: str, resource: str, **request: str) -> bool:
    """Whether a policy denies an action explicitly. The arguments are those of `allows`."""
    return "Deny" in _effects(policy, action, resource, request)


def _effects(policy: Values, action: str, resource: str, request: Mapping[str, str]) -> set[str]:
    """The effects of all statements that match."""
    for statement in policy["Statement"]:
        if unknown := sorted(statement.keys() - _EVALUATED):
            raise ValueError(f"the policy element {', '.join(unknown)} is not evaluated here")
    return {
        statement["Effect"]
        for statement in policy["Statement"]
        # The name of an action is not case-sensitive; an ARN is.
        if _matches(_lowered(statement["Action"]), action.lower())
        and _matches(_listed(statement.get("Resource", "*")), resource)
        and _holds(statement.get("Condition", {}), request)
    }


def _listed(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values


def _lowered(values: str | list[str]) -> list[str]:
    return [value.lower() for value in _listed(values)]


def _without_variables(text: str) -> None:
    if found := re.search(r"\$\{[^}]*\}?", text):
        raise ValueError(f"the policy variable {found[0]} is not evaluated here")


def _matches(patterns: list[str], value: str) -> bool:
    """Whether one of IAM's patterns matches: `*` is any text, `?` any one character, and all else is itself."""
    for pattern in patterns:
        _without_variables(pattern)
        parts = re.split(r"([*?])", pattern)
        expression = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
        if re.fullmatch(expression, value, re.DOTALL):
            return True
    return False


def _holds(conditions: Mapping[str, Mapping[str, Any]], request: Mapping[str, str]) -> bool:
    # A key's name is not case-sensitive.
    given = {name.lower(): value for name, value in request.items()}
    return all(
        _one(operator, _listed(wanted), given.get(_key(key).lower()))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _key(key: str) -> str:
    return key.split(":")[-1]


def _one(operator: str, wanted: list[str], given: str | None) -> bool:
    """Whether one condition holds. Values are case-sensitive, and only StringLike knows wildcards."""
    for value in wanted:
        _without_variables(value)
    match operator:
        case "StringEquals" | "Bool":
            return given in wanted
        case "StringLike":
            return given is not None and _matches(wanted, given)
        case "NumericLessThan":
            return given is not None and any(float(given) < float(limit) for limit in wanted)
        case _:
            raise ValueError(f"the condition operator {operator} is not evaluated here")
