"""Step i: the stack `state` creates the bucket of its own state; an existing bucket is imported."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.process import ROOT
from sandbox.stack_run import StackRun
from sandbox.world import World
from settings import Settings


class StateBootstrap:
    """`ops bootstrap` in a world whose AWS account is empty at first."""

    def __init__(self, world: World, settings: Settings, settings_file: Path, synthesized: Path) -> None:
        """
        Args:
            world: where it runs.
            settings: those of the file.
            settings_file: has a table [state.manage].
            synthesized: a `cdktf.out` folder; a copy of it is used.
        """
        self.world, self.settings = world, settings
        self._file, self._out = settings_file, world.home / "bootstrap" / "cdktf.out"
        shutil.copytree(synthesized, self._out)

    def run(self) -> str:
        """Runs it, and returns what it printed.

        Raises:
            DrillError: it failed; the message is what it said.
        """
        answer: subprocess.CompletedProcess[str] = self.world.run(
            [
                "env",
                f"INFRA_SETTINGS={self._file}",
                f"CDKTF_OUTDIR={self._out}",
                sys.executable,
                "-m",
                "ops",
                "bootstrap",
                "--yes",
            ],
            ROOT,
        )
        if answer.returncode != 0:
            raise DrillError(f"ops bootstrap failed: {(answer.stdout + answer.stderr)[-2000:]}")
        return answer.stdout

    def resources(self) -> int:
        """How many resources the stack's state in the bucket holds.

        Raises:
            DrillError: there is no state.
        """
        bucket, key = self.settings.state.bucket, self.settings.state_key("state")
        found = self.world.bucket().list_objects_v2(Bucket=bucket, Prefix=key)
        if not found.get("Contents"):
            raise DrillError(f"s3://{bucket}/{key}: no state found")
        state = json.loads(self.world.bucket().get_object(Bucket=bucket, Key=key)["Body"].read())
        return len(state["resources"])

    def left_to_do(self) -> list[str]:
        """The changes in a plan of the stack."""
        shutil.rmtree(self.world.home / "second-plan", ignore_errors=True)
        stack = StackRun(self.world, "state", self._out, into="second-plan")
        stack.init()
        return stack.plan().reasons()

    def empty_account(self) -> None:
        """Empties the world's AWS account."""
        httpx.post(f"{self.world.s3}/moto-api/reset", timeout=30).raise_for_status()


def from_nothing(step: DrillStep, run: StateBootstrap) -> None:
    """Step i1."""
    run.empty_account()
    printed = run.run()
    step.prove("will be created" in printed and run.resources() > 0, f"{run.resources()} resources, their state moved")
    step.prove(not run.left_to_do(), "the next plan is empty")
    step.prove("nothing to deploy" in run.run(), "ops bootstrap again: nothing to do")


def from_what_is_there(step: DrillStep, run: StateBootstrap) -> None:
    """Step i2: the account already has the bucket, with an object, and GitHub's identity provider."""
    run.empty_account()
    bucket = run.settings.state.bucket
    s3: Any = run.world.bucket()
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": run.settings.state.region}}
    s3.create_bucket(Bucket=bucket, **({} if run.settings.state.region == "us-east-1" else elsewhere))
    s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    printed = run.run()
    step.prove("to import: aws_s3_bucket.state" in printed, "an existing bucket is imported")
    step.prove(s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept", "its object is still there")
    step.prove(not run.left_to_do(), "the next plan is empty")
