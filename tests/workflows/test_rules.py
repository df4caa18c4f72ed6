"""What only GitHub enforces, and so no run on this machine can show: it is read from the workflows."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflows.act import RUNNER
from tests.workflows.documents import ACTIONS, CALLERS, OWN, OWNERS_SECRETS, ROOT, jobs, named, read, steps
from tools.app_callers import NO_COMMIT, PLACEHOLDER

WORKFLOWS = [*OWN, *CALLERS]
_SECRET = re.compile(r"\$\{\{\s*secrets\.|github\.token|secrets\.GITHUB_TOKEN")
# The steps that may be given credentials: those that run a command of ops or take the run's turn, that send a notice,
# and the check-out of a private repository.
_NEEDS_SECRETS = re.compile(
    r"(?:python -m ops|run_ops) (plan|deploy|drift|uptime|backup (create|test)|release|rollback"
    r"|preview (up|down|sweep))\b"
    r"|python3 -m tools\.(deploy_queue|provider_report)\b|\bcurl --config -"
)


def by_name(files: list[Path]) -> Any:
    return pytest.mark.parametrize("file", files, ids=lambda file: str(file.relative_to(ROOT)))


def test_the_workflows_are_all_there():
    assert [file.stem for file in OWN] == [
        "app-ci",
        "app-cleanup",
        "app-deploy",
        "app-preview",
        "backup-test",
        "backup",
        "ci",
        "deploy",
        "drift",
        "plan",
        "providers",
        "uptime",
    ]
    assert [file.stem for file in CALLERS] == [
        "ci",
        "cleanup",
        "deploy-production",
        "preview",
        "rollback-production",
    ]


@by_name([*WORKFLOWS, *ACTIONS])
def test_every_action_is_pinned_to_a_commit_and_says_which_version(file: Path):
    used = re.findall(r"uses: (.+)", file.read_text(encoding="utf-8"))
    assert len(used) == len([step for step in steps(file) if "uses" in step]) + sum(
        "uses" in job for job in (jobs(file).values() if file in WORKFLOWS else [])
    )
    for reference in used:
        assert re.fullmatch(r"\./\S+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # \S.*", reference), reference


def test_an_action_has_the_same_commit_everywhere():
    found: dict[str, set[str]] = {}
    for file in [*WORKFLOWS, *ACTIONS]:
        for name, commit in re.findall(r"uses: ([\w./-]+)@(\S+ # \S+)", file.read_text()):
            found.setdefault(name, set()).add(commit)
    assert {name: commits for name, commits in found.items() if len(commits) > 1} == {}


# The newest majors on 2026-11-28. Dependabot raises them; a raise past these numbers is not held up.
MAJORS = {
    "actions/cache": 6,
    "actions/checkout": 7,
    "actions/setup-node": 7,
    "actions/setup-python": 7,
    "actions/upload-artifact": 7,
    "aws-actions/configure-aws-credentials": 6,
    "oven-sh/setup-bun": 2,
}


def test_no_action_is_older_than_the_majors_of_today():
    found = {
        name: int(major)
        for file in [*WORKFLOWS, *ACTIONS]
        for name, major in re.findall(r"uses: ([\w.-]+/[\w.-]+)@\S+ # v(\d+)", file.read_text())
    }
    assert found.keys() == MAJORS.keys()
    assert {name: major for name, major in found.items() if major < MAJORS[name]} == {}


@by_name(WORKFLOWS)
def test_nothing_is_allowed_but_by_a_job(file: Path):
    assert read(file)["permissions"] == {}
    assert all(isinstance(job["permissions"], dict) for job in jobs(file).values())


ALLOWED = {
    ("app-ci.yml", "checks"): {"contents": "read"},
    ("app-cleanup.yml", "down"): {"contents": "read", "pull-requests": "write"},
    ("app-cleanup.yml", "sweep"): {"contents": "read", "pull-requests": "write"},
    ("app-cleanup.yml", "notice"): {},
    ("app-deploy.yml", "turn"): {"contents": "read", "actions": "write"},
    ("app-deploy.yml", "deploy"): {"contents": "read", "id-token": "write", "actions": "read"},
    ("app-deploy.yml", "notice"): {},
    ("app-preview.yml", "fork"): {},
    ("app-preview.yml", "preview"): {"contents": "read", "pull-requests": "write"},
    ("ci.yml", "test"): {"contents": "read"},
    ("deploy.yml", "plan"): {"contents": "read", "id-token": "write", "actions": "write"},
    ("deploy.yml", "deploy"): {"contents": "read", "id-token": "write", "actions": "read"},
    ("deploy.yml", "notice"): {},
    ("backup-test.yml", "test"): {"contents": "read", "id-token": "write"},
    ("backup-test.yml", "notice"): {},
    ("backup.yml", "backup"): {"contents": "read", "id-token": "write"},
    ("backup.yml", "notice"): {},
    ("drift.yml", "drift"): {"contents": "read", "id-token": "write", "issues": "write"},
    ("drift.yml", "notice"): {},
    ("plan.yml", "fork"): {"contents": "read"},
    ("plan.yml", "plan"): {"contents": "read", "id-token": "write", "pull-requests": "write"},
    ("providers.yml", "providers"): {"contents": "read", "issues": "write", "pull-requests": "write"},
    ("uptime.yml", "uptime"): {"contents": "read", "id-token": "write"},
    ("uptime.yml", "notice"): {},
}


def test_each_job_may_do_this_and_no_more():
    assert {(file.name, name): job["permissions"] for file in OWN for name, job in jobs(file).items()} == ALLOWED


@by_name(CALLERS)
def test_a_caller_allows_what_the_called_workflow_needs(file: Path):
    for job in jobs(file).values():
        called = job["uses"].partition("@")[0].rpartition("/")[2]
        needed: dict[str, str] = {}
        for (workflow, _), permissions in ALLOWED.items():
            for name, level in permissions.items() if workflow == called else ():
                needed[name] = "write" if "write" in (level, needed.get(name)) else level
        assert job["permissions"] == needed


@by_name(CALLERS)
def test_a_caller_names_one_commit_and_passes_the_secrets_and_inputs_that_are_asked_for(file: Path):
    for job in jobs(file).values():
        repository, workflow = job["uses"].split("/.github/workflows/")
        name, commit = workflow.split("@")
        asked = named(name)["on"]["workflow_call"] or {}
        inputs = asked.get("inputs", {})
        assert (repository, commit) == (PLACEHOLDER, NO_COMMIT)
        required = {key for key, value in inputs.items() if value["required"]}
        assert required <= set(job.get("with", {})) <= set(inputs)
        assert set(job.get("secrets", {})) == set(asked.get("secrets", {})) - OWNERS_SECRETS


def test_one_pin_decides_the_workflow_the_code_and_the_settings():
    """A called workflow checks itself out (GitHub docs, "Contexts reference", job.workflow_sha)."""
    for file in CALLERS:
        text = file.read_text()
        assert text.count(PLACEHOLDER) == text.count(NO_COMMIT) == len(jobs(file)), file.name
    found = [
        (step["with"]["repository"], step["with"]["ref"])
        for file in OWN
        for step in steps(file)
        if "repository" in step.get("with", {})
    ]
    pinned = ("${{ job.workflow_repository }}", "${{ job.workflow_sha }}")
    newest = ("${{ job.workflow_repository }}", "main")
    assert sorted(set(found)) == [pinned, newest]
    assert found.count(newest) == 1, "only the release compares with the newest settings"


def test_the_pin_is_checked_before_anything_is_checked_out_by_it():
    for file in OWN:
        for name, job in jobs(file).items():
            steps_of = [step.get("with", {}).get("ref", step["name"]) for step in job.get("steps", [])]
            # The release's second job has the first one behind it.
            if "${{ job.workflow_sha }}" in steps_of and "needs" not in job:
                checked = steps_of.index("Check that the pinned commit is known")
                assert checked < steps_of.index("${{ job.workflow_sha }}"), f"{file.name}: {name}"


@by_name(WORKFLOWS)
def test_every_job_has_a_limit_and_a_fixed_runner(file: Path):
    for name, job in jobs(file).items():
        if "uses" not in job:
            assert job["runs-on"] == RUNNER, name
            assert 1 <= job["timeout-minutes"] <= 60, name


@by_name(WORKFLOWS)
def test_no_trigger_gives_a_forks_code_secrets(file: Path):
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(read(file)["on"])


TRIGGERS = {
    "ci.yml": {"push": {"branches": ["main"]}, "pull_request": None},
    "plan.yml": {"pull_request": {"branches": ["main"]}},
    "backup-test.yml": {"schedule": [{"cron": "41 4 * * 0"}], "workflow_dispatch": None},
    "backup.yml": {"schedule": [{"cron": "41 2 * * *"}], "workflow_dispatch": None},
    "drift.yml": {"schedule": [{"cron": "23 4 * * *"}], "workflow_dispatch": None},
}
# The second one is for the minutes of a private repository (docs/pipelines.md, "Minutes").
UPTIME = ("7 * * * *", "7 */6 * * *")


def test_what_starts_each_workflow():
    assert {name: named(name)["on"] for name in TRIGGERS} == TRIGGERS
    uptime = named("uptime.yml")["on"]
    assert uptime in [{"schedule": [{"cron": cron}], "workflow_dispatch": None} for cron in UPTIME]
    deploy = named("deploy.yml")["on"]
    assert set(deploy) == {"push", "workflow_dispatch"}
    assert deploy["push"] == {"branches": ["main"]}
    assert {file.name for file in OWN if set(read(file)["on"]) == {"workflow_call"}} == {
        file.name for file in OWN if file.name.startswith("app-")
    }
    callers = {file.name: read(file)["on"] for file in CALLERS}
    assert callers["preview.yml"] == {"pull_request": {"types": ["opened", "synchronize", "reopened"]}}
    assert callers["cleanup.yml"]["pull_request"] == {"types": ["closed"]}
    assert len(callers["cleanup.yml"]["schedule"]) == 1
    assert callers["ci.yml"] == {"pull_request": None}
    assert callers["deploy-production.yml"]["push"] == {"branches": ["main"]}
    assert set(callers["deploy-production.yml"]["workflow_dispatch"]["inputs"]) == {"pinned_settings"}
    assert set(callers["rollback-production.yml"]) == {"workflow_dispatch"}
    assert set(callers["rollback-production.yml"]["workflow_dispatch"]["inputs"]) == {"version"}


def test_the_deploy_role_is_taken_only_where_someone_approved():
    for file in OWN:
        for name, job in jobs(file).items():
            roles = {
                step["with"]["role-to-assume"]
                for step in job.get("steps", [])
                if "configure-aws-credentials" in step.get("uses", "")
            }
            approved = {"${{ vars.AWS_DEPLOY_ROLE_ARN }}", "${{ vars.AWS_RELEASE_ROLE_ARN }}"}
            assert ("environment" in job) == bool(roles & approved), f"{file.name}: {name}"
            assert roles <= {"${{ vars.AWS_PLAN_ROLE_ARN }}", "${{ vars.AWS_BACKUP_ROLE_ARN }}", *approved}
            if file.name.startswith("app-"):
                assert roles <= {"${{ vars.AWS_RELEASE_ROLE_ARN }}"}, "the app's workflows get no role on all states"
            assert ("id-token" in job["permissions"]) == bool(roles), f"{file.name}: {name}"
    assert named("deploy.yml")["jobs"]["deploy"]["environment"] == "production"
    assert named("app-deploy.yml")["jobs"]["deploy"]["environment"] == "${{ inputs.environment }}"


GROUPS = {
    "backup.yml": {"group": "backup"},
    "backup-test.yml": {"group": "backup-test"},
    "drift.yml": {"group": "drift"},
    "plan.yml": {"group": "plan-${{ github.event.pull_request.number }}"},
    "uptime.yml": {"group": "uptime"},
    "app-cleanup.yml down": {"group": "preview-${{ github.event.pull_request.number }}"},
    "app-cleanup.yml sweep": {"group": "preview-sweep"},
    "app-preview.yml preview": {"group": "preview-${{ github.event.pull_request.number }}"},
    # Whatever waits here was approved, or will be asked for: none is thrown out for a newer one.
    "deploy.yml deploy": {"group": "deploy-production", "queue": "max"},
    "app-deploy.yml deploy": {"group": "app-${{ inputs.environment }}", "queue": "max"},
}


def test_what_holds_a_state_or_an_environment_waits_and_is_never_cut_off():
    found: dict[str, Any] = {}
    for file in OWN:
        places = {file.name: read(file)} | {f"{file.name} {name}": job for name, job in jobs(file).items()}
        found |= {where: place["concurrency"] for where, place in places.items() if "concurrency" in place}
    for tests_only in (found.pop("ci.yml"), found.pop("providers.yml")):
        assert tests_only["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    assert found == {where: group | {"cancel-in-progress": False} for where, group in GROUPS.items()}


def test_a_run_that_waits_for_an_approval_holds_up_no_other():
    """The group is taken before the approval: so older runs are canceled first, and nothing else of a run is locked."""
    for name, before in (("deploy.yml", "plan"), ("app-deploy.yml", "turn")):
        workflow = named(name)
        deploy = workflow["jobs"]["deploy"]
        assert "concurrency" not in workflow, name
        assert {key for key, job in workflow["jobs"].items() if "environment" in job} == {"deploy"}, name
        assert deploy["needs"] == before
        assert f"needs.{before}.outputs.turn == 'true'" in deploy["if"]
        turns = [step for step in workflow["jobs"][before]["steps"] if "tools.deploy_queue" in step.get("run", "")]
        assert turns, name
        assert all("--again" not in step["run"] for step in turns)
        # Approved, it may have been overtaken: before anything is set up.
        scripts = [step.get("run", step.get("uses", "")) for step in deploy["steps"]]
        again = next(number for number, script in enumerate(scripts) if "--again" in script)
        assert again < next(number for number, script in enumerate(scripts) if "actions/setup" in script)


def test_a_rollback_has_its_own_way_without_checks_and_settings():
    release, rollback = (
        read(file)["jobs"]
        for name in ("deploy-production.yml", "rollback-production.yml")
        for file in CALLERS
        if file.name == name
    )
    assert rollback.keys() == {"production"}
    assert rollback["production"]["with"]["action"] == "rollback"
    assert "needs" not in rollback["production"]
    assert release["production"]["needs"] == "checks"
    for step in named("app-deploy.yml")["jobs"]["turn"]["steps"]:
        if "settings" in step["name"] or "checks" in step["name"]:
            assert step["if"].startswith("inputs.action == 'release' && ")


def test_a_release_waits_for_the_checks_of_its_commit():
    (file,) = [file for file in CALLERS if file.name == "deploy-production.yml"]
    release = jobs(file)
    assert release["checks"]["uses"].partition("@")[0].endswith("/app-ci.yml")
    assert release["production"]["with"]["checks"] == "${{ needs.checks.result }}"
    first = named("app-deploy.yml")["jobs"]["turn"]["steps"][:2]
    assert "inputs.action == 'release' && inputs.checks != 'success'" in [step["if"] for step in first]
    assert all("exit 1" in step["run"] for step in first)
    (checkout,) = [
        step for step in named("app-deploy.yml")["jobs"]["deploy"]["steps"] if step["name"] == "Check out the app"
    ]
    assert checkout["with"]["fetch-depth"] == 0, "else ops can't see that the commit is older than the serving one"


# The jobs of a workflow that nobody watches: their failure, cancel or time limit is announced.
ANNOUNCED = {
    "app-cleanup.yml": ["sweep"],
    "app-deploy.yml": ["turn", "deploy"],
    "backup.yml": ["backup"],
    "backup-test.yml": ["test"],
    "deploy.yml": ["plan", "deploy"],
    "drift.yml": ["drift"],
    "uptime.yml": ["uptime"],
}


def test_a_run_that_nobody_watches_is_announced_however_it_ends():
    for name, watched in ANNOUNCED.items():
        notice = named(name)["jobs"]["notice"]
        assert notice["needs"] == watched
        assert notice["if"].startswith("always() && "), "else it is skipped after a failure or a cancel"
        for result in ("failure", "cancelled"):
            assert f"contains(needs.*.result, '{result}')" in notice["if"]
        assert not any("uses" in step for step in notice["steps"]), "what failed may be the check-out or the set-up"
        assert "environment" not in notice
    # providers.yml changes nothing, and its weekly run opens an issue.
    unwatched = {"app-ci.yml", "app-preview.yml", "ci.yml", "plan.yml", "providers.yml"}
    assert {file.name for file in OWN} - unwatched == ANNOUNCED.keys()
    # It is false after a cancel and after a job's time limit.
    assert [file.name for file in WORKFLOWS if "failure()" in yaml.safe_dump(read(file))] == []


@by_name(WORKFLOWS)
def test_every_job_but_a_notice_can_be_canceled(file: Path):
    """A cancel evaluates each job's condition again, and one with always() goes on (docs, "Workflow cancellation")."""
    for name, job in jobs(file).items():
        assert ("always()" in job.get("if", "")) == (name == "notice"), name


