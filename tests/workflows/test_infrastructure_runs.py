"""This repository's workflows, really run: with the real ops, real Terraform, and GitHub and Discord on loopback."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.process import ROOT
from sandbox.providers.mirror import write_mirror
from tests.ops.receivers import Discord, GitHubServer
from tests.ops.tiny_app import TinyApp, data
from tests.workflows.act import INFRASTRUCTURE, Act, Run
from tests.workflows.documents import named
from tests.workflows.events import CLOUDS, TOKEN, VARIABLES, pull_request

pytestmark = pytest.mark.slow

PLAN, DEPLOY, NOTICE = "Plan, for the reviewer", "Deploy every stack", "Announce what ended without a notice"
GIVEN_TO_TERRAFORM = {
    "CLOUDFLARE_API_TOKEN",
    "NEON_API_KEY",
    "TF_VAR_cloudflare_account_id",
    "TF_VAR_cloudflare_zone_id",
    "TF_VAR_neon_org_id",
    "TF_VAR_discord_webhook_url",
}


class Infrastructure:
    """The workflows on tiny stacks, whose states are in the test's folder."""

    def __init__(self, act: Act, app: TinyApp, github: GitHubServer, discord: Discord) -> None:
        self.act, self.app, self.github, self.discord = act, app, github, discord
        self.app.out = act.synthesized
        # The run itself: act numbers it 1.
        github.add_run(1, "deploy.yml", "in_progress")
        self.settle("1")

    def settle(self, value: str) -> None:
        """The stacks as the settings say: two, each with one resource of this value."""
        self.app.synth({"project": data(main=value), "dev": data(branch=value)}, {"dev": ["project"]})

    def run(
        self,
        workflow: str,
        event: str,
        payload: Mapping[str, Any] | None = None,
        fail_at_role: str = "",
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Run:
        # GitHub gives a fork's pull request none.
        head = ((payload or {}).get("pull_request", {}).get("head", {}).get("repo") or {}).get("full_name")
        trusted = payload is None or "pull_request" not in payload or head == INFRASTRUCTURE
        webhook = self.discord.environment()["DISCORD_WEBHOOK_URL"]
        return self.act.run(
            INFRASTRUCTURE,
            workflow,
            event,
            payload=payload,
            secrets=CLOUDS | {"DISCORD_WEBHOOK_URL": webhook, "GITHUB_TOKEN": TOKEN, **(secrets or {})}
            if trusted
            else {},
            variables=VARIABLES | dict(variables or {}),
            environment={
                "STANDIN_GITHUB_API_URL": self.github.url,
                "STANDIN_ACTIONS_API_URL": self.github.url,
                "TF_CLI_CONFIG_FILE": "/dev/null",
                "FAIL_AT_ROLE": fail_at_role,
            },
        )

    @property
    def notices(self) -> list[str]:
        return [embed["title"] for embed in self.discord.embeds]


@pytest.fixture
def infrastructure(act: Act, tiny_app: TinyApp, github: GitHubServer, discord: Discord) -> Infrastructure:
    return Infrastructure(act, tiny_app, github, discord)


@pytest.fixture
def tiny_app(tmp_path: Path) -> TinyApp:
    return TinyApp(tmp_path)


def test_a_pull_request_is_planned_into_one_comment_and_a_page(infrastructure: Infrastructure):
    first = infrastructure.run("plan.yml", "pull_request", pull_request(INFRASTRUCTURE))
    second = infrastructure.run("plan.yml", "pull_request", pull_request(INFRASTRUCTURE))
    assert (first.code, second.code) == (0, 0)
    assert second.jobs == {"Plan every stack": "success"}
    (comment,) = infrastructure.github.comments.values()
    assert "terraform_data.main" in comment["body"]
    assert first.record.count("artifact plan") == 1
    assert "role arn-of-plan eu-west-1" in first.record
    assert first.given("plan") == GIVEN_TO_TERRAFORM | {"GITHUB_TOKEN"}
    assert infrastructure.app.resources("project") == {}, "nothing may be applied for a pull request"


@pytest.mark.parametrize(
    "payload",
    [
        pull_request(INFRASTRUCTURE, "mallory/infra"),
        pull_request(INFRASTRUCTURE, deleted=True),
        pull_request(INFRASTRUCTURE, user="dependabot[bot]"),
    ],
    ids=["fork", "deleted fork", "Dependabot"],
)
def test_a_forks_pull_request_is_linted_and_synthesized_without_a_secret(
    infrastructure: Infrastructure, payload: dict[str, Any]
):
    run = infrastructure.run("plan.yml", "pull_request", payload)
    assert (run.code, run.jobs) == (0, {"Lint and synthesize, without secrets": "success"})
    assert "make lint synth" in run.record
    assert run.ops == []
    assert not [line for line in run.record if line.startswith("role ")]
    assert infrastructure.github.requests == []


@pytest.mark.parametrize("code", [1, 3], ids=["error", "refused by the guard"])
def test_a_plan_that_fails_or_is_refused_is_seen(infrastructure: Infrastructure, code: int):
    infrastructure.act.answer("plan", code)
    run = infrastructure.run("plan.yml", "pull_request", pull_request(INFRASTRUCTURE))
    assert (run.code, run.jobs) == (1, {"Plan every stack": "failure"})


def test_main_is_deployed_and_told_and_then_there_is_nothing_to_approve(infrastructure: Infrastructure):
    run = infrastructure.run("deploy.yml", "push")
    assert run.jobs == {"Plan, for the reviewer": "success", "Deploy every stack": "success"}
    assert infrastructure.app.resources("project") == {"main": "1"}
    assert infrastructure.app.resources("dev") == {"branch": "1"}
    assert infrastructure.notices == ["🚀 Started: deploy of project, dev", "✅ Succeeded: deploy of project, dev"]
    assert [line for line in run.record if line.startswith("role ")] == [
        "role arn-of-plan eu-west-1",
        "role arn-of-deploy eu-west-1",
    ]
    assert run.given("plan") == GIVEN_TO_TERRAFORM
    assert run.given("deploy") == GIVEN_TO_TERRAFORM | {"DISCORD_WEBHOOK_URL"}

    again = infrastructure.run("deploy.yml", "push")
    assert again.jobs == {"Plan, for the reviewer": "success"}
    assert len(infrastructure.notices) == 2


def test_a_push_deploys_nothing_where_deploys_are_started_by_hand(infrastructure: Infrastructure):
    by_hand = {"DEPLOY_ON_PUSH": "false"}
    run = infrastructure.run("deploy.yml", "push", variables=by_hand)
    assert (run.code, run.jobs, run.ops, infrastructure.notices) == (0, {}, [], [])
    assert infrastructure.run("deploy.yml", "workflow_dispatch", variables=by_hand).ops


def test_by_hand_each_resource_that_may_go_is_one_argument(infrastructure: Infrastructure):
    infrastructure.act.answer("plan", 2)
    infrastructure.act.answer("deploy", 0)
    allow = 'dev:neon_branch.this dev:neon_role.x["a*"] $(touch${IFS}pwned)'
    run = infrastructure.run("deploy.yml", "workflow_dispatch", {"inputs": {"allow": allow}})
    expected = '--allow=dev:neon_branch.this --allow=dev:neon_role.x["a*"] --allow=$(touch${IFS}pwned)'
    assert run.ops[:2] == [f"plan {expected}", f"deploy --yes --page deploy.html {expected}"]


@pytest.mark.parametrize("code", [1, 3], ids=["error", "refused by the guard"])
def test_a_plan_that_fails_or_is_refused_deploys_nothing_and_is_announced(infrastructure: Infrastructure, code: int):
    infrastructure.act.answer("plan", code)
    run = infrastructure.run("deploy.yml", "push")
    assert (run.code, run.jobs) == (1, {PLAN: "failure", NOTICE: "success"})
    assert infrastructure.app.resources("project") == {}
    assert infrastructure.notices == ["❌ Failed: deploy of the infrastructure"]


def test_a_deploy_that_fails_is_announced_once(infrastructure: Infrastructure):
    infrastructure.act.answer("plan", 2)
    infrastructure.app.synth({"project": {"resource": {"no_such_kind": {"a": {}}}}})
    run = infrastructure.run("deploy.yml", "push")
    assert run.jobs == {PLAN: "success", DEPLOY: "failure"}
    assert infrastructure.notices == ["❌ Failed: deploy of project"]


def test_a_deploy_that_could_not_begin_is_announced(infrastructure: Infrastructure):
    infrastructure.act.answer("plan", 2)
    run = infrastructure.run("deploy.yml", "push", fail_at_role="arn-of-deploy")
    assert run.jobs == {PLAN: "success", DEPLOY: "failure", NOTICE: "success"}
    assert [line.partition(" ")[0] for line in run.ops] == ["plan"]
    (embed,) = infrastructure.discord.embeds
    assert embed["title"] == "❌ Failed: deploy of the infrastructure"
    assert embed["description"].startswith("Nothing was applied.")


def test_a_deploy_that_ends_without_a_word_of_its_own_is_announced(infrastructure: Infrastructure):
    infrastructure.act.answer("plan", 2)
    infrastructure.act.answer("deploy", 137)
    run = infrastructure.run("deploy.yml", "push")
    assert run.jobs == {PLAN: "success", DEPLOY: "failure", NOTICE: "success"}
    (embed,) = infrastructure.discord.embeds
    assert embed["description"].startswith("It ended while it deployed, and could not say where.")


def test_a_deploy_cancels_the_older_runs_that_wait(infrastructure: Infrastructure):
    infrastructure.act.answer("plan", 0)
    infrastructure.github.add_run(-2, "deploy.yml", "in_progress")
    infrastructure.github.add_run(-1, "deploy.yml", "waiting")
    run = infrastructure.run("deploy.yml", "push")
    assert (run.code, run.jobs) == (0, {PLAN: "success"}), "even where it changes nothing itself"
    assert infrastructure.github.runs[-1]["conclusion"] == "cancelled"
    assert infrastructure.github.runs[-2]["status"] == "in_progress"


def test_a_deploy_that_a_newer_one_has_overtaken_ends_before_anybody_is_asked(infrastructure: Infrastructure):
    infrastructure.act.answer("plan", 2)
    infrastructure.github.add_run(2, "deploy.yml", "in_progress")
    run = infrastructure.run("deploy.yml", "push")
    assert (run.code, run.jobs) == (0, {PLAN: "success", NOTICE: "success"})
    assert infrastructure.notices == ["⏭️ Skipped: deploy of the infrastructure"]


def test_a_deploy_succeeds_where_the_notices_server_is_down(infrastructure: Infrastructure):
    infrastructure.discord.faults = [(404, None), (404, None)]
    run = infrastructure.run("deploy.yml", "push")
    assert (run.code, run.jobs["Deploy every stack"]) == (0, "success")
    assert infrastructure.app.resources("project") == {"main": "1"}
    assert "notice not delivered (✅ Succeeded: deploy of project, dev): the webhook answered 404" in run.printed


def test_drift_is_told_in_one_issue_which_closes_when_it_is_gone(infrastructure: Infrastructure):
    infrastructure.run("deploy.yml", "push")
    clean = infrastructure.run("drift.yml", "schedule")
    assert (clean.code, clean.jobs, infrastructure.github.issues) == (0, {"Look for drift": "success"}, {})

    infrastructure.settle("2")
    for drifted in [infrastructure.run("drift.yml", "schedule") for _ in range(2)]:
        assert (drifted.code, drifted.jobs) == (0, {"Look for drift": "success"})
        assert "::warning title=Drift::" in drifted.printed
        assert drifted.given("drift") == GIVEN_TO_TERRAFORM | {"GITHUB_TOKEN"}
    (issue,) = infrastructure.github.issues.values()
    assert (issue["state"], issue["title"]) == ("open", "Drift in project, dev")
    assert infrastructure.app.resources("project") == {"main": "1"}, "looking changes nothing"

    infrastructure.settle("1")
    assert infrastructure.run("drift.yml", "workflow_dispatch").code == 0
    assert infrastructure.github.issues[1]["state"] == "closed"
    assert len(infrastructure.notices) == 2, "of the deploy; drift is in the issue"


def test_a_check_for_drift_that_fails_is_red_and_told(infrastructure: Infrastructure):
    infrastructure.app.synth({"project": {"resource": {"no_such_kind": {"a": {}}}}})
    run = infrastructure.run("drift.yml", "schedule")
    assert (run.code, run.jobs) == (1, {"Look for drift": "failure", NOTICE: "success"})
    assert infrastructure.notices == ["❌ Failed: check for drift"]
    assert infrastructure.github.issues == {}


def test_uptime_takes_no_credentials_but_the_notices_and_says_when_it_could_not_ask(infrastructure: Infrastructure):
    infrastructure.act.answer("uptime", 1)
    run = infrastructure.run("uptime.yml", "schedule")
    assert (run.code, run.jobs) == (1, {"Ask every address": "failure", NOTICE: "success"})
    assert run.given("uptime") == {"DISCORD_WEBHOOK_URL"}
    assert not [line for line in run.record if line.startswith("role ")]
    (embed,) = infrastructure.discord.embeds
    assert embed["title"] == "❌ Failed: uptime"
    assert embed["description"].startswith("The sites and APIs could not be checked.")


BACKUP = {"AWS_BACKUP_ROLE_ARN": "arn-of-backup"}
BACKUP_TEST = BACKUP | {"BACKUP_TEST": "true"}
BACKUP_KEY = {"BACKUP_SECRET_KEY": "backup-secret-1"}
NIGHTLY = [
    ("backup.yml", BACKUP, {}, "backup create", "Back up", "❌ Failed: backup"),
    (
        "backup-test.yml",
        BACKUP_TEST,
        BACKUP_KEY,
        "backup test",
        "Restore and compare",
        "❌ Failed: test of the backups",
    ),
]


@pytest.mark.parametrize("workflow", ["backup.yml", "backup-test.yml"])
def test_without_the_variable_no_backup_is_taken_or_tested(infrastructure: Infrastructure, workflow: str):
    run = infrastructure.run(workflow, "schedule")
    assert (run.code, run.jobs, run.ops) == (0, {}, [])
    assert not [line for line in run.record if line.startswith("role ")]


@pytest.mark.parametrize(("workflow", "variables", "secrets", "command", "job", "title"), NIGHTLY)
def test_backups_are_taken_and_tested_with_their_own_role_and_no_more_secrets(
    infrastructure: Infrastructure,
    workflow: str,
    variables: dict[str, str],
    secrets: dict[str, str],
    command: str,
    job: str,
    title: str,
):
    infrastructure.act.answer("backup", 0)
    run = infrastructure.run(workflow, "schedule", secrets=BACKUP_KEY, variables=variables)
    assert (run.code, run.jobs, run.ops) == (0, {job: "success"}, [command])
    assert [line for line in run.record if line.startswith("role ")] == ["role arn-of-backup eu-west-1"]
    assert run.given("backup") == {"NEON_API_KEY", "TF_VAR_neon_org_id", *secrets}
    assert infrastructure.notices == []

    infrastructure.act.answer("backup", 1)
    run = infrastructure.run(workflow, "schedule", secrets=BACKUP_KEY, variables=variables)
    assert (run.code, run.jobs) == (1, {job: "failure", NOTICE: "success"})
    assert infrastructure.notices == [title]


@pytest.mark.parametrize(("workflow", "variables", "secrets", "command", "job", "title"), NIGHTLY)
def test_a_backup_that_could_not_begin_is_announced(
    infrastructure: Infrastructure,
    workflow: str,
    variables: dict[str, str],
    secrets: dict[str, str],
    command: str,
    job: str,
    title: str,
):
    run = infrastructure.run(workflow, "schedule", fail_at_role="arn-of-backup", secrets=secrets, variables=variables)
    assert (run.code, run.jobs) == (1, {job: "failure", NOTICE: "success"})
    assert command not in run.ops
    assert infrastructure.notices == [title]


def test_uptime_reads_the_age_of_backups_with_their_role_where_there_is_one(infrastructure: Infrastructure):
    infrastructure.act.answer("uptime", 0)
    run = infrastructure.run("uptime.yml", "schedule", variables=BACKUP)
    assert run.jobs == {"Ask every address": "success"}
    assert [line for line in run.record if line.startswith("role ")] == ["role arn-of-backup eu-west-1"]
    assert run.given("uptime") == {"DISCORD_WEBHOOK_URL"}


@pytest.mark.parametrize("leak", ['python -m ops uptime "$DISCORD_WEBHOOK_URL"', 'echo "$DISCORD_WEBHOOK_URL"'])
def test_a_secret_that_is_printed_or_passed_as_an_argument_is_seen(infrastructure: Infrastructure, leak: str):
    # Each run is looked through for the secrets it was given; this is the proof that it is.
    infrastructure.act.answer("uptime", 0)
    infrastructure.act.edit(INFRASTRUCTURE, ".github/workflows/uptime.yml", "exec python -m ops uptime", leak)
    with pytest.raises(AssertionError, match="among a program's arguments: DISCORD_WEBHOOK_URL"):
        infrastructure.run("uptime.yml", "schedule")


@pytest.mark.parametrize("head", [INFRASTRUCTURE, "mallory/infra"])
def test_ci_tests_on_each_python_without_a_secret(infrastructure: Infrastructure, head: str):
    # An owner may test on one alone (docs/pipelines.md, "Minutes").
    pythons = named("ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert pythons in (["3.11", "3.13"], ["3.11"])
    run = infrastructure.run("ci.yml", "pull_request", pull_request(INFRASTRUCTURE, head))
    assert sorted(line for line in run.record if line.startswith("setup-python")) == [
        f"setup-python {python}" for python in pythons
    ]
    assert run.ops == []


PROVIDERS = "Rehearse with the real providers"
SAMPLE = r"^staging (cloudflare_dns_record\.web (name|type)|destroy)"


def test_a_raised_provider_is_compared_by_its_answers_into_one_comment(
    infrastructure: Infrastructure, github: GitHubServer, tmp_path: Path
):
    mirror = write_mirror(tmp_path / "mirror").mirror
    for other in ("hashicorp", "kislerdm"):  # what the folder lacks is a stand-in without a mirror
        shutil.rmtree(mirror / "registry.terraform.io" / other)
    infrastructure.act.edit(
        INFRASTRUCTURE, ".github/workflows/providers.yml", "PROVIDERS: registry", f"PROVIDERS: {mirror}"
    )

    run = infrastructure.act.run(
        INFRASTRUCTURE,
        "providers.yml",
        "pull_request",
        payload=pull_request(INFRASTRUCTURE),
        secrets={"GITHUB_TOKEN": TOKEN},
        environment={"STANDIN_ACTIONS_API_URL": github.url, "CHECKOUT": str(ROOT), "ONLY": SAMPLE},
    )

    assert (run.code, run.jobs) == (0, {PROVIDERS: "success"}), run.printed
    assert "make rehearse FAULTS=1 RECOVERY=1" in run.record
    (comment,) = github.comments.values()
    assert "**Real providers: passed**" in comment["body"]
    assert "cloudflare 5.18.0 (real" in comment["body"]
    assert "0 differ or are not recorded." in comment["body"]


def test_a_failed_rehearsal_is_reported_and_the_cases_are_compared_all_the_same(
    infrastructure: Infrastructure, github: GitHubServer
):
    failing = {"STANDIN_ACTIONS_API_URL": github.url, "FAIL_AT_MAKE": "rehearse FAULTS=1 RECOVERY=1"}
    secrets = {"GITHUB_TOKEN": TOKEN}

    run = infrastructure.act.run(INFRASTRUCTURE, "providers.yml", "schedule", secrets=secrets, environment=failing)

    assert (run.code, run.jobs) == (1, {PROVIDERS: "failure"})
    assert "make conformance" in run.record
    (issue,) = github.issues.values()
    assert "- rehearsal: failure\n- conformance: success" in issue["body"]


def test_a_fork_gets_no_comment(infrastructure: Infrastructure, github: GitHubServer):
    payload = pull_request(INFRASTRUCTURE, "mallory/infra")

    run = infrastructure.act.run(
        INFRASTRUCTURE,
        "providers.yml",
        "pull_request",
        payload=payload,
        environment={"STANDIN_ACTIONS_API_URL": github.url},
    )

    assert (run.code, run.jobs) == (0, {PROVIDERS: "success"}), run.printed
    assert github.comments == {}
