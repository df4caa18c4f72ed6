"""The app's workflows, really run: the callers of examples/app, and the workflows of this repository that they call.

How the commands themselves do their work is tested with the commands; test_release_run.py runs a release as a whole.
"""

from typing import Any

import pytest

from tests.ops.receivers import Discord
from tests.workflows.act import APP, COMMIT, INFRASTRUCTURE, Act, Run
from tests.workflows.events import CLOUDS, TOKEN, VARIABLES, pull_request

FORKS = pytest.mark.parametrize(
    "origin",
    [{"head": "mallory/app"}, {"deleted": True}, {"user": "dependabot[bot]"}],
    ids=["fork", "deleted fork", "Dependabot"],
)
GIVEN_TO_RELEASE = {*CLOUDS, "DISCORD_WEBHOOK_URL"}


class App:
    """The app's repository, with the commands of ops answering as a test says."""

    def __init__(self, act: Act, discord: Discord) -> None:
        self.act, self.discord = act, discord
        for command in ("release", "rollback", "preview"):
            act.answer(command, 0)

    def run(
        self,
        workflow: str,
        event: str,
        payload: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
    ) -> Run:
        secrets = CLOUDS | self.discord.environment() | {"GITHUB_TOKEN": TOKEN}
        return self.act.run(
            APP,
            workflow,
            event,
            payload=payload,
            secrets=secrets,
            variables=VARIABLES,
            environment={"STANDIN_GITHUB_API_URL": "http://127.0.0.1:9"} | (environment or {}),
        )

    @property
    def notices(self) -> list[str]:
        return [embed["title"] for embed in self.discord.embeds]


def assert_only_infrastructure(run: Run) -> None:
    """Names are enough to remove a preview: beside its credentials nothing of the app is fetched or installed."""
    assert [line.split()[1] for line in run.record if line.startswith("checkout ")] == [INFRASTRUCTURE]
    assert [line for line in run.record if line.startswith("npm ")] == []


@pytest.fixture
def app(act: Act, discord: Discord) -> App:
    return App(act, discord)


def test_a_merge_is_released_by_the_pinned_commit_with_the_role_that_may_deploy(app: App):
    run = app.run("deploy-production.yml", "push")
    assert (run.code, run.jobs) == (0, {"App deploy/release production": "success"})
    assert run.ops == ["release production --app ../app"]
    assert f"checkout {APP}  app" in run.record
    assert f"checkout {INFRASTRUCTURE} {COMMIT} infra" in run.record
    assert "role arn-of-deploy eu-west-1" in run.record
    assert run.record.index("make setup") < run.record.index(
        next(line for line in run.record if line.startswith("npm ci"))
    )
    assert run.given("release") == GIVEN_TO_RELEASE
    assert app.notices == [], "the command itself sends them"


@pytest.mark.parametrize(
    ("inputs", "command"),
    [
        ({"action": "release"}, "release production --app ../app"),
        ({"action": "rollback"}, "rollback production --app ../app"),
        ({"action": "rollback", "version": "a1b2c3d4"}, "rollback production --app ../app --to a1b2c3d4"),
        ({"action": "rollback", "version": "x; $(id)"}, "rollback production --app ../app --to x; $(id)"),
    ],
)
def test_by_hand_it_is_released_or_rolled_back(app: App, inputs: dict[str, str], command: str):
    run = app.run("deploy-production.yml", "workflow_dispatch", {"inputs": inputs})
    assert (run.code, run.ops) == (0, [command])
    assert run.given(inputs["action"]) == GIVEN_TO_RELEASE


def test_an_action_that_is_none_is_refused_and_told(app: App):
    run = app.run("deploy-production.yml", "workflow_dispatch", {"inputs": {"action": "destroy"}})
    assert run.code == 1
    assert [line.partition(" ")[0] for line in run.ops] == ["notify"]
    assert "there is no action destroy; choose release or rollback" in run.printed


@pytest.mark.parametrize("code", [1, 4, 5], ids=["a step failed", "rolled back", "rollback failed too"])
def test_a_release_that_does_not_end_well_is_red_and_told_by_itself_alone(app: App, code: int):
    app.act.answer("release", code)
    run = app.run("deploy-production.yml", "push")
    assert (run.code, run.jobs) == (1, {"App deploy/release production": "failure"})
    assert run.ops == ["release production --app ../app"]
    assert app.notices == []


def test_a_release_that_could_not_begin_is_told(app: App):
    run = app.run("deploy-production.yml", "push", environment={"FAIL_AT_ROLE": "arn-of-deploy"})
    assert (run.code, run.jobs) == (1, {"App deploy/release production": "failure"})
    assert [line.partition(" ")[0] for line in run.ops] == ["notify"]
    assert app.notices == ["❌ Failed: release of production"]


