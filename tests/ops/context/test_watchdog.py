"""A run that is killed takes its programs along, in good order."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.ops.tiny_app import TinyApp, data

ROOT = Path(__file__).parents[3]


def is_running(group: int) -> bool:
    """Whether a process group has a process that is not a zombie."""
    listed = subprocess.run(["ps", "-axo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in listed.splitlines())
    return any(row[0] == str(group) and not row[1].startswith("Z") for row in rows)


def test_terraform_saves_its_state_and_releases_its_lock_when_ops_is_killed(tiny_app: TinyApp, tmp_path: Path):
    slow = data(first="1", slow="2")
    gate = tmp_path / "started"
    os.mkfifo(gate)
    slow["resource"]["terraform_data"]["slow"] |= {
        "depends_on": ["terraform_data.first"],
        "provisioner": [{"local-exec": {"command": f"ps -o pgid= -p $$ > {gate}; sleep 60"}}],
    }
    tiny_app.synth({"project": slow})
    with subprocess.Popen(
        [sys.executable, "-m", "ops", "deploy", "--yes"],
        cwd=ROOT,
        env=tiny_app.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        group = int(gate.read_text())
        process.send_signal(signal.SIGKILL)
    while is_running(group):
        os.sched_yield()
    state = json.loads(tiny_app.state("project").read_text())
    statuses = {resource["name"]: resource["instances"][0].get("status") for resource in state["resources"]}
    assert statuses == {"first": None, "slow": "tainted"}, "it did not wait for the slow one to be done"
    assert not (tiny_app.folder / ".project.tfstate.lock.info").exists()
