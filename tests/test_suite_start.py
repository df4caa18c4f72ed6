"""How the suite is started changes no result."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# A script's `&` does this (POSIX, Shell Command Language, 2.11: Signals and Error Handling).
IGNORE_SIGINT = "import os, sys; from signal import *; signal(SIGINT, SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
INTERRUPTS = "tests/ops/context/test_programs.py::test_a_program_that_takes_too_long_is_interrupted"


def test_a_suite_started_with_interrupts_ignored_still_interrupts_programs() -> None:
    """Otherwise that test waits a minute, until the program is killed."""
    suite = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", INTERRUPTS]
    done = subprocess.run(
        [sys.executable, "-c", IGNORE_SIGINT, *suite], cwd=ROOT, capture_output=True, text=True, timeout=50
    )
    assert done.returncode == 0, done.stdout + done.stderr
