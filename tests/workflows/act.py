"""Runs a workflow of this project by nektos/act on this machine: without containers, network or the host's variables.

GitHub's own actions are replaced by the stand-ins of this folder, and make, npm and python by the programs of it, which
record what they were asked. `python -m ops` is the real one, unless a test says how a command ends.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ops.context.console import SHORTEST
from tests.ops.receivers import GitHubServer
from tools.app_callers import Pin, write_callers

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
INFRASTRUCTURE, APP = "owner/infra", "owner/app"
COMMIT = "1" * 40
RUNNER = "ubuntu-24.04"
_USES = re.compile(r"uses:\s*([\w.-]+/[\w.-]+)((?:/[\w./-]+)?)@([0-9a-f]{40})")
GIT = os.environ | {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def _repository(folder: Path, name: str) -> None:
    """Makes a folder a repository of this name on GitHub, with all its files committed."""
    for arguments in (
        ("init", "-qb", "main"),
        ("add", "-A", "--", ":!node_modules"),
        ("commit", "-qm", "workflows"),
        ("remote", "add", "origin", f"https://github.com/{name}.git"),
    ):
        subprocess.run(["git", "-C", folder, *arguments], check=True, env=GIT, capture_output=True)


@dataclass(frozen=True)
class Run:
    """A workflow that has run.

    Attributes:
        code: act's exit code; 0 where every job that ran succeeded.
        events: act's log, an event a line.
        record: what the programs and stand-ins were asked, in order.
        printed: all that act wrote, the steps' output in it; act hides no secret in it.
    """

    code: int
    events: list[dict[str, Any]] = field(repr=False)
    record: list[str]
    printed: str = field(repr=False)

    @cached_property
    def jobs(self) -> dict[str, str]:
        """How each job ended, by its name as a person sees it. A job that was skipped is not in it."""
        ended = [event for event in self.events if "jobResult" in event]
        # act fills the names up with spaces, to stand one below the other.
        return {event["job"].partition("/")[2].strip(): event["jobResult"] for event in ended}

    @property
    def ops(self) -> list[str]:
        """The `python -m ops` commands that were run, in order."""
        return [line.removeprefix("ops ") for line in self.record if line.startswith("ops ")]

    def given(self, command: str) -> set[str]:
        """The credentials, by name, that the steps with an ops command were given."""
        prefix = f"given {command}:"
        return {name for line in self.record if line.startswith(prefix) for name in line.removeprefix(prefix).split()}


class Act:
    """Runs workflows in a folder of one test's own."""

    def __init__(self, folder: Path, app: Path | None = None) -> None:
        """
        Args:
            folder: an empty one.
            app: the checkout of an app, to use it as it is; left out, one that holds nothing but the workflows.
        """
        self._folder = folder
        self.answers = folder / "answers"
        self.synthesized = folder / "synthesized"
        self._record = folder / "record"
        self._repositories = folder / "repositories"
        for made in (self.answers, self._repositories / "owner", folder / "home"):
            made.mkdir(parents=True)
        self._record.touch()
        infrastructure = self._repositories / INFRASTRUCTURE
        for part in (".ci", ".github", "catalog", "ops", "provider_pins", "settings", "tools"):
            shutil.copytree(ROOT / part, infrastructure / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "settings.toml", infrastructure)
        for file in infrastructure.glob(".github/workflows/*.yml"):
            text = file.read_text()
            # act 0.2.89 knows neither. On GitHub, job.workflow_… are the called workflow's repository and commit, and
            # `queue` lets more than one run wait; act runs one at a time.
            text = text.replace("${{ job.workflow_repository }}", INFRASTRUCTURE)
            text = text.replace("${{ job.workflow_sha }}", COMMIT).replace("      queue: max\n", "")
            file.write_text(text)
        _repository(infrastructure, INFRASTRUCTURE)
        if app is None:
            app = folder / "app"
            app.mkdir()
        (self._repositories / APP).symlink_to(app)
        write_callers(app, Pin(INFRASTRUCTURE, COMMIT))
        _repository(app, APP)

    def answer(self, command: str, code: int) -> None:
        """From now on an ops command does nothing and ends with this exit code."""
        (self.answers / command).write_text(str(code))

    def add_to_app(self, files: Mapping[str, str]) -> None:
        """Adds files to the app's repository, by path, and commits them."""
        app = self._repositories / APP
        for name, text in files.items():
            (app / name).write_text(text)
        for arguments in (("add", "-A"), ("commit", "-qm", "files")):
            subprocess.run(["git", "-C", app, *arguments], check=True, env=GIT, capture_output=True)

    def add_branch(self, repository: str, branch: str, files: Mapping[str, str]) -> None:
        """Lets a check-out of this branch find these files, and no others."""
        folder = self._repositories / f"{repository}@{branch}"
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)

    def forget_pin(self, file: str) -> None:
        """Leaves job.workflow_repository and job.workflow_sha of a called workflow empty, as an older GitHub does."""
        path = self._repositories / INFRASTRUCTURE / file
        path.write_text(path.read_text().replace(f"{INFRASTRUCTURE}@{COMMIT}", '"@"'))

    def edit(self, repository: str, file: str, old: str, new: str) -> None:
        """Changes one place of a workflow, to see a test turn red."""
        path = self._repositories / repository / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def run(
        self,
        repository: str,
        workflow: str,
        event: str,
        *,
        payload: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """Runs one workflow.

        Args:
            repository: INFRASTRUCTURE or APP.
            workflow: its file's name.
            event: what starts it.
            payload: the event's document.
            secrets: the repository's secrets.
            variables: the repository's variables.
            environment: more variables for every step. STANDIN_ACTIONS_API_URL is where GitHub's workflow runs are;
                left out, there is only this one.
        """
        if "STANDIN_ACTIONS_API_URL" not in (environment or {}):
            # GitHub knows the run itself, which act numbers 1, and no other.
            with GitHubServer() as github:
                github.add_run(1, workflow, "in_progress")
                return self.run(
                    repository,
                    workflow,
                    event,
                    payload=payload,
                    secrets=secrets,
                    variables=variables,
                    environment={**(environment or {}), "STANDIN_ACTIONS_API_URL": github.url},
                )
        source = (self._repositories / repository).resolve()
        files = {name: self._folder / name for name in ("event.json", "secrets")}
        files["event.json"].write_text(json.dumps(payload or {}))
        files["secrets"].write_text("".join(f"{name}={value}\n" for name, value in (secrets or {}).items()))
        for_steps = {
            "RECORD": self._record,
            "REPOSITORIES": self._repositories,
            "ANSWERS": self.answers,
            "SYNTHESIZED": self.synthesized,
            "REAL_PYTHON": sys.executable,
            "FAIL_AT_ROLE": "",
            "FAIL_AT_MAKE": "",
            "CHECKOUT": "",
            "FAIL_AT_NPM": "",
            "READS_AT_NPM": "",
            "REAL_NPM": "",
            **(environment or {}),
        }
        host = {
            "PATH": f"{HERE / 'programs'}:{ROOT / '.venv/bin'}:{ROOT / 'node_modules/.bin'}:{os.environ['PATH']}",
            "HOME": str(self._folder / "home"),
            "LANG": "C.UTF-8",
        }
        act = shutil.which("act", path=f"{ROOT / '.venv/bin'}:{os.environ['PATH']}")
        assert act, "act is not installed; run make setup"
        command: list[str | Path] = [
            act,
            event,
            "-C",
            source,
            "-W",
            f".github/workflows/{workflow}",
            "-e",
            files["event.json"],
        ]
        command += ["-P", f"{RUNNER}=-self-hosted", "--no-skip-checkout", "--no-cache-server", "--json"]
        # What is printed must hold no secret even where nobody hides it.
        command += ["--insecure-secrets"]
        command += ["-e", files["event.json"], "--secret-file", files["secrets"]]
        # Else act reads these from the folder that it is started in.
        command += ["--env-file", os.devnull, "--var-file", os.devnull, "--input-file", os.devnull]
        for option, values in (("--var", variables or {}), ("--env", for_steps)):
            for name, value in values.items():
                command += [option, f"{name}={value}"]
        for name, path in self._replacements().items():
            command += ["--local-repository", f"{name}={path}"]
        finished = subprocess.run(
            command, cwd=self._folder, env=host, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600
        )
        printed = finished.stdout + finished.stderr
        self._look_for(secrets or {}, printed)
        events = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
        return Run(finished.returncode, events, self._record.read_text().splitlines(), printed)

    def _look_for(self, secrets: Mapping[str, str], printed: str) -> None:
        text = printed + self._record.read_text()
        # A rehearsal's account is called acc1, which ops does not hide: it would garble ordinary text.
        found = [name for name, value in secrets.items() if len(value) >= SHORTEST and value in text]
        assert not found, f"printed, or among a program's arguments: {', '.join(found)}"

    def _replacements(self) -> dict[str, Path]:
        """A folder for each action, and for each repository of workflows, that the workflows use."""
        found: dict[str, Path] = {}
        for file in self._repositories.glob("*/*/.github/**/*.yml"):
            for name, path, commit in _USES.findall(file.read_text()):
                reusable = path.startswith("/.github/workflows/")
                found[f"{name}@{commit}"] = (
                    self._repositories / INFRASTRUCTURE if reusable else HERE / "standins" / name.partition("/")[2]
                )
        return found