def test_a_release_is_announced_after_failed_checks_and_starts_nothing_after_a_cancel():
    (file,) = [file for file in CALLERS if file.name == "deploy-production.yml"]
    assert jobs(file)["production"]["if"].startswith("!cancelled() && ")


def test_one_variable_stops_deploys_and_releases_of_a_push():
    """For a plan without reviewers; the files stay as they are, so that no test of the owner's fails."""
    by_hand = "github.event_name != 'push' || vars.DEPLOY_ON_PUSH != 'false'"
    (file,) = [file for file in CALLERS if file.name == "deploy-production.yml"]
    release, deploy = jobs(file), named("deploy.yml")["jobs"]
    assert deploy["plan"]["if"] == release["checks"]["if"] == by_hand
    assert release["production"]["if"] == f"!cancelled() && ({by_hand})"


def test_every_notice_is_sent_by_the_same_script():
    scripts = {named(name)["jobs"]["notice"]["steps"][0]["run"] for name in ANNOUNCED}
    assert len(scripts) == 1


@by_name(CALLERS)
def test_a_caller_does_not_wait_for_itself(file: Path):
    # A called workflow's group is the caller's run too: were they one, GitHub would cancel it as a deadlock.
    caller = read(file).get("concurrency", {}).get("group", "")
    assert caller.startswith("ci-") == (file.name == "ci.yml")
    assert caller == "" or file.name == "ci.yml"


