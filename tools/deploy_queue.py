"""Decide whether a workflow run may deploy, and cancel older runs that still wait for an approval.

A job that waits for an approval already holds its concurrency group (GitHub community, discussion 17401), for up to 30
days: an unapproved run would hold up every later one. So a run cancels the older ones that wait before it waits itself.
One that was approved in the same second is only setting up, and changes nothing for another minute. The canceled run
sends its own notice.

It runs on the runner's own Python, with the standard library only: when it runs, nothing has been set up.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A run that has not started to deploy: it waits for an approval, or for its concurrency group.
NOT_STARTED = frozenset({"waiting", "pending"})
MAIN = "refs/heads/main"
"""What alone is deployed. An environment's branch policy says so too, but a private repository on Free has none."""
WAIT_SECONDS = 1
_ATTEMPTS, _TIMEOUT_SECONDS = 3, 20


class GitHubError(Exception):
    """GitHub can't be asked; `str()` is one line that says why."""


@dataclass(frozen=True)
class WorkflowRun:
    """A run of a workflow.

    Attributes:
        id: its id; a newer run has a higher one, whatever its workflow.
        number: its number within its workflow, as the web pages show it.
        status: such as `waiting`, `in_progress` or `completed`.
        conclusion: such as `success`; empty until it is completed.
        url: its page.
    """

    id: int
    number: int
    status: str
    conclusion: str
    url: str

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "WorkflowRun":
        """A run from GitHub's answer (REST API, "Workflow runs")."""
        return cls(
            id=document["id"],
            number=document["run_number"],
            status=document["status"],
            conclusion=document["conclusion"] or "",
            url=document["html_url"],
        )

    def __str__(self) -> str:
        return f"run {self.number} ({self.url})"


def superseded_by(id: int, others: Iterable[WorkflowRun], *, only_finished: bool) -> WorkflowRun | None:
    """The newest run that has taken the place of a run; None if there isn't one.

    Args:
        id: the run's id.
        others: the runs of its workflow, and of the workflows that it yields to.
        only_finished: count only runs that have succeeded, not those that are on their way.
    """
    newer = [run for run in others if run.id > id]
    taken = [run for run in newer if run.conclusion == "success" or (run.status != "completed" and not only_finished)]
    return max(taken, key=lambda run: run.id, default=None)


def overtaken(id: int, others: Iterable[WorkflowRun]) -> list[WorkflowRun]:
    """The older runs that have not started to deploy."""
    return [run for run in others if run.id < id and run.status in NOT_STARTED]


class GitHubRuns:
    """The runs of one repository."""

    def __init__(self, address: str, repository: str, token: str) -> None:
        """
        Args:
            address: of GitHub's API.
            repository: as owner/name.
            token: a token that may read the repository's runs, and cancel them.
        """
        self._address, self._token = f"{address}/repos/{repository}/actions", token

    def workflow_of(self, id: int) -> int:
        """The id of a run's workflow."""
        return self._call("GET", f"/runs/{id}")["workflow_id"]

    def runs(self, workflow: int | str) -> list[WorkflowRun]:
        """The newest 100 runs of a workflow on main, from where alone it deploys; none if there is no such workflow.

        Args:
            workflow: its id, or the name of its file.
        """
        found = self._call("GET", f"/workflows/{workflow}/runs?branch=main&per_page=100", missing={"workflow_runs": []})
        return [WorkflowRun.read(document) for document in found["workflow_runs"]]

    def cancel(self, run: WorkflowRun) -> bool:
        """Cancels a run, unless it has started or ended since; returns whether it did."""
        if WorkflowRun.read(self._call("GET", f"/runs/{run.id}")).status not in NOT_STARTED:
            return False
        # 409: it has ended since.
        self._call("POST", f"/runs/{run.id}/cancel", ignored=409)
        return True

    def _call(self, method: str, path: str, *, missing: Any = None, ignored: int = 0) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/vnd.github+json"}
        request = urllib.request.Request(self._address + path, method=method, headers=headers)  # noqa: S310  (GitHub's)
        problem = ""
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(WAIT_SECONDS * attempt)
            try:
                with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                    return json.loads(answer.read() or b"{}")
            except urllib.error.HTTPError as error:
                if error.code == 404 and missing is not None:
                    return missing
                if error.code == ignored:
                    return {}
                problem = f"{method} {path}: GitHub answered {error.code}"
                if error.code in (401, 403, 404):
                    problem += "; the job needs the permission `actions: write`"
                if error.code < 500:
                    break
            except (OSError, ValueError) as error:
                problem = f"{method} {path}: no answer ({type(error).__name__})"
        raise GitHubError(problem)