def test_a_pull_request_gets_a_preview(app: App):
    run = app.run("preview.yml", "pull_request", pull_request(APP))
    assert (run.code, run.jobs) == (0, {"App preview/Open or update the preview": "success"})
    assert run.ops == ["preview up --pr 7 --app ../app"]
    assert run.given("preview") == {*CLOUDS, "GITHUB_TOKEN"}
    assert not [line for line in run.record if line.startswith("role ")]


@FORKS
def test_a_forks_pull_request_gets_no_preview_and_no_secret(app: App, origin: dict[str, Any]):
    run = app.run("preview.yml", "pull_request", pull_request(APP, **origin))
    assert (run.code, run.jobs) == (0, {"App preview/No preview for a fork": "success"})
    assert run.record == [], "nothing is checked out, and nothing run"


def test_it_is_the_condition_that_keeps_a_forks_code_away(app: App):
    # Without it, the test above would be red: a run sees what the workflow says.
    condition = "github.event.pull_request.head.repo.full_name == github.repository"
    app.act.edit(INFRASTRUCTURE, ".github/workflows/app-preview.yml", condition, "true")
    run = app.run("preview.yml", "pull_request", pull_request(APP, "mallory/app"))
    assert run.ops == ["preview up --pr 7 --app ../app"]


def test_a_closed_pull_requests_preview_is_removed(app: App):
    run = app.run("cleanup.yml", "pull_request", pull_request(APP, action="closed"))
    assert (run.code, run.jobs) == (0, {"App clean-up/Remove the preview": "success"})
    assert run.ops == ["preview down --pr 7"]
    assert run.given("preview") == {*CLOUDS, "GITHUB_TOKEN"}
    assert_only_infrastructure(run)


@FORKS
def test_a_closed_pull_request_of_a_fork_had_no_preview(app: App, origin: dict[str, Any]):
    run = app.run("cleanup.yml", "pull_request", pull_request(APP, action="closed", **origin))
    assert (run.code, run.jobs, run.record) == (0, {}, [])


def test_what_was_left_over_is_swept_on_a_schedule(app: App):
    run = app.run("cleanup.yml", "schedule")
    assert (run.code, run.jobs) == (0, {"App clean-up/Remove what closed pull requests left": "success"})
    assert run.ops == ["preview sweep"]
    assert_only_infrastructure(run)


@FORKS
def test_a_forks_pull_request_is_checked_without_secrets(app: App, origin: dict[str, Any]):
    run = app.run("ci.yml", "pull_request", pull_request(APP, **origin))
    assert (run.code, run.jobs) == (0, {"App CI/Check the app": "success"})
    assert [line for line in run.record if line.startswith("npm run")] == [
        "npm run lint",
        "npm run check-types",
        "npm run test",
        "npm run build",
    ]


def test_a_check_that_fails_is_red(app: App):
    run = app.run("ci.yml", "push", environment={"FAIL_AT_NPM": "run test"})
    assert run.code == 1
    assert run.record[-1] == "npm run test", "and the checks after it are not run"


def test_a_check_that_reads_its_input_does_not_swallow_the_checks_after_it(app: App):
    run = app.run("ci.yml", "push", environment={"READS_AT_NPM": "run lint", "FAIL_AT_NPM": "run build"})
    assert run.code == 1
    assert run.record[-1] == "npm run build"


INSTALLED_BY = {
    "pnpm": ({"pnpm-lock.yaml": ""}, "corepack pnpm install --frozen-lockfile --ignore-scripts"),
    "yarn": ({"yarn.lock": "__metadata:\n"}, "corepack yarn install --immutable --mode=skip-build"),
    "yarn 1": ({"yarn.lock": "# yarn lockfile v1\n"}, "corepack yarn install --frozen-lockfile --ignore-scripts"),
}


@pytest.mark.parametrize(("files", "command"), INSTALLED_BY.values(), ids=INSTALLED_BY)
def test_the_apps_own_package_manager_installs_it_and_runs_its_checks(app: App, files: dict[str, str], command: str):
    app.act.add_to_app(files | {".nvmrc": "24.13.0\n"})
    run = app.run("ci.yml", "push")
    manager = command.split()[1]
    assert run.code == 0
    assert "setup-node .nvmrc" in run.record
    assert [line for line in run.record if line.startswith(("corepack", "npm"))] == [
        command,
        *(f"corepack {manager} run {script}" for script in ("lint", "check-types", "test", "build")),
    ]


def test_a_release_installs_the_app_by_its_own_package_manager(app: App):
    app.act.add_to_app({"pnpm-lock.yaml": ""})
    run = app.run("deploy-production.yml", "push")
    assert run.code == 0
    assert INSTALLED_BY["pnpm"][1] in run.record
    assert any(line.startswith("corepack enable") and line.endswith(" pnpm") for line in run.record)
    assert not any(line.startswith("npm ci") for line in run.record)
