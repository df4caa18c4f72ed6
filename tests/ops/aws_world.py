"""The local AWS with the stack `state` synthesized beside it: what the tests of `ops bootstrap` run in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from sandbox.process import LocalService
from sandbox.providers.mirror import write_mirror

ROOT = Path(__file__).parents[2]
BUCKET = "ledger-terraform-state"
KEY = "ledger/state/terraform.tfstate"


def synthesize(out: Path) -> Path:
    """Synthesizes the example with every option on."""
    environment = os.environ | {"INFRA_SETTINGS": str(ROOT / "examples/full.toml"), "CDKTF_OUTDIR": str(out)}
    subprocess.run([sys.executable, "main.py"], cwd=ROOT, env=environment, check=True)
    return out


class AwsWorld:
    """An empty account. Use it as a context manager: it ends what it started.

    Attributes:
        local: the file in which a state begins.
        stack: the folder of the stack.
    """

    def __init__(self, folder: Path, synthesized: Path) -> None:
        self._folder, self._out = folder, folder / "cdktf.out"
        shutil.copytree(synthesized, self._out)
        self.stack = self._out / "stacks/state"
        self.local = folder / ".bootstrap" / f"{BUCKET}.tfstate"
        (folder / "home").mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "INFRA_SETTINGS": str(ROOT / "examples/full.toml"),
            "CDKTF_OUTDIR": str(self._out),
            **write_mirror(folder / "providers").environment,
        }

    def __enter__(self) -> Self:
        answer, log = self._folder / "s3.json", self._folder / "s3.log"
        self._service = LocalService("sandbox.s3", [str(answer)], answer=answer, log=log, environment=self.environment)
        self._service.wait()
        self.environment["AWS_ENDPOINT_URL"] = self._service.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._service.stop()

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="rehearsal",
            aws_secret_access_key="rehearsal",
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "ops", *arguments]

    def ops(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    def state(self) -> dict[str, Any]:
        """This stack's state, in its own bucket."""
        return json.loads(self.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read())

    def leftovers(self) -> list[str]:
        """What a bootstrap must not leave behind."""
        files = [*self.stack.glob("bootstrap_*"), *self._folder.glob(".bootstrap/*")]
        return [file.name for file in files]
