"""A release, step by step: what each failure leaves, and that nothing is done twice."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.clouds.wrangler import WorkerVersion, Wrangler
from ops.context.errors import OpsError
from ops.health.smoke import HealthProbe
from ops.release import ReleaseExit, read_release_request, release, roll_back
from ops.release.journal import Journal, release_lock
from ops.release.pending import Pending
from tests.ops.release_world import AUTH, DEVS, HEADERS, OWN, PUBLIC, SECRETS, WORKER, ReleaseWorld

pytestmark = pytest.mark.slow

SHA = "0123456789abcdef0123456789abcdef01234567"
ID = SHA[:12]
WRITES = ("audit", "dry run", "restore point", "migrate", "upload", "deploy", "stage", "promote", "rollback")
GOOD = [
    "audit",
    "dry run",
    "restore point",
    "migrate",
    "upload",
    "stage",
    "smoke at 0 %",
    "promote",
    "smoke",
]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ReleaseWorld]:
    with ReleaseWorld(tmp_path) as world:
        yield world


@pytest.fixture
def before(world: ReleaseWorld) -> str:
    """The version that serves traffic before a release."""
    return world.first_version()


def run(world: ReleaseWorld, id: str | None = None, **environment: str) -> ReleaseExit:
    return release(read_release_request(world.context(**environment), "production", world.folder / "app", id))


def done(world: ReleaseWorld) -> list[str]:
    """The events without the notices, each series of the same one as one."""
    steps = [event for event in world.events if not event.startswith("notice")]
    return [event for number, event in enumerate(steps) if number == 0 or steps[number - 1] != event]


def sent_notices(world: ReleaseWorld) -> list[str]:
    return [event.removeprefix("notice ") for event in world.events if event.startswith("notice")]


def test_a_release_does_each_step_in_order_and_announces_it(world: ReleaseWorld, before: str):
    assert run(world) is ReleaseExit.RELEASED
    assert done(world) == GOOD
    assert world.live == ID
    assert sent_notices(world) == ["Started", "Migration", "Succeeded"]
    point = world.branches[f"restore-production-{ID}"]
    assert point["parent_id"] == "br-main"
    assert point["expires_at"], "Neon must delete it by itself"
    facts = {field["name"]: field["value"] for field in world.notices[-1]["fields"]}
    link = f"https://github.com/acme/intent/commit/{SHA}"
    assert facts["Commit"] == f"[{ID}]({link})"
    assert facts["By"] == "ada"
    assert facts["Took"]
    assert PUBLIC in facts["Links"]


def test_a_second_run_does_nothing_and_sends_nothing(
    world: ReleaseWorld, before: str, capsys: pytest.CaptureFixture[str]
):
    run(world)
    world.events.clear()
    assert run(world) is ReleaseExit.RELEASED
    assert world.events == []
    assert "already released" in capsys.readouterr().out


def test_a_worker_that_is_gone_is_released_again(world: ReleaseWorld, before: str):
    """The journal alone does not count: the account may be a new one."""
    run(world)
    world.versions.clear()
    world.deployments.clear()
    world.events.clear()
    assert run(world) is ReleaseExit.RELEASED
    assert world.live == f"{ID}.2"
    assert "restore point" in done(world)


def test_on_another_machine_it_only_tests_what_is_live(world: ReleaseWorld, before: str):
    run(world)
    world.events.clear()
    (world.folder / "releases").rename(world.folder / "elsewhere")
    assert run(world) is ReleaseExit.RELEASED
    assert done(world) == ["smoke"]
    assert sent_notices(world) == []


def test_another_id_releases_the_same_commit_once_more(world: ReleaseWorld, before: str):
    run(world)
    assert run(world, "new-secrets") is ReleaseExit.RELEASED
    assert world.live == "new-secrets"


def test_a_workers_first_version_is_deployed_at_once(world: ReleaseWorld):
    assert run(world) is ReleaseExit.RELEASED
    assert done(world) == ["audit", "dry run", "restore point", "migrate", "deploy", "smoke"]
    assert world.live == ID


def test_secrets_reach_only_who_needs_them(world: ReleaseWorld, before: str, capsys: pytest.CaptureFixture[str]):
    world.failing["rollback"] = f"no way to {OWN}"
    world.health["*"] = (500, {"database": OWN}, HEADERS)
    assert run(world) is ReleaseExit.NOT_ROLLED_BACK
    secrets = [OWN, "pass-of-main-1", "token-of-discord-1", AUTH, *SECRETS.values()]
    printed = capsys.readouterr()
    journal = "".join(file.read_text() for file in world.folder.glob("releases/**/*.json"))
    for text in (printed.out, printed.err, journal, json.dumps(world.notices)):
        assert text
        assert not [secret for secret in secrets if secret in text]
    for program in world.programs:
        assert not [secret for secret in secrets if secret in " ".join(program["argv"])]
    given = {program["argv"][0]: program for program in world.programs if "upload" not in program["argv"]}
    upload = next(program for program in world.programs if "upload" in program["argv"])
    wanted = {"DATABASE_URL": OWN, "BETTER_AUTH_SECRET": AUTH, "SENTRY_DSN": SECRETS["SENTRY_DSN"]}
    assert json.loads(upload["stdin"]) == wanted
    assert given["migrate"]["environment"]["DATABASE_URL"] == OWN
    # Of the secrets, each program has in its environment those that it needs, and no other.
    needed = {"audit": set[str](), "migrate": {OWN}, "versions": {SECRETS["CLOUDFLARE_API_TOKEN"]}}
    for name, allowed in needed.items():
        assert set(given[name]["environment"].values()) & {OWN, AUTH, *SECRETS.values()} == allowed, name


def test_a_journal_is_its_owners_only(world: ReleaseWorld, before: str):
    run(world)
    file = world.folder / "releases" / "production" / f"{ID}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


# What each step's failure leaves


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("audit", ["audit"]),
        ("dry run", ["audit", "dry run"]),
        ("restore point", ["audit", "dry run", "restore point"]),
        ("migrate", ["audit", "dry run", "restore point", "migrate"]),
        ("upload", ["audit", "dry run", "restore point", "migrate", "upload"]),
        ("stage", ["audit", "dry run", "restore point", "migrate", "upload", "stage"]),
    ],
)
def test_a_failing_step_promotes_nothing_and_goes_on_from_there(
    world: ReleaseWorld, before: str, step: str, left: list[str], capsys: pytest.CaptureFixture[str]
):
    world.failing[step] = "it broke"
    assert run(world) is ReleaseExit.ERROR
    assert done(world) == left
    assert world.live == "before"
    assert sent_notices(world)[-1] == "Failed"
    assert "it broke" in world.notices[-1]["description"]
    has_way_back = "python -m ops restore production --from restore-production-0123456789ab"
    printed = capsys.readouterr().err
    assert (has_way_back in printed) is (left.index(step) > 2)

    world.failing.clear()
    world.events.clear()
    assert run(world) is ReleaseExit.RELEASED
    assert done(world) == GOOD[GOOD.index(step) :]
    assert "Started" not in sent_notices(world)


@pytest.mark.parametrize(
    ("health", "reason"),
    [
        ((503, {"database": "unreachable"}, HEADERS), "status 503; database is 'unreachable', not 'ok'"),
        ((200, {"database": "slow"}, HEADERS), "database is 'slow', not 'ok'"),
        (
            (200, {"database": "ok"}, {"x-content-type-options": "nosniff"}),
            "the response lacks the header strict-transport-security",
        ),
        ((200, {"database": "ok", "version": "another"}, HEADERS), "version is 'another', not "),
    ],
)
def test_a_version_that_is_bad_at_0_percent_never_gets_a_visitor(
    world: ReleaseWorld,
    before: str,
    health: tuple[int, dict[str, str], dict[str, str]],
    reason: str,
    capsys: pytest.CaptureFixture[str],
):
    world.health[ID] = health
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert done(world) == [
        "audit",
        "dry run",
        "restore point",
        "migrate",
        "upload",
        "stage",
        "smoke at 0 %",
        "rollback",
    ]
    assert world.deployments[0] == {before: 100}
    assert sent_notices(world) == ["Started", "Migration", "Rolled back"]
    for text in (world.notices[-1]["description"], capsys.readouterr().err):
        assert reason in text
        assert f"python -m ops restore production --from restore-production-{ID}" in text


def test_a_version_without_its_name_in_the_answer_is_not_trusted(world: ReleaseWorld, before: str):
    world.health[ID] = (200, {"version": ""}, HEADERS)
    assert run(world) is ReleaseExit.ROLLED_BACK


def test_a_version_that_is_bad_for_visitors_is_rolled_back(world: ReleaseWorld, before: str):
    world.health["*"] = (500, {}, HEADERS)
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert done(world) == [*GOOD, "rollback"]
    assert world.deployments[0] == {before: 100}


def test_after_a_rollback_the_same_commit_is_a_new_attempt(world: ReleaseWorld, before: str):
    world.health["*"] = (500, {}, HEADERS)
    run(world)
    world.health.clear()
    assert run(world) is ReleaseExit.RELEASED
    assert world.live == f"{ID}.2"
    assert f"restore-production-{ID}.2" in world.branches


def test_after_a_rollback_on_another_machine_the_same_commit_is_a_new_attempt(world: ReleaseWorld, before: str):
    world.health["*"] = (500, {}, HEADERS)
    run(world)
    world.health.clear()
    (world.folder / "releases").rename(world.folder / "elsewhere")
    assert run(world) is ReleaseExit.RELEASED
    assert world.live == f"{ID}.2"


def test_a_promotion_that_fails_is_rolled_back(world: ReleaseWorld, before: str):
    world.failing["promote"] = "busy"
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert world.deployments[0] == {before: 100}


def test_a_promotion_whose_answer_is_lost_counts(world: ReleaseWorld, before: str):
    world.failing_after["promote"] = "timed out"
    assert run(world) is ReleaseExit.RELEASED
    assert world.live == ID


def test_a_rollback_that_fails_says_what_to_do_and_goes_on_later(
    world: ReleaseWorld, before: str, capsys: pytest.CaptureFixture[str]
):
    world.health["*"] = (500, {}, HEADERS)
    world.failing["rollback"] = "Cloudflare is down"
    assert run(world) is ReleaseExit.NOT_ROLLED_BACK
    by_hand = f"cd api && npx wrangler rollback {before} --name {WORKER}"
    for text in (world.notices[-1]["description"], capsys.readouterr().err):
        assert "The rollback failed too: wrangler rollback: Cloudflare is down" in text
        assert by_hand in text
    assert sent_notices(world)[-1] == "Failed"

    world.failing.clear()
    world.events.clear()
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert done(world) == ["rollback"]
    assert sent_notices(world) == ["Rolled back"]


def test_a_release_that_is_run_again_goes_back_to_what_was_live_when_it_was_staged(world: ReleaseWorld, before: str):
    world.failing["stage"] = "busy"
    assert run(world) is ReleaseExit.ERROR
    world.failing.clear()
    assert run(world, "newer") is ReleaseExit.RELEASED
    world.health[ID] = (500, {}, HEADERS)
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert world.live == "newer"
    assert len(world.deployments[0]) == 1


def test_a_rollback_that_comes_late_takes_no_newer_version_down(world: ReleaseWorld, before: str):
    world.health["*"] = (500, {}, HEADERS)
    world.failing["rollback"] = "Cloudflare is down"
    assert run(world) is ReleaseExit.NOT_ROLLED_BACK
    world.failing.clear()
    world.health.clear()
    assert run(world, "newer") is ReleaseExit.RELEASED
    world.events.clear()
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert world.live == "newer"
    assert done(world) == []
    newer = world.versions[0]["id"]
    assert f"Version {newer} has replaced it, so nothing was rolled back" in world.notices[-1]["description"]
    world.health.clear()
    assert run(world) is ReleaseExit.RELEASED, "it is over, so the next run is a new attempt"
    assert world.live == f"{ID}.2"


def test_a_rollback_of_a_worker_that_is_gone_ends(world: ReleaseWorld, before: str):
    world.health["*"] = (500, {}, HEADERS)
    world.failing["rollback"] = "Cloudflare is down"
    assert run(world) is ReleaseExit.NOT_ROLLED_BACK
    world.failing.clear()
    world.deployments.clear()
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert "The Worker was deleted" in world.notices[-1]["description"]


def test_a_bad_first_version_has_none_to_go_back_to(world: ReleaseWorld, capsys: pytest.CaptureFixture[str]):
    world.health["*"] = (500, {}, HEADERS)
    assert run(world) is ReleaseExit.NOT_ROLLED_BACK
    assert f"cd api && npx wrangler delete --name {WORKER}" in capsys.readouterr().err
    world.health.clear()
    assert run(world) is ReleaseExit.RELEASED
    assert world.live == f"{ID}.2", "a version never changes, so a fix needs a new one"


def test_a_discord_that_is_down_holds_nothing_up(world: ReleaseWorld, before: str, capsys: pytest.CaptureFixture[str]):
    for kind in ("Started", "Migration", "Succeeded"):
        world.failing[f"notice {kind}"] = "no"
    assert run(world) is ReleaseExit.RELEASED
    assert "notice not delivered" in capsys.readouterr().err


@pytest.mark.parametrize("webhook", ["http://127.0.0.1:1/a\nb", "http://a..b/hook", "gone"])
def test_a_webhook_that_is_malformed_or_deleted_holds_nothing_up(
    world: ReleaseWorld, before: str, webhook: str, capsys: pytest.CaptureFixture[str]
):
    address = webhook if webhook != "gone" else f"{world.url}/api/webhooks/1/deleted-webhook-1"
    assert run(world, DISCORD_WEBHOOK_URL=address) is ReleaseExit.RELEASED
    assert "wrong: Discord: " in capsys.readouterr().err


def test_a_program_that_cannot_be_run_is_announced(world: ReleaseWorld, before: str):
    (world.folder / "app/node_modules/.bin/wrangler").chmod(0o644)
    assert run(world) is ReleaseExit.ERROR
    assert "wrangler: can't be run (Permission denied)" in world.notices[-1]["description"]
    assert "Nothing was promoted" in world.notices[-1]["description"]


def test_what_nobody_expected_is_announced_too(
    world: ReleaseWorld, before: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("odd\nand more")

    monkeypatch.setattr("ops.release.release_run.Wrangler.upload", fail)
    assert run(world) is ReleaseExit.ERROR
    assert sent_notices(world)[-1] == "Failed"
    for text in (world.notices[-1]["description"], capsys.readouterr().err):
        assert "unexpected RuntimeError: odd (test_release.py, line " in text
        assert "Nothing was promoted" in text


@pytest.mark.parametrize("full_disk", [False, True])
def test_what_nobody_expected_after_the_promotion_is_rolled_back(
    world: ReleaseWorld, before: str, monkeypatch: pytest.MonkeyPatch, full_disk: bool
):
    """Visitors may be on a version of which nobody knows whether it does."""

    def fail(_: object, probe: HealthProbe) -> None:
        if probe.worker:
            return
        if full_disk:
            monkeypatch.setattr(Journal, "withdraw", no_room)
        raise RuntimeError("odd")

    def no_room(_: object, reason: str) -> None:
        raise OpsError("no room")

    monkeypatch.setattr("ops.release.release_run.smoke", fail)
    assert run(world) is ReleaseExit.ROLLED_BACK
    assert world.deployments[0] == {before: 100}
    assert "unexpected RuntimeError: odd" in world.notices[-1]["description"]


def test_a_rollback_that_fails_as_nobody_expected_says_what_to_do(
    world: ReleaseWorld, before: str, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("ops.release.release_run.Wrangler.rollback", fail)
    world.health["*"] = (500, {}, HEADERS)
    assert run(world) is ReleaseExit.NOT_ROLLED_BACK
    assert "The rollback failed too: unexpected RuntimeError: odd" in world.notices[-1]["description"]


def test_a_first_version_whose_answer_is_lost_is_said_to_be_live(world: ReleaseWorld):
    world.failing_after["deploy"] = "timed out"
    assert run(world) is ReleaseExit.ERROR
    text = world.notices[-1]["description"]
    assert f"Version {world.versions[0]['id']} is serving traffic all the same" in text
    assert "Nothing was promoted" not in text
    assert run(world) is ReleaseExit.RELEASED
    assert world.events.count("deploy") == 1


def test_a_journal_that_cannot_be_written_is_one_line(world: ReleaseWorld, before: str):
    (world.folder / "releases").write_text("no folder")
    with pytest.raises(OpsError, match="releases/production: can't be written"):
        run(world)


# Refused before anything is done


def refused(world: ReleaseWorld, **environment: str) -> str:
    assert run(world, **environment) is ReleaseExit.ERROR
    assert not [event for event in world.events if event in WRITES]
    assert sent_notices(world) == ["Failed"]
    return world.notices[-1]["description"]


def test_another_environments_database_is_refused(world: ReleaseWorld, before: str):
    world.database(DEVS)
    assert "points to branch dev, but production is on branch main" in refused(world)


def test_another_environments_database_among_the_workers_secrets_is_refused(world: ReleaseWorld, before: str):
    world.database(OWN, DEVS)
    assert "points to branch dev, but production is on branch main" in refused(world)


def test_another_environments_database_url_in_the_environment_is_refused(world: ReleaseWorld, before: str):
    assert "points to branch dev, but production is on branch main" in refused(world, DATABASE_URL=DEVS)


def test_a_missing_secret_is_found_before_the_migrations(world: ReleaseWorld, before: str):
    assert "SENTRY_DSN: not set; set them in the environment, or remove them from release.secrets" in refused(
        world, SENTRY_DSN=""
    )


def test_an_old_wrangler_is_refused(world: ReleaseWorld, before: str):
    (world.folder / "app/node_modules/wrangler/package.json").write_text('{"version": "4.40.0"}')
    assert "wrangler: version 4.40.0; install 4.60 or newer" in refused(world)


def test_a_full_neon_plan_is_refused_unless_the_restore_point_exists(world: ReleaseWorld, before: str):
    taken = {f"taken-{number}": {**world.branches["dev"], "name": f"taken-{number}"} for number in range(7)}
    world.branches |= taken
    world.failing["upload"] = "not now"
    assert run(world) is ReleaseExit.ERROR
    assert len(world.branches) == 10
    world.failing.clear()
    (world.folder / "releases").rename(world.folder / "elsewhere")
    assert run(world) is ReleaseExit.RELEASED

    assert run(world, "one-more") is ReleaseExit.ERROR
    assert "branches are used up" in world.notices[-1]["description"]


def test_at_the_branch_limit_the_restore_points_are_named_with_the_command(world: ReleaseWorld, before: str):
    for name in ("restore-production-old", "t-1", "t-2", "t-3", "t-4", "t-5", "t-6", "t-7"):
        world.branches[name] = {**world.branches["dev"], "name": name}
    assert run(world) is ReleaseExit.ERROR
    assert "python -m ops restore-points --delete restore-production-old" in world.notices[-1]["description"]


@pytest.mark.parametrize("plan", ["launch", "scale"])
def test_on_a_paid_plan_the_number_of_branches_is_an_allowance(world: ReleaseWorld, before: str, plan: str):
    world.change_settings('plan = "free"', f'plan = "{plan}"')
    world.branches |= {f"t-{number}": {**world.branches["dev"], "name": f"t-{number}"} for number in range(30)}
    assert run(world) is ReleaseExit.RELEASED


# Pending migrations


def test_without_a_pending_migration_there_is_no_restore_point(world: ReleaseWorld, before: str):
    world.knows_pending()
    # Nor does the plan need room for one.
    world.branches |= {f"t-{number}": {**world.branches["dev"], "name": f"t-{number}"} for number in range(8)}
    assert run(world) is ReleaseExit.RELEASED
    assert "restore point" not in world.events
    assert sent_notices(world) == ["Started", "Succeeded"]


def test_seven_attempts_that_are_rolled_back_create_one_restore_point(world: ReleaseWorld, before: str):
    world.knows_pending("0001_new")
    for number in range(1, 8):
        tag = ID if number == 1 else f"{ID}.{number}"
        world.health[tag] = (500, {}, HEADERS)
        assert run(world) is ReleaseExit.ROLLED_BACK
    assert [name for name in world.branches if name.startswith("restore-")] == [f"restore-production-{ID}"]


def test_with_a_pending_migration_there_is_a_restore_point(world: ReleaseWorld, before: str):
    world.knows_pending("0001_new")
    assert run(world) is ReleaseExit.RELEASED
    assert f"restore-production-{ID}" in world.branches
    assert sent_notices(world) == ["Started", "Migration", "Succeeded"]


def test_a_migration_that_the_tool_skipped_fails_the_release(world: ReleaseWorld, before: str):
    world.knows_pending("0001_new", "0002_newer")
    world.skipped = ["0001_new"]
    assert run(world) is ReleaseExit.ERROR
    assert world.live == "before"
    assert "upload" not in world.events
    assert "these migrations are not applied: 0001_new;" in world.notices[-1]["description"]
    # It may have changed something: the way back stays.
    assert f"restore-production-{ID}" in world.branches


def test_what_is_not_known_is_said(world: ReleaseWorld, before: str, capsys: pytest.CaptureFixture[str]):
    run(world)
    printed = capsys.readouterr().out
    assert "which migrations are pending is not known: the app has no drizzle journal, and" in printed
    assert "whether all migrations are applied is not known: the app has no drizzle journal, and" in printed


@pytest.mark.parametrize(
    ("after", "point"),
    [
        (Pending(("0001_new",), atomic=True), False),
        (Pending((), atomic=True), True),
        (Pending(("0001_new",), atomic=False), True),
    ],
)
def test_a_failed_migration_keeps_its_restore_point_unless_the_database_is_known_to_be_unchanged(
    world: ReleaseWorld, before: str, after: Pending, point: bool, monkeypatch: pytest.MonkeyPatch
):
    found = iter([Pending(("0001_new",), atomic=after.atomic), after])

    def find(*_: object) -> Pending:
        return next(found)

    monkeypatch.setattr("ops.release.release_run.find_pending", find)
    world.failing["migrate"] = "it broke"
    assert run(world) is ReleaseExit.ERROR
    assert (f"restore-production-{ID}" in world.branches) is point
    assert ("--from restore-production" in world.notices[-1]["description"]) is point
    assert ("restore point" in world.journals()[ID]["steps"]) is point


def test_a_lock_of_another_stacks_plan_does_not_hold_up_a_release(world: ReleaseWorld, before: str):
    world.locked["dev"] = 99
    assert run(world) is ReleaseExit.RELEASED


@pytest.mark.parametrize("stack", ["project", "production"])
def test_a_lock_of_a_stack_that_a_release_reads_is_waited_for(
    world: ReleaseWorld, before: str, monkeypatch: pytest.MonkeyPatch, stack: str
):
    monkeypatch.setattr("ops.health.doctor.LOCK_POLL_SECONDS", 0.0)
    world.locked[stack] = 3
    assert run(world) is ReleaseExit.RELEASED
    assert world.locked[stack] == -1, "it was asked until it was free"


def test_a_lock_that_stays_is_named(world: ReleaseWorld, before: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ops.health.doctor.LOCK_POLL_SECONDS", 0.0)
    world.locked["production"] = 99
    assert "production is locked by ada@laptop" in refused(world)


def test_a_worker_that_can_not_be_bundled_is_found_before_the_migrations(world: ReleaseWorld, before: str):
    world.failing["dry run"] = "No environment production in wrangler.jsonc"
    assert run(world) is ReleaseExit.ERROR
    assert done(world) == ["audit", "dry run"]
    assert "wrangler deploy: No environment production" in world.notices[-1]["description"]


def test_two_machines_that_upload_one_release_promote_the_same_version(
    world: ReleaseWorld, before: str, monkeypatch: pytest.MonkeyPatch
):
    upload = Wrangler.upload

    def second(wrangler: Wrangler, **arguments: Any) -> WorkerVersion:
        # The other machine has looked before, too, and its upload comes first.
        upload(wrangler, **arguments)
        return upload(wrangler, **arguments)

    monkeypatch.setattr(Wrangler, "upload", second)
    assert run(world) is ReleaseExit.RELEASED
    newest, oldest = (version["id"] for version in world.versions[:2])
    assert world.deployments[0] == {oldest: 100}
    (world.folder / "releases").rename(world.folder / "elsewhere")
    assert run(world) is ReleaseExit.RELEASED, "the other machine goes on with the same one"
    assert world.deployments[0] == {oldest: 100}
    assert not any(newest in shares for shares in world.deployments)


@pytest.fixture
def commits(world: ReleaseWorld) -> list[str]:
    """The commits of the app's checkout, the oldest first."""
    app, context, found = world.folder / "app", world.context(), list[str]()
    context.run("git", "init", "-q", cwd=app).check()
    for number in range(2):
        arguments = ("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x", "--allow-empty")
        context.run("git", *arguments, f"--date=2026-01-0{number + 1}T00:00:00Z", cwd=app).check()
        found.append(context.run("git", "rev-parse", "HEAD", cwd=app).stdout.strip())
    return found


