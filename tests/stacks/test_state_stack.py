"""The stack `state`: what its policies let happen, what guards the bucket, and that it stands apart."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import Settings, load_settings
from tests.stacks.structure import GENERATED_ID, undeclared_references
from tests.support import ROOT, Stacks, Values, addresses, dependencies, strings
from tools.iam_policies import BUCKET, PROVIDER, allows, denies, document

Change = Callable[[Mapping[str, Any]], Settings]
Synth = Callable[[Settings], Stacks]

MANAGE = {"infrastructure_repository": "sebastianiv21/intent-infrastructure"}
STATE = f"{BUCKET}/ledger/production/terraform.tfstate"
LOCK = f"{STATE}.tflock"
OTHERS = f"{BUCKET}/another-product/production/terraform.tfstate"
OWN = f"{BUCKET}/ledger/state/terraform.tfstate"
REPOSITORIES = ("ledger-inc/ledger-infrastructure", "ledger-inc/ledger")


@pytest.fixture(scope="module")
def full(synth: Synth) -> Stacks:
    return synth(load_settings(ROOT / "examples/full.toml"))


@pytest.fixture(scope="module")
def state(full: Stacks) -> Values:
    return full["state"]


def _policy(state: Values, role: str) -> Values:
    return document(state["resource"]["aws_iam_role_policy"][role]["policy"])


def _trust(state: Values, role: str) -> Values:
    return document(state["resource"]["aws_iam_role"][role]["assume_role_policy"])


def _may_assume(state: Values, role: str, subject: str, audience: str = "sts.amazonaws.com") -> bool:
    return allows(_trust(state, role), "sts:AssumeRoleWithWebIdentity", aud=audience, sub=subject)


# (action, resource, keys of the request, may plan, may deploy)
QUESTIONS: dict[str, tuple[str, str, dict[str, str], bool, bool]] = {
    "read a state": ("s3:GetObject", STATE, {}, True, True),
    "write a state": ("s3:PutObject", STATE, {}, False, True),
    "delete a state": ("s3:DeleteObject", STATE, {}, False, False),
    "delete a state's version": ("s3:DeleteObjectVersion", STATE, {}, False, False),
    "read a lock": ("s3:GetObject", LOCK, {}, True, True),
    "take a lock": ("s3:PutObject", LOCK, {}, True, True),
    "give a lock back": ("s3:DeleteObject", LOCK, {}, True, True),
    "read another product's state": ("s3:GetObject", OTHERS, {}, False, False),
    "write another product's state": ("s3:PutObject", OTHERS, {}, False, False),
    "lock another product's state": ("s3:PutObject", f"{OTHERS}.tflock", {}, False, False),
    "read another product whose name begins alike": (
        "s3:GetObject",
        f"{BUCKET}/ledger-two/production/terraform.tfstate",
        {},
        False,
        False,
    ),
    "read another bucket": ("s3:GetObject", "arn:aws:s3:::other/ledger/production/terraform.tfstate", {}, False, False),
    "write something else beside a state": ("s3:PutObject", f"{BUCKET}/ledger/notes.txt", {}, False, False),
    "read its own stack's state": ("s3:GetObject", OWN, {}, True, True),
    "write its own stack's state": ("s3:PutObject", OWN, {}, False, False),
    "lock its own stack's state": ("s3:PutObject", f"{OWN}.tflock", {}, False, False),
    "list the product's states": ("s3:ListBucket", BUCKET, {"prefix": "ledger/"}, True, True),
    "look for workspaces": ("s3:ListBucket", BUCKET, {"prefix": "env:/"}, True, True),
    "list another product's states": ("s3:ListBucket", BUCKET, {"prefix": "another-product/"}, False, False),
    "list everything": ("s3:ListBucket", BUCKET, {}, False, False),
    "see whether a state was deleted": ("s3:ListBucketVersions", BUCKET, {"prefix": "ledger/production/"}, True, True),
    "see another product's versions": ("s3:ListBucketVersions", BUCKET, {"prefix": "another-product/"}, False, False),
    "see whether versions are kept": ("s3:GetBucketVersioning", BUCKET, {}, True, True),
    "change the bucket's policy": ("s3:PutBucketPolicy", BUCKET, {}, False, False),
    "delete the bucket": ("s3:DeleteBucket", BUCKET, {}, False, False),
    "make a role": ("iam:CreateRole", "arn:aws:iam::123456789012:role/x", {}, False, False),
    "widen its own role": ("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/ledger-deploy", {}, False, False),
}


@pytest.mark.parametrize(("action", "resource", "request_keys", "plan", "deploy"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_role_may_do_what_it_needs_and_no_more(
    state: Values, action: str, resource: str, request_keys: dict[str, str], plan: bool, deploy: bool
) -> None:
    assert allows(_policy(state, "plan"), action, resource, **request_keys) is plan
    assert allows(_policy(state, "deploy"), action, resource, **request_keys) is deploy


IDS = {
    "ledger-inc/ledger-infrastructure": "ledger-inc@1001/ledger-infrastructure@2001",
    "ledger-inc/ledger": "ledger-inc@1001/ledger@2002",
}
ROLES = ("plan", "deploy", "release-production", "release-staging")


@pytest.mark.parametrize("ids", [False, True], ids=["names", "numbers"])
@pytest.mark.parametrize(
    ("repository", "context", "roles"),
    [
        ("ledger-inc/ledger-infrastructure", "pull_request", {"plan"}),
        ("ledger-inc/ledger-infrastructure", "ref:refs/heads/main", {"plan"}),
        ("ledger-inc/ledger-infrastructure", "ref:refs/heads/anything/else", set[str]()),
        ("ledger-inc/ledger-infrastructure", "ref:refs/tags/v1", set[str]()),
        ("ledger-inc/ledger-infrastructure", "environment:production", {"deploy"}),
        ("ledger-inc/ledger-infrastructure", "environment:Production", set[str]()),
        ("ledger-inc/ledger-infrastructure", "environment:preview", set[str]()),
        ("ledger-inc/ledger", "pull_request", set[str]()),
        ("ledger-inc/ledger", "ref:refs/heads/main", set[str]()),
        ("ledger-inc/ledger", "environment:production", {"release-production"}),
        ("ledger-inc/ledger", "environment:staging", {"release-staging"}),
        ("ledger-inc/ledger", "environment:production-2", set[str]()),
    ],
)
def test_each_job_gets_its_role_alone(state: Values, repository: str, context: str, roles: set[str], ids: bool) -> None:
    """In both forms of GitHub's subjects: with names alone, and with the numbers of owner and repository."""
    subject = f"repo:{IDS[repository] if ids else repository}:{context}"
    assert {role for role in ROLES if _may_assume(state, role, subject)} == roles


