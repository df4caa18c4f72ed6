"""docs/pipelines.md, "Set it up on GitHub": its commands, run in order against GitHub as each plan answers.

The answers are those of GitHub's REST API documentation ("Branch protection", "Deployment environments", "Secrets",
"Variables", "Permissions") and of its pages about what each plan allows, "Deployments and environments" and "About
protected branches". No command was run on GitHub.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.docs.markdown import blocks
from tests.ops.receivers import Answer, Document, Receiver
from tests.workflows.documents import CALLERS, OWN, ROOT, jobs, named

PAGE = (ROOT / "docs/pipelines.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Set it up on GitHub")[2].partition("\n## ")[0]
INFRASTRUCTURE, APP = "owner/infrastructure", "owner/app"
# What the page's table calls optional: backups, which have a page of their own.
OPTIONAL = {
    name
    for line in PAGE.splitlines()
    if re.match(r"\|.*\|.*optional.*\|", line)
    for name in re.findall(r"`([A-Z_]+)`", line)
}
# What each plan allows for these repositories.
RULES = {"public": True, "Free": False, "Team": True, "Enterprise": True}
REVIEWERS = {"public": True, "Free": False, "Team": False, "Enterprise": True}


class PlannedGitHub(Receiver):
    """GitHub's API, as it answers on one plan.

    Attributes:
        set: what was set, by repository: `protection`, `environment`, `policies`, `secrets`, `production`, `variables`
            and `access`.
    """

    def __init__(self, plan: str) -> None:
        super().__init__()
        self.plan = plan
        self.set: dict[str, dict[str, Any]] = {}

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        if path == "/user":
            return 200, {"id": 42}
        if (method, path) == ("POST", "/user/repos"):
            assert body
            if f"owner/{body['name']}" in self.set:
                return 422, {"message": "Repository creation failed."}
            self.set[f"owner/{body['name']}"] = {"secrets": set(), "production": set(), "variables": {}, "policies": []}
            return 201, body
        match = re.fullmatch(r"/repos/(owner/[\w-]+)/(.+)", path)
        if match is None or match[1] not in self.set:
            return 404, {"message": "Not Found"}
        return self._in_repository(self.set[match[1]], method, match[2], body or {})

    def _in_repository(self, repository: dict[str, Any], method: str, route: str, body: Document) -> Answer:
        environment = repository.get("environment")
        match method, route.split("/"):
            case "PUT", ["branches", "main", "protection"]:
                if not RULES[self.plan]:
                    message = "Upgrade to GitHub Pro or make this repository public to enable this feature."
                    return 403, {"message": message}
                required = {"required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"}
                if not required <= body.keys():
                    return 422, {"message": "Invalid request."}
                repository["protection"] = body
                return 200, body
            case "PUT", ["environments", "production"]:
                policy = body.get("deployment_branch_policy")
                if policy and policy["protected_branches"] == policy["custom_branch_policies"]:
                    return 422, {"message": "Invalid request."}
                if not RULES[self.plan] or (body.get("reviewers") and not REVIEWERS[self.plan]):
                    message = (
                        "Failed to create the environment protection rule. Please ensure the billing plan supports the"
                    )
                    return 422, {"message": f"{message} required reviewers protection rule."}
                repository["environment"] = body
                return 200, body
            case "POST", ["environments", "production", "deployment-branch-policies"]:
                if environment is None or not environment["deployment_branch_policy"]["custom_branch_policies"]:
                    return 404, {"message": "Not Found"}
                repository["policies"].append(body["name"])
                return 200, body
            case "PUT", ["environments", "production", "secrets", name]:
                if environment is None:
                    return 404, {"message": "Not Found"}
                repository["production"].add(name)
                return 201, {}
            case "PUT", ["actions", "secrets", name]:
                repository["secrets"].add(name)
                return 201, {}
            case "POST", ["actions", "variables"]:
                repository["variables"][body["name"]] = body["value"]
                return 201, {}
            case "PUT", ["actions", "permissions", "access"]:
                if self.plan == "public" or body["access_level"] not in ("none", "user", "organization", "enterprise"):
                    return 422, {"message": "Access policy only applies to internal and private repositories."}
                repository["access"] = body["access_level"]
                return 204, None
            case _:
                pass
        return 404, {"message": "Not Found"}


def commands_by_step() -> dict[int, list[str]]:
    """The blocks of commands of each numbered step."""
    found: dict[int, list[str]] = {}
    for part in re.split(r"^(?=\d+\. )", SECTION, flags=re.MULTILINE)[1:]:
        number = int(part.partition(".")[0])
        found[number] = [dedent("\n".join(block.lines)) for block in blocks(part) if block.language == "sh"]
    return found


class Owner:
    """Who follows the page."""

    def __init__(self, github: PlannedGitHub, folder: Path) -> None:
        self.github = github
        self._gh = folder / "gh"
        standin = Path(__file__).with_name("gh_standin.py")
        self._gh.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S -E {shlex.quote(str(standin))} "$@"\n')
        self._gh.chmod(0o755)

    def type(self, commands: str, repository: str = INFRASTRUCTURE) -> str:
        """Types a block in the checkout of a repository; returns what gh refused, empty if nothing."""
        commands = commands.replace("<owner>", "owner").replace(
            "<the output of the stack state>", "arn:aws:iam::1:role/r"
        )
        finished = subprocess.run(
            ["bash", "-e", "-c", commands],
            env={
                "PATH": f"{self._gh.parent}:{os.environ['PATH']}",
                "GH_STANDIN_URL": self.github.url,
                "GH_REPO": repository,
            },
            input="a secret\n",
            capture_output=True,
            text=True,
        )
        assert (finished.returncode == 0) == (not finished.stderr), finished.stderr
        return finished.stderr.strip()

    def follow(self, step: int) -> str:
        """Types a step's blocks, those for both repositories in each."""
        for block in commands_by_step()[step]:
            both = step in (3, 4, 5, 6)
            for repository in (INFRASTRUCTURE, APP) if both else (INFRASTRUCTURE,):
                if refused := self.type(block, repository):
                    return refused
        return ""


