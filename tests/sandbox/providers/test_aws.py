"""Real Terraform on the AWS provider's stand-in, against moto: changes, replacement, drift, imports and refusals."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.process import LocalService
from sandbox.providers.mirror import MirrorPaths
from tests.sandbox.providers.conftest import Terraform

pytestmark = pytest.mark.slow

Document = dict[str, Any]
STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
HEAD: Document = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "6.25.0"}}},
    "provider": {"aws": {"region": "us-east-1"}},
}


class Account:
    """Terraform in one folder, and the account that it works in."""

    def __init__(self, terraform: Terraform, url: str) -> None:
        self.terraform, self._url = terraform, url

    def write(self, resources: Document) -> None:
        (self.terraform.folder / "main.tf.json").write_text(
            json.dumps(HEAD | ({"resource": resources} if resources else {}))
        )

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=self._url, **keys)

    def apply(self, resources: Document) -> str:
        self.write(resources)
        return self.terraform.apply()


@pytest.fixture
def account(tmp_path: Path, mirror: MirrorPaths) -> Iterator[Account]:
    folder = tmp_path / "stack"
    folder.mkdir()
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}
    answer = tmp_path / "s3.json"
    service = LocalService("sandbox.s3", [str(answer)], answer=answer, log=tmp_path / "s3.log", environment=environment)
    try:
        service.wait()
        environment |= mirror.environment | {"AWS_ENDPOINT_URL": service.url, "TF_IN_AUTOMATION": "1"}
        account = Account(Terraform(folder, environment), service.url)
        account.write({})
        account.terraform.run("init")
        yield account
    finally:
        service.stop()


def _bucket(**more: Any) -> Document:
    return {"aws_s3_bucket": {"b": {"bucket": "one-bucket", **more}}}


def _role(**more: Any) -> Document:
    return {"aws_iam_role": {"r": {"name": "a-role", "assume_role_policy": TRUST, **more}}}


def _budget(**more: Any) -> Document:
    notification = {
        "comparison_operator": "GREATER_THAN",
        "notification_type": "ACTUAL",
        "threshold": 80,
        "threshold_type": "PERCENTAGE",
        "subscriber_email_addresses": ["a@example.com"],
    }
    plain = {
        "name": "a-budget",
        "budget_type": "COST",
        "limit_amount": "5",
        "limit_unit": "USD",
        "time_unit": "MONTHLY",
    }
    return {"aws_budgets_budget": {"b": {**plain, "notification": [notification], **more}}}


def test_changes_are_made_in_place_and_names_force_a_new_one(account: Account) -> None:
    account.apply({**_bucket(tags={"a": "1", "b": "2"}), **_role(description="old"), **_budget()})
    assert account.terraform.plan() == {}

    changed = {**_bucket(tags={"a": "3"}), **_role(description="new", tags={"x": "y"}), **_budget(limit_amount="7.0")}
    account.write(changed)
    assert set(map(tuple, account.terraform.plan().values())) == {("update",)}
    account.terraform.apply()
    assert account.terraform.plan() == {}
    tags = account.client("s3").get_bucket_tagging(Bucket="one-bucket")["TagSet"]
    assert tags == [{"Key": "a", "Value": "3"}]
    assert account.client("iam").get_role(RoleName="a-role")["Role"]["Description"] == "new"
    values = account.terraform.values()["aws_budgets_budget.b"]
    assert (float(values["limit_amount"]), values["tags_all"]) == (7, {})

    account.write({**_bucket(bucket="two-bucket"), **_role(name="b-role"), **_budget(name="b-budget")})
    assert all(set(actions) == {"create", "delete"} for actions in account.terraform.plan().values())


def test_equivalent_values_are_no_change(account: Account) -> None:
    policy = {"aws_iam_role_policy": {"p": {"name": "p", "role": "a-role", "policy": POLICY}}}
    account.apply({**_role(), **_budget(limit_amount="5")})
    account.apply({**_role(), **_budget(limit_amount="5"), **policy})
    policy["aws_iam_role_policy"]["p"]["policy"] = json.dumps(json.loads(POLICY), indent=4)
    trust = json.dumps(json.loads(TRUST), indent=4)
    account.write({**_role(assume_role_policy=trust), **_budget(limit_amount="5.00"), **policy})
    assert account.terraform.plan() == {}


def test_drift_is_detected_and_reconciled(account: Account) -> None:
    setting = {"bucket": "${aws_s3_bucket.b.id}"}
    guarded = {
        **_bucket(),
        "aws_s3_bucket_versioning": {"b": {**setting, "versioning_configuration": {"status": "Enabled"}}},
        "aws_s3_bucket_public_access_block": {"b": {**setting, "block_public_acls": True, "block_public_policy": True}},
    }
    account.apply({**guarded, **_budget()})
    s3, budgets = account.client("s3"), account.client("budgets")
    s3.put_bucket_versioning(Bucket="one-bucket", VersioningConfiguration={"Status": "Suspended"})
    s3.delete_public_access_block(Bucket="one-bucket")
    budgets.delete_budget(AccountId="123456789012", BudgetName="a-budget")

    assert account.terraform.plan() == {
        "aws_budgets_budget.b": ["create"],
        "aws_s3_bucket_public_access_block.b": ["create"],
        "aws_s3_bucket_versioning.b": ["update"],
    }
    account.terraform.apply()
    assert account.terraform.plan() == {}
    assert s3.get_bucket_versioning(Bucket="one-bucket")["Status"] == "Enabled"


def test_an_existing_bucket_is_not_created_again(account: Account) -> None:
    account.client("s3").create_bucket(Bucket="one-bucket")
    account.write(_bucket())
    output = account.terraform.run("apply", "-auto-approve", "-input=false", succeeds=False)
    assert "creating S3 Bucket (one-bucket): BucketAlreadyExists" in output

    account.terraform.run("import", "-input=false", "aws_s3_bucket.b", "one-bucket")
    # As with the real provider, an import does not know this argument, which only Terraform has.
    assert account.terraform.plan() == {"aws_s3_bucket.b": ["update"]}
    assert "1 changed" in account.terraform.apply()
    assert account.terraform.plan() == {}


def test_a_missing_object_cannot_be_imported(account: Account) -> None:
    account.write(_role())
    output = account.terraform.run("import", "-input=false", "aws_iam_role.r", "a-role", succeeds=False)
    assert "Cannot import non-existent remote object" in output


def test_a_bucket_with_objects_is_destroyed_only_with_force_destroy(account: Account) -> None:
    account.apply(_bucket())
    account.client("s3").put_object(Bucket="one-bucket", Key="k", Body=b"")
    assert "BucketNotEmpty" in account.terraform.run("destroy", "-auto-approve", succeeds=False)
    account.apply(_bucket(force_destroy=True))
    account.terraform.run("destroy", "-auto-approve")
    assert account.client("s3").list_buckets()["Buckets"] == []


def test_audiences_are_added_and_removed(account: Account) -> None:
    def oidc(*audiences: str) -> Document:
        return {
            "aws_iam_openid_connect_provider": {
                "o": {"url": "https://token.example.com", "client_id_list": list(audiences)}
            }
        }

    account.apply(oidc("a", "b"))
    account.apply(oidc("b", "c"))
    (found,) = account.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    provider = account.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=found["Arn"])
    assert sorted(provider["ClientIDList"]) == ["b", "c"]
    assert account.terraform.plan() == {}


@pytest.mark.parametrize("url", ["http://192.0.2.1", "https://s3.amazonaws.com", ""])
def test_it_never_leaves_this_machine(account: Account, url: str) -> None:
    account.write(_bucket())
    output = account.terraform.run("plan", "-input=false", succeeds=False, AWS_ENDPOINT_URL=url)
    assert "refuses to leave this machine" in output