def test_without_numbers_only_the_form_with_names_is_trusted(changed: Change, synth: Synth) -> None:
    state = synth(changed({"state": {"manage": MANAGE}}))["state"]
    assert "@" not in state["resource"]["aws_iam_role"]["plan"]["assume_role_policy"]


@pytest.mark.parametrize(
    ("environment", "stack", "readable"),
    [
        ("production", "production", True),
        ("production", "project", False),
        ("production", "staging", False),
        ("production", "edge", False),
        ("production", "state", False),
        ("staging", "staging", True),
        ("staging", "production", False),
    ],
)
def test_a_release_reads_the_states_that_it_needs_and_writes_nothing(
    state: Values, environment: str, stack: str, readable: bool
) -> None:
    policy = _policy(state, f"release-{environment}")
    file = f"{BUCKET}/ledger/{stack}/terraform.tfstate"
    assert allows(policy, "s3:GetObject", file) is readable
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion"):
        assert not allows(policy, action, file)
        assert not allows(policy, action, f"{file}.tflock")
    assert allows(policy, "s3:GetObject", f"{file}.tflock"), "whether a stack is locked is no secret"


def test_a_release_to_an_environment_on_the_projects_branch_reads_that_state_too(changed: Change, synth: Synth) -> None:
    state = synth(changed({"state": {"manage": MANAGE}}))["state"]
    policy = document(state["resource"]["aws_iam_role_policy"]["release-production"]["policy"])
    key = f"{BUCKET}/intent-expense-tracker"
    assert allows(policy, "s3:GetObject", f"{key}/project/terraform.tfstate")
    assert not allows(policy, "s3:GetObject", f"{key}/dev/terraform.tfstate")


@pytest.mark.parametrize(
    "subject",
    [
        "repo:ledger-inc/another:environment:production",
        "repo:ledger-inc/ledger-evil:environment:production",
        "repo:evil/ledger:environment:production",
        "repo:ledger-inc/ledger:ref:refs/heads/x:environment:production",
        "repo:evil/x:ref:repo:ledger-inc/ledger:pull_request",
        # The same names, given to somebody else after they had become free: GitHub gives no number twice.
        "repo:ledger-inc@9001/ledger-infrastructure@2001:environment:production",
        "repo:ledger-inc@1001/ledger-infrastructure@9002:environment:production",
        "repo:ledger-inc@1001/ledger@9002:environment:production",
        "",
    ],
)
def test_no_one_else_gets_a_role(state: Values, subject: str) -> None:
    assert not [role for role in ROLES if _may_assume(state, role, subject)]


