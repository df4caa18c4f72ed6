"""Whole-process wall times, taken in turns so that whatever else the machine does hits all alike."""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program to time.

    Attributes:
        arguments: the command line.
        environment: all of the program's environment variables.
    """

    arguments: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


def run(command: Command, folder: Path) -> float:
    """Runs a command in a folder; returns its wall time in seconds.

    Raises:
        SystemExit: the command failed; the message holds what it printed.
    """
    start = time.perf_counter()
    done = subprocess.run(
        command.arguments, env=command.environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        line = " ".join(map(str, command.arguments))
        raise SystemExit(f"bench: {line} ended with exit code {done.returncode}:\n{done.stderr or done.stdout}")
    return seconds


def medians(commands: Mapping[str, Command], *, repeat: int) -> dict[str, float]:
    """Times commands in turns (A B C, A B C, …), each run in an empty folder.

    One more round goes first and is not counted: it fills the caches of bytecode, of files and of jsii's packages.

    Args:
        commands: the programs, by name.
        repeat: how many runs of each are counted.

    Returns:
        Each program's median wall time in seconds.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(repeat + 1):
        for name, command in commands.items():
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                times[name].append(run(command, Path(folder)))
    return {name: statistics.median(counted) for name, (_, *counted) in times.items()}
