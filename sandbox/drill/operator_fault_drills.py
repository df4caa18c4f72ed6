"""Step g, the operator's part: a full disk while a key is rotated, and a state write that is cut off."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.drill.cut_state_writes import cut_state_writes
from sandbox.drill.deploy_drill import RehearsedStacks, second_plan_is_empty
from sandbox.drill.drill_report import DrillStep
from sandbox.drill.fault_drills import branch_count, break_branch
from sandbox.process import ROOT
from sandbox.world import World

# A file system of 4 kB in a mount namespace of the command's own (util-linux, unshare(1)): no root is needed.
_NAMESPACE = ("unshare", "--map-root-user", "--mount")
TINY_DISK = (
    (*_NAMESPACE, "sh", "-c", 'mount -t tmpfs -o size=4k tmpfs "$1" && shift && exec "$@"', "sh"),
    "No space left",
)
"""What runs a command so that a folder, the first argument, has no room for a file; and why the file is refused."""
# Where there are no such namespaces (macOS): no file of the command may hold more than 4 kB.
SMALL_FILES = (("sh", "-c", 'ulimit -f 8; shift; exec "$@"', "sh"), "File too large")


def full_disk(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Keys are rotated into a file on a full disk: nothing is created or rolled, and the old keys still work."""
    world = deployment.world
    folder = world.home / "full-disk"
    folder.mkdir()
    has_namespaces = shutil.which(_NAMESPACE[0]) and world.run([*_NAMESPACE, "true"], world.home).returncode == 0
    disk, reason = TINY_DISK if has_namespaces else SMALL_FILES
    keys = _neon_keys(world)
    for service in ("cloudflare", "neon"):
        file = folder / f"{service}.env"
        done = _ops(deployment, "rotate", service, "--into", file, "--yes", before=(*disk, str(folder)))
        step.prove(
            done.returncode == 1 and f"{file}: can't be written: {reason}" in done.stderr,
            f"ops rotate {service} on a full disk is refused: {reason.lower()}",
            otherwise=f"ops rotate {service} on a full disk: {done.stdout}{done.stderr}",
        )
    with world.cloudflare() as api:
        step.prove(api.get("/user/tokens/verify").status_code == 200, "the Cloudflare token was not rolled")
    step.prove(_neon_keys(world) == keys, "no Neon key was created or revoked")
    step.prove(not list(folder.iterdir()), "no file is left behind")


def interrupted_state_write(step: DrillStep, deployment: RehearsedStacks) -> None:
    """The connection breaks while a state is written: the state is kept, not applied twice, and pushed."""
    stack = break_branch(deployment)
    with cut_state_writes(deployment.world.s3) as address:
        done = _ops(deployment, "deploy", stack.name, "--yes", s3=address)
    step.prove(
        done.returncode == 1 and f"ops state push {stack.name}" in done.stderr,
        "a state write that is cut off: the deploy fails, and names the command that saves the state",
        otherwise=f"ops deploy after a cut state write: {done.stdout}{done.stderr}",
    )
    step.prove(branch_count(deployment, stack) == 1, "the branch was created")
    done = _ops(deployment, "deploy", stack.name, "--yes")
    step.prove(
        done.returncode == 1 and "don't apply again" in done.stdout and branch_count(deployment, stack) == 1,
        "the next deploy is refused, so nothing is created twice",
        otherwise=f"ops deploy with an unsaved state: {done.stdout}{done.stderr}",
    )
    done = _ops(deployment, "state", "push", stack.name)
    step.prove(done.returncode == 0, "ops state push saves the state", otherwise=f"{done.stdout}{done.stderr}")
    second_plan_is_empty(step, deployment)


def _ops(
    deployment: RehearsedStacks, *arguments: str | Path, before: Sequence[str] = (), s3: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs an operator command in the world, on a copy of the synthesized stacks."""
    out = deployment.world.home / "operator/cdktf.out"
    if not out.exists():
        shutil.copytree(deployment.synthesized, out)
    # Under a limit on files, Python would cut off the bytecode that it stores beside the sources.
    variables = [f"CDKTF_OUTDIR={out}", "PYTHONDONTWRITEBYTECODE=1", *([f"AWS_ENDPOINT_URL={s3}"] if s3 else [])]
    return deployment.world.run([*before, "env", *variables, sys.executable, "-m", "ops", *arguments], ROOT)


def _neon_keys(world: World) -> list[str]:
    with world.neon() as api:
        return sorted(key["name"] for key in api.get("/api_keys").raise_for_status().json())
