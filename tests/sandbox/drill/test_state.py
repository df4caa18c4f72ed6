"""Step i of the drill, on the settings with every option on; without the table it has nothing to do."""

import io
from pathlib import Path

from rich.console import Console

from sandbox.drill.cdktf_cli import synthesize
from sandbox.drill.rehearsal import STATE, Rehearsal
from sandbox.drill.report import Report

ROOT = Path(__file__).parents[3]


def test_the_bucket_of_the_states_is_made_and_taken_over(tmp_path: Path) -> None:
    file, output = ROOT / "examples/full.toml", io.StringIO()
    synthesize(file, tmp_path)
    report = Report(Console(file=output, width=200))
    Rehearsal(report, file).state_bucket(tmp_path)
    assert not report.failed(), output.getvalue()
    assert [step.name for step in report.steps] == list(STATE)
    assert all(step.proofs for step in report.steps)


def test_settings_that_manage_no_bucket_have_no_such_step(tmp_path: Path) -> None:
    report = Report(Console(file=io.StringIO()))
    Rehearsal(report, ROOT / "settings.toml").state_bucket(tmp_path)
    assert report.steps == []
