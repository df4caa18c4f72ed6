"""The rehearsal's summary: what passed, what failed, what was left out, and what to do next."""

import io

import pytest
from rich.console import Console

from sandbox.drill.drill_report import DrillError, DrillReport

LONG = "every stack has 0 resources to add, 0 to change and 0 to destroy, which is what a second plan must say"


def summary(report: DrillReport, output: io.StringIO) -> list[str]:
    output.truncate(0)
    output.seek(0)
    report.print_summary()
    return output.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_steps_are_in_order_of_time_and_sentences_are_wrapped_between_words(width: int) -> None:
    output = io.StringIO()
    report = DrillReport(Console(file=output, width=width))
    with report.step("b. later in the alphabet") as step:
        step.prove(True, LONG)
    with report.step("a. earlier in the alphabet") as step:
        step.prove(True, "[brackets] are printed")
    report.leave_out("recovery (step k)", "make rehearse RECOVERY=1")
    lines = summary(report, output)
    assert max(map(len, lines)) <= min(width, 80)
    text = " ".join(" ".join(lines).split())
    assert text.index("b. later") < text.index("a. earlier")
    assert LONG in text
    assert "[brackets] are printed" in text
    assert "2 steps passed in 0 s." in text
    assert "Not run: recovery (step k): make rehearse RECOVERY=1" in text
    assert text.endswith("Next: take over your states, or start without any (README.md).")


def test_a_failed_step_is_counted_and_named_at_the_end() -> None:
    output = io.StringIO()
    report = DrillReport(Console(file=output, width=80))
    with report.step("a. one") as step:
        step.prove(True, "fine")
    with pytest.raises(DrillError), report.step("b1. two") as step:
        step.prove(False, "fine", otherwise="first line\nsecond line")
    lines = summary(report, output)
    assert "    FAILED: first line" in lines
    assert "    second line" in lines
    assert "1 step passed, 1 failed in 0 s." in lines
    assert lines[-1] == "Next: read why b1 failed, above, and rehearse again."
    assert "Not run:" not in lines


def test_without_a_failure_all_that_ran_passed() -> None:
    output = io.StringIO()
    report = DrillReport(Console(file=output, width=80))
    with report.step("a. one") as step:
        step.prove(True, "fine")
    assert not report.failed()
    assert "1 step passed in 0 s." in summary(report, output)
