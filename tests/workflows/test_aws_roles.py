"""Every job that logs in to AWS may assume its role, in both forms of GitHub's subjects, and may then do this alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.workflows.documents import OWN, Document, read
from tools.roles_page import APP, INFRASTRUCTURE, STRANGER, WITH_IDS, assumed, on_backups, reachable, state_stack

ROLES = {
    "AWS_PLAN_ROLE_ARN": "plan",
    "AWS_DEPLOY_ROLE_ARN": "deploy",
    "AWS_BACKUP_ROLE_ARN": "backup",
    "AWS_RELEASE_ROLE_ARN": "release-{environment}",
}
RELEASED = ("production", "staging")
WITHOUT_OWN = ["project", "production", "staging", "edge"]
ALL = [*WITHOUT_OWN, "state"]
# By role: the states that it reads, those that it writes, those that it locks, and what it does with backups.
MAY = {
    "plan": (ALL, [], WITHOUT_OWN, []),
    "deploy": (ALL, WITHOUT_OWN, WITHOUT_OWN, []),
    "backup": ([], [], [], ["read", "add"]),
    "release-production": (["production"], [], [], []),
    "release-staging": (["staging"], [], [], []),
}


def _contexts(workflow: Document, job: Document) -> Iterator[tuple[str, str]]:
    """The end of each subject that a job's token can have, and its environment (GitHub docs, "OpenID Connect")."""
    if environment := job.get("environment"):
        for name in RELEASED if environment == "${{ inputs.environment }}" else (environment,):
            yield f"environment:{name}", name
        return
    for trigger in workflow["on"]:
        assert trigger in ("pull_request", "push", "schedule", "workflow_dispatch")
        yield "pull_request" if trigger == "pull_request" else "ref:refs/heads/main", ""


def _logins() -> Iterator[tuple[str, str, str, str]]:
    """The workflow and job, its repository, the end of its subject, and the role that it takes."""
    for file in OWN:
        workflow = read(file)
        repository = APP if file.name.startswith("app-") else INFRASTRUCTURE
        for name, job in workflow["jobs"].items():
            for step in job["steps"]:
                if not step.get("uses", "").startswith("aws-actions/configure-aws-credentials@"):
                    continue
                variable = step["with"]["role-to-assume"].removeprefix("${{ vars.").removesuffix(" }}")
                for context, environment in _contexts(workflow, job):
                    yield f"{file.name} {name}", repository, context, ROLES[variable].format(environment=environment)


LOGINS = sorted(set(_logins()))


@pytest.fixture(scope="module")
def state() -> dict[str, Any]:
    return state_stack()


def test_these_jobs_log_in():
    assert {(job, role) for job, _, _, role in LOGINS} == {
        ("app-deploy.yml deploy", "release-production"),
        ("app-deploy.yml deploy", "release-staging"),
        ("backup-test.yml test", "backup"),
        ("backup.yml backup", "backup"),
        ("deploy.yml deploy", "deploy"),
        ("deploy.yml plan", "plan"),
        ("drift.yml drift", "plan"),
        ("plan.yml plan", "plan"),
        ("uptime.yml uptime", "backup"),
    }


@pytest.mark.parametrize(("job", "repository", "context", "role"), LOGINS)
def test_a_job_may_assume_its_role_and_another_repository_may_not(
    state: dict[str, Any], job: str, repository: str, context: str, role: str
):
    for ids in (False, True):
        assert role in assumed(state, repository, context, ids=ids), job
        for other in WITH_IDS.keys() - {repository}:
            assert role not in assumed(state, other, context, ids=ids), f"{job}: {other}"
    assert STRANGER in WITH_IDS


@pytest.mark.parametrize("role", MAY)
def test_what_a_role_may_do_is_this_and_no_more(state: dict[str, Any], role: str):
    reads, writes, locks, backups = MAY[role]
    assert reachable(state, role, "s3:GetObject", "terraform.tfstate") == reads
    assert reachable(state, role, "s3:PutObject", "terraform.tfstate") == writes
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert reachable(state, role, action, "terraform.tfstate.tflock") == locks
    assert reachable(state, role, "s3:DeleteObject", "terraform.tfstate") == []
    assert reachable(state, role, "s3:GetObjectVersion", "terraform.tfstate") == []
    assert on_backups(state, role) == backups


def test_every_role_is_one_that_a_workflow_takes(state: dict[str, Any]):
    assert state["resource"]["aws_iam_role"].keys() == MAY.keys() == {role for *_, role in LOGINS}
