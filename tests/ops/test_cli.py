"""The commands as a person or a workflow runs them: exit codes, streams, files."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from ops import cli
from tests.ops.receivers import GitHubServer
from tests.ops.tiny_app import TinyApp, data
from tests.support import own_errors

ROOT = Path(__file__).parents[2]
SECRET = "topsecret-value-1"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ops", *arguments]


def ops(app: TinyApp, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = app.environment | {"NEON_API_KEY": SECRET} | environment
    return subprocess.run(
        command(*arguments), cwd=ROOT, env=known, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def app(tiny_app: TinyApp) -> TinyApp:
    tiny_app.synth({"project": data(main="1")})
    return tiny_app


def test_plan_deploy_and_drift_return_their_exit_codes(app: TinyApp):
    assert ops(app, "plan").returncode == 2
    deployed = ops(app, "deploy", "--yes")
    assert (deployed.returncode, deployed.stdout.splitlines()[-1]) == (0, "deployed: project")
    assert ops(app, "plan").returncode == 0
    again = ops(app, "deploy", "--yes")
    assert again.returncode == 0
    assert again.stdout.splitlines()[-1] == "nothing to deploy: every stack matches the settings"
    assert ops(app, "drift").returncode == 0
    app.state("project").unlink()
    assert ops(app, "drift").returncode == 2


def test_without_a_terminal_nothing_is_applied_unless_it_is_said(app: TinyApp):
    refused = ops(app, "deploy")
    assert (refused.returncode, refused.stdout, own_errors(refused.stderr)) == (
        1,
        "",
        "not confirmed: nothing was changed; answer y on a terminal, or pass --yes\n",
    )
    assert not app.state("project").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "prod"], "no stack prod; there are: project"),
        (["plan", "--allow", "neon_branch.this"], "--allow neon_branch.this: must be <stack>:<address>"),
        (["plan", "--no-such-option"], "No such option: --no-such-option"),
        (["nope"], "No such command 'nope'; see ops -h"),
        (["state", "nope"], "No such command 'nope'; see ops state -h"),
        (["release"], "Missing argument 'ENVIRONMENT'; see ops release -h"),
        (["plan", "--comment"], "--comment: no pull request started this run; pass --pr"),
        (["plan", "--page", "/no/such/plan.html"], "/no/such/plan.html: can't be written: No such file or directory"),
        (["plan", "--markdown", "/no/such/plan.md"], "/no/such/plan.md: can't be written: No such file or directory"),
        (["deploy", "prod"], "no stack prod; there are: project"),
        (["bootstrap"], "not confirmed: nothing was changed; answer y on a terminal, or pass --yes"),
        (["drift", "project", "--issue"], "--issue: the issue covers all stacks; name no stack, or drop --issue"),
        (["drift", "--issue"], "GITHUB_TOKEN or GH_TOKEN is not set"),
    ],
)
def test_an_owners_mistake_is_one_line_and_exit_code_1(app: TinyApp, arguments: list[str], message: str):
    finished = ops(app, *arguments)
    assert finished.returncode == 1
    assert own_errors(finished.stderr).startswith(message)
    assert len(own_errors(finished.stderr).splitlines()) == 1


def test_summaries_go_to_files_and_to_the_steps_summary(app: TinyApp, tmp_path: Path):
    step = tmp_path / "step.md"
    page, markdown = tmp_path / "plan.html", tmp_path / "plan.md"
    ops(app, "plan", "--page", str(page), "--markdown", str(markdown), GITHUB_STEP_SUMMARY=str(step))
    assert page.read_text().startswith("<!doctype html>")
    assert markdown.read_text().startswith("### Terraform plan: changes in project")
    assert step.read_text().startswith("### Terraform plan: changes in project")


def test_the_pull_requests_comment_is_updated_and_never_doubled(app: TinyApp, github: GitHubServer):
    for _ in range(2):
        assert ops(app, "plan", "--comment", "--pr", "7", **github.environment()).returncode == 2
    (comment,) = github.comments.values()
    assert "### Terraform plan: changes in project" in comment["body"]


def test_a_forks_pull_request_gets_no_comment(app: TinyApp, github: GitHubServer, tmp_path: Path):
    sides = {side: {"repo": {"full_name": f"{side}/app"}} for side in ("head", "base")}
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7, **sides}}))
    environment = github.environment() | {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    finished = ops(app, "plan", "--comment", **environment)
    assert finished.returncode == 2
    assert "no comment: the token of a forked pull request can't write one" in finished.stdout
    assert not github.requests


def test_no_secret_is_printed_even_where_terraform_prints_it(app: TinyApp):
    app.synth({"project": data(main=SECRET, other='${file("/no/such/topsecret-value-1")}')})
    finished = ops(app, "plan")
    assert finished.returncode == 1
    assert SECRET not in finished.stdout + finished.stderr
    assert "/no/such/***" in finished.stdout


def test_an_interrupted_deploy_lets_terraform_save_its_state_and_give_back_its_lock(app: TinyApp, tmp_path: Path):
    slow = data(first="1", slow="2")
    gate = tmp_path / "started"
    slow["resource"]["terraform_data"]["slow"] |= {
        "depends_on": ["terraform_data.first"],
        "provisioner": [{"local-exec": {"command": f"touch {gate}; sleep 600"}}],
    }
    app.synth({"project": slow})
    with subprocess.Popen(
        command("deploy", "--yes"),
        cwd=ROOT,
        env=app.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not gate.exists() and process.poll() is None:
            os.sched_yield()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "interrupted"
    assert app.resources("project")["first"] == "1"
    assert not (app.folder / ".project.tfstate.lock.info").exists()


def test_a_question_that_is_left_without_an_answer_says_that_nothing_more_was_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def asks(**_: object) -> None:
        raise typer.Abort

    def command(_app: object) -> SimpleNamespace:
        return SimpleNamespace(main=asks)

    monkeypatch.setattr(typer.main, "get_command", command)
    assert cli.main([]) == 1
    assert capsys.readouterr().err == "not answered: the command stopped at the question\n"
