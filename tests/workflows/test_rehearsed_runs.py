"""The app's workflows as a whole, in a rehearsal's world: with the real ops, wrangler, Workers and Postgres."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.drill.app_run import AppRun, installed
from sandbox.world import IDS, World
from settings import load_settings
from tests.workflows.act import APP, Act, Run
from tests.workflows.events import TOKEN, VARIABLES, pull_request

pytestmark = pytest.mark.slow

JOB, ROLLBACK = "App deploy/release production", "App deploy/rollback production"
INDEX = "apps/api/src/index.ts"
GOOD_HEALTH = 'return context.json({ status: "healthy", ...facts, checks: { database: "ok" } });'
BAD_HEALTH = 'return context.json({ status: "unhealthy", ...facts, checks: { database: "ok" } }, 500);'
ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"
# What the workflow passes as secrets; a rehearsal has the rest in its environment.
SECRETS = ("NEON_API_KEY", "CLOUDFLARE_API_TOKEN", "DISCORD_WEBHOOK_URL")


class Repository:
    """The app's repository in a world, and what its workflows bring about there."""

    def __init__(self, run: AppRun, folder: Path) -> None:
        self.run = run
        self._act = Act(folder, run.folder)
        self._titles = 0

    def live(self) -> str:
        """The version that answers the requests; another one may stand beside it at 0 %."""
        assert self.run.settings.api
        worker = self.run.settings.api.worker_name("production")
        with self.run.world.cloudflare() as client:
            answer = client.get(f"/accounts/{IDS['account_id']}/workers/scripts/{worker}/deployments").json()
        (live,) = [item for item in answer["result"]["deployments"][0]["versions"] if item["percentage"] == 100]
        return live["version_id"]

    def new_notices(self) -> list[str]:
        """The kinds of the notices since this was asked last."""
        titles = [title.partition(":")[0].partition(" ")[2] for title in self.run.notices()]
        new, self._titles = titles[self._titles :], len(titles)
        return new

    def merge(self, webhook: str | None = None) -> Run:
        """What a push to main starts; another webhook, if one is named."""
        return self.start("deploy-production.yml", "push", {"DISCORD_WEBHOOK_URL": webhook} if webhook else {})

    def start(
        self, workflow: str, event: str, more: Mapping[str, str], payload: Mapping[str, Any] | None = None
    ) -> Run:
        """Runs a workflow; `more` are secrets that are added or changed."""
        environment = self.run.world.environment
        secrets = {name: environment[name] for name in SECRETS} | {
            "CLOUDFLARE_ACCOUNT_ID": IDS["account_id"],
            "CLOUDFLARE_ZONE_ID": IDS["zone_id"],
            "NEON_ORG_ID": IDS["org_id"],
        }
        secrets |= more
        kept_back = {*secrets, "PATH", "HOME", *(name for name in environment if name.startswith("TF_VAR_"))}
        return self._act.run(
            APP,
            workflow,
            event,
            payload=payload,
            secrets=secrets,
            variables=VARIABLES,
            environment={
                **{name: value for name, value in environment.items() if name not in kept_back},
                "STANDIN_GITHUB_API_URL": f"{self.run.world.cloud}/api/v3",
                "REAL_NPM": str(ROOT / ".venv/bin/npm"),
            },
        )


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    if not installed():
        pytest.skip("the reference app is not installed: run make app")
    synthesized = tmp_path / "cdktf.out"
    subprocess.run(
        [sys.executable, "main.py"],
        cwd=ROOT,
        env=os.environ | {"INFRA_SETTINGS": str(SETTINGS), "CDKTF_OUTDIR": str(synthesized)},
        check=True,
    )
    with World("workflow", load_settings(SETTINGS)) as world:
        run = AppRun(world, SETTINGS, synthesized, "production")
        deployed = run.ops("deploy", "--yes")
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        yield Repository(run, tmp_path / "act")


