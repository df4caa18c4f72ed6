"""`ops adopt` on the hand-written states, with real Terraform, a bucket and the local clouds."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.drill.adoption_drill import hand_written_states
from sandbox.world import IDS, World
from settings import load_settings
from tests.support import ROOT

pytestmark = pytest.mark.slow

BUCKET = "sebastianiv21-terraform-state"
CLEAN = "0 to add, 0 to change, 0 to destroy"


class Owner:
    """Someone with hand-written Terraform: its states, and what they describe in the clouds."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.documents = {stack: json.loads(text) for stack, text in hand_written_states().items()}
        world.control("load", list(self.documents.values()))

    def upload(self, prefix: str = "intent-expense-tracker") -> None:
        for name, document in self.documents.items():
            key = f"{prefix}/{name}/terraform.tfstate"
            self.world.bucket().put_object(Bucket=BUCKET, Key=key, Body=json.dumps(document).encode())

    def adopt(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        answer = subprocess.run(
            [sys.executable, "-m", "ops", "adopt", *arguments],
            cwd=ROOT,
            env=self.world.environment | environment,
            capture_output=True,
            text=True,
        )
        for secret in ("npg_", self.world.environment["NEON_API_KEY"]):
            assert secret not in answer.stdout + answer.stderr
        return answer

    def bucket(self) -> dict[str, str]:
        """Every object, by the hash of what is in it."""
        client = self.world.bucket()
        keys = [found["Key"] for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {
            key: hashlib.sha256(client.get_object(Bucket=BUCKET, Key=key)["Body"].read()).hexdigest() for key in keys
        }


@pytest.fixture
def owner() -> Iterator[Owner]:
    with World("adopt", load_settings(ROOT / "settings.toml")) as world:
        yield Owner(world)


def test_states_in_the_bucket_become_settings_and_change_nothing(owner: Owner, tmp_path: Path) -> None:
    owner.upload()
    before = owner.bucket()
    file = tmp_path / "settings.toml"
    first = owner.adopt("--states", f"s3://{BUCKET}/intent-expense-tracker", "--write", str(file))
    assert first.returncode == 0, first.stderr
    assert [line for line in first.stdout.splitlines() if CLEAN in line] == [
        f"project: {CLEAN}",
        f"dev: {CLEAN}, 3 to move",
        f"production: {CLEAN}, 2 to move",
    ]
    assert load_settings(file) == load_settings(ROOT / "settings.toml")
    assert owner.bucket() == before, "a state or a lock was written"
    again = owner.adopt("--states", f"s3://{BUCKET}", "--write", str(file))
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "exists; choose another file with --write, or overwrite it with --force" in again.stderr

    # A dashboard click since the last apply: the plan shows it, with the setting that keeps it.
    project = f"/accounts/{IDS['account_id']}/pages/projects/intent-expense-tracker"
    site = owner.world.cloudflare().get(project).json()["result"]["build_config"]
    changed = {"build_config": {"build_command": site["build_command"], "destination_dir": "dist", "root_dir": "/"}}
    owner.world.cloudflare().patch(project, json=changed).raise_for_status()
    project_id = owner.documents["project"]["outputs"]["project_id"]["value"]
    owner.world.neon().patch(
        f"/projects/{project_id}", json={"project": {"history_retention_seconds": 3600}}
    ).raise_for_status()
    refused = owner.adopt("--states", f"s3://{BUCKET}", "--check", str(file))
    assert refused.returncode == 1
    assert "project: 0 to add, 2 to change, 0 to destroy" in refused.stdout
    begun, *differences = refused.stderr.splitlines()
    assert begun == "planning over copies of the states; it reads the sandbox, and writes nothing there"
    assert sorted(differences) == [
        "not an adoption yet: don't deploy; fix each difference above, then run it with --check",
        'project: cloudflare_pages_project.web.build_config.destination_dir: "dist" → "apps/web/dist": '
        'set website.destination_dir = "dist"',
        "project: neon_project.main.history_retention_seconds: 3600 → 21600: "
        "set database.history_retention_seconds = 3600",
    ]
    # What is not proven does not take a file's place.
    there = file.read_text()
    unproven = owner.adopt("--states", f"s3://{BUCKET}", "--write", str(file), "--force")
    assert unproven.returncode == 1
    assert f"not proven, so written to {file}.unproven; {file} is unchanged" in unproven.stdout
    assert file.read_text() == there
    assert load_settings(Path(f"{file}.unproven")) == load_settings(file)
    other = tmp_path / "other.toml"
    assert owner.adopt("--states", f"s3://{BUCKET}", "--write", str(other), TF_VAR_neon_org_id="").returncode == 1
    assert not other.exists()
    assert Path(f"{other}.unproven").read_text(encoding="utf-8") == there
    # The lines name the fix.
    text = file.read_text().replace('"apps/web/dist"', '"dist"')
    file.write_text(text.replace("[database]\n", "[database]\nhistory_retention_seconds = 3600\n"))
    fixed = owner.adopt("--states", f"s3://{BUCKET}", "--check", str(file))
    assert fixed.returncode == 0, fixed.stderr
    assert fixed.stdout.endswith(f"; review {file}, copy it to settings.toml, and run `python -m ops deploy`\n")


def test_other_modules_and_names_are_moved_and_what_is_not_of_this_shape_is_refused(
    owner: Owner, tmp_path: Path
) -> None:
    states = tmp_path / "states"
    states.mkdir()
    for resource in owner.documents["dev"]["resources"]:
        resource |= {"module": 'module.databases["dev"]', "name": "main"}
        for instance in resource["instances"]:
            instance["dependencies"] = []
    owner.documents["project"]["resources"][-1] |= {"module": "module.shared"}
    for name, document in owner.documents.items():
        (states / f"{name}.tfstate").write_text(json.dumps(document))
    found = owner.adopt("--states", str(states), "--bucket", BUCKET)
    assert found.returncode == 0, found.stderr
    assert f"project: {CLEAN}, 1 to move" in found.stdout
    assert f"dev: {CLEAN}, 3 to move" in found.stdout
    assert "[moved.dev]\n" in found.stdout

    missing = owner.adopt("--states", str(states), "--bucket", BUCKET, TF_VAR_neon_org_id="")
    assert missing.stderr == "not set: TF_VAR_neon_org_id; pass them in the environment (README, Credentials)\n"

    other = owner.documents["dev"]["resources"][0] | {"type": "neon_vpc_endpoint_assignment", "name": "vpc"}
    owner.documents["dev"]["resources"].append(other)
    (states / "dev.tfstate").write_text(json.dumps(owner.documents["dev"]))
    refused = owner.adopt("--states", str(states), "--bucket", BUCKET)
    assert refused.returncode == 1
    assert refused.stderr == (
        'dev: module.databases["dev"].neon_vpc_endpoint_assignment.vpc: neon_vpc_endpoint_assignment has no place in '
        "this shape; keep it in a state of its own\n"
    )


def test_states_at_other_keys_are_refused_with_the_command_that_copies_them(owner: Owner) -> None:
    owner.upload("old/place")
    refused = owner.adopt("--states", f"s3://{BUCKET}/old")
    assert refused.returncode == 1
    wanted = f"s3://{BUCKET}/intent-expense-tracker/dev/terraform.tfstate"
    command = f"aws s3 cp s3://{BUCKET}/old/place/dev/terraform.tfstate {wanted}"
    assert f"the stack dev expects its state at {wanted}; copy it there: {command}" in refused.stderr
    absent = owner.adopt("--states", "s3://no-such-bucket-here/x")
    assert "s3://no-such-bucket-here/x: S3 answered NoSuchBucket" in absent.stderr
    assert absent.stderr.count("\n") == 1
