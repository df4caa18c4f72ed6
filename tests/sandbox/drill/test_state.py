"""DrillStep i of the drill, on the settings with every option on; without the table it has nothing to do."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.drill.cdktf_cli import synthesize
from sandbox.drill.drill_report import DrillReport
from sandbox.drill.rehearsal import STATE, Rehearsal

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_the_state_bucket_is_created_and_imported(tmp_path: Path) -> None:
    file, output = ROOT / "examples/full.toml", io.StringIO()
    synthesize(file, tmp_path)
    report = DrillReport(Console(file=output, width=200))
    Rehearsal(report, file).state_bucket(tmp_path)
    assert not report.failed(), output.getvalue()
    assert [step.name for step in report.steps] == list(STATE)
    assert all(step.proofs for step in report.steps)


def test_settings_without_a_managed_bucket_skip_the_step(tmp_path: Path) -> None:
    report = DrillReport(Console(file=io.StringIO()))
    Rehearsal(report, ROOT / "settings.toml").state_bucket(tmp_path)
    assert report.steps == []
