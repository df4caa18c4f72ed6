"""Each Terraform of the allowed range plans the same.

The plans of the three stacks over the hand-written states, and of the project from nothing, are recorded; whatever
Terraform is on the PATH must plan exactly them. README.md names the versions that were run.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.drill.adoption_drill import hand_written_states
from sandbox.world import IDS
from tests.sandbox.providers.conftest import RunningCloud, Terraform
from tests.support import EXPENSE_TRACKER, Values, load_values, read_values, synthesize

pytestmark = pytest.mark.slow

STACKS = ("project", "dev", "production")
VARIABLES = {
    "TF_VAR_cloudflare_account_id": CloudSeed.account_id,
    "TF_VAR_cloudflare_zone_id": CloudSeed.zone_id,
    "TF_VAR_neon_org_id": IDS["org_id"],
}


def place(terraform: Terraform, stacks: Values, name: str, states: dict[str, str]) -> None:
    """Writes a stack with a local backend; it reads the project's state from a file."""
    stack = json.loads(json.dumps(stacks[name]))
    del stack["terraform"]["backend"]
    for read in stack.get("data", {}).get("terraform_remote_state", {}).values():
        project = terraform.folder / "project.json"
        project.write_text(states["project"])
        read |= {"backend": "local", "config": {"path": str(project)}}
    (terraform.folder / "cdk.tf.json").write_text(json.dumps(stack))
    terraform.environment |= VARIABLES


def planned(terraform: Terraform) -> dict[str, Any]:
    """A plan without what is unlike in each run: by address and output, what it does and with which values."""
    terraform.run("plan", "-input=false", "-out=plan")
    plan = terraform.show("plan")
    changes = [change for change in plan["resource_changes"] if change["mode"] == "managed"]
    parts = ("actions", "before", "after", "after_unknown", "replace_paths", "importing")
    found = {
        "resources": {
            change["address"]: {name: change["change"][name] for name in parts if name in change["change"]}
            | {"moved from": change.get("previous_address")}
            for change in changes
        },
        "outputs": {name: change["actions"] for name, change in plan.get("output_changes", {}).items()},
    }
    return json.loads(re.sub(r"npg_\w+", "(password)", json.dumps(found)))


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_over_its_hand_written_state(
    deployed: Terraform, cloud: RunningCloud, name: str, snapshot: SnapshotAssertion
) -> None:
    states = hand_written_states()
    cloud.control("load", [json.loads(states[stack]) for stack in STACKS])
    place(deployed, synthesize(load_values(read_values(EXPENSE_TRACKER))), name, states)
    (deployed.folder / "terraform.tfstate").write_text(states[name])
    deployed.run("init")

    assert planned(deployed) == snapshot


def test_the_project_from_nothing(deployed: Terraform, cloud: RunningCloud, snapshot: SnapshotAssertion) -> None:
    place(deployed, synthesize(load_values(read_values(EXPENSE_TRACKER))), "project", {})
    deployed.run("init")

    assert planned(deployed) == snapshot
