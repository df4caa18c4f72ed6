"""Step h: the reference app is released to the rehearsed infrastructure; bad versions never serve visitors."""

import httpx
import psycopg

from sandbox.drill.app_run import AppRun, watched
from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.world import IDS

_GOOD_HEALTH = 'return context.json({ status: "healthy", ...facts, checks: { database: "ok" } });'
_BAD_HEALTH = 'return context.json({ status: "unhealthy", ...facts, checks: { database: "ok" } }, 500);'


def first_release(step: DrillStep, run: AppRun) -> None:
    """Step h1: the infrastructure is deployed, then the app is released; releasing again does nothing."""
    _expect(run, run.ops("deploy", "--yes"), 0)
    _expect(run, run.release(), 0)
    step.prove(_versions(run) == 1, "ops release: migrations ran, and the first version is healthy")
    again = run.release()
    _expect(run, again, 0)
    step.prove(
        "already released" in again.stdout and _versions(run) == 1 and len(_restore_points(run)) == 1,
        "the same release again: no second version, no second restore point",
    )


def next_release(step: DrillStep, run: AppRun) -> None:
    """Step h2: a new version, with a migration, takes over under constant requests."""
    run.write_migration("0002_note", 'ALTER TABLE "expenses" ADD COLUMN "note" text;')
    run.edit("apps/api/src/index.ts", '"too many requests"', '"too many requests, please wait"')
    run.commit("another text")
    visitors, code, printed = watched(run, run.release)
    step.prove(code == 0, "a new version is tested at 0 % and promoted", printed)
    seen = len(set(visitors.versions))
    step.prove(
        not visitors.failures and seen == 2,
        f"{len(visitors.versions)} requests during the release: none failed",
        f"{seen} versions answered, failures: {visitors.failures[:5]}",
    )


def bad_release(step: DrillStep, run: AppRun) -> None:
    """Step h3: a version that fails its checks serves no visitor and is rolled back automatically."""
    before, named = _live(run), _named(run)
    run.edit("apps/api/src/index.ts", _GOOD_HEALTH, _BAD_HEALTH)
    run.commit("a mistake")
    visitors, code, printed = watched(run, run.release)
    step.prove(code == 4, "a bad version: exit code 4, rolled back", printed)
    step.prove(
        not visitors.failures and set(visitors.versions) == {named} and _live(run) == before,
        f"{len(visitors.versions)} requests during the release: all served by the previous version",
        f"failures: {visitors.failures[:5]}",
    )
    step.prove(
        "No migration was pending, so the database is unchanged." in printed and len(_restore_points(run)) == 2,
        "without a pending migration it created no restore point",
        printed,
    )
    run.edit("apps/api/src/index.ts", _BAD_HEALTH, _GOOD_HEALTH)


def failing_migration(step: DrillStep, run: AppRun) -> None:
    """Step h4: if a migration fails, nothing is deployed."""
    before, versions = _live(run), _versions(run)
    points = _restore_points(run)
    run.write_migration("0003_mistake", "ALTER TABLE nowhere ADD COLUMN x integer;")
    run.commit("a migration that fails")
    done = run.release()
    step.prove(done.returncode == 1, "a failing migration: exit code 1", done.stdout + done.stderr)
    step.prove(_live(run) == before and _versions(run) == versions, "no version was uploaded or promoted")
    step.prove(_restore_points(run) == points, "its restore point was deleted: the database was not changed")


def restored_database(step: DrillStep, run: AppRun) -> None:
    """Step h5: a restore point restores the database's rows."""
    uri = _database_uri(run)
    with psycopg.connect(uri, hostaddr="127.0.0.1") as connection:
        connection.execute("INSERT INTO expenses (description, amount_cents, spent_on) VALUES ('later', 1, now())")
    point = _restore_points(run)[-1]
    _expect(run, run.ops("restore", run.environment, "--from", point, "--yes"), 0)
    with psycopg.connect(uri, hostaddr="127.0.0.1") as connection:
        row = connection.execute("SELECT count(*) FROM expenses WHERE description = 'later'").fetchone()
    step.prove(row == (0,), f"ops restore --from {point}: a row written after it is gone; its address is the same")


def no_secret_was_printed(step: DrillStep, run: AppRun) -> None:
    """Step h6: outputs, journals and notices contain no secret; each notice was sent once."""
    uri = _database_uri(run)
    secrets = [*run.secrets, uri, uri.split("@")[0].rpartition(":")[2]]
    journals = "".join(
        file.read_text(encoding="utf-8") for file in sorted((run.world.home / "releases").rglob("*.json"))
    )
    notices = run.notices()
    texts = {"output": run.printed, "journals": journals, "notices": "\n".join(notices)}
    for where, text in texts.items():
        if any(secret in text for secret in secrets):
            raise DrillError(f"a secret is in the {where}")
    kinds = [title.partition(":")[0].split()[-1] for title in notices if "release" in title]
    wanted = {"Started": 4, "Migration": 2, "Succeeded": 2, "back": 1, "Failed": 1}
    counted = {kind: kinds.count(kind) for kind in wanted}
    step.prove(counted == wanted, "no secret in outputs, journals and notices; each notice once", f"notices: {notices}")


def _expect(run: AppRun, done: object, code: int) -> None:
    returncode = getattr(done, "returncode", None)
    if returncode != code:
        raise DrillError(f"exit code {returncode}: {run.printed[-2000:]}")


def _script(run: AppRun) -> str:
    assert run.settings.api is not None  # noqa: S101  (releases_to looked)
    return f"/accounts/{IDS['account_id']}/workers/scripts/{run.settings.api.worker_name(run.environment)}"


def _versions(run: AppRun) -> int:
    """How many versions releases have made. With wrangler 4.60 each takes two: the code, then the code with secrets."""
    with run.world.cloudflare() as client:
        items = client.get(f"{_script(run)}/versions").json()["result"]["items"]
    tags = [(item.get("annotations") or {}).get("workers/tag", "") for item in items]
    return sum(bool(tag) and not tag.endswith("-code") for tag in tags)


def _named(run: AppRun) -> str:
    """How the version that answers names itself: by the commit it was released from."""
    return httpx.get(f"{run.served_at()}/health", timeout=60).json()["version"]


def _live(run: AppRun) -> str:
    with run.world.cloudflare() as client:
        deployment = client.get(f"{_script(run)}/deployments").json()["result"]["deployments"][0]
    return max(deployment["versions"], key=lambda item: item["percentage"])["version_id"]


def _restore_points(run: AppRun) -> list[str]:
    with run.world.neon() as client:
        project = client.get("/projects").json()["projects"][0]["id"]
        branches = client.get(f"/projects/{project}/branches").json()["branches"]
    named = [branch for branch in branches if branch["name"].startswith(f"restore-{run.environment}-")]
    return [branch["name"] for branch in sorted(named, key=lambda branch: branch["created_at"])]


def _database_uri(run: AppRun) -> str:
    own = run.settings.environments[run.environment].database is not None
    stack, output = (run.environment, "database_uri") if own else ("project", "project_connection_uri")
    folder = run.world.home / "cdktf.out" / "stacks" / stack
    return run.world.run(["terraform", "output", "-raw", output], folder).stdout
