"""The drill itself: every step proves what it says, and an interrupt leaves nothing behind."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from sandbox.drill.drill_report import DrillReport
from sandbox.drill.rehearsal import FAULTS, SAFETY, Rehearsal

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"


def test_every_step_passes_with_faults() -> None:
    output = io.StringIO()
    report = DrillReport(Console(file=output, width=200))
    proven = Rehearsal(report, SETTINGS, with_faults=True).run()
    report.print_summary()
    assert proven, output.getvalue()
    letters = {step.name[0] for step in report.steps}
    assert {"a", "b", "c", "d", "e", "f", "g", "l"} <= letters
    assert {step.name for step in report.steps} >= {*FAULTS, *SAFETY}
    assert all(step.proofs for step in report.steps)


@pytest.mark.parametrize("moment", ["synthesize", "adopt", "b1"])
def test_an_interrupt_ends_everything_that_was_started(moment: str) -> None:
    before = set((ROOT / ".rehearsal").glob("*"))
    rehearsal = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "rehearse"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "INFRA_SETTINGS": str(SETTINGS)},
    )
    assert rehearsal.stdout
    for line in rehearsal.stdout:
        if moment in line:
            break
    time.sleep(0.3)
    started = psutil.Process(rehearsal.pid).children(recursive=True)
    rehearsal.send_signal(signal.SIGINT)
    said = rehearsal.stdout.read()
    assert rehearsal.wait(60) == 130, said
    assert not [word for word in ("Traceback", "Exception", "BrokenPipe", "Errno") if word in said], said
    failed = [line for line in said.splitlines() if "✗" in line]
    assert failed, said
    assert all(line.endswith("interrupted") for line in failed), said
    _, alive = psutil.wait_procs(started, timeout=15)
    assert not alive
    mine = [folder for folder in set((ROOT / ".rehearsal").glob("*")) - before if f"{rehearsal.pid}-" in folder.name]
    assert not mine


def test_an_interrupt_while_the_modules_load_is_quiet() -> None:
    rehearsal = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "sandbox", "rehearse"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    assert rehearsal.stdout
    for line in rehearsal.stdout:  # a line for each module, as it is read
        if line.endswith(" typer.main\n"):
            break
    rehearsal.send_signal(signal.SIGINT)
    said = [line for line in rehearsal.stdout if not line.startswith("import time:")]
    assert (rehearsal.wait(60), said) == (130, [])
