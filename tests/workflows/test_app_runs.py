"""The app's workflows, really run: the callers of examples/app, and the workflows of this repository that they call.

How the commands themselves do their work is tested with the commands; test_release_run.py runs a release as a whole.
"""

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from tests.ops.receivers import Discord, GitHubServer
from tests.workflows.act import APP, COMMIT, INFRASTRUCTURE, Act, Run
from tests.workflows.documents import ROOT
from tests.workflows.events import CLOUDS, TOKEN, VARIABLES, pull_request

pytestmark = pytest.mark.slow

FORKS = pytest.mark.parametrize(
    "origin",
    [{"head": "mallory/app"}, {"deleted": True}, {"user": "dependabot[bot]"}],
    ids=["fork", "deleted fork", "Dependabot"],
)
GIVEN_TO_RELEASE = {*CLOUDS, "DISCORD_WEBHOOK_URL"}


class App:
    """The app's repository, with the commands of ops answering as a test says."""

    def __init__(self, act: Act, discord: Discord, github: GitHubServer) -> None:
        self.act, self.discord, self.github = act, discord, github
        # The run itself: act numbers it 1.
        github.add_run(1, "deploy-production.yml", "in_progress")
        for command in ("release", "rollback", "preview"):
            act.answer(command, 0)

    def run(
        self,
        workflow: str,
        event: str,
        payload: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        without: Collection[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> Run:
        secrets = CLOUDS | self.discord.environment() | {"GITHUB_TOKEN": TOKEN}
        secrets = {name: value for name, value in secrets.items() if name not in without}
        return self.act.run(
            APP,
            workflow,
            event,
            payload=payload,
            secrets=secrets,
            variables=VARIABLES | dict(variables or {}),
            environment={
                "STANDIN_GITHUB_API_URL": "http://127.0.0.1:9",
                "STANDIN_ACTIONS_API_URL": self.github.url,
                **(environment or {}),
            },
        )

    @property
    def notices(self) -> list[str]:
        return [embed["title"] for embed in self.discord.embeds]


def assert_only_infrastructure(run: Run) -> None:
    """Names are enough to remove a preview: beside its credentials nothing of the app is fetched or installed."""
    assert [line.split()[1] for line in run.record if line.startswith("checkout ")] == [INFRASTRUCTURE]
    assert [line for line in run.record if line.startswith("npm ")] == []


@pytest.fixture
def app(act: Act, discord: Discord, github: GitHubServer) -> App:
    return App(act, discord, github)


CHECKS, TURN, RELEASE, ROLLBACK, NOTICE = (
    f"App {name}"
    for name in (
        "CI/Check the app",
        "deploy/Take its turn",
        "deploy/release production",
        "deploy/rollback production",
        "deploy/Announce what ended without a notice",
    )
)
RELEASED = {CHECKS: "success", TURN: "success", RELEASE: "success"}


def test_a_merge_is_checked_and_released_by_the_pinned_commit_with_its_own_role(app: App):
    run = app.run("deploy-production.yml", "push")
    assert (run.code, run.jobs) == (0, RELEASED)
    assert run.ops == ["release production --app ../app"]
    assert f"checkout {APP}  app" in run.record
    assert run.record.count(f"checkout {INFRASTRUCTURE} {COMMIT} infra") == 2, "to take its turn, and to release"
    assert "role arn-of-release eu-west-1" in run.record
    installed = [number for number, line in enumerate(run.record) if line.startswith("npm ci")]
    assert run.record.index("make setup") < installed[-1]
    assert run.given("release") == GIVEN_TO_RELEASE
    assert app.notices == [], "the command itself sends them"


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped", ""])
def test_what_failed_its_checks_is_announced_and_not_released(app: App, result: str):
    # act ends a run after a called workflow that failed, whatever the next job's condition; GitHub goes on.
    caller = ".github/workflows/deploy-production.yml"
    app.act.edit(APP, caller, "checks: ${{ needs.checks.result }}", f'checks: "{result}"')
    run = app.run("deploy-production.yml", "push")
    assert (run.code, run.jobs) == (1, {CHECKS: "success", TURN: "failure", NOTICE: "success"})
    assert run.ops == []
    assert app.notices == ["❌ Failed: release of production"]
    assert f"the checks of this commit ended as {result or 'nothing'}" in run.printed


def test_a_push_releases_nothing_where_releases_are_started_by_hand(app: App):
    by_hand = {"DEPLOY_ON_PUSH": "false"}
    run = app.run("deploy-production.yml", "push", variables=by_hand)
    assert (run.code, run.jobs, run.ops, app.notices) == (0, {}, [], [])
    assert app.run("deploy-production.yml", "workflow_dispatch", variables=by_hand).jobs == RELEASED


@pytest.mark.parametrize("version", ["", "a1b2c3d4", "x; $(id)"])
def test_by_hand_it_is_rolled_back_without_checks(app: App, version: str):
    run = app.run("rollback-production.yml", "workflow_dispatch", {"inputs": {"version": version}})
    assert (run.code, run.jobs) == (0, {TURN: "success", ROLLBACK: "success"})
    assert run.ops == ["rollback production --app ../app" + (f" --to {version}" if version else "")]
    assert run.given("rollback") == GIVEN_TO_RELEASE


def test_an_action_that_is_none_is_refused_and_announced(app: App):
    app.act.edit(APP, ".github/workflows/rollback-production.yml", "action: rollback", "action: destroy")
    run = app.run("rollback-production.yml", "workflow_dispatch")
    assert (run.code, run.ops) == (1, [])
    assert "there is no action destroy; choose release or rollback" in run.printed
    assert app.notices == ["❌ Failed: destroy of production"]


@pytest.mark.parametrize("code", [1, 4, 5], ids=["a step failed", "rolled back", "rollback failed too"])
def test_a_release_that_does_not_end_well_is_red(app: App, code: int):
    app.act.answer("release", code)
    run = app.run("deploy-production.yml", "push")
    assert (run.code, run.jobs) == (1, RELEASED | {RELEASE: "failure", NOTICE: "success"})
    assert run.ops == ["release production --app ../app"]
    # The stand-in for ops announced nothing; test_rehearsed_runs.py has the real one, which does.
    assert app.notices == ["❌ Failed: release of production"]


@pytest.mark.parametrize("webhook", ["there", "gone", "none"])
def test_a_release_that_could_not_begin_is_announced_where_there_is_a_webhook(app: App, webhook: str):
    app.discord.faults = [(404, None)] if webhook == "gone" else []
    run = app.run(
        "deploy-production.yml",
        "push",
        environment={"FAIL_AT_ROLE": "arn-of-release"},
        without={"DISCORD_WEBHOOK_URL"} if webhook == "none" else set[str](),
    )
    assert (run.code, run.jobs) == (1, RELEASED | {RELEASE: "failure", NOTICE: "success"})
    assert run.ops == []
    if webhook == "none":
        assert "no notice: DISCORD_WEBHOOK_URL is not set" in run.printed
        return
    (embed,) = app.discord.embeds
    assert embed["title"] == "❌ Failed: release of production"
    assert embed["description"].startswith("Nothing was changed.")
    assert embed["description"].endswith(f"/{APP}/actions/runs/1)")
    assert ("Notice not delivered" in run.printed) == (webhook == "gone")


def test_older_releases_that_wait_are_canceled_and_a_running_one_is_not(app: App):
    app.github.runs.clear()
    app.github.add_run(-3, "deploy-production.yml", "in_progress")
    app.github.add_run(-2, "deploy-production.yml", "waiting")
    app.github.add_run(-1, "deploy-production.yml", "pending")
    app.github.add_run(1, "deploy-production.yml", "in_progress")
    run = app.run("deploy-production.yml", "push")
    assert (run.code, run.jobs) == (0, RELEASED)
    assert [path for _, path, _ in app.github.sent("POST")] == [
        "/repos/owner/app/actions/runs/-1/cancel",
        "/repos/owner/app/actions/runs/-2/cancel",
    ]


@pytest.mark.parametrize("other", ["deploy-production.yml", "rollback-production.yml"])
def test_a_release_that_a_newer_run_has_overtaken_ends_before_anybody_is_asked(app: App, other: str):
    """A re-run of an old run is one: its id stays, and the newer runs are there."""
    app.github.add_run(2, other, "completed", "success")
    run = app.run("deploy-production.yml", "push")
    assert (run.code, run.jobs) == (0, {CHECKS: "success", TURN: "success", NOTICE: "success"})
    assert run.ops == []
    assert app.notices == ["⏭️ Skipped: release of production"]
    assert "run 2 " in run.printed


def test_a_rollback_goes_ahead_of_the_releases_that_wait(app: App):
    app.github.runs.clear()
    app.github.add_run(-1, "deploy-production.yml", "waiting")
    app.github.add_run(1, "rollback-production.yml", "in_progress")
    # A merge meanwhile does not stop it.
    app.github.add_run(2, "deploy-production.yml", "in_progress")
    run = app.run("rollback-production.yml", "workflow_dispatch")
    assert (run.code, run.jobs) == (0, {TURN: "success", ROLLBACK: "success"})
    assert app.github.runs[-1]["conclusion"] == "cancelled"
    assert app.github.runs[2]["status"] == "in_progress"


def test_a_rollback_goes_on_where_github_answers_nothing_and_a_release_does_not(app: App):
    no_answer = {"STANDIN_ACTIONS_API_URL": "http://127.0.0.1:9"}
    rollback = app.run("rollback-production.yml", "workflow_dispatch", environment=no_answer)
    assert (rollback.code, rollback.ops) == (0, ["rollback production --app ../app"])
    release = app.run("deploy-production.yml", "push", environment=no_answer)
    assert (release.code, release.ops) == (1, rollback.ops)
    assert app.notices == ["❌ Failed: release of production"]


@pytest.mark.parametrize("workflow", ["deploy-production.yml", "preview.yml", "cleanup.yml"])
def test_a_github_that_does_not_say_what_is_pinned_gets_one_clear_error(app: App, workflow: str):
    for called in ("app-deploy.yml", "app-preview.yml", "app-cleanup.yml"):
        app.act.forget_pin(f".github/workflows/{called}")
    payload = None if workflow.startswith("deploy") else pull_request(APP, action="closed")
    run = app.run(workflow, "push" if payload is None else "pull_request", payload)
    assert (run.code, run.ops) == (1, [])
    assert "job.workflow_repository and job.workflow_sha are empty" in run.printed
    assert not [line for line in run.record if "infra" in line]


def test_settings_that_have_changed_since_the_pin_stop_a_release_until_it_is_raised(app: App):
    settings = (ROOT / "settings.toml").read_text()
    app.act.add_branch(INFRASTRUCTURE, "main", {"settings.toml": settings + "# only a comment\n"})
    assert app.run("deploy-production.yml", "push").code == 0

    app.act.add_branch(INFRASTRUCTURE, "main", {"settings.toml": settings + "\n[new]\nkey = 1\n"})
    stopped = app.run("deploy-production.yml", "push")
    assert (stopped.code, stopped.jobs) == (1, {CHECKS: "success", TURN: "failure", NOTICE: "success"})
    assert "settings.toml has changed since the pinned commit (new); raise the pin" in stopped.printed

    asked = app.run("deploy-production.yml", "workflow_dispatch", {"inputs": {"pinned_settings": "true"}})
    assert asked.code == 0
    assert app.run("rollback-production.yml", "workflow_dispatch").code == 0


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
    run = app.run("ci.yml", "pull_request", pull_request(APP), environment={"FAIL_AT_NPM": "run test"})
    assert run.code == 1
    assert run.record[-1] == "npm run test", "and the checks after it are not run"


def test_a_check_that_reads_its_input_does_not_swallow_the_checks_after_it(app: App):
    run = app.run(
        "ci.yml",
        "pull_request",
        pull_request(APP),
        environment={"READS_AT_NPM": "run lint", "FAIL_AT_NPM": "run build"},
    )
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
    run = app.run("ci.yml", "pull_request", pull_request(APP))
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
