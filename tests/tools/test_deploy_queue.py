"""Which runs may deploy, and which ones a run cancels (tools/deploy_queue.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.receivers import GitHubServer
from tools import deploy_queue
from tools.deploy_queue import NOT_STARTED, GitHubError, GitHubRuns, WorkflowRun, overtaken, superseded_by

DEPLOY, ROLLBACK = "deploy-production.yml", "rollback-production.yml"
STATES = [
    ("waiting", ""),
    ("pending", ""),
    ("queued", ""),
    ("in_progress", ""),
    ("completed", "success"),
    ("completed", "failure"),
    ("completed", "cancelled"),
]


def run(id: int, state: tuple[str, str]) -> WorkflowRun:
    return WorkflowRun(id, id, *state, url="")


RUNS = st.dictionaries(st.integers(1, 40), st.sampled_from(STATES)).map(
    lambda states: [run(id, state) for id, state in states.items()]
)


@given(RUNS, st.integers(1, 40))
def test_a_run_and_a_newer_one_never_stand_in_each_others_way(runs: list[WorkflowRun], id: int):
    newer = superseded_by(id, runs, only_finished=False)
    if newer is None:
        assert all(other.id <= id or other.conclusion in ("failure", "cancelled") for other in runs)
        return
    assert newer.id > id
    # The one that takes the place is not overtaken by what it replaced.
    assert superseded_by(newer.id, runs, only_finished=False) is None


@given(RUNS, st.integers(1, 40))
def test_only_older_runs_that_have_not_started_are_canceled(runs: list[WorkflowRun], id: int):
    canceled = overtaken(id, runs)
    assert all(other.id < id and other.status in NOT_STARTED for other in canceled)
    assert {other.status for other in runs if other.id < id and other not in canceled}.isdisjoint(NOT_STARTED)


@given(RUNS, st.integers(1, 40))
def test_after_the_approval_only_a_run_that_has_succeeded_takes_the_place(runs: list[WorkflowRun], id: int):
    newer = superseded_by(id, runs, only_finished=True)
    finished = [other for other in runs if other.id > id and other.conclusion == "success"]
    assert newer == max(finished, key=lambda other: other.id, default=None)


class Repository:
    """Workflow runs, and the command run as one of them."""

    def __init__(self, github: GitHubServer, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.github, self._output, self._monkeypatch = github, output, monkeypatch
        for name, value in github.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("GITHUB_OUTPUT", str(output))
        monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
        monkeypatch.setattr(deploy_queue, "WAIT_SECONDS", 0)

    def take_turn(self, id: int, *arguments: str) -> tuple[int, str]:
        """Runs the command as this run; returns its exit code and its output."""
        self._monkeypatch.setenv("GITHUB_RUN_ID", str(id))
        self._output.write_text("", encoding="utf-8")
        code = deploy_queue.main(arguments)
        return code, self._output.read_text(encoding="utf-8").strip()

    @property
    def canceled(self) -> list[int]:
        return [id for id, run in self.github.runs.items() if run["conclusion"] == "cancelled"]


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        yield server


@pytest.fixture
def repository(github: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return Repository(github, tmp_path / "output", monkeypatch)


def test_an_unapproved_release_gives_way_to_a_newer_one(repository: Repository):
    for id, status in ((1, "in_progress"), (2, "waiting"), (3, "pending"), (4, "in_progress")):
        repository.github.add_run(id, DEPLOY, status)
    assert repository.take_turn(4, "--yield-to", ROLLBACK) == (0, "turn=true")
    assert repository.canceled == [2, 3]


def test_runs_of_other_branches_do_not_count(repository: Repository):
    repository.github.add_run(1, DEPLOY, "in_progress")
    repository.github.add_run(2, DEPLOY, "in_progress")
    repository.github.runs[2]["head_branch"] = "feature"
    assert repository.take_turn(1) == (0, "turn=true")


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/tags/main", "refs/heads/main2", "refs/pull/7/merge"])
@pytest.mark.parametrize("arguments", [(), ("--yield-to", ROLLBACK), ("--ahead-of", DEPLOY), ("--again",)])
def test_only_main_deploys_and_no_other_branch_cancels_a_run(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ref: str,
    arguments: tuple[str, ...],
):
    repository.github.add_run(1, DEPLOY, "waiting")
    repository.github.add_run(2, DEPLOY, "in_progress")
    monkeypatch.setenv("GITHUB_REF", ref)
    assert repository.take_turn(2, *arguments) == (1, "")
    assert repository.canceled == []
    assert capsys.readouterr().out == (
        f"::error title=Not deployed::this run is of {ref}, and only main is deployed; start it on main\n"
    )


def test_a_run_that_was_approved_meanwhile_is_not_canceled(repository: Repository):
    """It is in the list as waiting, and has started by the time that it is asked for again."""
    repository.github.add_run(1, DEPLOY, "in_progress")
    stale = WorkflowRun(1, 1, "waiting", "", "")
    server = repository.github
    github = GitHubRuns(server.url, "owner/infra", "ghs_secretsecret")
    assert not github.cancel(stale)
    assert repository.canceled == []


def test_a_release_that_was_approved_goes_on_while_a_newer_one_is_planned(repository: Repository):
    repository.github.add_run(1, DEPLOY, "in_progress")
    repository.github.add_run(2, DEPLOY, "in_progress")
    assert repository.take_turn(1) == (0, "turn=false")
    assert repository.take_turn(1, "--again") == (0, "")
    repository.github.add_run(2, DEPLOY, "completed", "success")
    assert repository.take_turn(1, "--again") == (1, "")


def test_an_old_run_that_is_run_again_does_not_deploy(repository: Repository, capsys: pytest.CaptureFixture[str]):
    repository.github.add_run(1, DEPLOY, "in_progress")
    repository.github.add_run(2, DEPLOY, "completed", "success")
    repository.github.add_run(3, DEPLOY, "completed", "failure")
    assert repository.take_turn(1) == (0, "turn=false")
    assert "run 2 " in capsys.readouterr().out
    assert repository.take_turn(3) == (0, "turn=true"), "the newest may be tried again"


def test_a_release_yields_to_a_rollback_that_was_started_after_it(repository: Repository):
    repository.github.add_run(1, DEPLOY, "in_progress")
    repository.github.add_run(2, ROLLBACK, "waiting")
    repository.github.add_run(3, DEPLOY, "in_progress")
    assert repository.take_turn(1, "--yield-to", ROLLBACK) == (0, "turn=false")
    # A merge after the rollback was asked for: it waits for its turn behind the rollback.
    assert repository.take_turn(3, "--yield-to", ROLLBACK) == (0, "turn=true")
    assert repository.github.runs[2]["status"] == "waiting"


def test_a_rollback_cancels_what_waits_and_waits_for_what_runs(repository: Repository):
    repository.github.add_run(1, DEPLOY, "in_progress")
    repository.github.add_run(2, DEPLOY, "waiting")
    repository.github.add_run(3, ROLLBACK, "in_progress")
    repository.github.add_run(4, DEPLOY, "queued")
    assert repository.take_turn(3, "--ahead-of", DEPLOY) == (0, "turn=true")
    assert repository.canceled == [2]
    assert repository.take_turn(3, "--ahead-of", DEPLOY, "--again") == (0, "")


def test_without_a_workflow_for_rollbacks_there_is_nothing_to_yield_to(repository: Repository):
    repository.github.add_run(1, DEPLOY, "in_progress")
    assert repository.take_turn(1, "--yield-to", "no-such-file.yml") == (0, "turn=true")


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ([(403, {})], "GitHub answered 403; the job needs the permission `actions: write`"),
        ([(502, {})] * 3, "GitHub answered 502"),
        ([(200, {"message": "hello"})], "GitHub's answer is not of the documented form (KeyError('workflow_id'))"),
    ],
)
def test_a_release_stops_where_github_can_not_be_asked_and_a_rollback_goes_on(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    faults: list[tuple[int, object]],
    message: str,
):
    repository.github.add_run(1, DEPLOY, "in_progress")
    repository.github.faults = list(faults)
    assert repository.take_turn(1) == (1, "")
    printed = capsys.readouterr().out
    assert printed.startswith("::error title=Not deployed::")
    assert message in printed
    repository.github.faults = list(faults)
    assert repository.take_turn(1, "--ahead-of", DEPLOY) == (0, "turn=true")
    assert message in capsys.readouterr().out


def test_a_passing_fault_is_tried_again(repository: Repository):
    repository.github.add_run(1, DEPLOY, "in_progress")
    repository.github.faults = [(503, {}), (502, {})]
    assert repository.take_turn(1) == (0, "turn=true")


def test_an_error_names_what_was_asked(repository: Repository):
    github = GitHubRuns("http://127.0.0.1:9", "owner/infra", "ghs_secretsecret")
    with pytest.raises(GitHubError, match="GET /runs/1: no answer"):
        github.workflow_of(1)
