"""A merge is released by the workflows as a whole: real ops, wrangler, workerd and Postgres, in a rehearsal's world."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.drill.app import AppRun, installed
from sandbox.world import IDS, World
from settings import load_settings
from tests.workflows.act import APP, Act, Run
from tests.workflows.events import VARIABLES

JOB = "App deploy/release production"
INDEX = "apps/api/src/index.ts"
GOOD_HEALTH = 'return context.json({ status: "ok", database: "ok", version: id, tag });'
BAD_HEALTH = 'return context.json({ status: "error", database: "ok", version: id, tag }, 500);'
ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "tests/fixtures/expense-tracker/settings.toml"
# What the workflow passes as secrets; a rehearsal has the rest in its environment.
SECRETS = ("NEON_API_KEY", "CLOUDFLARE_API_TOKEN", "DISCORD_WEBHOOK_URL")


class Releases:
    """An app in a world, and the workflow that releases it."""

    def __init__(self, run: AppRun, folder: Path) -> None:
        self.run = run
        self._act = Act(folder, run.folder)
        self._told = 0

    def live(self) -> str:
        """The version that answers all requests."""
        assert self.run.settings.api
        worker = self.run.settings.api.worker_name("production")
        with self.run.world.cloudflare() as client:
            answer = client.get(f"/accounts/{IDS['account_id']}/workers/scripts/{worker}/deployments").json()
        (version,) = answer["result"]["deployments"][0]["versions"]
        return version["version_id"]

    def new_notices(self) -> list[str]:
        """The kinds of the notices since this was asked last."""
        told = [title.partition(":")[0].partition(" ")[2] for title in self.run.notices()]
        new, self._told = told[self._told :], len(told)
        return new

    def merge(self, webhook: str | None = None) -> Run:
        """What a push to main starts; another webhook, if one is named."""
        environment = self.run.world.environment
        secrets = {name: environment[name] for name in SECRETS} | {
            "CLOUDFLARE_ACCOUNT_ID": IDS["account_id"],
            "CLOUDFLARE_ZONE_ID": IDS["zone_id"],
            "NEON_ORG_ID": IDS["org_id"],
        }
        if webhook:
            secrets["DISCORD_WEBHOOK_URL"] = webhook
        kept_back = {*secrets, "PATH", "HOME", *(name for name in environment if name.startswith("TF_VAR_"))}
        return self._act.run(
            APP,
            "deploy-production.yml",
            "push",
            secrets=secrets,
            variables=VARIABLES,
            environment={name: value for name, value in environment.items() if name not in kept_back},
        )


@pytest.fixture
def releases(tmp_path: Path) -> Iterator[Releases]:
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
        yield Releases(run, tmp_path / "act")


def test_a_merge_is_released_and_a_bad_one_reaches_no_visitor(releases: Releases):
    app = releases.run
    deployed = app.ops("deploy", "--yes")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    releases.new_notices()

    released = releases.merge()
    assert (released.code, released.jobs) == (0, {JOB: "success"}), released.printed
    assert releases.new_notices() == ["Started", "Migration", "Succeeded"]
    live = releases.live()

    app.edit(INDEX, GOOD_HEALTH, BAD_HEALTH)
    app.commit("a mistake")
    rolled_back = releases.merge()
    assert (rolled_back.code, rolled_back.jobs) == (1, {JOB: "failure"})
    assert "is rolled back" in rolled_back.printed
    assert releases.new_notices() == ["Started", "Migration", "Rolled back"]
    assert releases.live() == live

    app.edit(INDEX, BAD_HEALTH, GOOD_HEALTH)
    (app.folder / "apps/api/migrate.mjs").write_text('throw new Error("no such column");\n')
    app.commit("a migration that fails")
    failed = releases.merge()
    assert (failed.code, failed.jobs) == (1, {JOB: "failure"})
    assert "no such column" in failed.printed
    assert releases.new_notices() == ["Started", "Failed"]
    assert releases.live() == live, "nothing may be deployed where the migrations fail"

    (app.folder / "apps/api/migrate.mjs").write_text("// nothing to do\n")
    app.commit("mended")
    # A port that nobody listens on: the notices' server is down.
    unheard = releases.merge(webhook="http://127.0.0.1:9/api/webhooks/1/a-webhook-that-nobody-hears")
    assert (unheard.code, unheard.jobs) == (0, {JOB: "success"}), unheard.printed
    assert unheard.printed.count("notice not delivered") == 3
    assert releases.live() != live
    assert releases.new_notices() == []
