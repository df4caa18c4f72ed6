"""States that no stack uses are reported by plan, drift and doctor."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import typer
from moto import mock_aws

from ops.clouds.stored_states import StoredState
from ops.commands import terraform_commands
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health import doctor
from ops.health.finding import FindingStatus
from ops.terraform import abandoned, summary
from ops.terraform.drift import find_drift
from ops.terraform.plan import PlanExit
from ops.terraform.stacks import read_stacks
from tests.ops.tiny_app import TinyApp, data

BUCKET = "acme-states"
STATE = {"resources": [{"mode": "managed", "type": "neon_branch", "name": "this", "instances": [{}]}]}
OLD = StoredState("old", f"s3://{BUCKET}/tiny/old/terraform.tfstate", ("neon_branch.this",), STATE)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def in_bucket(stack: str) -> dict[str, Any]:
    backend = {"bucket": BUCKET, "key": f"tiny/{stack}/terraform.tfstate", "region": "us-east-1"}
    return {"terraform": {"backend": {"s3": backend}}}


@pytest.fixture
def bucket_context(tiny_app: TinyApp) -> Context:
    tiny_app.synth({name: in_bucket(name) for name in ("project", "dev", "state")})
    return tiny_app.context(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")


def test_a_state_that_no_stack_uses_is_abandoned_unless_it_is_empty(s3: Any, bucket_context: Context):
    for name, document in {"project": STATE, "state": STATE, "old": STATE, "emptied": {"resources": []}}.items():
        s3.put_object(Bucket=BUCKET, Key=f"tiny/{name}/terraform.tfstate", Body=json.dumps(document).encode())
    s3.put_object(Bucket=BUCKET, Key="another/dev/terraform.tfstate", Body=json.dumps(STATE).encode())
    assert abandoned.abandoned_states(bucket_context) == [OLD]
    assert abandoned.sentence(OLD) == (
        f"s3://{BUCKET}/tiny/old/terraform.tfstate holds 1 resources (neon_branch.this), but the settings have no "
        "stack old; add it to the settings again, or destroy it: python -m ops destroy old"
    )
    (wrong,) = [finding for finding in doctor._stacks(bucket_context) if finding.remedy or "abandoned" in finding.text]  # pyright: ignore[reportPrivateUsage]
    assert wrong.text.startswith("old is abandoned: s3://")
    released = doctor._stacks(bucket_context, reads={"dev"})  # pyright: ignore[reportPrivateUsage]
    assert not [finding for finding in released if "abandoned" in finding.text], "a release is not blocked"


def test_an_unreadable_bucket_is_a_warning(s3: Any, bucket_context: Context, capsys: pytest.CaptureFixture[str]):
    s3.delete_bucket(Bucket=BUCKET)
    assert abandoned.abandoned_plans(bucket_context) == []
    assert f"abandoned states can't be listed: bucket {BUCKET}: NoSuchBucket" in capsys.readouterr().err


def test_states_outside_s3_are_not_looked_for(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1")})
    assert abandoned.abandoned_states(tiny_app.context()) == []


def test_an_abandoned_state_is_drift(tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch):
    tiny_app.synth({"project": {}})
    context = tiny_app.context()
    found: Callable[[Context], list[StoredState]] = lambda _: [OLD]  # noqa: E731
    monkeypatch.setattr(abandoned, "abandoned_states", found)
    code, planned = find_drift(context, read_stacks(context), lock_wait=0)
    assert code == PlanExit.CHANGES
    assert summary.lines(planned)[-2:] == ["old: abandoned: no stack uses its state", f"  {abandoned.sentence(OLD)}"]
    assert summary.title(planned) == "Terraform plan: no changes; abandoned: old"
    assert find_drift(context, read_stacks(context), lock_wait=0, abandoned=False)[0] == PlanExit.NOTHING


def test_the_doctor_reports_a_deleted_state_and_an_environment_that_every_command_refuses(
    s3: Any, bucket_context: Context, tiny_app: TinyApp
):
    def wrong(context: Context) -> list[str]:
        found = doctor._stacks(context)  # pyright: ignore[reportPrivateUsage]
        return [str(finding) for finding in found if finding.state is FindingStatus.WRONG]

    key = "tiny/project/terraform.tfstate"
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(STATE).encode())
    assert wrong(bucket_context) == []
    s3.delete_object(Bucket=BUCKET, Key=key)
    assert wrong(bucket_context) == [
        "wrong: stacks: the state of project was deleted, and the bucket has earlier versions of it; "
        "python -m ops state versions project"
    ]
    other = tiny_app.context(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", TF_WORKSPACE="staging")
    with pytest.raises(OpsError, match="TF_WORKSPACE is set"):
        wrong(other)


def test_a_deploy_reports_abandoned_states_before_it_asks(
    tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """A renamed environment is created beside the one that holds the data."""
    tiny_app.synth({"project": data(main="1")})
    context = tiny_app.context()
    found: Callable[[Context], list[StoredState]] = lambda _: [OLD]  # noqa: E731
    monkeypatch.setattr(abandoned, "abandoned_states", found)
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(capsys.readouterr().out)
        return False

    monkeypatch.setattr("ops.commands.terraform_commands.must_be_able_to_ask", bool)
    monkeypatch.setattr(typer, "confirm", confirm)
    command = typer.main.get_command(terraform_commands.app)
    assert command.main(["deploy"], obj=context, standalone_mode=False) == PlanExit.ERROR
    (before,) = asked
    assert "old: abandoned: no stack uses its state" in before
    assert command.main(["deploy", "project"], obj=context, standalone_mode=False) == PlanExit.ERROR
    assert "abandoned" not in asked[1]