def test_a_commit_older_than_the_one_that_serves_is_refused_without_the_flag(
    world: ReleaseWorld, before: str, commits: list[str]
):
    old, new = commits
    assert run(world, GITHUB_SHA=new) is ReleaseExit.RELEASED
    assert run(world, "again", GITHUB_SHA=new) is ReleaseExit.RELEASED, "the same commit is not older"
    world.events.clear()
    with pytest.raises(OpsError, match=f"serves commit {new[:12]}, which is newer than {old[:12]}"):
        run(world, GITHUB_SHA=old)
    assert world.events == []
    context = world.context(GITHUB_SHA=old)
    allowed = read_release_request(context, "production", world.folder / "app", allow_older=True)
    assert release(allowed) is ReleaseExit.RELEASED
    assert world.live == old[:12]
    assert run(world, GITHUB_SHA=new) is ReleaseExit.RELEASED


def test_a_serving_commit_that_the_checkout_lacks_is_said_not_to_be_compared(
    world: ReleaseWorld, before: str, commits: list[str], capsys: pytest.CaptureFixture[str]
):
    assert run(world) is ReleaseExit.RELEASED
    assert run(world, GITHUB_SHA=commits[0]) is ReleaseExit.RELEASED
    assert f"commit {ID} is serving and not in this checkout" in capsys.readouterr().out


