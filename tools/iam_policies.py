"""Evaluates IAM policies as AWS does: what is denied stays denied, what is allowed is allowed, all else is not.

(AWS docs, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".) An action is asked for with
the resource's ARN and the keys of the request; a key that a condition needs and the request lacks does not match.
"""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

Values = dict[str, Any]

BUCKET = "arn:aws:s3:::bucket"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def document(text: str) -> Values:
    """A policy in a stack's JSON, with the references in it filled in."""
    filled = text.replace("${aws_s3_bucket.state.arn}", BUCKET)
    return json.loads(filled.replace("${aws_iam_openid_connect_provider.github.arn}", PROVIDER))


def allows(policy: Values, action: str, resource: str = "*", **request: str) -> bool:
    """Whether a policy allows an action. A key of the request goes by its last part: `sub`, `prefix`."""
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if _matches(statement["Action"], action)
        and _matches(statement.get("Resource", "*"), resource)
        and _holds(statement.get("Condition", {}), request)
    }
    return effects == {"Allow"}


def denies(policy: Values, action: str, resource: str, **request: str) -> bool:
    """Whether a policy denies an action explicitly."""
    return any(
        statement["Effect"] == "Deny"
        and _matches(statement["Action"], action)
        and _matches(statement["Resource"], resource)
        and _holds(statement.get("Condition", {}), request)
        for statement in policy["Statement"]
    )


def _matches(patterns: str | list[str], value: str) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in ([patterns] if isinstance(patterns, str) else patterns))


def _holds(conditions: Mapping[str, Mapping[str, Any]], request: Mapping[str, str]) -> bool:
    return all(
        _one(operator, [wanted] if isinstance(wanted, str) else wanted, request.get(_key(key)))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _key(key: str) -> str:
    return key.split(":")[-1]


def _one(operator: str, wanted: list[str], given: str | None) -> bool:
    if given is None:
        return False
    match operator:
        case "StringEquals" | "Bool":
            return given in wanted
        case "StringLike":
            return _matches(wanted, given)
        case "NumericLessThan":
            return any(float(given) < float(limit) for limit in wanted)
        case _:
            raise AssertionError(f"the condition operator {operator} is not evaluated here")
