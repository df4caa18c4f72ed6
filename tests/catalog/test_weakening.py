"""What weakens the protection of data is recognized, and what strengthens it or changes nothing is not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import CATALOG
from catalog.policy_grants import grants_more
from catalog.weakening import lowers, values_at
from settings.address_ranges import covers_everyone

Values = dict[str, Any]

_OFFICE = ["203.0.113.0/24"]
CHANGES: dict[str, tuple[str, Values, Values]] = {
    "a shorter history": (
        "neon_project",
        {"history_retention_seconds": 604800},
        {"history_retention_seconds": 21600},
    ),
    "an empty allow-list": ("neon_project", {"allowed_ips": _OFFICE}, {"allowed_ips": []}),
    "no allow-list": ("neon_project", {"allowed_ips": _OFFICE}, {"allowed_ips": None}),
    "an allow-list of everyone": ("neon_project", {"allowed_ips": _OFFICE}, {"allowed_ips": ["0.0.0.0/0"]}),
    "an allow-list of everyone in two halves": (
        "neon_project",
        {"allowed_ips": _OFFICE},
        {"allowed_ips": ["0.0.0.0-127.255.255.255", "128.0.0.0/1"]},
    ),
    "an allow-list for protected branches only": (
        "neon_project",
        {"allowed_ips": _OFFICE, "allowed_ips_protected_branches_only": "no"},
        {"allowed_ips": _OFFICE, "allowed_ips_protected_branches_only": "yes"},
    ),
    "an unprotected branch": ("neon_branch", {"protected": "yes"}, {"protected": "no"}),
    "a branch without the argument": ("neon_branch", {"protected": "yes"}, {}),
    "suspended versioning": (
        "aws_s3_bucket_versioning",
        {"versioning_configuration": [{"status": "Enabled"}]},
        {"versioning_configuration": [{"status": "Suspended"}]},
    ),
    "a bucket that may be destroyed with its content": (
        "aws_s3_bucket",
        {"force_destroy": False},
        {"force_destroy": True},
    ),
    "weaker encryption": (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]},
        {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}]},
    ),
    "no encryption": (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}]},
        {"rule": []},
    ),
    "versions that expire sooner in one rule": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"noncurrent_version_expiration": [{"noncurrent_days": 90}]}]},
        {
            "rule": [
                {"noncurrent_version_expiration": [{"noncurrent_days": 90}]},
                {"noncurrent_version_expiration": [{"noncurrent_days": 7}]},
            ]
        },
    ),
    "states that expire": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"expiration": []}]},
        {"rule": [{"expiration": [{"days": 365}]}]},
    ),
    "backups that expire sooner": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"filter": [{"prefix": "backups/ledger/daily/"}], "expiration": [{"days": 7}]}]},
        {"rule": [{"filter": [{"prefix": "backups/ledger/daily/"}], "expiration": [{"days": 6}]}]},
    ),
    "an unprotected default branch": (
        "neon_project",
        {"default_branch_protected": "yes"},
        {"default_branch_protected": "no"},
    ),
    "private networks": ("neon_project", {"block_vpc_connections": "yes"}, {"block_vpc_connections": "no"}),
    "no HIPAA": ("neon_project", {"hipaa": "yes"}, {}),
    "versions deleted without a second factor": (
        "aws_s3_bucket_versioning",
        {"versioning_configuration": [{"status": "Enabled", "mfa_delete": "Enabled"}]},
        {"versioning_configuration": [{"status": "Enabled", "mfa_delete": "Disabled"}]},
    ),
    "a rule that expires versions and was disabled": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"status": "Disabled", "noncurrent_version_expiration": [{"noncurrent_days": 7}]}]},
        {"rule": [{"status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 7}]}]},
    ),
    "states that expire on a date": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"expiration": []}]},
        {"rule": [{"expiration": [{"date": "2027-01-01T00:00:00Z"}]}]},
    ),
    "versions of other objects that expire": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"filter": [{"prefix": "ledger/"}]}]},
        {"rule": [{"filter": [{"prefix": ""}]}]},
    ),
    "states in an archive": (
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [{"transition": [{"days": 30, "storage_class": "STANDARD_IA"}]}]},
        {"rule": [{"transition": [{"days": 30, "storage_class": "DEEP_ARCHIVE"}]}]},
    ),
    "no key of one's own": (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": "arn:key"}]}]},
        {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": None}]}]},
    ),
    "keys of others": (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{"blocked_encryption_types": ["SSE-C"]}]},
        {"rule": [{"blocked_encryption_types": []}]},
    ),
    "a role without a boundary": ("aws_iam_role", {"permissions_boundary": "arn:boundary"}, {}),
    "a longer session": ("aws_iam_role", {"max_session_duration": 3600}, {"max_session_duration": 43200}),
    "another policy of the account": (
        "aws_iam_role",
        {"managed_policy_arns": ["arn:read"]},
        {"managed_policy_arns": ["arn:read", "arn:admin"]},
    ),
    "no continuous backups": (
        "aws_dynamodb_table",
        {"point_in_time_recovery": [{"enabled": True}]},
        {"point_in_time_recovery": [{"enabled": False}]},
    ),
    "a bucket that may become public": (
        "aws_s3_bucket_public_access_block",
        {"restrict_public_buckets": True},
        {"restrict_public_buckets": False},
    ),
}


@pytest.mark.parametrize(("kind", "before", "after"), CHANGES.values(), ids=CHANGES)
def test_a_weaker_protection_is_recognized_and_the_way_back_is_not(kind: str, before: Values, after: Values) -> None:
    (weakened,) = CATALOG[kind].weakened(before, after)
    assert weakened.argument.partition(".")[0] in before
    assert CATALOG[kind].weakened(after, before) == []


@pytest.mark.parametrize(("kind", "before", "after"), CHANGES.values(), ids=CHANGES)
def test_the_same_values_are_not_weaker(kind: str, before: Values, after: Values) -> None:
    assert CATALOG[kind].weakened(before, before) == CATALOG[kind].weakened(after, after) == []


def test_a_second_office_does_not_weaken_an_allow_list() -> None:
    after = {"allowed_ips": [*_OFFICE, "198.51.100.7"]}
    assert CATALOG["neon_project"].weakened({"allowed_ips": _OFFICE}, after) == []


def test_an_allow_list_for_protected_branches_only_is_stronger_than_none() -> None:
    after = {"allowed_ips": _OFFICE, "allowed_ips_protected_branches_only": "yes"}
    assert CATALOG["neon_project"].weakened({"allowed_ips": []}, after) == []


def test_a_value_that_is_not_known_before_the_apply_counts_as_weaker() -> None:
    same = _policy(_allow("s3:GetObject", "arn:a"))
    assert CATALOG["aws_iam_role_policy"].weakened({"policy": same}, {}, {"policy": True})
    assert not CATALOG["aws_iam_role_policy"].weakened({"policy": same}, {"policy": same}, {"id": True})


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_of_two_different_numbers_one_direction_is_weaker(one: int, other: int) -> None:
    assert lowers([one], [other]) + lowers([other], [one]) == (one != other)


@given(st.integers(0, 32), st.integers(0, 2**32 - 1))
def test_networks_and_their_complement_cover_everyone_and_a_part_of_them_does_not(length: int, address: int) -> None:
    """All networks of one length but one are not everyone; with it, they are. Checked by halving, as routers do."""
    kept: list[str] = []
    network, low = 0, 0
    for bits in range(1, length + 1):
        half = 1 << (32 - bits)
        inside = address & half
        other, network = (low, low + half) if inside else (low + half, low)
        kept.append(f"{_dotted(other)}/{bits}")
        low = network
    last = f"{_dotted(low)}/{length}"
    assert covers_everyone([*kept, last])
    assert not covers_everyone(kept)


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


@pytest.mark.parametrize("text", ["", "here", "10.0.0.9-10.0.0.1", "10.0.0.1-::1", "1.2.3.4-", "::/129"])
def test_an_entry_that_is_no_address_contains_none(text: str) -> None:
    assert not covers_everyone([text])


def test_values_are_found_through_lists_and_left_out_where_there_are_none() -> None:
    document = {"rule": [{"days": 1}, {"days": None}, {}, {"days": [2, [3]]}], "name": "x"}
    assert values_at(document, "rule.days") == [1, 2, 3]
    assert values_at(document, "name.days") == values_at(document, "nothing") == []


def _allow(action: str | list[str], resource: str = "*", **more: Any) -> Values:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _deny(action: str | list[str], resource: str = "*", **more: Any) -> Values:
    return _allow(action, resource, **more) | {"Effect": "Deny"}


def _policy(*statements: Values) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


_SUB = "token.actions.githubusercontent.com:sub"


def _trust(*subjects: str, operator: str = "StringLike") -> Values:
    principal = {"Federated": "arn:oidc"}
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": principal,
        "Condition": {operator: {_SUB: list(subjects)}},
    }


_TLS = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
GRANTS: dict[str, tuple[list[Values], list[Values]]] = {
    "another action": ([_allow("s3:GetObject")], [_allow(["s3:GetObject", "s3:PutObject"])]),
    "every action": ([_allow("s3:GetObject")], [_allow("s3:*")]),
    "another resource": ([_allow("s3:GetObject", "arn:a/*")], [_allow("s3:GetObject", "arn:*")]),
    "another repository": (
        [_trust("repo:me/app:ref:*")],
        [_trust("repo:me/app:ref:*", "repo:you/app:ref:*")],
    ),
    "any environment": ([_trust("repo:me/app:environment:production")], [_trust("repo:me/app:*")]),
    "no condition": ([_trust("repo:me/app:ref:*")], [_trust("repo:me/app:ref:*") | {"Condition": {}}]),
    "everyone": ([_allow("s3:GetObject", Principal={"AWS": "arn:me"})], [_allow("s3:GetObject", Principal="*")]),
    "no denial": ([_allow("s3:*"), _deny("s3:PutObject", "arn:state")], [_allow("s3:*")]),
    "a denial of less": ([_deny("s3:*")], [_deny("s3:PutObject")]),
    "a denial under a condition": ([_deny("s3:*")], [_deny("s3:*", Condition=_TLS)]),
    "all but one action": ([_allow("s3:GetObject")], [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]),
}


@pytest.mark.parametrize(("before", "after"), GRANTS.values(), ids=GRANTS)
def test_a_policy_that_grants_more_is_recognized_and_the_way_back_is_not(
    before: list[Values], after: list[Values]
) -> None:
    assert grants_more([_policy(*before)], [_policy(*after)])
    if after[0].get("NotAction"):
        return  # statements of different forms can't be compared, in either direction
    assert not grants_more([_policy(*after)], [_policy(*before)])


def _statement(effect: str, actions: list[str], resource: str) -> Values:
    return _allow(actions, resource) | {"Effect": effect}


_STATEMENTS = st.builds(
    _statement,
    st.sampled_from(["Allow", "Deny"]),
    st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:*", "iam:PassRole"]), min_size=1, max_size=3),
    st.sampled_from(["*", "arn:a", "arn:a/*", "arn:b"]),
)


@given(st.lists(_STATEMENTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_statements_grants_nothing(statements: list[Values], random: Any) -> None:
    shuffled = random.sample(statements, len(statements))
    assert not grants_more([_policy(*statements)], [_policy(*shuffled)])


@given(st.lists(_STATEMENTS, min_size=1, max_size=4), _STATEMENTS)
def test_a_further_denial_grants_nothing_and_losing_it_does_unless_another_covers_it(
    statements: list[Values], further: Values
) -> None:
    denial = further | {"Effect": "Deny", "Resource": "arn:never-used"}
    assert not grants_more([_policy(*statements)], [_policy(*statements, denial)])
    covered = any(item["Effect"] == "Deny" and item["Resource"] == "*" for item in statements)
    if not covered:
        assert grants_more([_policy(*statements, denial)], [_policy(*statements)])


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"Statement": [1]}'])
def test_a_policy_that_cannot_be_read_counts_as_granting_more(text: str) -> None:
    assert grants_more([_policy(_allow("s3:*"))], [text])


def test_backups_that_begin_to_expire_weaken_nothing():
    versions = {
        "id": "older-versions",
        "filter": [{"prefix": ""}],
        "noncurrent_version_expiration": [{"noncurrent_days": 90, "newer_noncurrent_versions": 10}],
    }
    backups = {
        "id": "daily-backups",
        "filter": [{"prefix": "backups/ledger/daily/"}],
        "expiration": [{"days": 7}],
        "noncurrent_version_expiration": [{"noncurrent_days": 7}],
    }
    lifecycle = CATALOG["aws_s3_bucket_lifecycle_configuration"]
    assert lifecycle.weakened({"rule": [versions]}, {"rule": [versions, backups]}) == []
    everything = backups | {"filter": [{"prefix": ""}]}
    found = lifecycle.weakened({"rule": [versions]}, {"rule": [versions, everything]})
    assert [protection.effect for protection in found] == [
        "deletes earlier versions of the states sooner",
        "deletes the states after some days",
    ]


def test_a_role_with_another_policy_of_its_own_does_more():
    read, write = (_policy(_allow(action)) for action in ("s3:GetObject", "s3:*"))
    before, after = ({"inline_policy": [{"policy": each}]} for each in (read, write))
    assert [each.argument for each in CATALOG["aws_iam_role"].weakened(before, after)] == ["inline_policy.policy"]
    assert CATALOG["aws_iam_role"].weakened(after, before) == []


def test_an_empty_text_of_an_import_protected_nothing():
    assert CATALOG["aws_iam_role"].weakened({"permissions_boundary": ""}, {"permissions_boundary": None}) == []