@given(owner=st.from_regex(r"[A-Za-z0-9-]{1,12}", fullmatch=True), name=st.from_regex(r"[\w.-]{1,12}", fullmatch=True))
def test_no_other_repository_gets_any_role(state: Values, owner: str, name: str) -> None:
    if f"{owner}/{name}" in REPOSITORIES:
        return
    for context in ("pull_request", "ref:refs/heads/main", "environment:production"):
        assert not [role for role in ROLES if _may_assume(state, role, f"repo:{owner}/{name}:{context}")]


def test_a_token_for_somebody_else_is_no_use(state: Values) -> None:
    subject = "repo:ledger-inc/ledger-infrastructure:environment:production"
    assert _may_assume(state, "deploy", subject)
    assert not _may_assume(state, "deploy", subject, audience="https://github.com/ledger-inc")
    assert not allows(_trust(state, "deploy"), "sts:AssumeRole", aud="sts.amazonaws.com", sub=subject)
    for role in ROLES:
        (statement,) = _trust(state, role)["Statement"]
        assert statement["Principal"] == {"Federated": PROVIDER}


def test_the_bucket_is_reached_by_tls_alone(state: Values) -> None:
    policy = document(state["resource"]["aws_s3_bucket_policy"]["state"]["policy"])
    for resource in (BUCKET, STATE):
        assert denies(policy, "s3:GetObject", resource, SecureTransport="false")
        assert denies(policy, "s3:PutObject", resource, SecureTransport="true", TlsVersion="1.1")
        assert not denies(policy, "s3:PutObject", resource, SecureTransport="true", TlsVersion="1.2")
    assert all(statement["Effect"] == "Deny" for statement in policy["Statement"])


