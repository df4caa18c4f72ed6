"""docs/pipelines.md, "Set it up on GitHub": its commands, run in order against GitHub as each plan answers.

After the last one `ops doctor --github` has nothing to say but what the page says of the plan. No command was run on
GitHub.
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

import pytest

from ops.context.run_context import Context
from ops.health.finding import FindingStatus
from ops.health.github_checks import APP_CHECKS, INFRASTRUCTURE_CHECKS, github_findings
from tests.docs.markdown import blocks
from tests.ops.planned_github import PLANS, PlannedGitHub
from tests.ops.receivers import Document
from tests.workflows.documents import CALLERS, OWN, OWNERS_SECRETS, ROOT, jobs, named
from tools.app_callers import Pin

PAGE = (ROOT / "docs/pipelines.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Set it up on GitHub")[2].partition("\n## ")[0]
INFRASTRUCTURE, APP = "owner/infrastructure", "owner/app"
PROTECT, ENVIRONMENT, VARIABLES, SECRETS, OWN_SECRETS, PRIVATE, CHECK = 3, 4, 5, 6, 7, 8, 11
"""The steps that a plan changes, and those in both repositories."""
WITH_REVIEWERS = ("public", "Enterprise")
# What the page's table calls optional: backups, which have a page of their own.
OPTIONAL = {
    name
    for line in PAGE.splitlines()
    if re.match(r"\|.*\|.*optional.*\|", line)
    for name in re.findall(r"`([A-Z_]+)`", line)
}


def commands_by_step() -> dict[int, list[str]]:
    """The blocks of commands of each numbered step."""
    found: dict[int, list[str]] = {}
    for part in re.split(r"^(?=\d+\. )", SECTION, flags=re.MULTILINE)[1:]:
        number = int(part.partition(".")[0])
        found[number] = [dedent("\n".join(block.lines)) for block in blocks(part) if block.language == "sh"]
    return found


def settings_text() -> str:
    """Settings of an owner whose repositories GitHub has not numbered yet, without backups."""
    text = (ROOT / "examples/full.toml").read_text(encoding="utf-8")
    text = re.sub(r"\n\[(backup|state\.manage\.github_ids\.[^]]+)\]\n(?:.+\n)+", "\n", text)
    text = text.replace("ledger-inc/ledger-infrastructure", INFRASTRUCTURE)
    return text.replace('owner = "ledger-inc"\nname = "ledger"', 'owner = "owner"\nname = "app"')


class Owner:
    """Who follows the page: on a plan with no reviewers, as it says for that one.

    Attributes:
        github: GitHub, and what is set there.
        settings: the owner's settings.toml.
    """

    def __init__(self, github: PlannedGitHub, folder: Path) -> None:
        self.github, self._folder = github, folder
        self.settings = folder / "settings.toml"
        self.settings.write_text(settings_text(), encoding="utf-8")
        self._gh = folder / "gh"
        standin = Path(__file__).with_name("gh_standin.py")
        self._gh.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S -E {shlex.quote(str(standin))} "$@"\n')
        self._gh.chmod(0o755)

    def type(self, commands: str, repository: str = INFRASTRUCTURE) -> str:
        """Types a block in the checkout of a repository; returns what gh refused, empty if nothing."""
        for name in ("plan", "deploy"):
            commands = commands.replace(f"<{name}_role_arn>", f"arn:aws:iam::123456789012:role/ledger-{name}")
        release = "arn:aws:iam::123456789012:role/ledger-release-production"
        commands = commands.replace("<production in release_role_arns>", release).replace("<owner>", "owner")
        finished = subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=self._folder,
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
        """Types a step's first block, in both repositories if it is for both."""
        block = commands_by_step()[step][0]
        if step == 1 and self.github.plan == "public":
            block = block.replace("--private", "--public")
        both = step in (ENVIRONMENT, SECRETS, OWN_SECRETS)
        for repository in (INFRASTRUCTURE, APP) if both else (INFRASTRUCTURE,):
            if refused := self.type(block, repository):
                return refused
        return ""

    def push_workflows(self) -> None:
        """Lets both repositories have their workflows."""
        for repository, files in ((INFRASTRUCTURE, OWN), (APP, CALLERS)):
            pinned = Pin(INFRASTRUCTURE, "1" * 40)
            texts = {file.name: pinned.put_into(file.read_text(encoding="utf-8")) for file in files}
            self.github.repositories[repository]["files"] = texts

    def wrong(self) -> list[str]:
        """What `ops doctor --github`, the page's last step, finds wrong."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "GITHUB_TOKEN": "ghs_secretsecret"}
        environment |= {"GITHUB_API_URL": self.github.url, "INFRA_SETTINGS": str(self.settings)}
        context = Context.read(environment, root=self._folder)
        return [str(finding) for finding in github_findings(context) if finding.state is FindingStatus.WRONG]


@contextmanager
def on(plan: str, folder: Path) -> Generator[Owner]:
    with PlannedGitHub(plan) as github:
        yield Owner(github, folder)


def follow_as_the_page_says(owner: Owner) -> None:
    """Follows all steps, with the changes that the page names for the plan."""
    plan = owner.github.plan
    for step in range(1, PRIVATE + 1):
        if step == ENVIRONMENT and plan not in WITH_REVIEWERS:
            assert owner.type(commands_by_step()[step][1]) == ""
        if plan == "Free" and step in (PROTECT, ENVIRONMENT, OWN_SECRETS):
            continue
        if plan == "public" and step == PRIVATE:
            continue
        if step == ENVIRONMENT and plan == "Team":
            for repository in (INFRASTRUCTURE, APP):
                assert owner.type(without_reviewers(), repository) == ""
        elif step == VARIABLES and plan == "Free":
            (variables,) = commands_by_step()[step]
            assert owner.type(variables.replace("--env production ", "")) == ""
        else:
            assert owner.follow(step) == "", f"step {step}"
    owner.push_workflows()


def without_reviewers() -> str:
    environment, _ = commands_by_step()[ENVIRONMENT]
    without = re.sub(r'\n *"reviewers".*', "", environment)
    assert without != environment, "the page says: leave out the line `reviewers`"
    return without


def test_every_command_of_the_section_belongs_to_a_step():
    assert {step: len(found) for step, found in commands_by_step().items()} == {
        1: 1, 2: 1, 3: 1, 4: 2, 5: 1, 6: 1, 7: 1, 8: 1, 9: 0, 10: 0, 11: 1,
    }  # fmt: skip
    assert "python -m ops doctor --github" in commands_by_step()[CHECK][0]


@pytest.mark.parametrize("plan", PLANS)
def test_the_page_followed_to_its_end_leaves_nothing_wrong(plan: str, tmp_path: Path):
    with on(plan, tmp_path) as owner:
        follow_as_the_page_says(owner)
        assert owner.wrong() == []
        infrastructure, app = (owner.github.repositories[name] for name in (INFRASTRUCTURE, APP))
    assert infrastructure["secrets"] >= _used(OWN, "secrets", app=False)
    assert app["secrets"] >= _used(OWN, "secrets", app=True) - ({"INFRASTRUCTURE_TOKEN"} if plan == "public" else set())
    released = app["environments"]["production"]["variables"] if plan != "Free" else {}
    assert infrastructure["variables"].keys() >= _used(OWN, "vars", app=False)
    assert app["variables"].keys() | released.keys() >= _used(OWN, "vars", app=True)
    assert infrastructure["access"] == ("none" if plan == "public" else "user")
    for repository in (infrastructure, app) if plan != "Free" else ():
        environment = repository["environments"]["production"]
        assert environment["reviewers"] == ([{"type": "User", "id": 42}] if plan in WITH_REVIEWERS else [])
        assert environment["branches"] == [{"name": "main", "type": "branch"}]
        assert environment["secrets"] == {"CLOUDFLARE_API_TOKEN", "NEON_API_KEY"}


@pytest.mark.parametrize("plan", ["Free", "Team"])
def test_without_reviewers_a_workflow_that_deploys_on_each_push_is_wrong(plan: str, tmp_path: Path):
    with on(plan, tmp_path) as owner:
        follow_as_the_page_says(owner)
        for repository in (INFRASTRUCTURE, APP):
            assert owner.github.repositories[repository]["variables"].pop("DEPLOY_ON_PUSH") == "false"
        wrong = owner.wrong()
    assert len(wrong) == 2
    assert all("runs on each push without an approval" in line for line in wrong)


def test_on_team_the_reviewers_are_refused(tmp_path: Path):
    with on("Team", tmp_path) as owner:
        assert [owner.follow(step) for step in (1, 2, 3)] == [""] * 3
        assert "(HTTP 422)" in owner.follow(ENVIRONMENT)


def test_on_free_the_steps_that_the_page_leaves_out_are_those_that_fail(tmp_path: Path):
    assert "On Free, leave out this step and step 7, and step 3 as well." in SECTION
    assert "On Free, leave out `--env production`" in SECTION
    with on("Free", tmp_path) as owner:
        failed = [step for step in range(1, PRIVATE + 1) if owner.follow(step)]
    assert failed == [PROTECT, ENVIRONMENT, VARIABLES, OWN_SECRETS]


def test_a_public_repository_has_no_access_level(tmp_path: Path):
    with on("public", tmp_path) as owner:
        owner.follow(1)
        assert "only applies to internal and private" in owner.follow(PRIVATE)


def test_a_step_that_is_left_out_is_found(tmp_path: Path):
    """Each step but the first one is checked by the last: without its requests the doctor is not content."""
    with on("Enterprise", tmp_path) as owner:
        sent: dict[int, list[tuple[str, str, Document | None]]] = {}
        for step in range(1, PRIVATE + 1):
            before = len(owner.github.requests)
            assert owner.follow(step) == ""
            sent[step] = owner.github.requests[before:]
        followed = owner.settings.read_text(encoding="utf-8")
    for left_out in range(2, PRIVATE + 1):
        with on("Enterprise", tmp_path) as owner:
            if left_out != 2:
                owner.settings.write_text(followed, encoding="utf-8")
            for step in sent.keys() - {left_out}:
                for request in sent[step]:
                    owner.github.answer(*request)
            owner.push_workflows()
            assert owner.wrong(), f"step {left_out}"


def test_the_required_checks_are_the_names_that_github_gives_the_jobs(tmp_path: Path):
    with on("public", tmp_path) as owner:
        owner.follow(1)
        owner.follow(PROTECT)
        infrastructure, app = (
            owner.github.repositories[repository]["protection"]["required_status_checks"]["contexts"]
            for repository in (INFRASTRUCTURE, APP)
        )
    test = named("ci.yml")["jobs"]["test"]
    pythons = [test["name"].replace("${{ matrix.python }}", python) for python in test["strategy"]["matrix"]["python"]]
    # An owner may test on one Python alone ("Minutes"), and then requires its check alone.
    both = [test["name"].replace("${{ matrix.python }}", python) for python in ("3.11", "3.13")]
    assert pythons in (both, both[:1])
    assert infrastructure == [*both, named("plan.yml")["jobs"]["plan"]["name"]]
    # A called workflow's job is named after both (GitHub docs, "Reusing workflow configurations").
    (caller,) = jobs(next(file for file in CALLERS if file.name == "ci.yml")).values()
    assert app == [f"{caller['name']} / {named('app-ci.yml')['jobs']['checks']['name']}"]
    # What the doctor looks for.
    assert tuple(app) == APP_CHECKS
    assert {name.replace("{python}", "${{ matrix.python }}") for name in INFRASTRUCTURE_CHECKS} == {
        test["name"],
        named("plan.yml")["jobs"]["plan"]["name"],
    }


def _used(files: list[Path], kind: str, *, app: bool) -> set[str]:
    """The secrets or variables that this repository's own workflows use, or those that the app's call."""
    texts = [file.read_text() for file in files if file.name.startswith("app-") == app]
    return set(re.findall(rf"\b{kind}\.([A-Z_]+)", "".join(texts))) - OPTIONAL - OWNERS_SECRETS
