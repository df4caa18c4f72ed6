"""The first deploy of the stack `state`: from nothing, over what is there, after a crash, and what it refuses."""

import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ops.state.bootstrap import IMPORTS, OVERRIDE
from tests.ops.aws_world import BUCKET, KEY, ROOT, AwsWorld, synthesize
from tests.support import own_errors

pytestmark = pytest.mark.slow

ISSUER = "token.actions.githubusercontent.com"


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(tmp_path_factory.mktemp("synth") / "cdktf.out")


@pytest.fixture
def world(tmp_path: Path, synthesized: Path) -> Iterator[AwsWorld]:
    with AwsWorld(tmp_path, synthesized) as world:
        yield world


def _resources(state: dict[str, Any]) -> set[str]:
    return {f"{each['type']}.{each['name']}" for each in state["resources"]}


def _synthesized(world: AwsWorld) -> set[str]:
    resources = json.loads((world.stack / "cdk.tf.json").read_text())["resource"]
    return {f"{kind}.{name}" for kind, named in resources.items() for name in named}


def test_from_nothing_the_state_ends_in_its_own_bucket_and_nothing_is_done_twice(world: AwsWorld) -> None:
    first = world.ops("bootstrap", "--yes")
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"bucket {BUCKET} will be created" in first.stdout
    assert f"the state is now at s3://{BUCKET}/{KEY}" in first.stdout
    state = world.state()
    assert _resources(state) == _synthesized(world)
    assert world.leftovers() == []
    assert world.client("s3").get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    rules = world.client("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rules[0]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90, "NewerNoncurrentVersions": 10}

    again = world.ops("bootstrap", "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "nothing to deploy" in again.stdout
    assert "to import" not in again.stdout
    assert world.state()["serial"] == state["serial"]
    assert world.ops("plan", "state").returncode == 0


def test_existing_resources_are_imported_and_never_created_again(world: AwsWorld) -> None:
    s3, iam = world.client("s3"), world.client("iam")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="another/product/terraform.tfstate", Body=b"{}")
    iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com", "another"])
    made = s3.list_buckets()["Buckets"][0]["CreationDate"]

    answer = world.ops("bootstrap", "--yes")

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"bucket {BUCKET} exists" in answer.stdout
    assert f"to import: aws_s3_bucket.state ({BUCKET})" in answer.stdout
    assert "to import: aws_iam_openid_connect_provider.github (arn:aws:iam::" in answer.stdout
    assert s3.list_buckets()["Buckets"][0]["CreationDate"] == made
    assert s3.get_object(Bucket=BUCKET, Key="another/product/terraform.tfstate")["Body"].read() == b"{}"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    prefixes = {rule["Filter"]["Prefix"] for rule in rules}
    assert prefixes == {"ledger/", "backups/ledger/daily/", "backups/ledger/weekly/"}, "nothing of another product"
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    kept = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
    assert set(kept["ClientIDList"]) == {"sts.amazonaws.com", "another"}
    assert _resources(world.state()) == _synthesized(world)
    assert world.leftovers() == []
    assert world.ops("plan", "state").returncode == 0


def test_rules_of_another_app_in_an_existing_bucket_are_refused_unless_each_is_allowed(world: AwsWorld) -> None:
    s3 = world.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    rule = {"ID": "of-another-app", "Status": "Enabled", "Filter": {"Prefix": "other/"}, "Expiration": {"Days": 3650}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})

    tags = {"TagSet": [{"Key": "CostCenter", "Value": "42"}]}
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging=tags)

    refused = world.ops("bootstrap", "--yes")

    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert "would delete a tag that the settings don't have" in refused.stdout
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == tags["TagSet"]
    assert "would delete a rule that the settings don't have" in refused.stdout
    assert "of-another-app" in refused.stdout
    assert s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"][0]["ID"] == "of-another-app"
    permits = [line.rpartition("--allow ")[2].strip("'") for line in refused.stdout.splitlines() if "--allow " in line]

    allowed = world.ops("bootstrap", "--yes", *(word for permit in permits for word in ("--allow", permit)))

    assert allowed.returncode == 0, allowed.stdout + allowed.stderr
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert "of-another-app" not in [each["ID"] for each in rules]


def test_a_lost_state_is_recovered_by_imports_alone(world: AwsWorld) -> None:
    assert world.ops("bootstrap", "--yes").returncode == 0
    world.client("s3").delete_object(Bucket=BUCKET, Key=KEY)
    roles = {role["RoleName"]: role["RoleId"] for role in world.client("iam").list_roles()["Roles"]}

    answer = world.ops("bootstrap", "--yes")

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "+ add" not in answer.stdout
    assert _resources(world.state()) == _synthesized(world)
    assert {role["RoleName"]: role["RoleId"] for role in world.client("iam").list_roles()["Roles"]} == roles


