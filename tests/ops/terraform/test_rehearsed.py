"""The commands on the real stacks, with the rehearsal's clouds, S3 and providers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import IDS, World
from settings import load_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"


class Rehearsal:
    """A world with the synthesized stacks in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.out = world.home / "cdktf.out"
        self.printed = ""
        self._environment = world.environment | {"CDKTF_OUTDIR": str(self.out), "INFRA_SETTINGS": str(SETTINGS)}
        subprocess.run([sys.executable, "main.py"], cwd=ROOT, env=self._environment, check=True)

    def ops(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        finished = subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            cwd=ROOT,
            env=self._environment | environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        self.printed += finished.stdout + finished.stderr
        return finished

    def output(self, stack: str, name: str) -> str:
        command = ["terraform", f"-chdir={self.out / 'stacks' / stack}", "output", "-raw", name]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout

    def edit(self, stack: str, **changes: Any) -> None:
        """Replaces top-level parts of a stack's JSON; None removes one."""
        file = self.out / "stacks" / stack / "cdk.tf.json"
        document = {key: value for key, value in (json.loads(file.read_text()) | changes).items() if value is not None}
        file.write_text(json.dumps(document))


@pytest.fixture
def rehearsal() -> Iterator[Rehearsal]:
    with World("ops", load_settings(SETTINGS)) as world:
        yield Rehearsal(world)


def check_a_locked_state(rehearsal: Rehearsal) -> None:
    settings = load_settings(SETTINGS)
    bucket, key = settings.state.bucket, f"{settings.project.name}/production/terraform.tfstate.tflock"
    lock = {
        "ID": "lock-id-1",
        "Who": "ada@laptop",
        "Operation": "OperationTypeApply",
        "Created": "2026-11-24T00:00:00Z",
    }
    rehearsal.world.bucket().put_object(Bucket=bucket, Key=key, Body=json.dumps(lock).encode())
    found = rehearsal.ops("doctor")
    assert found.returncode == 1
    assert "wrong: state: production is locked by ada@laptop (OperationTypeApply) since 2026" in found.stdout
    assert "if it is dead: python -m ops state unlock production" in found.stdout
    plan = rehearsal.ops("plan", "production", "--lock-wait", "0")
    assert plan.returncode == 1
    assert "the state is locked by ada@laptop" in plan.stdout
    assert "unlock: python -m ops state unlock production" in plan.stdout


def test_the_whole_way_from_nothing_to_a_refused_destruction(rehearsal: Rehearsal):
    first = rehearsal.ops("doctor")
    assert "ok: Neon: the key works; the first deploy creates the project" in first.stdout
    assert rehearsal.ops("plan").returncode == 2

    assert rehearsal.ops("deploy", "--yes").stdout.endswith("deployed: project, dev, production\n")
    assert rehearsal.ops("plan").returncode == 0
    assert rehearsal.ops("drift").returncode == 0

    uri = rehearsal.output("dev", "database_uri")
    own = rehearsal.ops("doctor", "--environment", "dev", DATABASE_URL=uri)
    assert "ok: database: DATABASE_URL points to dev's own branch dev" in own.stdout
    other = rehearsal.ops("doctor", "--environment", "production", DATABASE_URL=uri)
    assert other.returncode == 1
    assert "wrong: database: DATABASE_URL points to branch dev, but production is on branch main" in other.stdout

    (record,) = rehearsal.world.cloudflare().get(f"/zones/{IDS['zone_id']}/dns_records").json()["result"]
    rehearsal.world.cloudflare().delete(f"/zones/{IDS['zone_id']}/dns_records/{record['id']}")
    drift = rehearsal.ops("drift")
    assert drift.returncode == 2
    assert "+ add cloudflare_dns_record.web" in drift.stdout

    rehearsal.edit("dev", resource=None, output=None, moved=None)
    refused = rehearsal.ops("deploy", "--yes")
    assert refused.returncode == 3
    assert "dev: neon_branch.this would be destroyed, and its data with it" in refused.stdout
    assert "--allow 'dev:neon_branch.this'" in refused.stdout
    assert rehearsal.ops("drift", "production").returncode == 2, "nothing may be applied where one plan is refused"
    allowed = rehearsal.ops(
        "deploy", "dev", "--yes", "--allow", "dev:neon_branch.this", "--allow", "dev:neon_role.this"
    )
    assert allowed.stdout.endswith("deployed: dev\n")

    check_a_locked_state(rehearsal)
    environment = rehearsal.world.environment
    secrets = [uri, uri.split(":")[2].split("@")[0], environment["NEON_API_KEY"], environment["CLOUDFLARE_API_TOKEN"]]
    assert not [secret for secret in secrets if secret in rehearsal.printed]


def test_an_abandoned_environment_is_reported_and_destroyed_with_its_rows_saved(rehearsal: Rehearsal):
    assert rehearsal.ops("deploy", "--yes").returncode == 0
    manifest = rehearsal.out / "manifest.json"
    whole = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**whole, "stacks": {k: v for k, v in whole["stacks"].items() if k != "dev"}}))

    plan = rehearsal.ops("plan")
    assert plan.returncode == 0
    assert "dev: abandoned: no stack uses its state" in plan.stdout
    assert "destroy it: python -m ops destroy dev" in plan.stdout
    assert rehearsal.ops("drift").returncode == 2
    assert "wrong: stacks: dev is abandoned" in rehearsal.ops("doctor").stdout
    project = rehearsal.ops("destroy", "project", "--confirm", "project")
    assert project.returncode == 1
    assert "project: production, dev depend on it; destroy them first" in project.stderr

    refused = rehearsal.ops("destroy", "dev", "--confirm", "dev")
    assert refused.returncode == 3
    assert "dev: neon_branch.this would be destroyed, and its data with it" in refused.stdout
    permits = [word for kind in ("branch", "role") for word in ("--allow", f"dev:neon_{kind}.this")]
    mistyped = rehearsal.ops("destroy", "dev", "--confirm", "development", *permits)
    assert (mistyped.returncode, "nothing was destroyed" in mistyped.stderr) == (1, True)
    assert "pass --confirm dev" in rehearsal.ops("destroy", "dev", *permits).stderr
    done = rehearsal.ops("destroy", "dev", "--confirm", "dev", *permits)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("destroyed: dev\n")
    project_id = rehearsal.output("project", "project_id")
    branches = rehearsal.world.neon().get(f"/projects/{project_id}/branches").json()["branches"]
    names = sorted(branch["name"] for branch in branches)
    assert len(names) == 2
    assert names[0].startswith("before-destroy-dev-20")
    assert names[1] == "main"
    assert "abandoned" not in rehearsal.ops("plan").stdout
    assert "no stack dev" in rehearsal.ops("destroy", "dev", "--confirm", "dev").stderr

    # The whole state of the project is deleted by mistake: nothing is created a second time.
    settings = load_settings(SETTINGS)
    key = settings.state_key("project")
    bucket = rehearsal.world.bucket()
    newest = bucket.get_object(Bucket=settings.state.bucket, Key=key)["Body"].read()
    bucket.delete_object(Bucket=settings.state.bucket, Key=key)
    deleted = rehearsal.ops("deploy", "project", "--yes")
    assert deleted.returncode == 3
    assert "this stack's state was deleted, and the bucket has earlier versions of it" in deleted.stdout
    # A bucket without earlier versions of it, as after state.bucket was changed: the cloud knows better.
    for version in bucket.list_object_versions(Bucket=settings.state.bucket, Prefix=key).get("Versions", []):
        bucket.delete_object(Bucket=settings.state.bucket, Key=key, VersionId=version["VersionId"])
    second = rehearsal.ops("deploy", "project", "--yes")
    assert second.returncode == 3
    assert f"neon_project.main would be created, but one already exists ({project_id}, created 20" in second.stdout
    assert "adopt it: python -m ops state recover project" in second.stdout
    bucket.put_object(Bucket=settings.state.bucket, Key=key, Body=newest)

    # What is made by hand is found in the plan, not by an apply that stops in the middle (81053, 8000018).
    (record,) = rehearsal.world.cloudflare().get(f"/zones/{IDS['zone_id']}/dns_records").json()["result"]
    command = ["terraform", f"-chdir={rehearsal.out / 'stacks/production'}", "state", "rm"]
    subprocess.run(
        [*command, "cloudflare_dns_record.web", "cloudflare_pages_domain.custom"],
        env=rehearsal._environment,  # pyright: ignore[reportPrivateUsage]
        check=True,
        capture_output=True,
    )
    found = rehearsal.ops("deploy", "production", "--yes")
    assert found.returncode == 3
    assert f"cloudflare_dns_record.web would be created, but one already exists ({record['id']}" in found.stdout
    assert "cloudflare_pages_domain.custom would be created, but one already exists" in found.stdout
    assert rehearsal.ops("state", "recover", "production", "--yes").returncode == 0
    assert rehearsal.ops("plan", "production").returncode == 0
