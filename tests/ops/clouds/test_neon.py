"""Neon's client, against the local cloud's Neon API."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ops.clouds.neon import Branch, BranchLimitError, Neon, OtherParentError
from ops.clouds.rest import RefusedError
from ops.context.errors import OpsError
from tests.ops.preview_cloud import PreviewCloud


@pytest.fixture
def neon(preview_cloud: PreviewCloud) -> Iterator[Neon]:
    with Neon(preview_cloud.context(), attempts=3) as client:
        yield client


def make(
    cloud: PreviewCloud, neon: Neon, name: str = "preview", hours: int | None = 3, endpoint: bool = True
) -> Branch:
    expiry = datetime.now(UTC) + timedelta(hours=hours) if hours else None
    return neon.create_branch(cloud.project, name, parent_id=cloud.dev, expires_at=expiry, endpoint=endpoint)


def test_a_project_is_found_by_its_whole_name(preview_cloud: PreviewCloud, neon: Neon):
    assert neon.project("intent-expense-tracker") == preview_cloud.project
    with pytest.raises(OpsError, match="no Neon project called intent; deploy the stack project first"):
        neon.project("intent")
    preview_cloud.neon("POST", "/projects", {"project": {"name": "intent-expense-tracker"}})
    with pytest.raises(OpsError, match="2 Neon projects called intent-expense-tracker"):
        neon.project("intent-expense-tracker")


def test_a_branch_that_is_asked_for_twice_is_one_with_a_new_expiry(preview_cloud: PreviewCloud, neon: Neon):
    first = make(preview_cloud, neon, hours=3, endpoint=False)
    second = make(preview_cloud, neon, hours=5)
    assert first.id == second.id
    assert first.expires_at is not None
    assert second.expires_at is not None
    assert timedelta(hours=1.9) < second.expires_at - first.expires_at < timedelta(hours=2.1)
    assert list(preview_cloud.branches()) == ["main", "dev", "preview"]
    uri = neon.connection_uri(preview_cloud.project, second.id, "intent_owner_dev", "intent_db")
    assert uri.startswith("postgresql://intent_owner_dev:")
    assert make(preview_cloud, neon, hours=None).expires_at is None


def test_an_expired_branch_is_gone(preview_cloud: PreviewCloud, neon: Neon):
    make(preview_cloud, neon, hours=3)
    preview_cloud.clock.forward(hours=2.9)
    assert neon.branch(preview_cloud.project, "preview") is not None
    preview_cloud.clock.forward(hours=0.2)
    assert neon.branch(preview_cloud.project, "preview") is None


def test_a_branch_of_the_name_but_with_other_data_is_not_taken(preview_cloud: PreviewCloud, neon: Neon):
    main = preview_cloud.branches()["main"]["id"]
    neon.create_branch(preview_cloud.project, "preview", parent_id=main, expires_at=None, endpoint=False)
    with pytest.raises(OtherParentError):
        make(preview_cloud, neon)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("status", [423, 429, 500, 503])
def test_what_may_pass_is_tried_again_and_makes_no_second_branch(
    preview_cloud: PreviewCloud, neon: Neon, status: int, when: str
):
    preview_cloud.fault("POST", "/branches$", status, times=2 if when == "before" else 1, when=when)
    branch = make(preview_cloud, neon)
    assert preview_cloud.faults_left() == 0
    assert [item["id"] for name, item in preview_cloud.branches().items() if name == "preview"] == [branch.id]
    preview_cloud.fault("DELETE", "/branches/", status, when=when)
    neon.delete_branch(preview_cloud.project, branch.id)
    assert preview_cloud.faults_left() == 0
    assert "preview" not in preview_cloud.branches()


def test_it_is_tried_so_often_and_no_more(preview_cloud: PreviewCloud, neon: Neon):
    preview_cloud.fault("GET", "/branches$", 423, times=100)
    with pytest.raises(OpsError, match=r"Neon answered 423 \(.*\); try again later"):
        neon.branches(preview_cloud.project)
    assert preview_cloud.faults_left() == 97


def test_a_name_that_another_run_took_just_now_is_found(preview_cloud: PreviewCloud, neon: Neon):
    # The branch is made while this run looks: its own attempt is refused by 409.
    preview_cloud.fault("POST", "/branches$", 409, when="after")
    assert make(preview_cloud, neon).name == "preview"
    assert preview_cloud.faults_left() == 0
    assert list(preview_cloud.branches()) == ["main", "dev", "preview"]


def test_a_plans_limit_has_an_error_of_its_own(preview_cloud: PreviewCloud, neon: Neon):
    for number in range(8):
        make(preview_cloud, neon, f"b{number}", endpoint=False)
    with pytest.raises(BranchLimitError):
        make(preview_cloud, neon)
    assert make(preview_cloud, neon, "b7").name == "b7"


def test_a_deleted_branch_may_be_deleted_again_but_never_the_default_or_a_parent(
    preview_cloud: PreviewCloud, neon: Neon
):
    branch, project = make(preview_cloud, neon), preview_cloud.project
    with pytest.raises(OpsError, match="has children"):
        neon.delete_branch(project, preview_cloud.dev)
    assert neon.delete_branch(project, branch.id) is True
    assert neon.delete_branch(project, branch.id) is False
    with pytest.raises(OpsError, match="branch main is the default branch, so it is not deleted"):
        neon.delete_branch(project, preview_cloud.branches()["main"]["id"])
    assert list(preview_cloud.branches()) == ["main", "dev"]


@pytest.mark.parametrize("lost", [False, True])
def test_a_role_gets_a_password_of_its_own_once(preview_cloud: PreviewCloud, neon: Neon, lost: bool):
    branch, project = make(preview_cloud, neon), preview_cloud.project
    parents = preview_cloud.password(preview_cloud.dev)
    assert preview_cloud.password(branch.id) == parents
    if lost:
        preview_cloud.fault("POST", "/reset_password$", when="after")
    neon.own_password(project, branch, "intent_owner_dev", source_id=preview_cloud.dev)
    own = preview_cloud.password(branch.id)
    assert own != parents
    neon.own_password(project, branch, "intent_owner_dev", source_id=preview_cloud.dev)
    assert preview_cloud.password(branch.id) == own
    assert preview_cloud.password(preview_cloud.dev) == parents


def test_an_address_is_hidden_from_then_on(preview_cloud: PreviewCloud):
    context = preview_cloud.context()
    with Neon(context) as neon:
        branch = make(preview_cloud, neon)
        uri = neon.connection_uri(preview_cloud.project, branch.id, "intent_owner_dev", "intent_db")
    assert preview_cloud.password(branch.id) in uri
    assert context.console.mask.hide(f"{uri} {preview_cloud.password(branch.id)}") == "*** ***"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_restore_keeps_what_was_there_and_is_done_once(preview_cloud: PreviewCloud, neon: Neon, when: str):
    project, before = preview_cloud.project, datetime.now(UTC) - timedelta(minutes=5)
    preview_cloud.clock.forward(hours=1)
    preview_cloud.fault("POST", "/restore$", when=when)
    main = preview_cloud.branches()["main"]["id"]
    restored = neon.restore(project, main, source_id=main, at=before, backup="main-before")
    assert restored.id == main
    assert list(preview_cloud.branches()) == ["main", "dev", "main-before"]
    with pytest.raises(OpsError, match="main-before already exists"):
        neon.restore(project, main, source_id=main, at=before, backup="main-before")
    with pytest.raises(OpsError, match="history window"):
        neon.restore(project, main, source_id=main, at=before - timedelta(days=9), backup="other")


def test_deleted_branches_and_projects_are_recovered(preview_cloud: PreviewCloud, neon: Neon):
    project = preview_cloud.project
    assert neon.deleted("intent-expense-tracker") == []
    neon.delete_branch(project, preview_cloud.dev)
    [branch] = neon.deleted("intent-expense-tracker")
    assert (branch.kind, branch.id, branch.name) == ("branch", preview_cloud.dev, "dev")
    neon.recover(branch, project)
    assert preview_cloud.branches()["dev"]["id"] == preview_cloud.dev

    preview_cloud.neon("DELETE", f"/projects/{project}")
    assert neon.deleted("another") == []
    [deleted] = neon.deleted("intent-expense-tracker")
    assert (deleted.kind, deleted.id) == ("project", project)
    neon.recover(deleted, None)
    assert neon.deleted("intent-expense-tracker") == []
    assert list(preview_cloud.branches()) == ["main", "dev"]


@pytest.mark.parametrize("what", ["branch", "project"])
def test_a_recovery_whose_answer_got_lost_is_done(preview_cloud: PreviewCloud, neon: Neon, what: str):
    project = preview_cloud.project
    preview_cloud.neon("DELETE", f"/projects/{project}{f'/branches/{preview_cloud.dev}' if what == 'branch' else ''}")
    [deleted] = neon.deleted("intent-expense-tracker")
    preview_cloud.fault("POST", "/recover$", when="after")
    neon.recover(deleted, project)
    assert neon.deleted("intent-expense-tracker") == []
    assert preview_cloud.branches()["dev"]["id"] == preview_cloud.dev
    with pytest.raises(RefusedError, match="no recoverable"):
        neon.recover(replace(deleted, id="br-other-1"), project)


def test_a_restore_whose_answer_got_lost_is_waited_for(
    preview_cloud: PreviewCloud, neon: Neon, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    waits: list[float] = []
    call = neon.call

    def slow(method: str, path: str, *arguments: Any, **named: Any) -> Any:
        """Neon's answers, with the restore under way until it was asked for twice."""
        answer = call(method, path, *arguments, **named)
        if path.endswith("/operations"):
            answer["operations"][0]["status"] = "running"
        elif "/operations/" in path:
            asked.append(answer["operation"]["branch_id"])
            answer["operation"]["status"] = "running" if len(asked) < 2 else "finished"
        return answer

    monkeypatch.setattr(neon, "call", slow)
    monkeypatch.setattr("ops.clouds.neon.time", SimpleNamespace(sleep=waits.append, monotonic=time.monotonic))
    preview_cloud.fault("POST", "/restore$", when="after")
    neon.restore(
        preview_cloud.project,
        preview_cloud.dev,
        source_id=preview_cloud.branches()["main"]["id"],
        at=None,
        backup="dev-before",
    )
    assert asked == [preview_cloud.dev, preview_cloud.dev]
    assert waits == [0.5, 0.5]


def test_a_wrong_key_is_one_line_with_what_to_do(preview_cloud: PreviewCloud):
    context = preview_cloud.context(NEON_API_KEY="napi_wrong_but_long_enough")
    with Neon(context) as neon, pytest.raises(OpsError, match=r"401 .*create a new one and set NEON_API_KEY$"):
        neon.project("intent-expense-tracker")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[", "nonsense"])
def test_an_api_that_can_not_be_reached_is_one_line(preview_cloud: PreviewCloud, address: str):
    context = preview_cloud.context(NEON_API_BASE_URL=address)

    def ask() -> None:
        with Neon(context, attempts=2) as neon:
            neon.project("intent-expense-tracker")

    with pytest.raises(OpsError, match=r"did not answer|is not an address"):
        ask()