def _terraform(world: AwsWorld, *arguments: str) -> None:
    command = ["terraform", *arguments, "-no-color", "-input=false"]
    done = subprocess.run(command, cwd=world.stack, env=world.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _begin(world: AwsWorld) -> None:
    """As far as a bootstrap comes that is killed in the middle: an override is left, and some resources are made."""
    world.local.parent.mkdir()
    backend = {"terraform": {"backend": {"local": {"path": str(world.local)}}}}
    (world.stack / OVERRIDE).write_text(json.dumps(backend))
    _terraform(world, "init")
    _terraform(world, "apply", "-auto-approve", "-target=aws_s3_bucket.state", "-target=aws_iam_role.plan")


@pytest.mark.parametrize("moment", ["before the apply", "in the apply", "state not saved", "moved, copy still here"])
def test_a_bootstrap_that_was_cut_off_is_finished_by_the_next_one(world: AwsWorld, moment: str) -> None:
    if moment == "before the apply":
        world.local.parent.mkdir()
        (world.stack / OVERRIDE).write_text("{")
        (world.stack / IMPORTS).write_text("{")
    elif moment == "in the apply":
        _begin(world)
    elif moment == "state not saved":
        _begin(world)
        world.local.unlink()
    else:
        _begin(world)
        copy = world.local.read_text()
        assert world.ops("bootstrap", "--yes").returncode == 0
        world.local.parent.mkdir(exist_ok=True)
        world.local.write_text(copy)

    answer = world.ops("bootstrap", "--yes")

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert _resources(world.state()) == _synthesized(world)
    assert world.leftovers() == []
    assert world.ops("plan", "state").returncode == 0


def test_two_different_states_stop_it_before_anything_is_done(world: AwsWorld) -> None:
    assert world.ops("bootstrap", "--yes").returncode == 0
    before = world.state()
    world.local.parent.mkdir()
    bucket = next(each for each in before["resources"] if each["type"] == "aws_s3_bucket")
    bucket["instances"][0]["attributes"]["id"] = "another-bucket"
    world.local.write_text(json.dumps({"version": 4, "resources": [bucket]}))
    before = world.state()

    answer = world.ops("bootstrap", "--yes")

    assert answer.returncode == 1
    assert own_errors(answer.stderr).count("\n") == 1
    assert "hold different states; move the one you don't want elsewhere" in answer.stderr
    assert world.local.is_file()
    assert world.state() == before


def test_an_identity_provider_that_does_not_serve_aws_is_one_line(world: AwsWorld) -> None:
    iam = world.client("iam")
    arn = iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["x"])["OpenIDConnectProviderArn"]
    answer = world.ops("bootstrap", "--yes")
    assert answer.returncode == 1
    assert own_errors(answer.stderr).startswith(
        f"{arn}: already exists, and does not accept the audience sts.amazonaws.com"
    )
    assert own_errors(answer.stderr).count("\n") == 1
    assert world.client("s3").list_buckets()["Buckets"] == []


class _Aws(BaseHTTPRequestHandler):
    """Knows the caller, and answers every question about a bucket with one status."""

    status, region = 403, ""

    def do_POST(self) -> None:
        body = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            "<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>A</UserId>"
            "</GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
        self._answer(200, body.encode())

    def do_HEAD(self) -> None:
        self._answer(self.status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if self.region:
            self.send_header("x-amz-bucket-region", self.region)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.mark.parametrize(
    ("status", "region", "complaint"),
    [
        (403, "", "belongs to another AWS account, or is closed to these credentials (account 123456789012)"),
        (200, "eu-west-1", "is in eu-west-1, and state.region is us-east-1; set state.region to it"),
    ],
)
def test_a_bucket_that_can_not_be_used_is_one_line(
    tmp_path: Path, synthesized: Path, status: int, region: str, complaint: str
) -> None:
    handler = type("Aws", (_Aws,), {"status": status, "region": region})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            world = AwsWorld(tmp_path, synthesized)
            answer = world.ops("bootstrap", "--yes", AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert own_errors(answer.stderr).startswith(f"bucket {BUCKET}: {complaint}")
    assert own_errors(answer.stderr).count("\n") == 1


def test_without_the_table_there_is_nothing_to_do(tmp_path: Path, synthesized: Path) -> None:
    world = AwsWorld(tmp_path, synthesized)
    answer = world.ops("bootstrap", "--yes", INFRA_SETTINGS=str(ROOT / "settings.toml"))
    assert answer.returncode == 1
    assert own_errors(answer.stderr) == (
        f"{ROOT / 'settings.toml'}: has no [state.manage] table, so there is nothing to create; see docs/state.md\n"
    )


def test_missing_credentials_are_one_line(tmp_path: Path, synthesized: Path) -> None:
    world = AwsWorld(tmp_path, synthesized)
    answer = world.ops("bootstrap", "--yes", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert answer.returncode == 1
    assert "check the AWS credentials" in answer.stderr
    assert own_errors(answer.stderr).count("\n") == 1
