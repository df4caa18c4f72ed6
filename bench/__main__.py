"""Times synth and says whether it is as quick as is expected: `make bench` (docs/performance.md)."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import typescript_app
from bench.planning import overheads
from bench.timing import Command, medians, run
from ops.overhead import Overhead
from settings import load_settings

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "bench" / "settings.toml"
REPEAT = 5
FEW, MANY = 3, 100  # environments

EAGER, PYTHON_LEVER, BOTH_LEVERS = "Python, all bindings", "Python, first lever", "Python, both levers"
TYPESCRIPT, AWS = "TypeScript", "Python, both levers, and an AWS stack"
FIRST = "First run, with jsii's cache empty"


def main() -> int:
    load = os.getloadavg()[0]
    settings = load_settings(SETTINGS)
    typescript_app.set_up()
    subprocess.run(
        [sys.executable, "-m", "constructs_lib.bindings.cache"], cwd=ROOT, check=True
    )  # as `make setup` does
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        values = folder / "settings.json"
        values.write_text(typescript_app.settings_json(settings), encoding="utf-8")
        typescript = Command(
            arguments=[typescript_app.NODE, typescript_app.PROGRAM, values, "cdktf.out"], environment=_environment()
        )
        check_same(python_app(), typescript, folder)
        synth = medians(
            {
                EAGER: python_app(INFRA_EAGER_BINDINGS="1"),
                PYTHON_LEVER: python_app(INFRA_EAGER_BINDINGS="node"),
                BOTH_LEVERS: python_app(),
                TYPESCRIPT: typescript,
                AWS: python_module("bench.aws_app", SETTINGS),
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


def check_same(python: Command, typescript: Command, folder: Path) -> None:
    """Makes sure that both languages' stacks are the same.

    Raises:
        SystemExit: a stack's JSON differs, apart from metadata.
    """
    stacks: list[dict[str, object]] = []
    for name, command in {"python": python, "typescript": typescript}.items():
        (folder / name).mkdir()
        run(command, folder / name)
        files = sorted((folder / name / "cdktf.out" / "stacks").glob("*/cdk.tf.json"))
        stacks.append({file.parent.name: _without_metadata(json.loads(file.read_text())) for file in files})
    if not stacks[0] or stacks[0] != stacks[1]:
        differ = sorted(name for name in {*stacks[0], *stacks[1]} if stacks[0].get(name) != stacks[1].get(name))
        raise SystemExit(f"bench: Python and TypeScript make different stacks: {', '.join(differ)}; mend main.ts")


def growth_of(parts: str) -> float:
    """Seconds for each further environment, from `FEW` to `MANY`."""
    few, many = str(FEW), str(MANY)
    seconds = medians(
        {count: python_module("bench.growth_app", SETTINGS, count, parts) for count in (few, many)}, repeat=REPEAT
    )
    return (seconds[many] - seconds[few]) / (MANY - FEW)


def report(
    synth: dict[str, float], growth: dict[str, float], first: float, planning: dict[str, Overhead], load: float
) -> None:
    """Prints the figures, and beside each expectation whether it is met."""
    node = subprocess.run([typescript_app.NODE, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, Node {node}; medians of {REPEAT}, in turns")
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
    expect("both levers, times TypeScript's time", synth[BOTH_LEVERS] / synth[TYPESCRIPT], at_most=3.5)
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


def _without_metadata(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_metadata(inner) for key, inner in value.items() if key != "//"}
    if isinstance(value, list):
        return [_without_metadata(inner) for inner in value]
    return value


if __name__ == "__main__":
    sys.exit(main())
