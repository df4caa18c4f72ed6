"""An apply whose state can't be saved, as with an expired session: nothing is lost, and nothing is applied twice."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ops.terraform.deploy import DeployOptions, DeployResult, deploy
from ops.terraform.plan import Outcome, PlanExit, PlannedStack
from ops.terraform.stacks import read_stacks
from ops.terraform.terraform_cli import Terraform, TerraformError
from tests.ops.receivers import Discord
from tests.ops.tiny_app import TinyApp, data


class StateServer(ThreadingHTTPServer):
    """Terraform's http backend on a free port: one state, which it can refuse to store."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state: bytes | None = None
        self.refuses = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/state"


class _Handler(BaseHTTPRequestHandler):
    server: StateServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        self._answer(200 if self.server.state else 404, self.server.state or b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.refuses:
            self._answer(403, b"ExpiredToken")
            return
        self.server.state = body
        self._answer(200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def server() -> Iterator[StateServer]:
    with StateServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def app(tiny_app: TinyApp, server: StateServer) -> TinyApp:
    backend = {"backend": {"http": {"address": server.address, "retry_max": 0}}}
    tiny_app.synth({"project": data(main="1") | {"terraform": backend}})
    return tiny_app


def run(app: TinyApp, **environment: str) -> tuple[DeployResult, list[PlannedStack]]:
    context = app.context(**environment)
    planned: list[PlannedStack] = []
    return deploy(context, read_stacks(context), DeployOptions(report=planned.extend)), planned


def kept(app: TinyApp) -> Path:
    return app.folder / ".unsaved" / "project.tfstate"


def push(app: TinyApp) -> None:
    context = app.context()
    Terraform(context, read_stacks(context)[0]).push_unsaved()


def test_a_state_that_can_not_be_saved_is_kept_and_blocks_plans_until_it_is_pushed(
    app: TinyApp, server: StateServer, discord: Discord
):
    server.refuses = True
    deployment, _ = run(app, **discord.environment())
    assert (deployment.code, deployment.applied, deployment.unsaved) == (PlanExit.ERROR, (), ("project",))
    (problem,) = deployment.problems
    assert len(problem.splitlines()) == 1
    assert f"don't apply again: it is in {kept(app)}" in problem
    assert "python -m ops state push project" in problem
    assert "Don't deploy again before the state is saved" in discord.embeds[-1]["description"]
    assert kept(app).stat().st_mode & 0o777 == 0o600
    assert [resource["name"] for resource in json.loads(kept(app).read_text())["resources"]] == ["main"]

    # A second deploy would create the resource a second time.
    server.refuses = False
    again, planned = run(app)
    assert (again.code, planned[0].outcome) == (PlanExit.ERROR, Outcome.FAILED)
    assert "could not save the state" in planned[0].problem
    assert server.state is None

    push(app)
    assert not kept(app).exists()
    assert server.state is not None
    after, planned = run(app)
    assert (after.code, planned[0].outcome) == (PlanExit.NOTHING, Outcome.UNCHANGED)


def unwritable(app: TinyApp) -> None:
    """Terraform can't write errored.tfstate, as on a full disk."""
    (app.out / "stacks/project/errored.tfstate").mkdir()


def test_a_state_that_terraform_can_only_print_is_kept_and_not_shown(
    app: TinyApp, server: StateServer, capfd: pytest.CaptureFixture[str]
):
    server.refuses = True
    unwritable(app)
    deployment, _ = run(app)
    assert deployment.unsaved == ("project",)
    assert f"it is in {kept(app)}; save it with `python -m ops state push project`" in deployment.problems[0]
    printed = "".join(capfd.readouterr())
    assert "Creation complete" in printed
    assert '"lineage"' not in printed, "a state holds secrets"
    assert kept(app).stat().st_mode & 0o777 == 0o600
    server.refuses = False
    push(app)
    assert server.state
    assert [resource["name"] for resource in json.loads(server.state)["resources"]] == ["main"]


def test_a_state_that_no_place_takes_leads_to_the_import(app: TinyApp, server: StateServer):
    server.refuses = True
    unwritable(app)
    kept(app).parent.write_text("no folder")
    deployment, _ = run(app)
    assert deployment.unsaved == ("project",)
    (problem,) = deployment.problems
    assert len(problem.splitlines()) == 1
    assert "nor write it to a file (File exists); don't apply again: import them with" in problem


def test_a_state_that_still_can_not_be_saved_is_kept(app: TinyApp, server: StateServer):
    server.refuses = True
    run(app)
    with pytest.raises(TerraformError, match="project: "):
        push(app)
    assert kept(app).is_file()


def test_a_kept_state_that_is_older_than_the_stored_one_is_not_pushed(app: TinyApp, server: StateServer):
    run(app)
    assert server.state is not None
    newer = json.loads(server.state)
    app.synth({"project": data(main="2") | {"terraform": json.loads(_document(app))["terraform"]}})
    server.refuses = True
    run(app)
    server.refuses = False
    server.state = json.dumps(newer | {"serial": newer["serial"] + 9}).encode()
    with pytest.raises(TerraformError, match="serial"):
        push(app)
    assert kept(app).is_file()


def test_on_a_runner_the_resources_are_to_be_imported(app: TinyApp, server: StateServer):
    server.refuses = True
    deployment, _ = run(app, GITHUB_RUN_ID="1", GITHUB_REPOSITORY="tiny-inc/tiny")
    assert "python -m ops state recover project" in deployment.problems[0]
    assert "state push" not in deployment.problems[0]


def test_without_an_unsaved_state_there_is_nothing_to_push(app: TinyApp):
    with pytest.raises(TerraformError, match="nothing to push"):
        push(app)


def _document(app: TinyApp) -> str:
    return (app.out / "stacks" / "project" / "cdk.tf.json").read_text(encoding="utf-8")