@dataclass(frozen=True)
class Request:
    """What a run asks for.

    Attributes:
        id: the run's id.
        yields_to: the file of a workflow whose newer runs take this one's place.
        ahead_of: the file of a workflow whose waiting runs this one cancels as well. Such a run is an emergency: it
            goes on even if GitHub can't be asked.
        again: it was approved since it asked the first time: only newer runs that have succeeded count.
    """

    id: int
    yields_to: str = ""
    ahead_of: str = ""
    again: bool = False


def decide(github: GitHubRuns, request: Request) -> str:
    """Cancels the older runs that wait, unless a newer run has taken this one's place.

    Returns:
        Why this run must not deploy; empty if it may.

    Raises:
        GitHubError: GitHub can't be asked.
    """
    own = github.runs(github.workflow_of(request.id))
    others = own + [run for file in (request.yields_to, request.ahead_of) if file for run in github.runs(file)]
    newer = superseded_by(request.id, others, only_finished=request.again or bool(request.ahead_of))
    if newer:
        return f"{newer} is newer and has taken its place; to deploy all the same, start this workflow by hand"
    if request.again:
        return ""
    beaten = own + (github.runs(request.ahead_of) if request.ahead_of else [])
    for run in overtaken(request.id, beaten):
        if github.cancel(run):
            print(f"canceled {run}: it had not started")
    return ""


def _arguments(arguments: Sequence[str]) -> Request:
    parser = argparse.ArgumentParser(prog="python3 -m tools.deploy_queue", description="Take this run's turn.")
    parser.add_argument("--yield-to", default="", metavar="FILE", help="let newer runs of this workflow go first")
    parser.add_argument("--ahead-of", default="", metavar="FILE", help="cancel the waiting runs of this workflow too")
    parser.add_argument("--again", action="store_true", help="after the approval: fail if a newer run has deployed")
    named = parser.parse_args(arguments)
    return Request(int(os.environ["GITHUB_RUN_ID"]), named.yield_to, named.ahead_of, named.again)


def main(arguments: Sequence[str]) -> int:
    """Writes the step's output `turn`, true or false. With --again it fails instead of writing false.

    A run of another branch or a tag fails, and cancels nothing.
    """
    request = _arguments(arguments)
    environment = os.environ
    if (ref := environment["GITHUB_REF"]) != MAIN:
        print(f"::error title=Not deployed::this run is of {ref[:80]}, and only main is deployed; start it on main")
        return 1
    github = GitHubRuns(environment["GITHUB_API_URL"], environment["GITHUB_REPOSITORY"], environment["GITHUB_TOKEN"])
    try:
        reason = decide(github, request)
    except (GitHubError, KeyError, TypeError) as error:
        if not isinstance(error, GitHubError):
            error = f"GitHub's answer is not of the documented form ({error!r})"
        if not request.ahead_of:
            print(f"::error title=Not deployed::{error}; run it again")
            return 1
        print(f"::warning title=Older runs may hold this one up::{error}")
        reason = ""
    if reason:
        print(f"::{'error' if request.again else 'warning'} title=Not deployed::{reason}")
    if request.again:
        return 1 if reason else 0
    with Path(environment["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"turn={'false' if reason else 'true'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