def test_the_bucket_keeps_what_it_holds(state: Values) -> None:
    resources = state["resource"]
    assert resources["aws_s3_bucket"]["state"]["lifecycle"]["prevent_destroy"] is True
    assert resources["aws_s3_bucket_versioning"]["state"]["versioning_configuration"] == {"status": "Enabled"}
    rule = resources["aws_s3_bucket_lifecycle_configuration"]["state"]["rule"][0]
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 90, "newer_noncurrent_versions": 10}]
    assert rule["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]
    assert rule["filter"] == [{"prefix": "ledger/"}], "another product's objects are its own"
    assert "expiration" not in rule, "what is current must never expire"
    block = resources["aws_s3_bucket_public_access_block"]["state"]
    assert [key for key, value in block.items() if value is True] == [
        *("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"),
    ]
    ownership = resources["aws_s3_bucket_ownership_controls"]["state"]["rule"]
    assert ownership == {"object_ownership": "BucketOwnerEnforced"}
    (encryption,) = resources["aws_s3_bucket_server_side_encryption_configuration"]["state"]["rule"]
    assert encryption["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}


def test_the_budget_warns_early_at_the_limit_and_of_the_forecast(state: Values) -> None:
    budget = state["resource"]["aws_budgets_budget"]["monthly"]
    assert (budget["limit_amount"], budget["limit_unit"], budget["time_unit"]) == ("5", "USD", "MONTHLY")
    alarms = {(each["threshold"], each["notification_type"]) for each in budget["notification"]}
    assert alarms == {(80, "ACTUAL"), (100, "ACTUAL"), (100, "FORECASTED")}
    assert all(each["subscriber_email_addresses"] == ["owner@ledger.example"] for each in budget["notification"])


def test_without_the_table_there_is_no_stack_and_no_aws(stacks: Stacks) -> None:
    assert "state" not in stacks
    assert not [name for name, stack in stacks.items() if "aws" in stack["terraform"]["required_providers"]]


def test_the_option_adds_its_own_stack_and_changes_no_other(changed: Change, synth: Synth, stacks: Stacks) -> None:
    result = synth(changed({"state": {"manage": MANAGE}}))
    assert {name: stack for name, stack in result.items() if name != "state"} == stacks
    assert not [address for address in addresses(result["state"]) if "budget" in address]
    assert {address.split(".")[0].split("_")[0] for address in addresses(result["state"])} == {"aws"}


def test_it_stands_apart_from_the_other_stacks(changed: Change, full: Stacks) -> None:
    settings = changed({"state": {"manage": MANAGE}})
    order = dependencies(settings, ["deploy", "project", "dev", "production"])
    assert order == {"project": [], "dev": ["project"], "production": ["project"], "state": []}
    assert "data" not in full["state"]
    for name, stack in full.items():
        sources = stack.get("data", {}).get("terraform_remote_state", {}).values()
        assert "ledger/state/terraform.tfstate" not in [source["config"]["key"] for source in sources], name
    assert full["state"]["terraform"]["backend"]["s3"]["key"] == "ledger/state/terraform.tfstate"


def test_every_reference_is_declared_and_no_name_generated(state: Values) -> None:
    assert undeclared_references(state) == set()
    assert [text for text in strings(state) if GENERATED_ID.search(text)] == []


def test_the_other_keys_reach_the_resources(changed: Change, synth: Synth) -> None:
    manage = MANAGE | {"github_environment": "live", "noncurrent_version_days": 7}
    manage |= {"budget": {"limit_usd": 12, "emails": ["a@example.com", "b@example.com"]}}
    state = synth(changed({"state": {"manage": manage, "region": "eu-central-1"}}))["state"]
    assert state["provider"]["aws"] == [{"region": "eu-central-1"}]
    assert _may_assume(state, "deploy", "repo:sebastianiv21/intent-infrastructure:environment:live")
    assert not _may_assume(state, "deploy", "repo:sebastianiv21/intent-infrastructure:environment:production")
    (rule,) = state["resource"]["aws_s3_bucket_lifecycle_configuration"]["state"]["rule"]
    assert rule["noncurrent_version_expiration"][0]["noncurrent_days"] == 7
    assert state["resource"]["aws_budgets_budget"]["monthly"]["limit_amount"] == "12"


def test_one_repository_for_all_is_named_once(changed: Change, synth: Synth) -> None:
    manage = {"infrastructure_repository": "sebastianiv21/intent-expense-tracker"}
    state = synth(changed({"state": {"manage": manage}}))["state"]
    (statement,) = _trust(state, "deploy")["Statement"]
    subjects = statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert subjects == ["repo:sebastianiv21/intent-expense-tracker:environment:production"]


BACKUP = f"{BUCKET}/backups/ledger/daily/production/20261128T024500Z.age"


@pytest.mark.parametrize(
    ("action", "resource", "request_keys", "may"),
    [
        ("s3:PutObject", BACKUP, {}, True),
        ("s3:GetObject", BACKUP, {}, True),
        ("s3:ListBucket", BUCKET, {"prefix": "backups/ledger/"}, True),
        ("s3:DeleteObject", BACKUP, {}, False),
        ("s3:PutObject", f"{BUCKET}/backups/ledger-two/daily/production/20261128T024500Z.age", {}, False),
        ("s3:ListBucket", BUCKET, {"prefix": "ledger/"}, False),
        ("s3:GetObject", STATE, {}, False),
        ("s3:PutObject", STATE, {}, False),
        ("s3:PutObject", LOCK, {}, False),
        ("s3:PutLifecycleConfiguration", BUCKET, {}, False),
    ],
)
def test_the_backup_role_only_adds_and_reads_backups(
    state: Values, action: str, resource: str, request_keys: dict[str, str], may: bool
):
    assert allows(_policy(state, "backup"), action, resource, **request_keys) is may


@pytest.mark.parametrize("role", ["plan", "deploy"])
def test_the_other_roles_reach_no_backup(state: Values, role: str):
    policy = _policy(state, role)
    assert not any(allows(policy, action, BACKUP) for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"))


def test_only_the_infrastructures_main_branch_takes_backups(state: Values):
    own = "repo:ledger-inc/ledger-infrastructure"
    assert _may_assume(state, "backup", f"{own}:ref:refs/heads/main")
    others = (f"{own}:ref:refs/heads/mainly", f"{own}:pull_request", "repo:ledger-inc/ledger:ref:refs/heads/main")
    assert not any(_may_assume(state, "backup", subject) for subject in others)


def test_backups_expire_and_states_do_not(state: Values):
    rules = {rule["id"]: rule for rule in state["resource"]["aws_s3_bucket_lifecycle_configuration"]["state"]["rule"]}
    assert "expiration" not in rules["older-versions"]
    found = {
        name: (rule["filter"][0]["prefix"], rule["expiration"]) for name, rule in rules.items() if "expiration" in rule
    }
    assert found == {
        "daily-backups": ("backups/ledger/daily/", [{"days": 7}]),
        "weekly-backups": ("backups/ledger/weekly/", [{"days": 28}]),
    }
    prefixes = [prefix for prefix, _ in found.values()]
    assert not STATE.removeprefix(f"{BUCKET}/").startswith(tuple(prefixes))
