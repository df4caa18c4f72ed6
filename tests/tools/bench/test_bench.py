"""`make bench` runs, at its smallest: every program that it times, and what it prints of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, tool_environment
from tools.bench.__main__ import AWS, BOTH_LEVERS, EAGER, PYTHON_LEVER, Report
from tools.bench.overhead import Overhead
from tools.bench.timing import Command, Figure, medians, run

pytestmark = pytest.mark.slow


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, env=tool_environment(), capture_output=True, text=True)


def test_the_bench_runs_and_writes_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    done = bench("--repeat", "1", "--environments", "1,2", "--plan", "production", "--json", str(out))
    assert done.returncode == 0, done.stderr
    values = json.loads(out.read_text())
    assert set(values["synth"]) == {EAGER, PYTHON_LEVER, BOTH_LEVERS, AWS}
    assert set(values["growth"]) == {"1", "2"}
    assert set(values["planning"]) == {"production"}
    figures = [*values["synth"].values(), *values["growth"].values(), values["first"]]
    assert all(figure["seconds"] > 0 and figure["megabytes"] > 10 for figure in figures)
    assert values["ratios"][BOTH_LEVERS] == 1
    assert values["machine"]["cores"] > 0
    assert values["machine"]["load"] >= 0
    assert len(values["goals"]) == 4
    assert all(len(line) <= 80 for line in done.stdout.splitlines()), done.stdout


@pytest.mark.parametrize("environments", ["3", "3,3", "three,four", "0,2", ""])
def test_environments_that_can_not_be_compared_are_refused(environments: str) -> None:
    done = bench("--environments", environments)
    assert done.returncode == 2
    assert "write two different numbers or more" in " ".join(done.stderr.replace("│", " ").split())


def test_a_stack_that_is_not_deployed_is_refused() -> None:
    done = bench("--plan", "production,staging")
    assert done.returncode == 2
    assert "'staging' is not one of project, dev, production, all" in done.stderr


def test_ratios_and_goals_follow_from_the_figures() -> None:
    synth = {EAGER: 4.0, PYTHON_LEVER: 2.0, BOTH_LEVERS: 1.0, AWS: 1.6}
    report = Report(
        {"cores": 2, "system": "Linux", "python": "3.12", "load": 0.1},
        5,
        {name: Figure(seconds, 100) for name, seconds in synth.items()},
        Figure(5, 100),
        {3: Figure(1, 100), 30: Figure(1.54, 120), 300: Figure(6.94, 300)},
        {"dev": Overhead(terraform=1.0, ops=1.25)},
    )
    assert {goal.name: (round(goal.value, 3), goal.met) for goal in report.goals} == {
        "both levers, times faster than all bindings": (4.0, True),
        "each further environment, ms": (20.0, True),
        "an AWS stack in the app, s": (0.6, False),
        "ops plan over terraform plan, dev, %": (25.0, False),
    }


def test_a_median_leaves_out_the_first_round(tmp_path: Path) -> None:
    """The program leaves a mark, and is slow only while there is none."""
    script = (
        f"import pathlib, time; mark = pathlib.Path({str(tmp_path / 'mark')!r})\nif not mark.exists(): time.sleep(1)\n"
    )
    command = Command(arguments=[sys.executable, "-c", f"{script}mark.touch()"], environment={})
    assert medians({"a": command}, repeat=1)["a"].seconds < 1


def test_a_program_that_fails_stops_the_bench_with_its_output(tmp_path: Path) -> None:
    command = Command(arguments=[sys.executable, "-c", "import sys; sys.exit('no such setting')"], environment={})
    with pytest.raises(SystemExit, match=r"failed with exit code 1:\nno such setting"):
        run(command, tmp_path)
