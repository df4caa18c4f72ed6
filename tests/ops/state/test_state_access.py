"""What Terraform's backend asks S3 for, in a plan and in an apply, is allowed to the role that does it, and no more."""

import json
import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.ops.aws_world import BUCKET, AwsWorld, synthesize
from tools.iam_policies import allows, document

pytestmark = pytest.mark.slow

_REQUEST = re.compile(r'"(GET|HEAD|PUT|POST|DELETE) (\S+) HTTP/1.1" \d')
_ARN = "arn:aws:s3:::bucket"
_OBJECT_ACTIONS = {
    "GET": "s3:GetObject",
    "HEAD": "s3:GetObject",
    "PUT": "s3:PutObject",
    "DELETE": "s3:DeleteObject",
}

Question = tuple[str, str, str | None]


def _questions(log: str) -> set[Question]:
    """Each request to S3 in a server's log as an action, a resource and a prefix."""
    asked: set[Question] = set()
    for method, target in _REQUEST.findall(log):
        parts = urlsplit(target)
        if not parts.path.startswith(f"/{BUCKET}"):
            continue  # STS, which needs no permission to say who one is
        key = parts.path.removeprefix(f"/{BUCKET}").lstrip("/")
        if key:
            asked.add((_OBJECT_ACTIONS[method], f"{_ARN}/{key}", None))
        else:
            query = parse_qs(parts.query)
            assert query["list-type"] == ["2"], target
            asked.add(("s3:ListBucket", _ARN, query["prefix"][0]))
    return asked


def _refused(policy: dict[str, object], asked: set[Question]) -> set[Question]:
    return {
        (action, resource, prefix)
        for action, resource, prefix in asked
        if not allows(policy, action, resource, **({"prefix": prefix} if prefix is not None else {}))
    }


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(tmp_path_factory.mktemp("synth") / "cdktf.out")


def test_each_request_of_the_backend_is_allowed_to_its_role(tmp_path: Path, synthesized: Path) -> None:
    with AwsWorld(tmp_path, synthesized) as world:
        log, folder = tmp_path / "s3.log", tmp_path / "dev"
        folder.mkdir()
        stack = json.loads((world.stack / "cdk.tf.json").read_text())
        backend = stack["terraform"]["backend"]["s3"] | {"key": "ledger/dev/terraform.tfstate"}
        thing = {"terraform_data": {"thing": {"input": 1}}}
        (folder / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": {"s3": backend}}, "resource": thing}))
        world.client("s3").create_bucket(Bucket=BUCKET)

        def asked_by(*commands: str) -> set[Question]:
            before = len(log.read_text())
            for command in commands:
                name, *arguments = command.split()
                flags = [] if name == "output" else ["-input=false"]
                argv = ["terraform", name, "-no-color", *flags, *arguments]
                done = subprocess.run(argv, cwd=folder, env=world.environment, capture_output=True, text=True)
                assert done.returncode == 0, done.stdout + done.stderr
            return _questions(log.read_text()[before:])

        planning = asked_by("init", "plan -out=first")
        applying = asked_by("apply first", "init -reconfigure", "plan", "apply -auto-approve")
        releasing = asked_by("init -reconfigure", "output -json")

    policies = stack["resource"]["aws_iam_role_policy"]
    plan, deploy = (document(policies[role]["policy"]) for role in ("plan", "deploy"))
    assert {action for action, *_ in planning} == {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
    assert _refused(plan, planning) == set()
    assert _refused(deploy, planning | applying) == set()
    release = document(policies["release-staging"]["policy"])
    assert releasing
    assert (
        _refused(release, {(action, arn.replace("/dev/", "/staging/"), at) for action, arn, at in releasing}) == set()
    )
    assert _refused(release, releasing) == {("s3:GetObject", f"{_ARN}/ledger/dev/terraform.tfstate", None)}
    # The plan role lacks exactly what an apply adds to that.
    assert _refused(plan, applying) == {("s3:PutObject", f"{_ARN}/ledger/dev/terraform.tfstate", None)}