def test_two_releases_of_one_environment_exclude_each_other(world: ReleaseWorld, before: str):
    with (
        release_lock(world.folder / "releases" / "production", "production"),
        pytest.raises(OpsError, match="running on this machine"),
    ):
        run(world)
    assert world.events == []


@pytest.mark.parametrize(
    ("environment", "app", "id", "message"),
    [
        ("nowhere", "app", "x", "there is no environment nowhere; there are: dev, production"),
        ("production", "missing", "x", "no such folder; pass the app's checkout as --app"),
        ("production", "app", "a b", "--id: 'a b' is not valid; use 1 to 20 letters"),
        ("production", "app", "x" * 21, "is not valid"),
    ],
)
def test_bad_input_is_one_line(world: ReleaseWorld, environment: str, app: str, id: str, message: str):
    with pytest.raises(OpsError) as error:
        read_release_request(world.context(), environment, world.folder / app, id)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_changes_that_no_commit_holds_are_refused(world: ReleaseWorld):
    app = world.folder / "app"
    context = world.context(GITHUB_SHA="")
    with pytest.raises(OpsError, match="is not a git checkout with a commit"):
        read_release_request(context, "production", app)
    for command in (
        ("init", "-q"),
        ("add", "program"),
        ("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x"),
    ):
        context.run("git", *command, cwd=app).check()
    request = read_release_request(context, "production", app)
    assert request.base == context.run("git", "rev-parse", "HEAD", cwd=app).stdout[:12]
    (app / "program").write_text("changed")
    with pytest.raises(OpsError, match="program: is not committed"):
        read_release_request(context, "production", app)


