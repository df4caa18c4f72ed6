"""AWS policy documents, as JSON in which Terraform resolves references."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy (AWS docs, "IAM JSON policy element reference").

    Attributes:
        sid: its purpose; letters and digits.
        effect: whether it allows or denies. A denial overrides every permission.
        actions: such as `s3:GetObject`.
        resources: ARNs, with `*` as a wildcard; empty in a role's trust policy.
        principals: whom it applies to, by kind; not in a role's own policy.
        conditions: by operator and key, the values of which one must match.
    """

    sid: str
    effect: Literal["Allow", "Deny"] = "Allow"
    actions: Sequence[str]
    resources: Sequence[str] = ()
    principals: Mapping[str, str] | str | None = None
    conditions: Mapping[str, Mapping[str, str | Sequence[str]]] = field(
        default_factory=dict[str, Mapping[str, str | Sequence[str]]]
    )


def policy_document(*statements: Statement) -> str:
    """The policy as JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": [_statement(statement) for statement in statements]})


def _statement(statement: Statement) -> dict[str, object]:
    parts: dict[str, object] = {
        "Sid": statement.sid,
        "Effect": statement.effect,
        "Principal": statement.principals,
        "Action": list(statement.actions),
        "Resource": list(statement.resources),
        "Condition": statement.conditions,
    }
    return {name: part for name, part in parts.items() if part}
