"""The report of a run with the real providers: a comment on a pull request, or one issue that a good run closes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.context.run_context import Context
from tests.ops.receivers import GitHubServer
from tools.provider_report import body, report

GOOD = {"REHEARSAL": "success", "CONFORMANCE": "success"}
BAD = {"REHEARSAL": "failure", "CONFORMANCE": "success"}


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        yield server


@pytest.fixture
def context(github: GitHubServer) -> Context:
    return Context.read(github.environment())


def logs(folder: Path) -> Path:
    (folder / "rehearsal.log").write_text("Providers: neon 0.15.0 (real)\nstep a\n")
    (folder / "conformance.log").write_text("".join(f"line {number}\n" for number in range(100)) + "```\n")
    return folder


def test_the_report_has_the_providers_the_steps_and_the_ends_of_the_logs(tmp_path: Path) -> None:
    text = body(BAD, logs(tmp_path), "a run")

    assert text.startswith(
        "**Real providers: failed** (a run)\n\nProviders: neon 0.15.0 (real)\n\n- rehearsal: failure\n"
    )
    assert "step a" in text
    assert ("line 99\n'''" in text, "line 20\n" in text) == (True, False)
    assert text.count("```") == 4, "a log can't end its own block"
    assert "- rehearsal: failure" in body(BAD, tmp_path / "nowhere", "a run"), "a step may have no log"


def test_a_pull_request_gets_one_comment(context: Context, github: GitHubServer, tmp_path: Path) -> None:
    for outcomes in (BAD, GOOD):
        assert report(context, outcomes, logs(tmp_path), number="7").startswith("commented: ")
    (comment,) = github.comments.values()
    assert "**Real providers: passed**" in comment["body"]
    assert github.issues == {}


def test_without_a_pull_request_a_bad_run_opens_one_issue_and_a_good_one_closes_it(
    context: Context, github: GitHubServer, tmp_path: Path
) -> None:
    assert report(context, GOOD, logs(tmp_path), number="") == "passed; there was no open issue"
    for _ in range(2):
        assert report(context, BAD, logs(tmp_path), number="").startswith("issue: ")
    (issue,) = github.issues.values()
    assert (issue["state"], "**Real providers: failed**" in issue["body"]) == ("open", True)
    assert report(context, GOOD, logs(tmp_path), number="") == "passed; the issue is closed"
    assert issue["state"] == "closed"
