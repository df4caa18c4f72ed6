"""Previews against the local cloud, with an app whose wrangler and migrations are small scripts."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ops import preview
from ops.clouds.cloudflare import Cloudflare
from ops.clouds.github import GitHub
from ops.clouds.neon import Neon
from ops.clouds.wrangler import Wrangler
from ops.context.errors import OpsError
from ops.preview import preview_run
from ops.preview.parts import numbers
from settings import SettingsError, load_settings
from tests.ops.preview_cloud import SETTINGS, PreviewCloud, digest

pytestmark = pytest.mark.slow

WORKER = "intent-expense-tracker-api-pr-1"
ADDRESS = f"https://{WORKER}.sebastianiv21.workers.dev"


def event(cloud: PreviewCloud, number: int, *, fork: bool) -> str:
    """The file in which GitHub names the pull request that started a workflow."""
    repository = {"full_name": "owner/app"}
    head = {"full_name": "stranger/app"} if fork else repository
    document = {"number": number, "head": {"repo": head, "sha": "a" * 40}, "base": {"repo": repository}}
    file = cloud.folder / "event.json"
    file.write_text(json.dumps({"pull_request": document}))
    return str(file)


def summary(cloud: PreviewCloud) -> str:
    file = cloud.folder / "summary.md"
    return file.read_text() if file.exists() else ""


def untouched(cloud: PreviewCloud) -> bool:
    """Whether no preview was begun."""
    return list(cloud.branches()) == ["main", "dev"] and not cloud.workers() and not cloud.migrations()


def seen(cloud: PreviewCloud, number: int = 1) -> dict[str, Any]:
    """Everything that there is of a preview, by its names."""
    (comment,) = cloud.comments(number)
    return {
        "branches": list(cloud.branches()),
        "workers": cloud.workers(),
        "bindings": sorted(cloud.bindings(WORKER)) if cloud.workers() else [],
        "comment": comment.splitlines()[1],
    }


UP = {
    "branches": ["main", "dev", "preview-pr-1"],
    "workers": [WORKER],
    "bindings": ["BETTER_AUTH_SECRET", "BETTER_AUTH_URL", "DATABASE_URL"],
    "comment": "### Preview",
}
DOWN = {"branches": ["main", "dev"], "workers": [], "bindings": [], "comment": "### Preview: removed"}


# Up


def test_up_makes_a_branch_a_worker_and_one_comment(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    made = preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert made is not None
    assert seen(preview_cloud) == UP
    branch, held = preview_cloud.branches()["preview-pr-1"], preview_cloud.bindings(WORKER)
    assert branch["parent_id"] == preview_cloud.dev
    assert branch["expires_at"].startswith(made.expires_at.strftime("%Y-%m-%dT%H:%M"))
    assert held["BETTER_AUTH_URL"] == ADDRESS
    assert preview_cloud.password(branch["id"]) in held["DATABASE_URL"]
    assert preview_cloud.migrations() == [digest(held["DATABASE_URL"])]
    (comment,) = preview_cloud.comments(number)
    assert f"| API | {ADDRESS} (healthy) |" in comment
    assert "| site | https://feature-one.intent-expense-tracker.pages.dev (not built yet) |" in comment
    assert "branch `preview-pr-1`, copied from dev; expires" in comment
    assert ADDRESS in summary(preview_cloud)


def test_a_previews_password_opens_neither_dev_nor_main(preview_cloud: PreviewCloud):
    preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    given = preview_cloud.bindings(WORKER)["DATABASE_URL"]
    assert preview_cloud.password(preview_cloud.dev) not in given
    assert preview_cloud.password(preview_cloud.branches()["main"]["id"], "intent_owner") not in given


def test_up_again_brings_it_up_to_date_and_keeps_data_sessions_and_comment(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    held, branch = preview_cloud.bindings(WORKER), preview_cloud.branches()["preview-pr-1"]["id"]
    preview_cloud.push()
    preview.up(preview_cloud.context(GITHUB_SHA="fedcba9876543210" * 2), number, preview_cloud.app)
    assert seen(preview_cloud) == UP
    assert preview_cloud.bindings(WORKER) == held
    assert preview_cloud.branches()["preview-pr-1"]["id"] == branch
    (comment,) = preview_cloud.comments(number)
    assert "fedcba987654" in comment
    assert "| site | https://feature-one.intent-expense-tracker.pages.dev (built) |" in comment
    assert len(preview_cloud.migrations()) == 2


def test_an_expired_database_comes_again(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview_cloud.settings(preview_hours=1)
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    first = preview_cloud.bindings(WORKER)["DATABASE_URL"]
    preview_cloud.clock.forward(minutes=61)
    assert list(preview_cloud.branches()) == ["main", "dev"]
    preview_cloud.clock.forward(minutes=-61)
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert seen(preview_cloud) == UP
    assert preview_cloud.bindings(WORKER)["DATABASE_URL"] != first


def test_the_worker_learns_the_sites_address_where_the_settings_name_a_variable(preview_cloud: PreviewCloud):
    preview_cloud.settings(preview_origin_variable="WEB_ORIGIN")
    preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    assert preview_cloud.bindings(WORKER)["WEB_ORIGIN"] == "https://feature-one.intent-expense-tracker.pages.dev"


def test_without_a_site_there_is_none_in_the_comment(preview_cloud: PreviewCloud):
    def no_site(values: dict[str, Any]) -> None:
        del values["website"], values["environments"]["production"]
        values["environments"]["live"] = {"database": {}, "protected": True}

    preview_cloud.settings(no_site)
    preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    assert "| site |" not in preview_cloud.comments(1)[0]


def test_other_secrets_come_from_the_environment_or_the_run_stops_before_it_begins(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview_cloud.settings(secrets=["DATABASE_URL", "BETTER_AUTH_SECRET", "MAIL_KEY"])
    with pytest.raises(OpsError, match=r"MAIL_KEY is not set; release.secrets names it"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert untouched(preview_cloud)
    given = preview_cloud.context(MAIL_KEY="mail-key-for-tests", BETTER_AUTH_SECRET="productions-own-secret")
    preview.up(given, number, preview_cloud.app)
    held = preview_cloud.bindings(WORKER)
    assert held["MAIL_KEY"] == "mail-key-for-tests"
    assert held["BETTER_AUTH_SECRET"] != "productions-own-secret"


def test_without_the_parents_environment_in_wranglers_configuration_no_branch_is_made(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    configuration = {"main": "index.ts", "compatibility_date": "2025-09-27", "env": {"production": {}}}
    (preview_cloud.app / "apps/api/wrangler.jsonc").write_text(json.dumps(configuration))
    with pytest.raises(OpsError, match=r"has no environment dev \(it has: production\); add \"env\""):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert untouched(preview_cloud)


# Data


def test_a_copy_is_masked_before_the_migrations_and_at_each_push(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    mask = "import os; open(os.environ['APP_LOG'] + '.migrations', 'a').write('masked\\n')"
    (preview_cloud.app / "mask.py").write_text(mask)
    preview_cloud.settings(preview_mask_command=f"{sys.executable} mask.py")
    for _ in range(2):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert [line[:6] == "masked" for line in preview_cloud.migrations()] == [True, False, True, False]
    assert "copied from dev and masked; expires" in preview_cloud.comments(number)[0]


def test_where_masking_fails_nothing_uses_the_copy(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview_cloud.settings(preview_mask_command=f"{sys.executable} -c 'raise SystemExit(3)'")
    with pytest.raises(OpsError, match="exit code 3"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert (list(preview_cloud.migrations()), list(preview_cloud.workers())) == ([], [])


def test_with_schema_only_the_branch_has_no_parent_and_no_rows(
    preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch
):
    def copy_nothing(context: object, uri: str, source_uri: str) -> None:
        # These databases hold no rows: test_preview_data.py copies real ones.
        del context, uri, source_uri

    monkeypatch.setattr("ops.preview.preview_data._copy_records", copy_nothing)
    number = preview_cloud.pull_request()
    preview_cloud.settings(preview_data="schema_only")
    for _ in range(2):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    branch = preview_cloud.branches()["preview-pr-1"]
    assert branch.get("parent_id") is None
    assert branch["init_source"] == "schema-only"
    assert preview_cloud.password(branch["id"]) != preview_cloud.password(preview_cloud.dev)
    assert "with the schema of dev and no rows; expires" in preview_cloud.comments(number)[0]
    assert preview.down(preview_cloud.context(), number)


def test_another_kind_of_data_needs_a_new_branch(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    preview_cloud.settings(preview_data="schema_only")
    with pytest.raises(OpsError, match=r"as release.preview_data says; run `python -m ops preview down --pr 1`"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)


def test_masking_nothing_is_refused(preview_cloud: PreviewCloud):
    preview_cloud.settings(preview_data="schema_only", preview_mask_command="node mask.mjs")
    with pytest.raises(SettingsError, match="preview_mask_command has nothing to mask"):
        load_settings(preview_cloud.folder / "settings.toml")


def test_a_branch_whose_address_pages_makes_up_has_none_before_its_first_build(
    preview_cloud: PreviewCloud, capsys: pytest.CaptureFixture[str]
):
    number = preview_cloud.pull_request("茶")
    preview_cloud.settings(preview_origin_variable="WEB_ORIGIN")
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert "WEB_ORIGIN" not in preview_cloud.bindings(WORKER)
    assert "run this again then, so that WEB_ORIGIN has it" in capsys.readouterr().out
    assert "| site | no address before its first build (not built yet) |" in preview_cloud.comments(number)[0]
    preview_cloud.push("茶")
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert preview_cloud.bindings(WORKER)["WEB_ORIGIN"].startswith("https://branch-")


# Crashes


class Cut(BaseException):
    """The run was killed."""


STEPS: dict[str, tuple[Any, str]] = {
    "branch": (Neon, "create_branch"),
    "password": (Neon, "own_password"),
    "migrations": (preview_run, "migrate"),
    "secrets": (Cloudflare, "worker_secrets"),
    "worker": (Wrangler, "deploy"),
    "smoke": (preview_run, "smoke"),
    "comment": (GitHub, "comment"),
    "down: worker": (Cloudflare, "delete_worker"),
    "down: branch": (Neon, "delete_branch"),
    "down: comment": (GitHub, "change_comment"),
}


def cut(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Cuts the run off once, when a step is done but the run has not learnt it."""
    owner, name = STEPS[step]
    real, done = getattr(owner, name), list[bool]()

    def once(*arguments: Any, **named: Any) -> Any:
        if done:
            return real(*arguments, **named)
        real(*arguments, **named)
        done.append(True)
        raise Cut

    monkeypatch.setattr(owner, name, once)


