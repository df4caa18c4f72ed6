"""What a plan would create a second time is refused, with the command that adopts what exists."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ops.clouds.neon import Neon
from ops.clouds.stored_states import StateBucket
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health import cloud_checks
from ops.terraform import plan as planning
from ops.terraform.drift import find_drift
from ops.terraform.existing import CreatedAgain, created_again, without_allowed
from ops.terraform.plan import PlanExit, exit_code, plan_folder, plan_stacks
from ops.terraform.stacks import Stack, read_stacks
from sandbox.cloud.cloud_seed import CloudSeed
from tests.ops.preview_cloud import PreviewCloud
from tests.ops.tiny_app import TinyApp, data

NAME = "intent-expense-tracker"
BUCKET, KEY = "acme-states", "ledger/project/terraform.tfstate"


def plan(*resources: tuple[str, dict[str, Any]], actions: tuple[str, ...] = ("create",)) -> dict[str, Any]:
    return {
        "resource_changes": [
            {
                "address": f"{kind}.this",
                "type": kind,
                "mode": "managed",
                "change": {"actions": [*actions], "after": values},
            }
            for kind, values in resources
        ]
    }


def always(result: object) -> Callable[..., object]:
    def answer(*_: object) -> object:
        return result

    return answer


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    folder = tmp_path / "stack"
    folder.mkdir()
    (folder / "cdk.tf.json").write_text('{"terraform": {"backend": {"local": {"path": "x"}}}}')
    return Stack("project", folder, frozenset())


def test_a_second_neon_project_is_refused_with_a_description_of_the_first(preview_cloud: PreviewCloud, stack: Stack):
    context = preview_cloud.context()
    (found,) = created_again(context, stack, plan(("neon_project", {"name": NAME})))
    assert found.permit == "project:neon_project.this"
    assert str(found).startswith(
        f"project: neon_project.this would be created, but one already exists ({preview_cloud.project}, created 20"
    )
    assert "2 branches: dev, main, " in str(found)
    assert str(found).endswith("adopt it: python -m ops state recover project")
    assert created_again(context, stack, plan(("neon_project", {"name": "another"}))) == []
    assert created_again(context, stack, plan(("neon_project", {"name": NAME}), actions=("update",))) == []


def test_a_changed_project_name_is_no_reason_for_a_second_empty_database(preview_cloud: PreviewCloud, stack: Stack):
    """The name is in the state's key too, so neither the state nor a project of the new name exists."""
    project = f"/projects/{preview_cloud.project}"
    (main,) = [each for each in preview_cloud.neon("GET", f"{project}/branches")["branches"] if each["name"] == "main"]
    (database,) = preview_cloud.neon("GET", f"{project}/branches/{main['id']}/databases")["databases"]
    begins_with = {"branch": [{"name": "main", "database_name": database["name"]}]}
    context = preview_cloud.context()
    (found,) = created_again(context, stack, plan(("neon_project", {"name": "another", **begins_with})))
    assert f"exists in a project of another name ({NAME}: {preview_cloud.project}, created 20" in str(found)
    assert "give project.name and the Neon project the same name again" in str(found)
    assert without_allowed([found], ["project:neon_project.this"]) == ()
    begins_with["branch"][0]["database_name"] = "no_such_database"
    assert created_again(context, stack, plan(("neon_project", {"name": "another", **begins_with}))) == []


def test_a_branch_that_exists_is_refused_and_one_without_a_known_project_is_not(
    preview_cloud: PreviewCloud, stack: Stack
):
    context = preview_cloud.context()
    existing = {"project_id": preview_cloud.project, "name": "dev"}
    assert created_again(context, stack, plan(("neon_branch", existing)))
    assert created_again(context, stack, plan(("neon_branch", existing | {"name": "new"}))) == []
    assert created_again(context, stack, plan(("neon_branch", {"name": "dev"}))) == []


RECORD = {"zone_id": CloudSeed.zone_id, "name": "app.luisibarra.dev", "type": "CNAME"}
WORKERS_DOMAIN = {"zone_id": CloudSeed.zone_id, "account_id": CloudSeed.account_id, "hostname": "app.luisibarra.dev"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [("cloudflare_dns_record", RECORD), ("cloudflare_workers_custom_domain", WORKERS_DOMAIN)],
)
def test_a_record_of_another_kind_with_the_host_name_is_found_before_the_apply(
    kind: str, values: dict[str, Any], preview_cloud: PreviewCloud, stack: Stack
):
    """Cloudflare refuses both in the middle of the apply: 81053 and 100117."""
    context = preview_cloud.context()
    assert created_again(context, stack, plan((kind, values))) == []
    made = {"type": "A", "name": "app.luisibarra.dev", "content": "192.0.2.1", "ttl": 1}
    record = preview_cloud.zone("POST", "/dns_records", made)
    (found,) = created_again(context, stack, plan((kind, values)))
    assert f"its host name has another DNS record (A record {record['id']}, created 20" in str(found)
    assert "delete that record in Cloudflare's dashboard" in str(found)
    assert created_again(context, stack, plan(("cloudflare_dns_record", RECORD | {"type": "A"}))) != [], "the same kind"
    assert created_again(context, stack, plan(("cloudflare_dns_record", RECORD | {"type": "TXT"}))) == []
    assert created_again(context, stack, plan(("cloudflare_dns_record", RECORD | {"name": "x.luisibarra.dev"}))) == []


