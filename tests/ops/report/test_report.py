"""The owner's page: what is on it, that it loads nothing and holds no secret, and what a browser makes of it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ops.context.run_context import Context
from ops.health.finding import Finding, FindingStatus
from ops.report.owner_report import DeploymentRow, EnvironmentRow, OwnerReport, ReportSection, page
from ops.report.status import AddressNow, Status, lines
from sandbox.drill.adoption_drill import hand_written_states
from sandbox.world import IDS, World
from settings import load_settings
from tests.support import EXPENSE_TRACKER, ROOT

ACCOUNT = f"/accounts/{IDS['account_id']}"
WORKER = "intent-expense-tracker-api-production"
PROJECT = "intent-expense-tracker"
# Without the background flags it looks for its maker's servers at every start.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class Deployed:
    """The hand-written states in the bucket, what they describe in the clouds, a Worker and a site."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.environment = world.environment | {"CDKTF_OUTDIR": str(world.home / "cdktf.out")}
        states = hand_written_states()
        world.control("load", [json.loads(text) for text in states.values()])
        for stack, text in states.items():
            key = f"{PROJECT}/{stack}/terraform.tfstate"
            world.bucket().put_object(Bucket="sebastianiv21-terraform-state", Key=key, Body=text.encode())
        subprocess.run([sys.executable, "main.py"], cwd=ROOT, env=self.environment, check=True)

    def release(self, message: str) -> str:
        """Deploys a Worker and a site; returns the Worker's version."""
        worker: dict[str, Any] = {
            "metadata": (None, json.dumps({"main_module": "index.js", "compatibility_date": "2025-09-27"})),
            "index.js": (
                "index.js",
                "export default {fetch: () => new Response('ok')}",
                "application/javascript+module",
            ),
        }
        with self.world.cloudflare() as cloudflare:
            cloudflare.put(f"{ACCOUNT}/workers/scripts/{WORKER}", files=worker).raise_for_status()
            made = cloudflare.get(f"{ACCOUNT}/workers/scripts/{WORKER}/deployments").raise_for_status().json()
        commit = {"account": IDS["account_id"], "project": PROJECT, "branch": "main", "commit_hash": "0123456789abcdef"}
        self.world.control("pages/push", commit | {"commit_message": message, "files": {}})
        return made["result"]["deployments"][0]["versions"][0]["version_id"]

    def report(self, page: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.ops("report", "--page", str(page), *options, **environment)

    def ops(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )


class Page(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with World("report", load_settings(ROOT / "settings.toml")) as world:
        yield Deployed(world)


def rows(text: str) -> list[str]:
    """Each row of each table, its cells put together."""
    found = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
    return [
        " | ".join(
            unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        )
        for row in found
    ]


@pytest.mark.slow
def test_the_page_shows_what_is_deployed_and_nothing_secret(deployed: Deployed, tmp_path: Path) -> None:
    key = deployed.world.environment["NEON_API_KEY"]
    version = deployed.release(f"<script>alert(1)</script> {key}")
    file = tmp_path / "report.html"
    made = deployed.report(file)
    assert made.returncode == 0, made.stderr
    text = file.read_text()
    found = rows(text)
    api = f"https://{WORKER}.sebastianiv21.workers.dev"
    assert f"production | https://intent.luisibarra.dev | {api} | main | yes" in found
    assert any(
        re.fullmatch(
            r"main \| production \| none \(default branch\) \| \d{4}-\d\d-\d\d \d\d:\d\d UTC \| never \| no", row
        )
        for row in found
    )
    assert any(row.startswith("dev | dev | main | ") for row in found)
    assert any(row.startswith(f"{WORKER} | 20") and f"{version[:8]} 100 %" in row for row in found)
    assert any(row.startswith(f"{PROJECT} (site) | 20") and "0123456789ab <script>" in row for row in found)
    assert f"{WORKER.replace('production', 'dev')} | – | nothing deployed yet | " in found
    assert "Differs from the settings: dev, production." in text
    assert "move neon_branch.this (from module.db.neon_branch.this)" in text
    assert any(row.startswith("project | neon_project.main") for row in found)

    screen = deployed.ops("status")
    assert screen.returncode == 1, "the site has no page"
    now = screen.stdout.splitlines()
    assert f"  API      {api}" in now
    assert any(line.strip().startswith(f"{version[:8]} 100 %, since 20") for line in now)
    assert "  database branch main" in now
    assert "branches   2 of 10" in now
    assert "locks      none" in now
    assert any(line.startswith("WRONG: production's site (https://intent") for line in now)
    assert max(map(len, (line for line in now if "https://" not in line))) <= 80
    assert "database branch main\n" in unescape(text)
    assert f'href="{api}"' in text
    assert 'href="https://intent.luisibarra.dev"' not in text, "what does not answer is not linked"

    tags = Page(text).tags
    assert not [tag for tag, _ in tags if tag in ("script", "img", "link", "iframe", "object", "form")]
    assert not [values for _, values in tags if {"src", "style", "onload", "onclick"} & values.keys()]
    assert "default-src 'none'" in text
    for secret in ("npg_", key, deployed.world.environment["CLOUDFLARE_API_TOKEN"]):
        assert secret not in text + made.stdout + made.stderr
    if shutil.which("chromium"):
        check_in_a_browser(file, tmp_path)


def test_the_age_of_the_backups_is_a_section_if_there_are_any(make_context: Callable[..., Context]) -> None:
    context = make_context(INFRA_SETTINGS=str(EXPENSE_TRACKER))

    def shown(backups: ReportSection[dict[str, Finding]]) -> tuple[OwnerReport, str]:
        report = OwnerReport(datetime(2026, 11, 28, tzinfo=UTC), [], backups=backups)
        return report, page(context, report, [], [])

    findings = {
        "production": Finding("backup", FindingStatus.OK, "the newest backup of <b> is 3.0 hours old"),
        "dev": Finding("backup", FindingStatus.WRONG, "there is no backup of dev", "run python -m ops backup dev"),
    }
    _, text = shown(ReportSection(findings))
    assert "<li>the newest backup of &lt;b&gt; is 3.0 hours old</li>" in text
    assert '<li><strong class="bad">there is no backup of dev</strong>; run python -m ops backup dev</li>' in text
    report, text = shown(ReportSection(None, "s3://b: can't list (NoSuchBucket)"))
    assert "Could not be read: s3://b" in text
    assert report.problems == ["s3://b: can't list (NoSuchBucket)"]
    assert 'id="backups"' not in shown(ReportSection())[1], "without [backup] nothing is missing"


def test_each_environment_shows_its_newest_backup(make_context: Callable[..., Context]) -> None:
    context = make_context(INFRA_SETTINGS=str(EXPENSE_TRACKER))
    fresh = Finding("backup", FindingStatus.OK, "the newest backup of production is 3.0 hours old")
    old = Finding("backup", FindingStatus.WRONG, "the newest backup of dev is 35.0 hours old, more than 34", "run it")
    environments = [EnvironmentRow(name, "", "", name, guarded=True) for name in ("dev", "production", "staging")]
    report = OwnerReport(
        datetime(2026, 11, 28, tzinfo=UTC), environments, backups=ReportSection({"production": fresh, "dev": old})
    )
    status = Status(report, {}, ReportSection(), {})
    screen = list(lines(context, status))
    assert [line for line in screen if "backup" in line] == [
        f"  backup   {old.text}",
        f"  backup   {fresh.text}",
        f"WRONG: {old.text}; run it",
    ]
    assert screen.index(f"  backup   {old.text}") < screen.index("production")
    assert status.problems(context) == [f"{old.text}; run it"]


def test_an_api_that_does_not_answer_since_nothing_was_released_says_how(make_context: Callable[..., Context]) -> None:
    context = make_context(INFRA_SETTINGS=str(EXPENSE_TRACKER))

    def problems(*rows: DeploymentRow) -> list[str]:
        report = OwnerReport(datetime(2026, 11, 28, tzinfo=UTC), [], releases=ReportSection(list(rows)))
        answers = {"production's API": AddressNow("https://api", "no answer")}
        return Status(report, answers, ReportSection(), {"production": WORKER}).problems(context)

    down = "production's API (https://api): no answer"
    never = f"{down}; nothing is released yet: python -m ops release production"
    assert problems(DeploymentRow(WORKER)) == [never]
    assert problems(DeploymentRow(WORKER, at="2026-11-28T12:00:00Z")) == [down]
    assert problems() == [down], "it is not known"


def check_in_a_browser(file: Path, folder: Path) -> None:
    command = ["chromium", *FLAGS, f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr"]
    picture = folder / "report.png"
    shown = subprocess.run(
        [*command, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    assert "https://intent.luisibarra.dev" in shown.stdout
    # A style that its own policy does not allow would be reported here.
    assert "Content Security Policy" not in shown.stderr
    screenshot = [*command, "--window-size=1000,1400", f"--screenshot={picture}", file.as_uri()]
    subprocess.run(screenshot, capture_output=True, timeout=120, check=True)
    assert picture.stat().st_size > 20_000


@pytest.mark.slow
def test_a_part_that_can_not_be_read_is_named_in_its_place(deployed: Deployed, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    made = deployed.report(file, "--no-drift", NEON_API_KEY="napi_0000000000000000000000000000")
    assert made.returncode == 1
    assert made.stderr.startswith("missing from the page: Neon")
    assert made.stderr.count("\n") == 1
    text = file.read_text()
    assert "Could not be read: Neon" in text
    assert "Not checked." in text
    assert f"{PROJECT} (site)" in text, "the other parts are made all the same"
    nowhere = deployed.report(tmp_path / "no/such/folder.html", "--no-drift")
    assert nowhere.returncode == 1
    assert "folder.html: can't be written: No such file or directory; choose another file" in nowhere.stderr