# After a step is before the next one.
@pytest.mark.parametrize("step", [step for step in STEPS if not step.startswith("down")])
def test_a_run_that_was_cut_off_is_finished_by_the_next(
    preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch, step: str
):
    number = preview_cloud.pull_request()
    cut(monkeypatch, step)
    with pytest.raises(Cut):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert seen(preview_cloud) == UP
    branch = preview_cloud.branches()["preview-pr-1"]["id"]
    assert preview_cloud.password(branch) in preview_cloud.bindings(WORKER)["DATABASE_URL"]
    assert preview_cloud.password(branch) != preview_cloud.password(preview_cloud.dev)


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("down")])
def test_a_removal_that_was_cut_off_is_finished_by_the_next(
    preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch, step: str
):
    number = preview_cloud.pull_request()
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    cut(monkeypatch, step)
    with pytest.raises(Cut):
        preview.down(preview_cloud.context(), number)
    preview.down(preview_cloud.context(), number)
    assert seen(preview_cloud) == DOWN


def test_a_fault_that_passes_is_not_noticed(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    faults = {
        ("GET", "/projects$"): 429,
        ("POST", "/branches$"): 423,
        ("GET", "/connection_uri$"): 502,
        ("POST", "/reset_password$"): 423,
        ("GET", "/secrets$"): 429,
        ("GET", "/deployments$"): 502,
        ("GET", "/pulls/1$"): 502,
        ("POST", "/comments$"): 429,
    }
    preview_cloud.faults([{"method": m, "path": path, "status": status} for (m, path), status in faults.items()])
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert preview_cloud.faults_left() == 0
    assert seen(preview_cloud) == UP


# Failures


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("migration-fails", r"ended with exit code 1:\n  \| relation exists, at \*\*\*$"),
        ("wrangler-fails", r"wrangler deploy ended with exit code 1:\n  \| wrangler: no$"),
    ],
)
def test_a_failed_step_is_reported_in_the_comment_and_fixed_by_the_next_run(
    preview_cloud: PreviewCloud, broken: str, error: str
):
    number, context = preview_cloud.pull_request(), preview_cloud.context()
    (preview_cloud.folder / broken).touch()
    with pytest.raises(OpsError, match=error) as raised:
        preview.up(context, number, preview_cloud.app)
    (comment,) = preview_cloud.comments(number)
    assert comment.splitlines()[1] == "### Preview: failed"
    assert f"    {str(raised.value).splitlines()[-1]}" in context.console.mask.hide(comment)
    assert "npg_" not in comment
    assert "### Preview: failed" in summary(preview_cloud)
    if broken == "migration-fails":
        assert preview_cloud.workers() == []
    (preview_cloud.folder / broken).unlink()
    preview.up(context, number, preview_cloud.app)
    assert seen(preview_cloud) == UP