def test_a_service_that_cannot_be_asked_is_an_error_only_where_data_is_at_stake(
    preview_cloud: PreviewCloud, stack: Stack
):
    context = preview_cloud.context(NEON_API_KEY="napi_0000000000000000000000000000", TF_VAR_neon_api_key="")
    with pytest.raises(OpsError, match="Neon refused"):
        created_again(context, stack, plan(("neon_project", {"name": NAME})))
    endpoint = {"project_id": preview_cloud.project, "branch_id": preview_cloud.dev, "type": "read_write"}
    assert created_again(context, stack, plan(("neon_endpoint", endpoint))) == []


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


def aws(context: Any) -> Context:
    return context(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")


def test_a_deleted_state_is_restored_before_anything_with_data_is_created(s3: Any, stack: Stack, make_context: Any):
    backend = {"s3": {"bucket": BUCKET, "key": KEY, "region": "us-east-1"}}
    (stack.folder / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": backend}}))
    context = aws(make_context)
    created = plan(("neon_role", {"name": "app"}))
    assert created_again(context, stack, created) == [], "it has never existed"
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"{}")
    assert created_again(context, stack, created) == []
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    (found,) = created_again(context, stack, created)
    assert "this stack's state was deleted, and the bucket has earlier versions of it" in str(found)
    assert str(found).endswith("restore one: python -m ops state versions project")
    assert created_again(context, stack, plan(("neon_endpoint", {"type": "read_write"}))) == [], "it holds no data"


def test_the_bucket_says_which_states_there_are(s3: Any, make_context: Any):
    document = {
        "resources": [
            {"mode": "managed", "type": "neon_branch", "name": "this", "instances": [{}]},
            {"mode": "data", "type": "x", "name": "y", "instances": [{}]},
            {"mode": "managed", "type": "gone", "name": "z", "instances": []},
        ]
    }
    for key in (
        KEY,
        "ledger/old/terraform.tfstate",
        "ledger/old/terraform.tfstate.tflock",
        "other/x/terraform.tfstate",
    ):
        s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(document).encode())
    found = StateBucket(aws(make_context), BUCKET, "us-east-1").states("ledger")
    assert [(each.stack, each.resources) for each in found] == [
        ("old", ("neon_branch.this",)),
        ("project", ("neon_branch.this",)),
    ]


def test_a_plan_that_creates_something_again_is_refused_unless_allowed(
    tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch
):
    again = CreatedAgain("project", "terraform_data.main", "one already exists", "adopt it")
    monkeypatch.setattr(planning, "created_again", always([again]))
    tiny_app.synth({"project": data(main="1")})
    context = tiny_app.context()

    def code(*allowed: str) -> int:
        with plan_folder() as folder:
            return exit_code(plan_stacks(context, read_stacks(context), folder, allowed=allowed, lock_wait=0))

    assert code() == PlanExit.REFUSED
    assert code("project:terraform_data.main") == PlanExit.CHANGES
    assert find_drift(context, read_stacks(context), lock_wait=0)[0] == PlanExit.CHANGES


def test_a_renamed_project_is_found_by_the_id_in_the_state(
    preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch
):
    project = preview_cloud.project
    preview_cloud.neon("PATCH", f"/projects/{project}", {"project": {"name": "renamed"}})
    state = {"resources": [{"type": "neon_project", "instances": [{"attributes": {"id": project}}]}]}
    with Neon(preview_cloud.context(), attempts=3) as neon:
        monkeypatch.setattr(StateBucket, "read", always(None))
        assert neon.find_project(NAME) is None
        monkeypatch.setattr(StateBucket, "read", always(state))
        assert neon.find_project(NAME) == project


def test_the_doctor_says_which_of_two_projects_the_state_names(
    preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch
):
    second = preview_cloud.neon("POST", "/projects", {"project": {"name": NAME, "org_id": CloudSeed.org_id}})
    second = second["project"]["id"]
    state = {"resources": [{"type": "neon_project", "instances": [{"attributes": {"id": preview_cloud.project}}]}]}
    monkeypatch.setattr(StateBucket, "read", always(state))
    lines = [str(finding) for finding in cloud_checks.neon(preview_cloud.context())]
    (wrong,) = [line for line in lines if "a second project" in line]
    assert f"{NAME}: {second}, created 20" in wrong
    assert f"the state names {preview_cloud.project}" in wrong