def test_a_damaged_journal_is_named(world: ReleaseWorld, before: str):
    folder = world.folder / "releases" / "production"
    folder.mkdir(parents=True)
    (folder / f"{ID}.json").write_text('{"id": ')
    with pytest.raises(OpsError, match=rf"{ID}.json: is damaged; delete it"):
        run(world)


# By hand


def test_a_rollback_goes_to_the_version_before(world: ReleaseWorld, before: str):
    run(world)
    request = read_release_request(world.context(), "production", world.folder / "app")
    assert roll_back(request) is ReleaseExit.RELEASED
    assert world.deployments[0] == {before: 100}
    assert sent_notices(world)[-1] == "Rolled back"
    assert roll_back(request, ID) is ReleaseExit.RELEASED
    assert world.live == ID
    with pytest.raises(OpsError, match="is already serving traffic"):
        roll_back(request, ID)
    with pytest.raises(OpsError, match="has no version nothing; there are: "):
        roll_back(request, "nothing")


def test_a_rollback_to_a_version_that_is_bad_too_says_so(world: ReleaseWorld, before: str):
    run(world)
    world.health["before"] = (500, {}, HEADERS)
    request = read_release_request(world.context(), "production", world.folder / "app")
    assert roll_back(request) is ReleaseExit.NOT_ROLLED_BACK
    assert sent_notices(world)[-1] == "Failed"
    assert world.deployments[0] == {world.versions[0]["id"]: 100}, "the live version goes on alone"
    assert "rollback" not in world.events
    assert f"Version {world.versions[0]['id']} keeps serving traffic" in world.notices[-1]["description"]


