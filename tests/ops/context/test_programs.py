import sys
import threading
from pathlib import Path

import pytest

from ops.context.console import Console, Mask
from ops.context.errors import OpsError
from ops.context.programs import Runner

SECRET = "topsecret-value-1"


@pytest.fixture
def runner() -> Runner:
    return Runner(Console(Mask([SECRET])))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_is_shown_without_secrets_and_kept_as_it_is(
    runner: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    code = "import os, sys; print(os.environ['TOKEN']); print(sys.stdin.read(), file=sys.stderr)"
    finished = runner.run(
        python(code), cwd=tmp_path, environment={"TOKEN": SECRET}, stdin=f"in {SECRET}", show=True, label="it | "
    )
    assert finished.stdout == f"{SECRET}\n"
    assert SECRET not in finished.text + repr(finished)
    shown = capsys.readouterr().out
    assert sorted(shown.splitlines()) == ["it | ***", "it | in ***"]


def test_a_secret_among_the_arguments_is_refused(runner: Runner, tmp_path: Path):
    with pytest.raises(OpsError, match="a secret is among the arguments of echo") as error:
        runner.run(["echo", f"--token={SECRET}"], cwd=tmp_path, environment={})
    assert SECRET not in str(error.value)


def test_a_program_that_cannot_be_run_is_told_in_one_line(runner: Runner, tmp_path: Path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o600)
    with pytest.raises(OpsError, match=r"program: can't be run \(Permission denied\)"):
        runner.run([program], cwd=tmp_path, environment={})


def test_a_program_sees_only_the_environment_it_was_given(runner: Runner, tmp_path: Path):
    finished = runner.run(python("import os; print(sorted(os.environ))"), cwd=tmp_path, environment={"ONLY": "1"})
    assert "'ONLY'" in finished.stdout
    assert "PATH" not in finished.stdout


def test_a_failure_names_program_and_code_and_quotes_the_error(runner: Runner, tmp_path: Path):
    with pytest.raises(OpsError, match=r"exit code 3:\n  \| the last \*\*\*") as error:
        runner.run(
            python(f"print('the last {SECRET[:-1]}' + '1'); raise SystemExit(3)"), cwd=tmp_path, environment={}
        ).check()
    assert SECRET not in str(error.value)


def test_terminal_codes_are_neither_shown_nor_kept_and_hide_no_secret(
    runner: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    code = f"print('\\x1b[2K\\x1b[31m{SECRET[:4]}\\x1b[39m{SECRET[4:]}')"
    finished = runner.run(python(code), cwd=tmp_path, environment={}, show=True, label="it | ")
    assert (finished.text, capsys.readouterr().out) == ("***\n", "it | ***\n")


def test_a_program_that_is_not_there_is_one_line(runner: Runner, tmp_path: Path):
    with pytest.raises(OpsError, match=r"^no-such-program: not found; "):
        runner.run(["no-such-program"], cwd=tmp_path, environment={})


def test_much_output_on_both_streams_does_not_block(runner: Runner, tmp_path: Path):
    code = "import sys\nfor _ in range(3000): print('x' * 100); print('y' * 100, file=sys.stderr)"
    assert len(runner.run(python(code), cwd=tmp_path, environment={}).text) == 2 * 3000 * 101


def test_a_program_that_takes_too_long_is_interrupted(runner: Runner, tmp_path: Path):
    with pytest.raises(OpsError, match="it took longer than"):
        runner.run(python("import time; time.sleep(600)"), cwd=tmp_path, environment={}, timeout=0.2)


def test_stop_interrupts_once_and_lets_the_program_finish_in_good_order(runner: Runner, tmp_path: Path):
    code = (
        "import signal, sys, time\n"
        "got = []\n"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
        "print('ready', flush=True); open('ready', 'w').close()\n"
        "while not got: time.sleep(0.01)\n"
        "print('saved', len(got))\n"
    )

    def stop_when_ready() -> None:
        while not (tmp_path / "ready").exists():
            threading.Event().wait(0.01)
        runner.stop()

    stopper = threading.Thread(target=stop_when_ready)
    stopper.start()
    finished = runner.run(python(code), cwd=tmp_path, environment={})
    stopper.join()
    assert finished.stdout.endswith("saved 1\n")
    with pytest.raises(OpsError, match="the run is being stopped"):
        runner.run(python("print('never')"), cwd=tmp_path, environment={})


def test_a_program_runs_in_a_group_of_its_own(runner: Runner, tmp_path: Path):
    finished = runner.run(python("import os; print(os.getpgid(0) == os.getpid())"), cwd=tmp_path, environment={})
    assert finished.stdout == "True\n"
