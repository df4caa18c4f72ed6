"""Policies are evaluated as IAM does (AWS docs, "IAM JSON policy elements"), and what is not evaluated is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.iam_policies import allows, denies, document

KEY = "token.actions.githubusercontent.com:sub"


def policy(effect: str = "Allow", action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}]}


def trust(operator: str, subject: str) -> dict[str, Any]:
    return policy(action="sts:AssumeRole", Condition={operator: {KEY: subject}})


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("arn:aws:s3:::bucket/*/state", "arn:aws:s3:::bucket/a/b/state", True),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/a", True),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/", False),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/ab", False),
        # To a shell these are sets of characters; to IAM they are themselves.
        ("arn:aws:s3:::bucket/[ab]", "arn:aws:s3:::bucket/a", False),
        ("arn:aws:s3:::bucket/[ab]", "arn:aws:s3:::bucket/[ab]", True),
        ("arn:aws:s3:::bucket/[!a]", "arn:aws:s3:::bucket/b", False),
        ("arn:aws:s3:::bucket/a.b", "arn:aws:s3:::bucket/axb", False),
        ("arn:aws:s3:::bucket/A", "arn:aws:s3:::bucket/a", False),
        ("arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/a\n", False),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a\nb", True),
    ],
)
def test_only_two_characters_are_wildcards_and_an_arn_is_case_sensitive(pattern: str, resource: str, matches: bool):
    assert allows(policy(resource=pattern), "s3:GetObject", resource) is matches
    assert denies(policy("Deny", resource=[pattern]), "s3:GetObject", resource) is matches


@given(st.text(alphabet=st.characters(exclude_characters="*?$"), min_size=1), st.text(min_size=1))
def test_a_pattern_without_wildcards_matches_itself_alone(pattern: str, other: str):
    assert allows(policy(resource=pattern), "s3:GetObject", pattern)
    assert allows(policy(resource=pattern), "s3:GetObject", other) is (pattern == other)


@pytest.mark.parametrize("action", ["s3:getobject", "S3:GetObject", "s3:Get*", "s3:get*", "*"])
def test_the_name_of_an_action_is_not_case_sensitive(action: str):
    assert allows(policy(action=action), "s3:GetObject", "arn")
    assert not allows(policy(action=action.replace("*", "").replace("et", "ut")), "s3:GetObject", "arn")


def test_only_string_like_knows_wildcards_and_both_are_case_sensitive():
    for operator in ("StringEquals", "StringLike"):
        assert allows(
            trust(operator, "repo:owner/name:pull_request"), "sts:AssumeRole", sub="repo:owner/name:pull_request"
        )
        assert not allows(trust(operator, "repo:owner/name"), "sts:AssumeRole", sub="repo:Owner/name")
        assert not allows(trust(operator, "repo:owner/name"), "sts:AssumeRole")
    assert allows(trust("StringLike", "repo:owner/*"), "sts:AssumeRole", sub="repo:owner/name")
    assert not allows(trust("StringEquals", "repo:owner/*"), "sts:AssumeRole", sub="repo:owner/name")
    assert allows(trust("StringEquals", "repo:owner/*"), "sts:AssumeRole", sub="repo:owner/*")


def test_the_name_of_a_condition_key_is_not_case_sensitive():
    conditions = {"Bool": {"AWS:securetransport": "false"}}
    assert denies(policy("Deny", Condition=conditions), "s3:GetObject", "arn", SecureTransport="false")


def test_a_denial_wins():
    both = {"Statement": [*policy()["Statement"], *policy("Deny", resource="arn:x")["Statement"]]}
    assert allows(both, "s3:GetObject", "arn:y")
    assert not allows(both, "s3:GetObject", "arn:x")


@pytest.mark.parametrize(
    ("unknown", "part"),
    [
        (policy(resource="arn:aws:s3:::bucket/${aws:username}/*"), "${aws:username}"),
        (policy(resource="arn:aws:s3:::bucket/${*}"), "${*}"),
        (trust("StringEquals", "${aws:PrincipalTag/team}"), "${aws:PrincipalTag/team}"),
        (policy(NotResource="arn:x"), "NotResource"),
        (policy(NotAction="s3:*"), "NotAction"),
        (policy(Condition={"StringNotEquals": {KEY: "x"}}), "StringNotEquals"),
        (policy(Condition={"ForAllValues:StringLike": {KEY: "x"}}), "ForAllValues:StringLike"),
        (policy(Condition={"StringEqualsIfExists": {KEY: "x"}}), "StringEqualsIfExists"),
    ],
)
def test_what_is_not_evaluated_is_refused(unknown: dict[str, Any], part: str):
    action = unknown["Statement"][0]["Action"]
    for ask in (allows, denies):
        with pytest.raises(ValueError, match="is not evaluated here") as refused:
            ask(unknown, action, "arn:aws:s3:::bucket/me/x")
        assert part in str(refused.value)


def test_a_document_with_another_reference_is_refused():
    assert document('{"a": "${aws_s3_bucket.state.arn}/*"}') == {"a": "arn:aws:s3:::bucket/*"}
    with pytest.raises(ValueError, match=r"aws_s3_bucket\.other\.arn"):
        document('{"a": "${aws_s3_bucket.other.arn}/*"}')