def test_a_rollback_does_not_bring_back_what_was_rolled_back(world: ReleaseWorld, before: str):
    assert run(world, "good") is ReleaseExit.RELEASED
    world.health["*"] = (500, {}, HEADERS)
    assert run(world, "bad") is ReleaseExit.ROLLED_BACK
    world.health.clear()
    request = read_release_request(world.context(), "production", world.folder / "app")
    assert roll_back(request) is ReleaseExit.RELEASED
    assert world.live == "before", "not the bad one, which served traffic last"
    with pytest.raises(OpsError, match=f"no version served traffic before {before}; pass one as --to"):
        roll_back(request)


def test_a_rollback_after_a_rollback_goes_further_back(world: ReleaseWorld, before: str):
    run(world, "second")
    run(world, "third")
    request = read_release_request(world.context(), "production", world.folder / "app")
    assert roll_back(request) is ReleaseExit.RELEASED
    assert world.live == "second"
    assert roll_back(request) is ReleaseExit.RELEASED
    assert world.live == "before"


# Killed, and run again


KILLED_AT = ["notice Started", *GOOD[:5], "notice Migration", *GOOD[5:], "notice Succeeded"]


@pytest.mark.parametrize("event", KILLED_AT)
def test_killed_before_and_after_a_step_it_goes_on_and_does_nothing_twice(world: ReleaseWorld, before: str, event: str):
    for moment in ("before", "after"):
        world.kill = (moment, event)
        code, printed = world.run("release", "production")
        # A notice that may have been sent is not sent again, so there is no second one to be killed at.
        survives = event.startswith("notice") and moment == "after"
        assert code == (0 if survives else -9), printed
    world.kill = None
    code, printed = world.run("release", "production")
    assert code == 0, printed
    assert world.live == ID
    counted = Counter(world.events)
    repeated = {name for name in WRITES if counted[name] > 1}
    # The app's own commands are run again where nobody knows whether they ended; both must bear that.
    assert repeated <= {event} & {"audit", "dry run", "migrate"}
    assert [branch for branch in world.branches if branch.startswith("restore-")] == [f"restore-production-{ID}"]
    assert [version["tag"] for version in world.versions] == [ID, "before"]
    expected = {f"notice {kind}": 1 for kind in ("Started", "Migration", "Succeeded")}
    notices = {name: count for name, count in counted.items() if name.startswith("notice")}
    assert notices == {name: 1 for name in expected if name != event}