@by_name([*WORKFLOWS, *ACTIONS])
def test_no_script_is_made_of_anothers_text(file: Path):
    for step in steps(file):
        assert "${{" not in step.get("run", ""), step["name"]


@by_name(OWN)
def test_secrets_are_given_to_the_steps_that_need_them_alone(file: Path):
    document = read(file)
    assert not _SECRET.search(yaml.safe_dump(document.get("env", {})))
    for job in document["jobs"].values():
        assert not _SECRET.search(yaml.safe_dump({key: value for key, value in job.items() if key != "steps"}))
        for step in job["steps"]:
            if not _SECRET.search(yaml.safe_dump(step)):
                continue
            private = step.get("with", {}).get("repository") == "${{ job.workflow_repository }}"
            assert private or _NEEDS_SECRETS.search(step["run"]), step["name"]
            assert private or not _SECRET.search(step["run"])


@by_name([*WORKFLOWS, *ACTIONS])
def test_a_check_out_leaves_no_token_behind(file: Path):
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_required_secrets_are_declared():
    required: dict[str, set[str]] = {}
    for file in OWN:
        if file.name.startswith("app-"):
            secrets = read(file)["on"]["workflow_call"].get("secrets", {})
            required[file.name] = {name for name, secret in secrets.items() if secret["required"]}
    clouds = {"CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "NEON_API_KEY"}
    assert required == {
        "app-ci.yml": set[str](),
        "app-cleanup.yml": clouds,
        "app-deploy.yml": clouds,
        "app-preview.yml": clouds,
    }


@by_name([ROOT / ".github/dependabot.yml", ROOT / "examples/app/.github/dependabot.yml"])
def test_what_is_younger_than_a_week_is_not_proposed(file: Path):
    updates = yaml.safe_load(file.read_text(encoding="utf-8"))["updates"]
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)
    assert {update["package-ecosystem"] for update in updates} >= {"github-actions", "npm"}


def test_every_lock_of_npm_is_looked_after():
    (npm,) = [
        update
        for update in yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
        if update["package-ecosystem"] == "npm"
    ]
    folders = {f"/{folder}".removesuffix("/.") for folder in _folders_with_locks(ROOT)}
    assert set(npm["directories"]) == {folder or "/" for folder in folders}


def _folders_with_locks(root: Path) -> Iterator[Path]:
    for folder, inner, files in os.walk(root):
        inner[:] = [name for name in inner if name != "node_modules" and not name.startswith(".")]
        if {"package-lock.json", "pnpm-lock.yaml"} & set(files):
            yield Path(folder).relative_to(root)


def test_ci_and_the_set_up_action_install_the_app_alike():
    def script(file: Path) -> str:
        (step,) = [step for step in steps(file) if "corepack pnpm install" in step.get("run", "")]
        return step["run"].partition("\nfi\n")[0]

    assert script(ROOT / ".github/workflows/app-ci.yml") == script(ACTIONS[0])
