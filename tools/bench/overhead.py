"""What `ops plan` costs over plain `terraform plan` on the same JSON: for `make bench`."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from ops.context.run_context import ROOT


@dataclass(frozen=True)
class Overhead:
    """Medians of whole-process wall time.

    Attributes:
        terraform: seconds of `terraform plan`, its plan saved, for one stack after the other.
        ops: seconds of one `ops plan` for the same stacks, which it plans side by side: guard and summary included.
    """

    terraform: float
    ops: float

    @property
    def ratio(self) -> float:
        """How much longer `ops plan` takes: 0.08 is 8 %."""
        return self.ops / self.terraform - 1


def measure(stacks: Sequence[str], *, out: Path, environment: Mapping[str, str], rounds: int = 5) -> Overhead:
    """Plan stacks both ways in turn, so that noise affects both alike.

    Args:
        stacks: the stacks' names; one alone gains nothing from planning side by side.
        out: the synthesized stacks, a cdktf.out folder.
        environment: the whole environment: credentials, and where the clouds and the state are.
        rounds: how often each way is timed, after one round that is not.

    Raises:
        RuntimeError: one of the two could not plan; the message is its own.
    """
    known = {**environment, "CDKTF_OUTDIR": str(out), "TF_IN_AUTOMATION": "1"}
    with TemporaryDirectory() as plans:

        def terraform() -> float:
            flags = ["-input=false", "-no-color", "-lock-timeout=120s", "-detailed-exitcode", f"-out={plans}/plan"]
            return sum(_timed(["terraform", "plan", *flags], out / "stacks" / stack, known) for stack in stacks)

        def ops() -> float:
            return _timed([sys.executable, "-m", "ops", "plan", *stacks], ROOT, known)

        # The first round initialises the stacks, and fills the file cache.
        ops()
        terraform()
        pairs = [(terraform(), ops()) for _ in range(rounds)]
    return Overhead(terraform=median(pair[0] for pair in pairs), ops=median(pair[1] for pair in pairs))


def _timed(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    finished = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    if finished.returncode not in (0, 2):
        raise RuntimeError(f"{command[0]}: {finished.stderr or finished.stdout}")
    return seconds