def test_killed_after_each_step_on_ever_new_machines_it_does_nothing_twice(world: ReleaseWorld, before: str):
    for number, event in enumerate(GOOD[2:]):
        world.kill = ("after", event)
        code, printed = world.run("release", "production")
        assert code == -9, f"{event}: {printed}"
        (world.folder / "releases").rename(world.folder / f"elsewhere-{number}")
    code, printed = world.run("release", "production")
    assert code == 0, printed
    assert world.live == ID
    counted = Counter(world.events)
    assert {name: counted[name] for name in ("restore point", "upload", "stage", "promote", "rollback")} == {
        "restore point": 1,
        "upload": 1,
        "stage": 1,
        "promote": 1,
        "rollback": 0,
    }
    assert sent_notices(world).count("Started") == 1


@pytest.mark.parametrize("event", ["rollback", "notice Rolled back"])
def test_killed_in_a_rollback_it_goes_on_with_it(world: ReleaseWorld, before: str, event: str):
    world.health[ID] = (500, {}, HEADERS)
    world.kill = ("after", event)
    code, printed = world.run("release", "production")
    assert code == -9, printed
    world.health.clear()
    code, printed = world.run("release", "production")
    if event == "rollback":
        assert code == 4, printed
        assert world.deployments[0] == {before: 100}
        assert [version["tag"] for version in world.versions] == [ID, "before"]
    else:
        assert code == 0, printed
        assert world.live == f"{ID}.2"
    assert world.events.count("rollback") == 1
    assert sent_notices(world).count("Rolled back") == 1


def test_a_journal_that_is_killed_while_it_is_written_keeps_what_it_had(tmp_path: Path, world: ReleaseWorld):
    mask = world.context().console.mask
    journal = Journal(tmp_path / "j", "x", mask)
    journal.begin(commit="c")
    journal.done("upload", {"version": "v"})
    (tmp_path / "j" / "x.new").write_text('{"id": "x", "st')
    assert Journal(tmp_path / "j", "x", mask).step("upload") is not None