@contextmanager
def on(plan: str, folder: Path) -> Generator[Owner]:
    with PlannedGitHub(plan) as github:
        yield Owner(github, folder)


def test_every_command_of_the_section_belongs_to_a_step():
    assert {step: len(found) for step, found in commands_by_step().items()} == {
        1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 0, 9: 0, 10: 1,
    }  # fmt: skip


@pytest.mark.parametrize("plan", ["public", "Enterprise"])
def test_the_page_followed_to_its_end_sets_all_that_the_workflows_need(plan: str, tmp_path: Path):
    with on(plan, tmp_path) as owner:
        for step in (1, 2, 3, 4, 5, 6):
            assert owner.follow(step) == "", step
        # A public repository can be read and called by all.
        refused = owner.follow(7)
        assert ("only applies to internal and private" in refused) == (plan == "public")
        if plan == "public":
            assert owner.type("gh secret set INFRASTRUCTURE_TOKEN --repo owner/app") == ""
        infrastructure, app = owner.github.set[INFRASTRUCTURE], owner.github.set[APP]
    assert infrastructure["secrets"] >= _used(OWN, "secrets", app=False)
    assert app["secrets"] >= _used(OWN, "secrets", app=True)
    assert infrastructure["variables"].keys() >= _used(OWN, "vars", app=False)
    assert app["variables"].keys() >= _used(OWN, "vars", app=True)
    for repository in (infrastructure, app):
        assert repository["environment"]["reviewers"] == [{"type": "User", "id": 42}]
        assert repository["policies"] == ["main"]
        assert repository["production"] == {"CLOUDFLARE_API_TOKEN", "NEON_API_KEY"}
    assert infrastructure.get("access") == ("user" if plan == "Enterprise" else None)


def test_on_team_there_are_no_reviewers_and_the_rest_is_set(tmp_path: Path):
    with on("Team", tmp_path) as owner:
        assert [owner.follow(step) for step in (1, 2)] == ["", ""]
        assert "(HTTP 422)" in owner.follow(3)
        (environment,) = commands_by_step()[3]
        without = re.sub(r'\n *"reviewers".*', "", environment)
        assert without != environment, "the page says: leave out the line `reviewers`"
        for repository in (INFRASTRUCTURE, APP):
            assert owner.type(without, repository) == ""
        assert [owner.follow(step) for step in (4, 5, 6, 7)] == [""] * 4
        assert owner.github.set[APP]["policies"] == ["main"]


def test_on_free_the_steps_that_the_page_leaves_out_are_those_that_fail(tmp_path: Path):
    assert "On Free, leave out this step and step 6, and step 2 as well." in SECTION
    with on("Free", tmp_path) as owner:
        failed = [step for step in (1, 2, 3, 4, 5, 6, 7) if owner.follow(step)]
    assert failed == [2, 3, 6]


def test_the_required_checks_are_the_names_that_github_gives_the_jobs(tmp_path: Path):
    with on("public", tmp_path) as owner:
        owner.follow(1)
        owner.follow(2)
        infrastructure, app = (
            owner.github.set[repository]["protection"]["required_status_checks"]["contexts"]
            for repository in (INFRASTRUCTURE, APP)
        )
    test = named("ci.yml")["jobs"]["test"]
    pythons = [test["name"].replace("${{ matrix.python }}", python) for python in test["strategy"]["matrix"]["python"]]
    assert infrastructure == [*pythons, named("plan.yml")["jobs"]["plan"]["name"]]
    # A called workflow's job is named after both (GitHub docs, "Reusing workflow configurations").
    (caller,) = jobs(next(file for file in CALLERS if file.name == "ci.yml")).values()
    assert app == [f"{caller['name']} / {named('app-ci.yml')['jobs']['checks']['name']}"]


def _used(files: list[Path], kind: str, *, app: bool) -> set[str]:
    """The secrets or variables that this repository's own workflows use, or those that the app's call."""
    texts = [file.read_text() for file in files if file.name.startswith("app-") == app]
    return set(re.findall(rf"\b{kind}\.([A-Z_]+)", "".join(texts))) - OPTIONAL
