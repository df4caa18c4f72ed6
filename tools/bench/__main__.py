"""Time synth and planning, and compare the figures with their goals: `make bench` (docs/performance.md)."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from tools.bench.overhead import Overhead
from tools.bench.planning import STACKS, overheads
from tools.bench.timing import Command, Figure, medians, run

ROOT = Path(__file__).parents[2]
SETTINGS = Path(__file__).with_name("settings.toml")

EAGER, PYTHON_LEVER, BOTH_LEVERS = "Python, all bindings", "Python, first lever", "Python, both levers"
AWS = "Python, both levers, and an AWS stack"


@dataclass(frozen=True)
class Goal:
    """A measured ratio or difference, and its limit.

    Attributes:
        name: what was measured, with its unit.
        value: the measured value.
        limit: the goal.
        at_least: the value may not be below the limit; otherwise it may not be above.
    """

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True)
class Report:
    """All figures of one run.

    Attributes:
        machine: cores, Python, system, and the load when it began.
        repeat: how many runs each median is taken over.
        synth: the app, by how its bindings load.
        first: the first run, with jsii's cache empty; one run, not a median.
        growth: synth by the number of environments.
        planning: `ops plan` and `terraform plan`, by the stacks that are planned; empty if left out.
    """

    machine: dict[str, Any]
    repeat: int
    synth: dict[str, Figure]
    first: Figure
    growth: dict[int, Figure]
    planning: dict[str, Overhead]

    @property
    def per_environment(self) -> float:
        """Seconds for each further environment, from the fewest to the most."""
        few, many = min(self.growth), max(self.growth)
        return (self.growth[many].seconds - self.growth[few].seconds) / (many - few)

    @property
    def goals(self) -> list[Goal]:
        """The goals of docs/performance.md."""
        seconds = {name: figure.seconds for name, figure in self.synth.items()}
        return [
            Goal(
                "both levers, times faster than all bindings", seconds[EAGER] / seconds[BOTH_LEVERS], 3.5, at_least=True
            ),
            Goal("each further environment, ms", self.per_environment * 1000, 30),
            Goal("an AWS stack in the app, s", seconds[AWS] - seconds[BOTH_LEVERS], 0.5),
            *(
                Goal(f"ops plan over terraform plan, {stacks}, %", overhead.ratio * 100, 10)
                for stacks, overhead in self.planning.items()
            ),
        ]

    def to_json(self) -> str:
        """The report for other programs: seconds and megabytes, ratios and goals."""
        values = asdict(self) | {
            "ratios": {name: each.seconds / self.synth[BOTH_LEVERS].seconds for name, each in self.synth.items()},
            "seconds_per_environment": self.per_environment,
            "goals": [asdict(goal) | {"met": goal.met} for goal in self.goals],
        }
        return json.dumps(values, indent=2) + "\n"

    def to_text(self) -> str:
        """The report for a terminal of 80 columns."""
        machine = self.machine
        lines = [
            f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}; medians of {self.repeat}",
            f"load at the start {machine['load']:.1f}; above 0.5, other programs disturb the figures",
            "",
        ]
        for name, figure in self.synth.items():
            ratio = figure.seconds / self.synth[BOTH_LEVERS].seconds
            lines.append(f"{name:<38}{figure.seconds:6.2f} s{figure.megabytes:6.0f} MB{ratio:6.2f} × both levers")
        lines.append(
            f"{'first run, jsii cache empty':<38}{self.first.seconds:6.2f} s{self.first.megabytes:6.0f} MB  once"
        )
        for count, figure in self.growth.items():
            lines.append(f"{f'{count} environments':<38}{figure.seconds:6.2f} s{figure.megabytes:6.0f} MB")
        for stacks, overhead in self.planning.items():
            title = f"ops plan, {stacks}"
            lines.append(f"{title:<38}{overhead.ops:6.2f} s{overhead.terraform:8.2f} s by terraform plan")
        lines.append("")
        for goal in self.goals:
            sign = "≥" if goal.at_least else "≤"
            lines.append(
                f"{'met' if goal.met else 'missed':<8}{goal.name:<46}{goal.value:7.2f}   goal {sign} {goal.limit:g}"
            )
        return "\n".join(lines) + "\n"


def measure(*, repeat: int, environments: tuple[int, ...], plan: tuple[str, ...]) -> Report:
    """Measure everything.

    Args:
        repeat: how many runs each median is taken over, 1 or more.
        environments: the numbers of environments to synthesize; two different ones or more.
        plan: what to plan with `ops plan` and with `terraform plan`: stacks, or `all`. None: skip this.
    """
    machine = {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }
    # As `make setup` does.
    subprocess.run([sys.executable, "-m", "constructs_lib.bindings.cache"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        synth = medians(
            {
                EAGER: python_app(INFRA_EAGER_BINDINGS="1"),
                PYTHON_LEVER: python_app(INFRA_EAGER_BINDINGS="node"),
                BOTH_LEVERS: python_app(),
                AWS: python_module("tools.bench.aws_app", SETTINGS),
            },
            repeat=repeat,
        )
        commands = {
            str(count): python_module("tools.bench.growth_app", SETTINGS, str(count), "one") for count in environments
        }
        growth = {int(count): figure for count, figure in medians(commands, repeat=repeat).items()}
        planned = overheads(SETTINGS, folder / "planned", groups=plan, rounds=repeat) if plan else {}
        first = run(python_app(JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(folder / "cache")), folder)
    return Report(machine, repeat, synth, first, growth, planned)


def python_app(**variables: str) -> Command:
    """The app as `make synth` runs it, but with this folder's settings."""
    environment = _environment(INFRA_SETTINGS=str(SETTINGS), **variables)
    return Command(arguments=[sys.executable, ROOT / "main.py"], environment=environment)


