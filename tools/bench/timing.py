"""Whole processes timed in turns, so that whatever else the machine does affects all of them alike."""

import os
import statistics
import subprocess
import sys
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


@dataclass(frozen=True)
class Figure:
    """What a program costs.

    Attributes:
        seconds: wall time from start to exit.
        megabytes: resident memory of its largest process, at the peak (getrusage's ru_maxrss).
    """

    seconds: float
    megabytes: float


def run(command: Command, folder: Path) -> Figure:
    """Run a command in a folder.

    Raises:
        SystemExit: the command failed; the message contains what it printed.
    """
    with tempfile.TemporaryFile() as printed:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            env=command.environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            printed.seek(0)
            line = " ".join(map(str, command.arguments))
            output = printed.read().decode(errors="replace")
            raise SystemExit(f"bench: {line} failed with exit code {process.returncode}:\n{output}")
    # Linux counts kilobytes, macOS bytes.
    return Figure(seconds, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))


def medians(commands: Mapping[str, Command], *, repeat: int) -> dict[str, Figure]:
    """Time commands in turns (A B C, A B C, …), each run in an empty folder.

    The first round is not counted: it fills the caches of bytecode, of files and of jsii's packages.

    Args:
        commands: the programs, by name.
        repeat: how many runs of each are counted, 1 or more.

    Returns:
        The medians of each program's figures.
    """
    runs: dict[str, list[Figure]] = {name: [] for name in commands}
    for _ in range(repeat + 1):
        for name, command in commands.items():
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                runs[name].append(run(command, Path(folder)))
    return {
        name: Figure(
            statistics.median(each.seconds for each in counted), statistics.median(each.megabytes for each in counted)
        )
        for name, (_, *counted) in runs.items()
    }
