"""`ops logs`: the live log by the app's wrangler, and the errors that Cloudflare has stored."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.receivers import Answer, Document, Receiver

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"
TOKEN = "cloudflare-token-of-the-tests-0123456789"
WORKER = "intent-expense-tracker-api-production"
NEWEST = 1_790_000_000_000
# As wrangler tail writes them, a terminal's codes included.
_WRANGLER = f"""#!{sys.executable} -SE
import json, os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
from pathlib import Path
Path(os.environ["TAIL_LOG"]).write_text(json.dumps(sys.argv[1:]))
print("\\x1b[32mGET\\x1b[39m https://api.example.com/ - Ok, token {TOKEN}", flush=True)
if os.environ.get("TAIL_FAILS"):
    sys.exit("\\u2718 [ERROR] no access")
if os.environ.get("TAIL_STAYS"):
    time.sleep(60)
"""


class Logs(Receiver):
    """As much of Cloudflare's API as the logs need."""

    observability: Document | None = None
    events: tuple[Document, ...] = ()

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        del method, body
        if path.endswith("/script-settings"):
            if WORKER not in path:
                return 404, {"success": False, "errors": [{"code": 10007, "message": "no such Worker"}]}
            return 200, {"success": True, "result": {"observability": self.observability}}
        if path.endswith("/deployments"):
            versions = [{"version_id": "v1", "percentage": 100}]
            return 200, {"success": True, "result": {"deployments": [{"versions": versions}] if WORKER in path else []}}
        return 200, {"success": True, "result": {"events": {"events": list(self.events)}}}


@pytest.fixture
def cloud() -> Iterator[Logs]:
    with Logs() as server:
        yield server


@pytest.fixture
def app(tmp_path: Path) -> Path:
    package = tmp_path / "app/node_modules"
    (package / ".bin").mkdir(parents=True)
    (package / "wrangler").mkdir()
    (package / "wrangler/package.json").write_text('{"version": "4.164.0"}')
    (package / ".bin/wrangler").write_text(_WRANGLER)
    (package / ".bin/wrangler").chmod(0o755)
    for name in ("wrangler.jsonc", "package.json", "package-lock.json"):
        (tmp_path / "app" / name).write_text("{}")
    return tmp_path / "app"


def logs(cloud: Logs, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    settings = folder / "settings.toml"
    settings.write_text(f"{SETTINGS.read_text()}\n[release]\nmigrate_command = 'true'\n")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "INFRA_SETTINGS": str(settings),
        "CLOUDFLARE_API_BASE_URL": cloud.url,
        "CLOUDFLARE_API_TOKEN": TOKEN,
        "CLOUDFLARE_ACCOUNT_ID": "a" * 32,
        "TAIL_LOG": str(folder / "tail.json"),
    }
    command = [sys.executable, "-m", "ops", "logs", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment | more, capture_output=True, text=True, check=False)


def event(number: int, text: str, **more: Document) -> Document:
    metadata = {"error": text, "level": "error", "trigger": "GET /expenses"}
    return {"timestamp": NEWEST - number * 1000, "$metadata": metadata, **more}


def test_the_live_log_is_shown_without_secrets_and_terminal_codes(cloud: Logs, app: Path, tmp_path: Path):
    done = logs(cloud, tmp_path, "production", "--app", str(app), "--errors")
    assert (done.returncode, done.stdout) == (0, "GET https://api.example.com/ - Ok, token ***\n"), done.stderr
    called = json.loads((tmp_path / "tail.json").read_text())
    assert called == ["tail", WORKER, "--format", "pretty", "--status", "error"]


def test_it_ends_by_itself_after_a_time(cloud: Logs, app: Path, tmp_path: Path):
    done = logs(cloud, tmp_path, "production", "--app", str(app), "--seconds", "1", TAIL_STAYS="1")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_tail_that_fails_is_reported(cloud: Logs, app: Path, tmp_path: Path):
    done = logs(cloud, tmp_path, "production", "--app", str(app), TAIL_FAILS="1")
    assert done.returncode == 1
    assert "wrangler tail ended with exit code 1:\n  | \u2718 [ERROR] no access" in done.stderr


def test_a_preview_that_is_not_there_has_no_log(cloud: Logs, app: Path, tmp_path: Path):
    done = logs(cloud, tmp_path, "--pr", "7", "--app", str(app))
    assert done.returncode == 1
    assert done.stderr.startswith("there is no Worker intent-expense-tracker-api-pr-7")


def test_stored_errors_are_listed_the_oldest_first(cloud: Logs, tmp_path: Path):
    cloud.observability = {"enabled": True}
    version: Document = {"scriptVersion": {"id": "a1b2c3d4-0000"}}
    cloud.events = (event(0, "Error: newest\n    at handler", **{"$workers": version}), event(60, "Error: oldest"))
    done = logs(cloud, tmp_path, "production", "--last", "2")
    assert done.stdout.splitlines() == [
        "2026-09-21 14:12:20 UTC  Error: oldest  (GET /expenses)",
        "2026-09-21 14:13:20 UTC  Error: newest  (GET /expenses, version a1b2c3d4)",
        "        at handler",
    ], done.stderr
    ((_, path, body),) = cloud.sent("POST")
    assert path.endswith("/workers/observability/telemetry/query")
    assert body
    assert body["timeframe"]["to"] - body["timeframe"]["from"] == pytest.approx(2 * 3600 * 1000, abs=60_000)
    assert {each["key"]: each["value"] for each in body["parameters"]["filters"]} == {
        "$metadata.service": WORKER,
        "$metadata.level": "error",
    }


def test_without_an_error_it_says_so(cloud: Logs, tmp_path: Path):
    cloud.observability = {"enabled": False, "logs": {"enabled": True}}
    assert logs(cloud, tmp_path, "production", "--last", "24").stdout == f"{WORKER}: no error in the last 24 h\n"


@pytest.mark.parametrize("settings", [None, {"enabled": False}, {"enabled": True, "logs": {"enabled": False}}])
def test_where_workers_logs_are_off_it_says_how_to_turn_them_on(cloud: Logs, tmp_path: Path, settings: Document | None):
    cloud.observability = settings
    done = logs(cloud, tmp_path, "production", "--last", "24")
    assert done.returncode == 1
    assert 'Workers Logs are off, so nothing is stored; add "observability": { "enabled": true }' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), "name an environment, or a preview with --pr; not both"),
        (("production", "--pr", "1"), "name an environment, or a preview with --pr; not both"),
        (("nowhere",), "there is no environment nowhere"),
        (("production",), "pass --app with the app's checkout"),
    ],
)
def test_what_is_missing_is_one_line(cloud: Logs, tmp_path: Path, arguments: tuple[str, ...], error: str):
    done = logs(cloud, tmp_path, *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(error)