def python_module(module: str, *arguments: str | Path) -> Command:
    """A module of this folder."""
    return Command(arguments=[sys.executable, "-m", module, *arguments], environment=_environment(PYTHONPATH=str(ROOT)))


def _environment(**variables: str) -> dict[str, str]:
    """This process's environment, less what would change how the programs load.

    Bytecode is written and read as in an owner's second run, whatever the environment says.
    """
    ignored = {"INFRA_EAGER_BINDINGS", "INFRA_SETTINGS", "NODE_OPTIONS", "PYTHONDONTWRITEBYTECODE", "CDKTF_OUTDIR"}
    return {name: value for name, value in os.environ.items() if name not in ignored} | variables


def main(
    repeat: Annotated[int, typer.Option(min=1, help="Runs that each median is taken over.")] = 5,
    environments: Annotated[str, typer.Option(help="Numbers of environments to synthesize.")] = "3,30,300",
    plan: Annotated[str, typer.Option(help="Stacks to plan alone; all: in one run.")] = ",".join((*STACKS, "all")),
    out: Annotated[Path | None, typer.Option("--json", help="Also write the report as JSON.")] = None,
) -> None:
    """Time synth and planning."""
    try:
        counts = tuple(sorted({int(count) for count in environments.split(",")}))
    except ValueError:
        counts = ()
    if len(counts) < 2 or counts[0] < 1:
        raise typer.BadParameter(f"{environments[:80]!r}: write two different numbers or more, such as 3,30,300")
    groups = tuple(group for group in plan.split(",") if group)
    if unknown := [group for group in groups if group not in (*STACKS, "all")]:
        raise typer.BadParameter(f"{unknown[0][:80]!r} is not one of {', '.join((*STACKS, 'all'))}")
    report = measure(repeat=repeat, environments=counts, plan=groups)
    if out:
        out.write_text(report.to_json(), encoding="utf-8")
    print(report.to_text(), end="")


if __name__ == "__main__":
    typer.run(main)
