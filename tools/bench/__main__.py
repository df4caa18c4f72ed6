"""Times synth and says whether it is as quick as is expected: `make bench` (docs/performance.md)."""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench.overhead import Overhead
from tools.bench.planning import overheads
from tools.bench.timing import Command, medians, run

ROOT = Path(__file__).parents[2]
SETTINGS = Path(__file__).with_name("settings.toml")
REPEAT = 5
FEW, MANY = 3, 100  # environments

EAGER, PYTHON_LEVER, BOTH_LEVERS = "Python, all bindings", "Python, first lever", "Python, both levers"
AWS = "Python, both levers, and an AWS stack"
FIRST = "First run, with jsii's cache empty"


def main() -> int:
    load = os.getloadavg()[0]
    subprocess.run(
        [sys.executable, "-m", "constructs_lib.bindings.cache"], cwd=ROOT, check=True
    )  # as `make setup` does
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        synth = medians(
            {
                EAGER: python_app(INFRA_EAGER_BINDINGS="1"),
                PYTHON_LEVER: python_app(INFRA_EAGER_BINDINGS="node"),
                BOTH_LEVERS: python_app(),
                AWS: python_module("tools.bench.aws_app", SETTINGS),
            },
            repeat=REPEAT,
        )
        growth = {parts: growth_of(parts) for parts in ("one", "both")}
        planning = overheads(SETTINGS, folder / "planned")
        first = run(python_app(JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(folder / "cache")), folder)
    report(synth, growth, first, planning, load)
    return 0


def python_app(**variables: str) -> Command:
    """The app as `make synth` runs it, but with this folder's settings."""
    environment = _environment(INFRA_SETTINGS=str(SETTINGS), **variables)
    return Command(arguments=[sys.executable, ROOT / "main.py"], environment=environment)


def python_module(module: str, *arguments: str | Path) -> Command:
    """A module of this folder."""
    return Command(arguments=[sys.executable, "-m", module, *arguments], environment=_environment(PYTHONPATH=str(ROOT)))


def growth_of(parts: str) -> float:
    """Seconds for each further environment, from `FEW` to `MANY`."""
    few, many = str(FEW), str(MANY)
    seconds = medians(
        {count: python_module("tools.bench.growth_app", SETTINGS, count, parts) for count in (few, many)}, repeat=REPEAT
    )
    return (seconds[many] - seconds[few]) / (MANY - FEW)


def report(
    synth: dict[str, float], growth: dict[str, float], first: float, planning: dict[str, Overhead], load: float
) -> None:
    """Prints the figures, and beside each expectation whether it is met."""
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}; medians of {REPEAT}, in turns")
    print(f"load at the start {load:.1f}; above 0.5, other programs were running and the figures say less\n")
    for name, seconds in synth.items():
        print(f"{name:<40}{seconds:6.2f} s   {seconds / synth[BOTH_LEVERS]:5.2f} × both levers")
    print(f"{FIRST:<40}{first:6.2f} s   once, not a median")
    for parts, seconds in growth.items():
        title = f"{FEW} → {MANY} environments, {parts} of two parts"
        print(f"{title:<40}{seconds * 1000:6.1f} ms for each further one")
    for stacks, overhead in planning.items():
        title = f"ops plan, {stacks}"
        print(f"{title:<40}{overhead.ops:6.2f} s   {overhead.terraform:5.2f} s by terraform plan alone")
    print()
    expect("both levers, times faster than all bindings", synth[EAGER] / synth[BOTH_LEVERS], at_least=3.5)
    expect("each further environment, ms", growth["one"] * 1000, at_most=30)
    expect("an AWS stack in the app, s", synth[AWS] - synth[BOTH_LEVERS], at_most=0.5)
    for stacks, overhead in planning.items():
        expect(f"ops plan over terraform plan, {stacks}, %", overhead.ratio * 100, at_most=10)


def expect(what: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """Prints one expectation with the measured value and `met` or `missed`."""
    met = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    limit = f"≥ {at_least:g}" if at_least is not None else f"≤ {at_most:g}"
    print(f"{'met' if met else 'missed':<8}{what:<46}{value:6.2f}   expected {limit}")


def _environment(**variables: str) -> dict[str, str]:
    """This process's environment, less what would change how the programs load.

    Bytecode is written and read as in an owner's second run, whatever the environment says.
    """
    ignored = {"INFRA_EAGER_BINDINGS", "INFRA_SETTINGS", "NODE_OPTIONS", "PYTHONDONTWRITEBYTECODE", "CDKTF_OUTDIR"}
    return {name: value for name, value in os.environ.items() if name not in ignored} | variables


if __name__ == "__main__":
    sys.exit(main())
