"""A canceled job, or one out of time: GitHub signals the step's shell alone, and ops and Terraform must hear of it.

The runner sends SIGINT, 7.5 seconds later SIGTERM, and kills the process tree 2.5 seconds after that (GitHub docs,
"Workflow cancellation reference"). The tests run the steps' own scripts with bash, as the runner does, and send the
same signals to bash alone.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ops.receivers import Discord
from tests.ops.release_world import ReleaseWorld
from tests.ops.tiny_app import TinyApp, data
from tests.workflows.documents import OWN, ROOT, named, steps

pytestmark = pytest.mark.slow

# What a step may say about ops: the last line of its script becomes ops, or the function passes the signals on.
_EXEC = "exec python -m ops "
_FUNCTION = "run_ops "
# Terraform, as far as a plan that never ends needs it: it says when it has begun, and how it was ended.
_ENDLESS_TERRAFORM = """#!{python}
import os, signal, sys, time
if "plan" not in sys.argv:
    os.makedirs(".terraform", exist_ok=True)
    sys.exit(0)
def ended(number, frame):
    with open({ended!r}, "a") as file:
        print(signal.Signals(number).name, file=file)
    sys.exit(1)
signal.signal(signal.SIGINT, ended)
signal.signal(signal.SIGTERM, ended)
open({begun!r}, "w").close()
while True:
    time.sleep(60)