def test_a_merge_is_released_and_a_bad_one_reaches_no_visitor(repository: Repository):
    app = repository.run
    repository.new_notices()

    released = repository.merge()
    assert (released.code, released.jobs[JOB]) == (0, "success"), released.printed
    assert repository.new_notices() == ["Started", "Migration", "Succeeded"]
    live = repository.live()

    app.edit(INDEX, GOOD_HEALTH, BAD_HEALTH)
    app.commit("a mistake")
    rolled_back = repository.merge()
    assert (rolled_back.code, rolled_back.jobs[JOB]) == (1, "failure")
    assert "serves all requests again" in rolled_back.printed
    assert repository.new_notices() == ["Started", "Rolled back"], "no migration was pending"
    assert repository.live() == live

    app.commit("the same mistake, and the cloud fails while it is rolled back")
    deployments = {"method": "POST", "path": "/deployments$"}
    staging = deployments | {"action": "delay"}
    app.world.control("faults", [staging, deployments | {"times": 1000}])
    stuck = repository.merge()
    app.world.control("faults", [])
    assert (stuck.code, stuck.jobs[JOB]) == (1, "failure")
    assert "The rollback failed too" in stuck.printed
    assert "By hand, in the app's checkout: cd apps/api " in stuck.printed
    assert "pnpm exec wrangler rollback" in stuck.printed
    assert repository.new_notices() == ["Started", "Failed"]
    assert repository.live() == live

    app.edit(INDEX, BAD_HEALTH, GOOD_HEALTH)
    app.write_migration("0003_note", "ALTER TABLE no_such_table ADD COLUMN note text;")
    app.commit("a migration that fails")
    failed = repository.merge()
    assert (failed.code, failed.jobs[JOB]) == (1, "failure")
    assert "no_such_table" in failed.printed
    assert repository.new_notices() == ["Started", "Failed"]
    assert repository.live() == live, "nothing may be deployed where the migrations fail"

    app.write_migration("0003_note", "ALTER TABLE expenses ADD COLUMN note text;")
    app.commit("fixed")
    # A port that nobody listens on: the notices' server is down.
    unheard = repository.merge(webhook="http://127.0.0.1:9/api/webhooks/1/a-webhook-that-nobody-hears")
    assert (unheard.code, unheard.jobs[JOB]) == (0, "success"), unheard.printed
    assert unheard.printed.count("notice not delivered") == 3
    assert repository.live() != live
    assert repository.new_notices() == []

    returned = repository.start("rollback-production.yml", "workflow_dispatch", {}, {"inputs": {"version": ""}})
    assert (returned.code, returned.jobs[ROLLBACK]) == (0, "success"), returned.printed
    assert repository.live() == live, "the version that served before the last release"
    assert repository.new_notices() == ["Rolled back"]

    use_npm(app)
    app.write_migration("0004_paid", "ALTER TABLE expenses ADD COLUMN paid boolean DEFAULT true NOT NULL;")
    app.commit("npm in place of pnpm")
    by_npm = repository.merge()
    assert (by_npm.code, by_npm.jobs[JOB]) == (0, "success"), by_npm.printed
    assert repository.live() != live
    assert repository.new_notices() == ["Started", "Migration", "Succeeded"]
    commands = [line.partition(" ")[0] for line in by_npm.record[len(returned.record) :]]
    assert "corepack" not in commands
    assert by_npm.record[len(returned.record) :].count("npm run db:migrate -w @intent/api") == 1
    assert r"migrate | \u003e drizzle-kit migrate" in by_npm.printed, "the real npm ran it (act's log is JSON)"


def test_a_pull_request_has_a_preview_until_it_is_closed(repository: Repository):
    token = {"GITHUB_TOKEN": TOKEN}
    number = github(repository, "POST", "/pulls", {"title": "tea", "head": "tea", "base": "main"})["number"]

    for _ in range(2):
        opened = repository.start("preview.yml", "pull_request", token, pull_request(APP, number=number))
        assert (opened.code, opened.jobs) == (0, {"App preview/Open or update the preview": "success"}), opened.printed
    (comment,) = github(repository, "GET", f"/issues/{number}/comments")
    assert f"-pr-{number}." in comment["body"]
    assert previews(repository) == ([f"preview-pr-{number}"], [f"https://{worker_of(repository, number)}"])

    closed = pull_request(APP, action="closed", number=number)
    removed = repository.start("cleanup.yml", "pull_request", token, closed)
    assert (removed.code, removed.jobs) == (0, {"App clean-up/Remove the preview": "success"}), removed.printed
    assert previews(repository) == ([], [])


def use_npm(app: AppRun) -> None:
    """Turns the app's workspace into one of npm, and lets a release migrate with npm."""
    document = json.loads((app.folder / "package.json").read_text())
    del document["packageManager"]
    (app.folder / "package.json").write_text(json.dumps(document | {"workspaces": ["apps/*", "packages/*"]}))
    for file in app.folder.glob("*/*/package.json"):
        file.write_text(file.read_text().replace("workspace:*", "*"))
    for name in ("pnpm-lock.yaml", "pnpm-workspace.yaml"):
        (app.folder / name).unlink()
    (app.folder / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    settings = Path(app.world.environment["INFRA_SETTINGS"])
    text = settings.read_text(encoding="utf-8")
    assert text.count("pnpm --filter @intent/api db:migrate") == 1
    settings.write_text(
        text.replace("pnpm --filter @intent/api db:migrate", "npm run db:migrate -w @intent/api"), encoding="utf-8"
    )
    # As AppRun does: what was synthesized is not older than the settings.
    os.utime(settings, ns=(0, 0))


def github(repository: Repository, method: str, path: str, document: object = None) -> Any:
    """Asks the world's GitHub about the repository that the settings name as the app's."""
    settings = repository.run.settings.repository
    url = f"{repository.run.world.cloud}/api/v3/repos/{settings.owner}/{settings.name}{path}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.request(method, url, json=document, headers=headers, timeout=60).raise_for_status().json()


def worker_of(repository: Repository, number: int) -> str:
    api = repository.run.settings.api
    assert api
    return f"{api.worker}-pr-{number}.{api.workers_subdomain}.workers.dev"


def previews(repository: Repository) -> tuple[list[str], list[str]]:
    """The previews' Neon branches, and the addresses at which their Workers are served."""
    world = repository.run.world
    with world.neon() as client:
        project = client.get("/projects").json()["projects"][0]["id"]
        branches = client.get(f"/projects/{project}/branches").json()["branches"]
    served = httpx.get(f"{world.cloud}/_sandbox/addresses", timeout=60).json()
    named = [branch["name"] for branch in branches if branch["name"].startswith("preview-")]
    return named, [address for address in served if "-pr-" in address]
