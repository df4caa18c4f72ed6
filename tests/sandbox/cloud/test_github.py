"""GitHub's comments, issues and pull requests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.cloud.world import Api, World

REPOSITORY = "/repos/acme/app"


@pytest.fixture
def github(world: World) -> Api:
    return Api(world.client, "/api/v3", "ghs_any")


def issue(github: Api, title: str = "Drift", **fields: Any) -> int:
    return github.ok("POST", f"{REPOSITORY}/issues", {"title": title, **fields})["number"]


def test_a_token_is_needed(world: World) -> None:
    assert world.client.get(f"/api/v3{REPOSITORY}/issues").status_code == 401


def test_a_comment_is_added_changed_and_removed(github: Api) -> None:
    comments = f"{REPOSITORY}/issues/{issue(github)}/comments"
    made = github.ok("POST", comments, {"body": "<!-- plan --> first"})
    github.ok("PATCH", f"{REPOSITORY}/issues/comments/{made['id']}", {"body": "<!-- plan --> second"})
    assert [item["body"] for item in github.ok("GET", comments)] == ["<!-- plan --> second"]
    assert github.ok("GET", f"{REPOSITORY}/issues/1")["comments"] == 1
    assert github.call("DELETE", f"{REPOSITORY}/issues/comments/{made['id']}")[0] == 204
    assert github.ok("GET", comments) == []


def test_issues_are_found_by_state_and_label(github: Api) -> None:
    issue(github, labels=["drift"])
    issue(github, "Other")
    github.ok("PATCH", f"{REPOSITORY}/issues/2", {"state": "closed"})

    def numbers(query: str) -> list[int]:
        return [item["number"] for item in github.ok("GET", f"{REPOSITORY}/issues{query}")]

    assert numbers("") == [1]
    assert numbers("?state=all") == [2, 1]
    assert numbers("?state=all&labels=drift") == [1]
    assert numbers("?state=all&per_page=1&page=2") == [1]
    assert github.ok("GET", f"{REPOSITORY}/issues/2")["closed_at"]


def test_a_pull_request_shows_whether_it_is_from_a_fork(github: Api) -> None:
    own = github.ok("POST", f"{REPOSITORY}/pulls", {"title": "Own", "head": "feature", "base": "main"})
    fork = github.ok("POST", f"{REPOSITORY}/pulls", {"title": "Fork", "head": "stranger:feature", "base": "main"})
    assert own["head"] == {"ref": "feature", "repo": {"full_name": "acme/app", "fork": False}}
    assert fork["head"] == {"ref": "feature", "repo": {"full_name": "stranger/app", "fork": True}}
    github.ok("PATCH", f"{REPOSITORY}/pulls/{own['number']}", {"state": "closed"})
    assert [item["number"] for item in github.ok("GET", f"{REPOSITORY}/pulls")] == [fork["number"]]
    assert "pull_request" in github.ok("GET", f"{REPOSITORY}/issues/{fork['number']}")


def test_what_does_not_exist_is_404_and_what_is_incomplete_422(github: Api) -> None:
    assert github.call("POST", f"{REPOSITORY}/issues/9/comments", {"body": "x"})[0] == 404
    assert github.call("GET", f"{REPOSITORY}/pulls/{issue(github)}")[0] == 404
    assert github.call("POST", f"{REPOSITORY}/issues", {})[0] == 422
    assert github.call("POST", f"{REPOSITORY}/issues/1/comments", {"body": ""})[0] == 422
    assert github.call("PATCH", f"{REPOSITORY}/issues/1", {"state": "gone"})[0] == 422


def test_the_page_shows_issues_and_comments(github: Api, world: World) -> None:
    github.ok("POST", f"{REPOSITORY}/issues/{issue(github)}/comments", {"body": "one to <change>"})
    assert "one to &lt;change&gt;" in world.client.get("/").text