"""


def script_of(workflow: str, command: str) -> str:
    """The script of the step that runs this command of ops."""
    (script,) = [
        step["run"]
        for job in named(workflow)["jobs"].values()
        for step in job["steps"]
        if any(f"{start}{command}" in step.get("run", "") for start in (_EXEC, _FUNCTION))
    ]
    return script


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_no_step_runs_ops_as_a_child_that_hears_of_no_signal(file: Path):
    for step in steps(file):
        lines = [line.strip() for line in step.get("run", "").splitlines()]
        for number, line in enumerate(lines):
            if "python -m ops" in line:
                assert line.startswith(_EXEC), f"{step['name']}: {line}"
                assert number == len(lines) - 1, f"{step['name']}: nothing runs after exec"
            if line.startswith(_FUNCTION):
                assert ". .github/run_ops.sh" in lines, f"{step['name']}: {line}"


class Step:
    """A step's script, run by bash in a checkout of its own."""

    def __init__(self, folder: Path, script: str, environment: Mapping[str, str]) -> None:
        work = folder / "infra"
        work.mkdir()
        (work / ".github").symlink_to(ROOT / ".github")
        file = folder / "script.sh"
        file.write_text(script, encoding="utf-8")
        # The shell that GitHub runs where a step names none: `bash -e {0}` (its docs, "Workflow syntax", `shell`).
        self.process = subprocess.Popen(
            ["bash", "-e", file],
            cwd=work,
            env={
                "PYTHONPATH": str(ROOT),
                "ALLOW": "",
                "ENVIRONMENT": "production",
                "GITHUB_OUTPUT": str(folder / "output"),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Not the test's own group: what a signal to it reaches is what bash passes on.
            start_new_session=True,
        )

    def wait_for(self, file: Path) -> None:
        while not file.exists() and self.process.poll() is None:
            os.sched_yield()
        assert file.exists(), self.process.communicate()[0]

    def signal(self, *numbers: signal.Signals) -> str:
        """Sends signals to bash alone, and returns what the step printed until its end."""
        for number in numbers:
            self.process.send_signal(number)
        return self.process.communicate(timeout=60)[0]


@contextmanager
def running(folder: Path, script: str, environment: Mapping[str, str]) -> Generator[Step]:
    step = Step(folder, script, environment)
    try:
        yield step
    finally:
        if step.process.poll() is None:
            os.killpg(step.process.pid, signal.SIGKILL)
            step.process.communicate()


@pytest.fixture
def app(tmp_path: Path) -> TinyApp:
    return TinyApp(tmp_path)


# GitHub sends the first, and the second only to what has not ended 7.5 seconds later.
each_signal = pytest.mark.parametrize(
    "signals",
    [[signal.SIGINT], [signal.SIGINT, signal.SIGTERM], [signal.SIGTERM]],
    ids=["SIGINT", "SIGINT and SIGTERM", "SIGTERM"],
)


@each_signal
def test_a_canceled_deploy_saves_its_state_gives_back_its_lock_and_is_announced(
    app: TinyApp, discord: Discord, signals: list[signal.Signals]
):
    begun = app.folder / "begun"
    stack = data(first="1", slow="2")
    stack["resource"]["terraform_data"]["slow"] |= {
        "depends_on": ["terraform_data.first"],
        "provisioner": [{"local-exec": {"command": f"touch {begun}; exec sleep 600"}}],
    }
    app.synth({"project": stack})
    environment = app.environment | discord.environment()
    with running(app.folder, script_of("deploy.yml", "deploy"), environment) as step:
        step.wait_for(begun)
        printed = step.signal(*signals)
    assert step.process.returncode == 130, printed
    assert printed.splitlines()[-1] == "interrupted"
    assert app.resources("project")["first"] == "1"
    assert not (app.folder / ".project.tfstate.lock.info").exists()
    assert [embed["title"] for embed in discord.embeds] == [
        "🚀 Started: deploy of project",
        "❌ Failed: deploy of project",
    ]
    # The workflow's own notice is then left out.
    assert (app.folder / "output").read_text(encoding="utf-8") == "begun=true\nannounced=true\n"


def test_a_canceled_release_has_recorded_its_steps_and_is_announced(tmp_path: Path):
    with ReleaseWorld(tmp_path) as world:
        world.first_version()
        begun, program = tmp_path / "begun", tmp_path / "app/program"
        program.rename(tmp_path / "app/other")
        endless = f'#!/bin/sh\nif [ "$1" = migrate ]; then touch {begun}; exec sleep 600; fi\nexec ./other "$@"\n'
        program.write_text(endless, encoding="utf-8")
        program.chmod(0o755)
        path = world.environment["PATH"].replace(":", f":{Path(sys.executable).parent}:", 1)
        environment = world.environment | {"PATH": path}
        with running(tmp_path, script_of("app-deploy.yml", "release"), environment) as step:
            step.wait_for(begun)
            printed = step.signal(signal.SIGINT, signal.SIGTERM)
        assert step.process.returncode == 130, printed
        (journal,) = world.journals().values()
        assert {"checks", "audit", "restore point"} <= journal["steps"].keys()
        assert "migrations" not in journal["steps"]
        assert "outcome" not in journal, "the next run continues it"
        assert [embed["title"].partition(":")[0] for embed in world.notices] == ["🚀 Started", "❌ Failed"]


@pytest.mark.parametrize(
    ("workflow", "command"), [("deploy.yml", "plan"), ("plan.yml", "plan"), ("drift.yml", "drift")]
)
@each_signal
def test_a_canceled_plan_interrupts_terraform_once(
    app: TinyApp, workflow: str, command: str, signals: list[signal.Signals]
):
    app.synth({"project": data(main="1")})
    begun, ended, programs = app.folder / "begun", app.folder / "ended", app.folder / "programs"
    programs.mkdir()
    terraform = programs / "terraform"
    terraform.write_text(
        _ENDLESS_TERRAFORM.format(python=sys.executable, begun=str(begun), ended=str(ended)), encoding="utf-8"
    )
    terraform.chmod(0o755)
    path = f"{programs}:{app.environment['PATH']}"
    environment = app.environment | {"PATH": path, "GITHUB_TOKEN": "ghs_secretsecret"}
    with running(app.folder, script_of(workflow, command), environment) as step:
        step.wait_for(begun)
        printed = step.signal(*signals)
    assert step.process.returncode == 130, printed
    assert "interrupted" in printed
    assert ended.read_text(encoding="utf-8") == "SIGINT\n"
    # Not "no changes": the deploy job must not start, and nobody must think that the plan ended.
    assert not (app.folder / "output").exists() or "changes" not in (app.folder / "output").read_text(encoding="utf-8")