def test_a_worker_that_is_not_healthy_is_a_failure(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview_cloud.settings(smoke_seconds=1)
    preview_cloud.runtime.healthy = False
    with pytest.raises(OpsError, match=r"/health: status 503; database is 'unreachable', not 'ok'"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert preview_cloud.comments(number)[0].splitlines()[1] == "### Preview: failed"


def test_a_comment_that_can_not_be_written_does_not_hide_why(
    preview_cloud: PreviewCloud, capsys: pytest.CaptureFixture[str]
):
    number = preview_cloud.pull_request()
    (preview_cloud.folder / "migration-fails").touch()
    preview_cloud.fault("POST", "/comments$", times=100)
    with pytest.raises(OpsError, match="relation exists"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert "the comment was not written: GitHub answered 500" in capsys.readouterr().err


def test_a_preview_that_was_not_announced_is_an_error(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview_cloud.fault("POST", "/comments$", times=100)
    with pytest.raises(OpsError, match="GitHub answered 500"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)


def test_used_up_branches_are_named_with_what_to_do(preview_cloud: PreviewCloud):
    numbers = [preview_cloud.pull_request() for _ in range(9)]
    for number in numbers[:8]:
        branch = {"name": f"preview-pr-{number}", "parent_id": preview_cloud.dev}
        preview_cloud.neon("POST", f"/projects/{preview_cloud.project}/branches", {"branch": branch})
    with pytest.raises(OpsError) as raised:
        preview.up(preview_cloud.context(), numbers[8], preview_cloud.app)
    assert str(raised.value) == (
        "Neon's free plan allows 10 branches, and there are 10: previews of pull requests 1, 2, 3, 4, 5, 6, 7, 8 are "
        "among them; run `python -m ops preview sweep`, close a pull request, or raise database.plan"
    )
    assert "preview sweep" in preview_cloud.comments(numbers[8])[0]
    assert not preview_cloud.migrations()


def has_workers(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    def workers(_: Cloudflare) -> list[str]:
        return names

    monkeypatch.setattr(Cloudflare, "workers", workers)


@pytest.mark.parametrize(("plan", "most"), [("free", 100), ("paid", 500)])
def test_without_room_for_a_worker_no_branch_is_created(
    preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch, plan: str, most: int
):
    preview_cloud.settings(lambda values: values["api"].update(plan=plan))
    others = [f"other-{number}" for number in range(most - 1)]
    has_workers(monkeypatch, [*others, "intent-expense-tracker-api-pr-9"])
    with pytest.raises(OpsError) as raised:
        preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    assert str(raised.value) == (
        f"Cloudflare's {plan} Workers plan allows {most} Workers, and the account has {most}: previews of pull "
        "requests 9 are among them; run `python -m ops preview sweep`, close a pull request, or set api.plan if the "
        "account has another plan"
    )
    assert untouched(preview_cloud)


def test_a_preview_that_has_its_parts_needs_no_room(preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch):
    number = preview_cloud.pull_request()
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    for other in range(10, 17):
        body = {"branch": {"name": f"preview-pr-{other}", "parent_id": preview_cloud.dev}}
        preview_cloud.neon("POST", f"/projects/{preview_cloud.project}/branches", body)
    has_workers(monkeypatch, [f"other-{each}" for each in range(99)] + [WORKER])
    assert len(preview_cloud.branches()) == 10
    assert preview.up(preview_cloud.context(), number, preview_cloud.app) is not None


def test_a_plan_that_is_smaller_than_the_settings_say_gets_the_same_message(preview_cloud: PreviewCloud):
    preview_cloud.settings(lambda values: values["database"].update(plan="launch"))
    for other in range(10, 18):
        body = {"branch": {"name": f"preview-pr-{other}", "parent_id": preview_cloud.dev}}
        preview_cloud.neon("POST", f"/projects/{preview_cloud.project}/branches", body)
    with pytest.raises(
        OpsError, match=r"there are 10: previews of pull requests 10, 11, .*; run `python -m ops preview"
    ):
        preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)


def test_schema_only_previews_are_limited_by_root_branches(preview_cloud: PreviewCloud):
    preview_cloud.settings(preview_data="schema_only")
    for other in ("one", "two"):
        body = {"branch": {"name": other, "parent_id": preview_cloud.dev, "init_source": "schema-only"}}
        preview_cloud.neon("POST", f"/projects/{preview_cloud.project}/branches", body)
    with pytest.raises(OpsError) as raised:
        preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    assert str(raised.value) == (
        "a preview without rows is a root branch, and the free plan's 3 root branches are used up: main, one, two; "
        "run `python -m ops preview sweep`, close a pull request, or use release.preview_mask_command in place of "
        "release.preview_data"
    )
    assert "preview-pr-1" not in preview_cloud.branches()


def test_a_branch_with_other_data_is_not_taken_for_the_preview(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview_cloud.settings(preview_parent="production")
    preview.up(preview_cloud.context(), number, preview_cloud.app)
    preview_cloud.settings()
    with pytest.raises(
        OpsError, match=r"preview-pr-1 was not created from dev as .*; run `python -m ops preview down --pr 1`"
    ):
        preview.up(preview_cloud.context(), number, preview_cloud.app)


def test_a_closed_pull_request_gets_none(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    preview_cloud.close(number)
    with pytest.raises(OpsError, match="pull request 1 is closed"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert untouched(preview_cloud)


def test_an_app_without_wrangler_is_refused_before_anything_is_created(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    (preview_cloud.app / "apps/api/node_modules/.bin/wrangler").unlink()
    with pytest.raises(OpsError, match="wrangler is not installed; run npm ci"):
        preview.up(preview_cloud.context(), number, preview_cloud.app)
    assert untouched(preview_cloud)


# Forks


def test_a_forks_pull_request_gets_no_secret_and_no_comment(
    preview_cloud: PreviewCloud, capsys: pytest.CaptureFixture[str]
):
    number = preview_cloud.pull_request("stranger:feature")
    bare = preview_cloud.context(
        GITHUB_EVENT_PATH=event(preview_cloud, number, fork=True),
        NEON_API_KEY="",
        CLOUDFLARE_API_TOKEN="",
        GITHUB_TOKEN="",
    )
    assert preview.up(bare, number, preview_cloud.app) is None
    assert preview.down(bare, number) is False
    assert untouched(preview_cloud)
    assert preview_cloud.comments(number) == []
    expected = "pull request 1 gets no preview: it is from a fork, whose code gets no secrets"
    assert expected in capsys.readouterr().out
    assert expected[1:] in summary(preview_cloud)


def test_a_fork_is_recognized_also_where_somebody_names_its_number_by_hand(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request("stranger:feature")
    assert preview.up(preview_cloud.context(), number, preview_cloud.app) is None
    own = preview_cloud.pull_request()
    started = preview_cloud.context(GITHUB_EVENT_PATH=event(preview_cloud, own, fork=False))
    assert preview.up(started, number, preview_cloud.app) is None
    assert untouched(preview_cloud)


# Down and sweep


def test_down_removes_all_and_says_so_and_again_is_well(preview_cloud: PreviewCloud):
    number, context = preview_cloud.pull_request(), preview_cloud.context()
    preview.up(context, number, preview_cloud.app)
    assert preview.down(context, number) is True
    assert seen(preview_cloud) == DOWN
    assert preview.down(context, number) is False
    assert seen(preview_cloud) == DOWN


def test_down_without_a_preview_writes_no_comment(preview_cloud: PreviewCloud):
    number = preview_cloud.pull_request()
    assert preview.down(preview_cloud.context(), number) is False
    assert preview_cloud.comments(number) == []


def test_down_leaves_other_pull_requests_alone(preview_cloud: PreviewCloud):
    context = preview_cloud.context()
    for number in [preview_cloud.pull_request() for _ in range(11)]:
        if number in (1, 11):
            preview.up(context, number, preview_cloud.app)
    preview.down(context, 1)
    assert list(preview_cloud.branches()) == ["main", "dev", "preview-pr-11"]
    assert preview_cloud.workers() == ["intent-expense-tracker-api-pr-11"]


def test_sweep_removes_what_closed_pull_requests_left_and_nothing_else(
    preview_cloud: PreviewCloud, capsys: pytest.CaptureFixture[str]
):
    context = preview_cloud.context()
    first, second, third = (preview_cloud.pull_request() for _ in range(3))
    for number in (first, second):
        preview.up(context, number, preview_cloud.app)
    # Of the third one only the branch is there.
    branch = {"name": f"preview-pr-{third}", "parent_id": preview_cloud.dev}
    preview_cloud.neon("POST", f"/projects/{preview_cloud.project}/branches", {"branch": branch})
    for name in ("preview-pr-", "preview-pr-0", "preview-pr-1x", "my-preview-pr-1"):
        preview_cloud.neon("POST", f"/projects/{preview_cloud.project}/branches", {"branch": {"name": name}})
    preview_cloud.close(first)
    preview_cloud.close(third)
    assert preview.sweep(context) == [first, third]
    kept = {"main", "dev", "preview-pr-2", "preview-pr-", "preview-pr-0", "preview-pr-1x", "my-preview-pr-1"}
    assert set(preview_cloud.branches()) == kept
    assert preview_cloud.workers() == ["intent-expense-tracker-api-pr-2"]
    assert preview_cloud.comments(first)[0].splitlines()[1] == "### Preview: removed"
    assert preview_cloud.comments(third) == []
    assert "pull request 2 is open: its preview is kept" in capsys.readouterr().out
    assert preview.sweep(context) == []


@pytest.mark.parametrize("status", [500, 404, 401])
def test_sweep_removes_nothing_if_github_does_not_answer_for_every_one(preview_cloud: PreviewCloud, status: int):
    context = preview_cloud.context()
    first, second = (preview_cloud.pull_request() for _ in range(2))
    for number in (first, second):
        preview.up(context, number, preview_cloud.app)
        preview_cloud.close(number)
    preview_cloud.fault("GET", f"/pulls/{second}$", status, times=100)
    with pytest.raises(OpsError, match=f"nothing was removed.*GitHub .*{status}"):
        preview.sweep(context)
    assert len(preview_cloud.branches()) == 4
    assert len(preview_cloud.workers()) == 2


def test_sweep_asks_about_the_apps_pull_requests_wherever_it_runs(preview_cloud: PreviewCloud):
    # The infrastructure's own pull request of this number is closed; the app's is open.
    preview_cloud.pull_request()
    preview.up(preview_cloud.context(), 1, preview_cloud.app)
    preview_cloud.github("POST", "/pulls", {"title": "x", "head": "y"}, repository="someone/infrastructure")
    preview_cloud.github("PATCH", "/pulls/1", {"state": "closed"}, repository="someone/infrastructure")
    assert preview.sweep(preview_cloud.context(GITHUB_REPOSITORY="someone/infrastructure")) == []
    assert seen(preview_cloud) == UP


def test_sweep_goes_on_after_one_that_can_not_be_removed(preview_cloud: PreviewCloud):
    context = preview_cloud.context()
    for _ in range(2):
        number = preview_cloud.pull_request()
        preview.up(context, number, preview_cloud.app)
        preview_cloud.close(number)
    preview_cloud.fault("DELETE", "/scripts/.*-pr-1$", 403)
    with pytest.raises(OpsError, match=r"^pull request 1: Cloudflare refused DELETE .* 403"):
        preview.sweep(context)
    assert list(preview_cloud.branches()) == ["main", "dev", "preview-pr-1"]
    assert preview.sweep(context) == [1]


# Which data a preview begins with


def environments(**tables: Any) -> Callable[[dict[str, Any]], None]:
    def change(values: dict[str, Any]) -> None:
        values["environments"] = {"production": values["environments"]["production"], **tables}

    return change


def stagings_data(values: dict[str, Any]) -> None:
    values["release"]["preview_parent"] = "staging"


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({}, "no environment has an unprotected branch of its own"),
        ({"live": {"database": {}, "protected": True}}, "no environment has an unprotected branch of its own"),
        ({"dev": {"database": {}}, "staging": {"database": {}}}, "dev, staging all fit"),
    ],
)
def test_where_it_is_not_plain_whose_data_is_meant_the_owner_has_to_say(
    preview_cloud: PreviewCloud, tables: dict[str, Any], why: str
):
    preview_cloud.settings(environments(**tables))
    with pytest.raises(
        OpsError, match=f"release.preview_parent: is not set and {why}; set it to the environment that previews copy"
    ):
        preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    assert untouched(preview_cloud)


def test_productions_data_is_used_only_where_the_owner_names_it(preview_cloud: PreviewCloud):
    preview_cloud.settings(preview_parent="production")
    preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    branches = preview_cloud.branches()
    assert branches["preview-pr-1"]["parent_id"] == branches["main"]["id"]
    assert "copied from production" in preview_cloud.comments(1)[0]
    given = preview_cloud.bindings(WORKER)["DATABASE_URL"]
    assert given.startswith("postgresql://intent_owner:")
    assert preview_cloud.password(branches["main"]["id"], "intent_owner") not in given


@pytest.mark.parametrize("table", ["release", "api"])
def test_settings_without_releases_or_api_are_one_line(preview_cloud: PreviewCloud, table: str):
    def without(values: dict[str, Any]) -> None:
        del values[table]

    preview_cloud.settings(without)
    with pytest.raises(OpsError, match=rf"has no \[{table}\] table"):
        preview.up(preview_cloud.context(), 1, preview_cloud.app)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (environments(**{"pr-7": {"database": {}}}), "environments.pr-7: pr-7 is a preview's name"),
        (environments(dev={"database": {"branch": "preview-pr-7"}}), "environments.dev: preview-pr-7 is a preview's"),
        (stagings_data, "release.preview_parent: there is no environment staging"),
    ],
)
def test_settings_that_a_preview_would_collide_with_are_refused(
    preview_cloud: PreviewCloud, change: Callable[[dict[str, Any]], None], line: str
):
    preview_cloud.settings(change)
    with pytest.raises(SettingsError, match=line):
        preview.sweep(preview_cloud.context())


def test_a_workers_name_has_a_longest_length(preview_cloud: PreviewCloud):
    preview_cloud.settings(lambda values: values["api"].update(worker="a" * 52))
    number = preview_cloud.pull_request()
    with pytest.raises(OpsError, match=r"is longer than 63 characters; choose a shorter api.worker"):
        preview.up(preview_cloud.context(), 10**9, preview_cloud.app)
    assert number == 1


def test_only_whole_names_are_a_previews():
    settings = load_settings(SETTINGS)
    branches = ["preview-pr-3", "preview-pr-03", "preview-pr-3-old", "xpreview-pr-9", "preview-pr-٣", "preview-pr-0"]
    workers = [WORKER, "intent-expense-tracker-api-dev", "intent-expense-tracker-api-pr-2x", "other-pr-8"]
    assert numbers(settings, branches, workers) == {1, 3}


# Secrets


def test_no_secret_is_printed_commented_or_passed_as_an_argument(
    preview_cloud: PreviewCloud, capsys: pytest.CaptureFixture[str]
):
    number, context = preview_cloud.pull_request(), preview_cloud.context()
    (preview_cloud.folder / "migration-fails").touch()
    with pytest.raises(OpsError) as raised:
        preview.up(context, number, preview_cloud.app)
    (preview_cloud.folder / "migration-fails").unlink()
    preview.up(context, number, preview_cloud.app)
    held = preview_cloud.bindings(WORKER)
    branch = preview_cloud.branches()["preview-pr-1"]["id"]
    environment = preview_cloud.environment()
    secrets = {held["DATABASE_URL"], held["BETTER_AUTH_SECRET"], preview_cloud.password(branch)} | {
        environment[name] for name in ("NEON_API_KEY", "CLOUDFLARE_API_TOKEN", "GITHUB_TOKEN")
    }
    preview.down(context, number)
    printed = capsys.readouterr()
    texts = [printed.out, str(raised.value), summary(preview_cloud), *preview_cloud.comments(number)]
    texts += [" ".join(call) for call in preview_cloud.wrangler_calls()]
    assert all(texts)
    texts.append(printed.err)
    assert not [secret for secret in secrets for text in texts if secret in text]
