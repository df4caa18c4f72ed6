"""`ops doctor --github`: what it reports of repositories that were set up on each of GitHub's plans."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.finding import FindingStatus
from ops.health.github_checks import github_findings
from tests.ops.planned_github import PlannedGitHub
from tests.support import ROOT

MakeContext = Callable[..., Context]
INFRASTRUCTURE, APP = "ledger-inc/ledger-infrastructure", "ledger-inc/ledger"
SETTINGS = ROOT / "examples/full.toml"
CI = '    strategy:\n      matrix:\n        python: ["3.11"]\n'
ON_PUSH = "on:\n  push:\n    branches: [main]\n"
BY_HAND = "on:\n  workflow_dispatch:\n"


def _ids() -> dict[str, tuple[int, int]]:
    from settings import load_settings

    manage = load_settings(SETTINGS).state.manage
    assert manage
    return {name: (ids.owner, ids.repository) for name, ids in manage.github_ids.items()}


IDS = _ids()
ARN = "arn:aws:iam::123456789012:role/ledger-"


def set_up(plan: str) -> PlannedGitHub:
    """Both repositories, private and set up as on GitHub Enterprise; a test then changes them."""
    github = PlannedGitHub(plan)
    for name, files, checks in (
        (INFRASTRUCTURE, {"deploy.yml": ON_PUSH, "ci.yml": CI}, ["Test on Python 3.11", "Plan every stack"]),
        (APP, {"deploy-production.yml": ON_PUSH}, ["CI / Check the app"]),
    ):
        owner, id = IDS[name]
        repository = github.add(name, private=True, files=files, owner=owner, id=id)
        repository["protection"] = {
            "required_status_checks": {"contexts": checks},
            "required_pull_request_reviews": {"required_approving_review_count": 0},
        }
        repository["secrets"] |= {"CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN", "NEON_API_KEY"}
        # More than a page of others, which come first.
        repository["variables"] |= {f"A_{number}": "x" for number in range(45)} | {"AWS_REGION": "us-east-1"}
        repository["environments"]["production"] = {
            "rules": ["required_reviewers", "branch_policy"],
            "policy": {"protected_branches": False, "custom_branch_policies": True},
            "branches": [{"name": "main", "type": "branch"}],
            "secrets": {"CLOUDFLARE_API_TOKEN", "NEON_API_KEY"},
            "variables": {},
        }
    infrastructure, app = github.repositories[INFRASTRUCTURE], github.repositories[APP]
    infrastructure["variables"] |= {
        "AWS_PLAN_ROLE_ARN": f"{ARN}plan",
        "AWS_DEPLOY_ROLE_ARN": f"{ARN}deploy",
        "AWS_BACKUP_ROLE_ARN": f"{ARN}backup",
    }
    infrastructure["access"] = "user"
    app["secrets"].add("INFRASTRUCTURE_TOKEN")
    app["environments"]["production"]["variables"]["AWS_RELEASE_ROLE_ARN"] = f"{ARN}release-production"
    return github


@pytest.fixture
def private() -> Iterator[PlannedGitHub]:
    with set_up("Enterprise") as github:
        yield github


@pytest.fixture
def findings(make_context: MakeContext, private: PlannedGitHub) -> Callable[[], list[str]]:
    def find() -> list[str]:
        context = make_context(
            INFRA_SETTINGS=str(SETTINGS), GITHUB_API_URL=private.url, GITHUB_TOKEN="ghs_secretsecret"
        )
        return [str(finding) for finding in github_findings(context) if finding.state is FindingStatus.WRONG]

    return find


Find = Callable[[], list[str]]


def test_all_is_well_after_the_set_up(findings: Find, private: PlannedGitHub):
    assert findings() == []
    assert private.sent("POST", "PUT", "PATCH", "DELETE") == []


def test_on_team_deploys_that_start_themselves_are_wrong_and_those_by_hand_are_not(
    findings: Find, private: PlannedGitHub
):
    for repository in private.repositories.values():
        repository["environments"]["production"]["rules"] = ["branch_policy"]
    wrong = findings()
    assert len(wrong) == 2
    assert "deploy.yml runs on each push without an approval" in wrong[0]
    assert "only on GitHub Enterprise; otherwise delete push from deploy.yml" in wrong[0]
    assert "delete push from deploy-production.yml" in wrong[1]
    private.repositories[INFRASTRUCTURE]["files"]["deploy.yml"] = BY_HAND
    private.repositories[APP]["files"]["deploy-production.yml"] = BY_HAND
    assert findings() == []


def test_the_variable_that_stops_deploys_of_a_push_counts_where_the_workflow_reads_it(
    findings: Find, private: PlannedGitHub
):
    private.plan = "Team"
    for repository in private.repositories.values():
        repository["environments"]["production"]["rules"] = ["branch_policy"]
        repository["variables"]["DEPLOY_ON_PUSH"] = "false"
    assert len(findings()) == 2, "these workflows don't read it"
    private.repositories[INFRASTRUCTURE]["files"]["deploy.yml"] = f"{ON_PUSH}# vars.DEPLOY_ON_PUSH\n"
    private.repositories[APP]["files"]["deploy-production.yml"] = f"{ON_PUSH}# vars.DEPLOY_ON_PUSH\n"
    assert findings() == []
    private.repositories[APP]["variables"]["DEPLOY_ON_PUSH"] = "no"
    (wrong,) = findings()
    assert "otherwise set the variable DEPLOY_ON_PUSH to false, so that only you start it" in wrong


def test_a_public_repository_is_not_said_to_need_a_plan(findings: Find, private: PlannedGitHub):
    private.repositories[INFRASTRUCTURE]["private"] = False
    private.repositories[INFRASTRUCTURE]["environments"]["production"]["rules"] = []
    (wrong,) = findings()
    assert "set reviewers" in wrong
    assert "Enterprise" not in wrong


def test_on_free_what_the_plan_lacks_is_left_out_and_the_repositorys_variable_counts(
    findings: Find, private: PlannedGitHub
):
    private.plan = "Free"
    # What a plan before left: GitHub ignores it.
    app = private.repositories[APP]
    assert app["environments"]["production"]["rules"]
    wrong = findings()
    assert len(wrong) == 3
    assert "deploy.yml runs on each push without an approval" in wrong[0]
    assert "delete push from deploy-production.yml" in wrong[1]
    assert "variable AWS_RELEASE_ROLE_ARN is not set" in wrong[2]
    private.repositories[INFRASTRUCTURE]["files"]["deploy.yml"] = BY_HAND
    app["files"]["deploy-production.yml"] = BY_HAND
    app["variables"]["AWS_RELEASE_ROLE_ARN"] = f"{ARN}release-production"
    assert findings() == []
    for repository in private.repositories.values():
        repository["environments"].clear()
    assert findings() == []


def test_on_team_a_missing_environment_is_wrong(findings: Find, private: PlannedGitHub):
    private.plan = "Team"
    private.repositories[INFRASTRUCTURE]["environments"].clear()
    wrong = findings()
    assert len(wrong) == 2
    assert "runs on each push without an approval" in wrong[0]
    assert wrong[1].endswith("there is no such environment; create it (docs/pipelines.md, step 4)")


def test_main_has_to_be_protected(findings: Find, private: PlannedGitHub):
    infrastructure, app = private.repositories[INFRASTRUCTURE], private.repositories[APP]
    infrastructure["protection"] = None
    del app["protection"]["required_pull_request_reviews"]
    assert findings() == [
        f"wrong: GitHub {INFRASTRUCTURE}: main does not require a pull request, the check Plan every stack, "
        "the check Test on Python 3.11; protect it (docs/pipelines.md, step 3)",
        f"wrong: GitHub {APP}: main does not require a pull request; protect it (docs/pipelines.md, step 3)",
    ]
    # Each Python of ci.yml is a check of its own.
    infrastructure["files"]["ci.yml"] = CI.replace('"3.11"', '"3.11", "3.13"')
    assert "the check Test on Python 3.13;" in findings()[0]


def test_a_ruleset_protects_main_as_well(findings: Find, private: PlannedGitHub):
    infrastructure = private.repositories[INFRASTRUCTURE]
    checks = infrastructure["protection"]["required_status_checks"]["contexts"]
    infrastructure["protection"] = None
    infrastructure["rulesets"] = [
        {"type": "deletion"},
        {"type": "pull_request", "parameters": {"required_approving_review_count": 0}},
        {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": c} for c in checks]}},
    ]
    assert findings() == []
    infrastructure["rulesets"].pop()
    assert "main does not require the check Plan every stack, the check" in findings()[0]


def test_what_the_app_needs_to_call_a_private_repository(findings: Find, private: PlannedGitHub):
    infrastructure, app = private.repositories[INFRASTRUCTURE], private.repositories[APP]
    infrastructure["access"] = "none"
    app["secrets"].remove("INFRASTRUCTURE_TOKEN")
    about = f"wrong: GitHub {APP}: "
    assert findings() == [
        f"{about}can't call the workflows of {INFRASTRUCTURE}: its access level is none; "
        "set the access level to user (docs/pipelines.md, step 8)",
        f"{about}secret INFRASTRUCTURE_TOKEN is not set; create the token and set it (docs/pipelines.md, step 8)",
    ]
    infrastructure["owner"]["type"], infrastructure["access"] = "Organization", "user"
    assert "set the access level to organization" in findings()[0]
    infrastructure["access"] = "organization"
    assert len(findings()) == 1
    app["private"] = False
    (impossible,) = findings()
    assert impossible.startswith(f"{about}is public and can't call the workflows of {INFRASTRUCTURE}, which is private")
    infrastructure["private"] = False
    assert findings() == [], "a public repository needs neither"


def test_a_private_repository_of_another_owner_can_not_be_called(findings: Find, private: PlannedGitHub):
    private.repositories[INFRASTRUCTURE]["owner"]["id"] += 1
    wrong = findings()
    assert "has different numbers" in wrong[0]
    assert "has another owner than" in wrong[1]
    private.repositories[INFRASTRUCTURE]["access"] = "enterprise"
    assert len(findings()) == 1


def test_the_workflows_of_backups_need_their_role_and_their_test_a_key(
    make_context: MakeContext, findings: Find, private: PlannedGitHub, tmp_path: Path
):
    infrastructure = private.repositories[INFRASTRUCTURE]
    infrastructure["variables"]["BACKUP_TEST"] = "true"
    (wrong,) = findings()
    assert "BACKUP_SECRET_KEY not set" in wrong
    infrastructure["secrets"].add("BACKUP_SECRET_KEY")
    assert findings() == []
    del infrastructure["variables"]["AWS_BACKUP_ROLE_ARN"]
    (wrong,) = findings()
    assert wrong.endswith(
        "variable AWS_BACKUP_ROLE_ARN is not set; set it to the ARN of ledger-backup (docs/state.md, Backups)"
    )
    # Without the table there is no role, and the workflow would fail each night.
    infrastructure["variables"]["AWS_BACKUP_ROLE_ARN"] = f"{ARN}backup"
    settings = tmp_path / "settings.toml"
    settings.write_text(re.sub(r"\n\[backup\]\n(?:.+\n)+", "\n", SETTINGS.read_text(encoding="utf-8")))
    context = make_context(INFRA_SETTINGS=str(settings), GITHUB_API_URL=private.url, GITHUB_TOKEN="ghs_secretsecret")
    wrong = [str(finding) for finding in github_findings(context) if finding.state is FindingStatus.WRONG]
    assert len(wrong) == 1
    assert "AWS_BACKUP_ROLE_ARN is set, but the settings have no [backup]" in wrong[0]


def test_the_job_that_deploys_names_the_environment_of_the_settings(findings: Find, private: PlannedGitHub):
    files = private.repositories[INFRASTRUCTURE]["files"]
    files["deploy.yml"] = f"{ON_PUSH}jobs:\n  deploy:\n    environment: production\n"
    assert findings() == []
    files["deploy.yml"] = files["deploy.yml"].replace("production", "live")
    (wrong,) = findings()
    assert "deploys from the environment live, and its role trusts production alone" in wrong


@pytest.mark.parametrize(
    ("policy", "branches", "part"),
    [
        # It allows every branch while none is protected.
        ({"protected_branches": True, "custom_branch_policies": False}, [], "every branch can use it"),
        (None, [], "every branch can use it"),
        (
            {"protected_branches": False, "custom_branch_policies": True},
            [{"name": "main", "type": "branch"}, {"name": "release/*", "type": "branch"}],
            "branch main, branch release/* can use it",
        ),
        (
            {"protected_branches": False, "custom_branch_policies": True},
            [{"name": "main", "type": "tag"}],
            "tag main can use it",
        ),
    ],
)
def test_any_branch_but_main_alone_is_wrong(
    findings: Find, private: PlannedGitHub, policy: Any, branches: list[dict[str, str]], part: str
):
    own = private.repositories[APP]["environments"]["production"]
    own["policy"], own["branches"] = policy, branches
    (wrong,) = findings()
    assert wrong.startswith(f"wrong: GitHub {APP} production: {part}")


def test_missing_names_and_other_roles_are_named(findings: Find, private: PlannedGitHub):
    infrastructure, app = private.repositories[INFRASTRUCTURE], private.repositories[APP]
    infrastructure["secrets"].remove("NEON_API_KEY")
    del infrastructure["variables"]["AWS_REGION"]
    infrastructure["variables"]["AWS_PLAN_ROLE_ARN"] = infrastructure["variables"]["AWS_DEPLOY_ROLE_ARN"]
    app["environments"]["production"]["secrets"].clear()
    app["environments"]["production"]["variables"].clear()
    wrong = findings()
    assert [line.partition(": ")[2] for line in wrong] == [
        f"GitHub {INFRASTRUCTURE}: secrets: NEON_API_KEY not set; set them (docs/pipelines.md)",
        f"GitHub {INFRASTRUCTURE}: variables: AWS_REGION not set; set them (docs/pipelines.md)",
        f"GitHub {INFRASTRUCTURE}: variable AWS_PLAN_ROLE_ARN is arn:aws:iam::123456789012:role/ledger-deploy; "
        "set it to the ARN of ledger-plan",
        f"GitHub {APP} production: secrets of its own: CLOUDFLARE_API_TOKEN, NEON_API_KEY not set; "
        "set them (docs/pipelines.md)",
        f"GitHub {APP} production: variable AWS_RELEASE_ROLE_ARN is not set; "
        "set it to the ARN of ledger-release-production (docs/pipelines.md, step 5)",
    ]


def test_numbers_that_github_does_not_have_are_wrong(findings: Find, private: PlannedGitHub):
    owner, repository = IDS[APP]
    private.repositories[APP]["id"] += 1
    (wrong,) = findings()
    assert "has different numbers" in wrong
    assert f"set owner = {owner} and repository = {repository + 1}" in wrong


def test_the_apps_workflows_pin_one_commit_of_this_repository(findings: Find, private: PlannedGitHub):
    files = private.repositories[APP]["files"]
    for name, called in (("ci", "ci"), ("deploy-production", "deploy"), ("rollback-production", "deploy")):
        before = files.get(f"{name}.yml", "")
        files[f"{name}.yml"] = f"{before}    uses: {INFRASTRUCTURE}/.github/workflows/app-{called}.yml@{'1' * 40} # x\n"
    assert findings() == []
    files["rollback-production.yml"] = files["rollback-production.yml"].replace("1" * 40, "2" * 40)
    (wrong,) = findings()
    assert (
        "pin different commits: 111111111111 in ci.yml and deploy-production.yml, "
        "222222222222 in rollback-production.yml; run python -m tools.app_callers" in wrong
    )
    files["ci.yml"] = files["ci.yml"].replace(INFRASTRUCTURE, "someone/else")
    (wrong,) = findings()
    assert f"ci.yml calls someone/else@111111111111, not {INFRASTRUCTURE}" in wrong


def test_a_name_that_github_spells_otherwise_is_wrong(findings: Find, private: PlannedGitHub):
    """GitHub finds it all the same, but AWS compares the tokens' subjects letter by letter."""
    private.spelled[APP] = APP.title()
    (wrong,) = findings()
    assert f"GitHub spells it {APP.title()}" in wrong


def test_another_environment_is_checked_once_it_has_a_workflow(findings: Find, private: PlannedGitHub):
    private.repositories[APP]["files"]["deploy-staging.yml"] = ON_PUSH
    wrong = findings()
    assert len(wrong) == 3
    assert all(line.startswith(f"wrong: GitHub {APP} staging: ") for line in wrong)
    assert "ledger-release-staging" in wrong[-1]


def test_a_token_that_is_no_administrators_is_one_line(findings: Find, private: PlannedGitHub):
    private.repositories.clear()
    with pytest.raises(OpsError, match="administrator of the repository: export GITHUB_TOKEN"):
        findings()


def test_without_managed_roles_there_is_nothing_to_check(product_context: MakeContext, private: PlannedGitHub):
    context = product_context(GITHUB_API_URL=private.url, GITHUB_TOKEN="ghs_secretsecret")
    with pytest.raises(OpsError, match=r"no \[state\.manage\]"):
        list(github_findings(context))
