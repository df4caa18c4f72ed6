from collections.abc import Callable

import pytest

from ops.clouds.github import LONGEST_BODY, GitHub
from ops.context.errors import OpsError
from ops.context.run_context import Context
from tests.ops.receivers import GitHubServer

MakeContext = Callable[..., Context]
MARKER = "<!-- intent-expense-tracker: plan -->"
EARLIER_MARKER = "<!-- intent-infrastructure: plan -->"


@pytest.fixture
def client(github: GitHubServer, product_context: MakeContext):
    with GitHub(product_context(**github.environment()), wait_seconds=0) as client:
        yield client


def bodies(github: GitHubServer) -> list[str]:
    return [comment["body"] for comment in github.comments.values()]


def test_a_comment_is_written_once_and_then_anew(github: GitHubServer, client: GitHub):
    client.comment(7, "plan", "first")
    client.comment(7, "plan", "second")
    client.comment(7, "preview", "another purpose")
    assert bodies(github) == [f"{MARKER}\nsecond", "<!-- intent-expense-tracker: preview -->\nanother purpose"]
    assert github.authorization == {"Bearer ghs_secretsecret"}


def test_a_comment_from_before_the_marker_had_the_projects_name_is_updated(github: GitHubServer, client: GitHub):
    github.add_comment(f"{EARLIER_MARKER}\nold")
    client.comment(7, "plan", "new")
    assert bodies(github) == [f"{MARKER}\nnew"]


def test_another_projects_comment_is_left_alone(github: GitHubServer, client: GitHub):
    others = github.add_comment("<!-- another-project: plan -->\nits plan")
    client.comment(7, "plan", "ours")
    assert bodies(github) == [others["body"], f"{MARKER}\nours"]


def test_the_same_text_is_not_written_again(github: GitHubServer, client: GitHub):
    client.comment(7, "plan", "same")
    client.comment(7, "plan", "same")
    assert not github.sent("PATCH")


def test_the_comment_is_found_behind_a_hundred_others(github: GitHubServer, client: GitHub):
    for number in range(250):
        github.add_comment(f"chat {number}")
    github.add_comment(f"{MARKER}\nold")
    client.comment(7, "plan", "new")
    assert [body for body in bodies(github) if body.startswith(MARKER)] == [f"{MARKER}\nnew"]


def test_a_strangers_comment_with_the_marker_is_left_alone(github: GitHubServer, client: GitHub):
    stranger = github.add_comment(f"{MARKER}\nno changes at all", {"login": "mallory", "type": "User"})
    client.comment(7, "plan", "destroys everything")
    assert bodies(github) == [stranger["body"], f"{MARKER}\ndestroys everything"]


def test_two_runs_at_once_leave_one_comment(github: GitHubServer, client: GitHub):
    def other_run() -> None:
        github.add_comment(f"{MARKER}\nof the other run")

    github.before_next_post = other_run
    client.comment(7, "plan", "of this run")
    assert bodies(github) == [f"{MARKER}\nof this run"]


def test_an_answer_that_was_lost_does_not_double_the_comment(github: GitHubServer, client: GitHub):
    def write_then_fail() -> None:
        # The comment is written, but GitHub answers 502.
        github.before_next_post = lambda: None
        github.add_comment(f"{MARKER}\ntext")
        raise ConnectionError

    github.before_next_post = write_then_fail
    client.comment(7, "plan", "text")
    assert bodies(github) == [f"{MARKER}\ntext"]


@pytest.mark.parametrize("fault", [(502, {"message": "Bad Gateway"}), (429, {}), (403, {"message": "API rate limit"})])
def test_a_passing_fault_is_waited_out(github: GitHubServer, client: GitHub, fault: tuple[int, object]):
    github.faults = [fault, fault]
    client.comment(7, "plan", "text")
    assert bodies(github) == [f"{MARKER}\ntext"]


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "wrong or has expired"), (403, "needs `pull-requests: write`"), (404, "does not reach")],
)
def test_a_refusal_is_one_line_with_advice(github: GitHubServer, client: GitHub, status: int, advice: str):
    github.faults = [(status, {"message": "No"})]
    with pytest.raises(
        OpsError, match=rf"^GitHub refused GET /repos/owner/infra.*: {status} \(No\); .*{advice}"
    ) as error:
        client.comment(7, "plan", "text")
    assert "ghs_" not in str(error.value)


def test_github_being_down_is_one_line(product_context: MakeContext, github: GitHubServer):
    environment = github.environment() | {"GITHUB_API_URL": "http://127.0.0.1:9"}
    with (
        GitHub(product_context(**environment), attempts=2, wait_seconds=0) as client,
        pytest.raises(OpsError, match=r"^GitHub did not answer \(ConnectError\)"),
    ):
        client.comment(7, "plan", "text")


def test_secrets_and_overlong_text_are_cut(github: GitHubServer, client: GitHub):
    client.comment(7, "plan", "token ghs_secretsecret " + "x" * 100_000)
    (body,) = bodies(github)
    assert "ghs_secretsecret" not in body
    assert len(body) == LONGEST_BODY
    assert body.endswith("have the full text.")


def test_an_issue_is_opened_updated_and_closed(github: GitHubServer, client: GitHub):
    client.open_issue("drift", "Drift in dev", "one", label="drift")
    client.open_issue("drift", "Drift in dev, production", "two", label="drift")
    (issue,) = github.issues.values()
    assert (issue["title"], issue["labels"], issue["state"]) == ("Drift in dev, production", ["drift"], "open")
    assert issue["body"].endswith("two")
    assert client.close_issue("drift", label="drift", reason="clean again")
    assert issue["state"] == "closed"
    assert bodies(github) == ["<!-- intent-expense-tracker: drift-closed -->\nclean again"]
    assert not client.close_issue("drift", label="drift", reason="clean again")


def test_new_drift_after_a_closed_issue_opens_a_new_one(github: GitHubServer, client: GitHub):
    client.open_issue("drift", "first", "one", label="drift")
    client.close_issue("drift", label="drift", reason="clean")
    client.open_issue("drift", "second", "two", label="drift")
    assert [issue["state"] for issue in github.issues.values()] == ["closed", "open"]


def test_without_a_repository_it_says_what_to_set(make_context: MakeContext):
    with pytest.raises(OpsError, match="GITHUB_REPOSITORY is not set"):
        GitHub(make_context(GITHUB_TOKEN="ghs_secretsecret"))
