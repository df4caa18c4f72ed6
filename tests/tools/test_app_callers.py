"""The app's workflows, written and raised by one command (tools/app_callers.py)."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from settings import Settings
from settings.release_settings import ReleaseSettings
from tests.workflows.act import APP, COMMIT, GIT, INFRASTRUCTURE
from tests.workflows.documents import CALLERS
from tools import app_callers
from tools.app_callers import NO_COMMIT, PLACEHOLDER, TEMPLATES, CallersError, Pin, newest_pin, write_callers

PIN = Pin(INFRASTRUCTURE, COMMIT)


def test_an_app_without_workflows_gets_all_of_them_pinned_once(tmp_path: Path):
    written = write_callers(tmp_path, PIN)
    assert sorted(file.relative_to(tmp_path / ".github") for file in written) == sorted(
        file.relative_to(TEMPLATES) for file in TEMPLATES.rglob("*.yml")
    )
    for caller in CALLERS:
        text = (tmp_path / ".github/workflows" / caller.name).read_text()
        assert text == caller.read_text().replace(PLACEHOLDER, INFRASTRUCTURE).replace(NO_COMMIT, COMMIT)
        assert PLACEHOLDER not in text
        assert NO_COMMIT not in text
    assert write_callers(tmp_path, PIN) == [], "nothing is left to do"


def test_a_raise_changes_the_pins_and_nothing_that_the_owner_wrote(tmp_path: Path):
    write_callers(tmp_path, PIN)
    ci = tmp_path / ".github/workflows/ci.yml"
    ci.write_text(ci.read_text() + "    with:\n      checks: test\n")
    before = ci.read_text()
    raised = write_callers(tmp_path, Pin("new-owner/new-name", "2" * 40))
    assert sorted(file.name for file in raised) == [caller.name for caller in CALLERS]
    assert ci.read_text() == before.replace(INFRASTRUCTURE, "new-owner/new-name").replace(COMMIT, "2" * 40)


def test_another_environment_gets_workflows_that_find_each_other(tmp_path: Path):
    write_callers(tmp_path, PIN, ["staging"])
    folder = tmp_path / ".github/workflows"
    names = {file.name for file in folder.iterdir()}
    assert names == {caller.name for caller in CALLERS} | {"deploy-staging.yml", "rollback-staging.yml"}
    deploy = yaml.safe_load((folder / "deploy-staging.yml").read_text())
    rollback = yaml.safe_load((folder / "rollback-staging.yml").read_text())
    assert (deploy["name"], rollback["name"]) == ("Deploy staging", "Roll back staging")
    for workflow in (deploy, rollback):
        assert workflow["jobs"]["staging"]["with"]["environment"] == "staging"
    assert "production" not in (folder / "deploy-staging.yml").read_text().lower()
    assert "environment: production" in (folder / "deploy-production.yml").read_text()


def test_a_raise_reaches_the_workflows_of_every_environment_and_no_other(tmp_path: Path):
    write_callers(tmp_path, PIN, ["staging"])
    folder = tmp_path / ".github/workflows"
    other = folder / "other.yml"
    other.write_text(f"jobs: {{a: {{uses: someone/else/.github/workflows/build.yml@{COMMIT}}}}}\n")
    before = other.read_text()
    raised = write_callers(tmp_path, Pin(INFRASTRUCTURE, "2" * 40))
    assert {file.name for file in raised} == {file.name for file in folder.iterdir()} - {"other.yml"}
    assert COMMIT not in "".join(file.read_text() for file in raised)
    assert other.read_text() == before


def test_another_workflow_of_the_same_name_is_not_touched(tmp_path: Path):
    other = tmp_path / ".github/workflows/preview.yml"
    other.parent.mkdir(parents=True)
    other.write_text("on: push\n")
    with pytest.raises(CallersError, match=r"preview\.yml: is another workflow; rename it"):
        write_callers(tmp_path, PIN)
    assert other.read_text() == "on: push\n"
    assert list(other.parent.iterdir()) == [other], "nothing is half written"


def test_dependabots_own_file_stays(tmp_path: Path):
    own = tmp_path / ".github/dependabot.yml"
    own.parent.mkdir()
    own.write_text("version: 2\n")
    write_callers(tmp_path, PIN)
    assert own.read_text() == "version: 2\n"


def test_a_folder_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(CallersError, match="no such folder; name the app's checkout"):
        write_callers(tmp_path / "app", PIN)


class Checkout:
    """A checkout of this repository, pushed to GitHub as far as git can see."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings
        (folder / "settings.toml").write_text("a = 1\n")
        self.git("init", "-qb", "main")
        self.commit()
        self.git("remote", "add", "origin", f"git@github.com:{INFRASTRUCTURE}.git")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", self.folder, *arguments]
        return subprocess.run(command, check=True, env=GIT, capture_output=True, text=True).stdout.strip()

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "settings")

    def pin(self, repository: str = "") -> Pin:
        return newest_pin(self.folder, self.settings, repository)


@pytest.fixture
def released_settings(settings: Settings) -> Settings:
    release = ReleaseSettings.model_validate({"migrate_command": "npm run migrate"})
    return settings.model_copy(update={"release": release})


@pytest.fixture
def checkout(tmp_path: Path, released_settings: Settings) -> Checkout:
    return Checkout(tmp_path, released_settings)


@pytest.mark.parametrize("remote", ["git@github.com:{}.git", "https://github.com/{}", "https://github.com/{}.git/"])
def test_the_pin_is_the_pushed_commit_of_the_remotes_repository(checkout: Checkout, remote: str):
    checkout.git("remote", "set-url", "origin", remote.format(INFRASTRUCTURE))
    assert checkout.pin() == Pin(INFRASTRUCTURE, checkout.git("rev-parse", "HEAD"))
    assert checkout.pin(APP).repository == APP


def test_what_github_does_not_have_is_not_pinned(checkout: Checkout):
    (checkout.folder / "settings.toml").write_text("a = 2\n")
    with pytest.raises(CallersError, match=r"settings\.toml is not committed"):
        checkout.pin()
    checkout.commit()
    with pytest.raises(CallersError, match="is not on GitHub: push it"):
        checkout.pin()
    checkout.git("update-ref", "refs/remotes/origin/main", "HEAD")
    checkout.git("remote", "set-url", "origin", "https://git.example.com/x/y")
    with pytest.raises(CallersError, match="the remote origin is not on GitHub; name the repository"):
        checkout.pin()


def test_a_release_needs_its_table_first(checkout: Checkout):
    checkout.settings = checkout.settings.model_copy(update={"release": None})
    with pytest.raises(CallersError, match=r"has no \[release\]"):
        checkout.pin()


def test_a_secret_that_no_workflow_passes_on_is_named(released_settings: Settings, tmp_path: Path):
    assert released_settings.release
    release = released_settings.release.model_copy(update={"secrets": ["DATABASE_URL", "SENTRY_DSN"]})
    settings = released_settings.model_copy(update={"release": release})
    for name in ("app-deploy.yml", "app-preview.yml"):
        shutil.copy(app_callers.ROOT / ".github/workflows" / name, tmp_path)
    assert app_callers.unpassed_secrets(settings, tmp_path) == ["SENTRY_DSN"]
    for file in tmp_path.iterdir():
        file.write_text(file.read_text() + "  SENTRY_DSN: ${{ secrets.SENTRY_DSN }}\n")
    assert app_callers.unpassed_secrets(settings, tmp_path) == []


def test_the_command_prints_one_line_where_it_can_not_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert app_callers.main([str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("app_callers: ")
    assert len(printed.err.splitlines()) == 1
