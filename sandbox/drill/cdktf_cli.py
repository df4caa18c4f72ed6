"""Step f: deploy with cdktf's own command line, all stacks at once, then one alone."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.process import ROOT
from sandbox.providers.world_locks import write_world_locks
from sandbox.world import World
from settings import Settings


def cdktf(world: World, *arguments: str) -> str:
    """Runs cdktf-cli from this checkout in a world, and returns what it printed.

    Raises:
        DrillError: it failed; the message is the end of its output.
    """
    program = ROOT / "node_modules/.bin/cdktf"
    answer = world.run([program, *arguments, "--output", str(world.home / "cdktf.out")], ROOT)
    if answer.returncode != 0:
        raise DrillError(f"cdktf {' '.join(arguments)} failed: {(answer.stdout + answer.stderr)[-2000:]}")
    return answer.stdout


def deploy_with_cdktf(step: DrillStep, world: World, settings: Settings) -> None:
    """Deploys all stacks from nothing in one command, then each environment alone."""
    stacks = ["project", *settings.environments, *(["edge"] if settings.has_edge_stack else [])]
    cdktf(world, "deploy", *stacks, "--auto-approve")
    states = {path["Key"] for path in world.bucket().list_objects_v2(Bucket=settings.state.bucket)["Contents"]}
    step.prove(len(states) == len(stacks), f"cdktf deploy {' '.join(stacks)}: all applied")
    last = stacks[-1]
    printed = cdktf(world, "deploy", last, "--auto-approve")
    step.prove("No changes" in printed, f"cdktf deploy {last}, alone: no changes")


def synthesize(settings_file: Path, outdir: Path) -> None:
    """Runs the app once; every track works on a copy of what it writes."""
    with tempfile.TemporaryDirectory() as locks:
        variables = {
            "CDKTF_OUTDIR": str(outdir),
            "INFRA_SETTINGS": str(settings_file),
            "INFRA_LOCKS": str(write_world_locks(Path(locks))),
        }
        answer = subprocess.run(
            [sys.executable, "main.py"], cwd=ROOT, env=os.environ | variables, capture_output=True, text=True
        )
    if answer.returncode != 0:
        raise DrillError(answer.stderr.strip())
