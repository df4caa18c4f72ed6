"""Real wrangler, the reference app, workerd and Postgres against one cloud: a first deploy, releases, a rollback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.world import node_environment
from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY

ROOT = Path(__file__).parents[3]
APP = ROOT / "examples" / "app"
API = APP / "apps" / "api"
WRANGLER = API / "node_modules" / "wrangler" / "bin" / "wrangler.js"
RUNNER = ROOT / "sandbox" / "cloud" / "workers" / "runner" / "node_modules" / "miniflare"
PATIENCE_SECONDS = 60
WORKER = "intent-expense-tracker-api-production"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (WRANGLER.is_file() and RUNNER.is_dir()), reason="the app's tools are not installed: run `make app`"
    ),
]


@dataclass
class Cloud:
    """A cloud process, its address, and the programs that ask it."""

    home: Path
    process: subprocess.Popen[bytes]
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            # wrangler keeps its logs below the home folder.
            "HOME": str(self.home),
            "CLOUDFLARE_API_BASE_URL": f"{self.url}/client/v4",
            "CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN,
            "CLOUDFLARE_ACCOUNT_ID": CloudSeed.account_id,
            "WRANGLER_SEND_METRICS": "false",
            "CI": "1",
        }

    def wrangler(self, *arguments: str, stdin: str = "") -> str:
        command = ["node", str(WRANGLER), *arguments, "--env", "production"]
        done = subprocess.run(
            command, cwd=API, env=self.environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def migrate(self, database: str) -> None:
        environment = {**self.environment, **node_environment(self.home), "DATABASE_URL": database}
        command = ["node", str(API / "node_modules" / "drizzle-kit" / "bin.cjs"), "migrate"]
        done = subprocess.run(command, cwd=API, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def database(self) -> str:
        branch = {"name": "main", "database_name": "intent_db", "role_name": "intent_owner"}
        answer = httpx.post(
            f"{self.url}/api/v2/projects",
            json={"project": {"name": "intent", "branch": branch}},
            headers={"Authorization": f"Bearer {NEON_KEY}"},
            timeout=PATIENCE_SECONDS,
        )
        return answer.raise_for_status().json()["connection_uris"][0]["connection_uri"]

    def address(self) -> str:
        addresses = httpx.get(f"{self.url}/_sandbox/addresses").json()
        return addresses[f"https://{WORKER}.{CloudSeed.workers_subdomain}.workers.dev"]

    def health(self) -> tuple[int, dict[str, Any]]:
        answer = httpx.get(f"{self.address()}/health", timeout=PATIENCE_SECONDS)
        return answer.status_code, answer.json()


def start(home: Path) -> Cloud:
    (home / "cloud.json").unlink(missing_ok=True)
    tokens = {"SANDBOX_NEON_API_KEY": NEON_KEY, "SANDBOX_CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN}
    command = [sys.executable, "-m", "sandbox.cloud", "--home", str(home)]
    process = subprocess.Popen(command, env={**os.environ, **tokens, "PYTHONPATH": str(ROOT)})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (home / "cloud.json").exists():
        assert process.poll() is None, "the cloud ended"
        assert time.monotonic() < deadline, "the cloud never answered"
        time.sleep(0.05)
    return Cloud(home, process, json.loads((home / "cloud.json").read_text())["url"])


@pytest.fixture
def clouds(tmp_path: Path) -> Generator[list[Cloud]]:
    """The clouds that a test has started, each with the same home; the last one is ended with all it holds."""
    started = [start(tmp_path)]
    yield started
    if started[-1].process.poll() is not None:
        started.append(start(tmp_path))
    started[-1].process.terminate()
    assert started[-1].process.wait(PATIENCE_SECONDS) == 0


class Requests:
    """Asks for an app's health without a pause, and keeps what was no 200."""

    def __init__(self, address: str) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask, args=(address,))
        self.failures: list[str] = []
        self.versions: list[str] = []

    def __enter__(self) -> Requests:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self, address: str) -> None:
        with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
            while not self._stop.is_set():
                try:
                    self.versions.append(client.get("/health").raise_for_status().json()["version"])
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))


def newest(cloud: Cloud) -> str:
    return max(json.loads(cloud.wrangler("versions", "list", "--json")), key=lambda item: item["number"])["id"]


def test_releases_and_a_rollback_by_wrangler_fail_no_request(clouds: list[Cloud]) -> None:
    cloud = clouds[0]
    database = cloud.database()
    cloud.migrate(database)
    cloud.migrate(database)  # nothing is pending the second time

    cloud.wrangler("deploy", "--var", "GIT_SHA:one")
    assert cloud.health()[0] == 503
    secret_values = {"DATABASE_URL": database, "BETTER_AUTH_SECRET": "s"}
    cloud.wrangler("versions", "secret", "bulk", stdin=json.dumps(secret_values))
    first = newest(cloud)
    cloud.wrangler("versions", "deploy", f"{first}@100%", "-y", "--message", "first")
    status, answer = cloud.health()
    assert (status, answer["status"], answer["checks"]) == (200, "healthy", {"database": "ok"})
    assert answer["version"] == "one"

    expense = {"description": "tea", "amountCents": 250, "spentOn": "2026-11-24"}
    assert httpx.post(f"{cloud.address()}/api/expenses", json=expense).status_code == 201
    assert [row["description"] for row in httpx.get(f"{cloud.address()}/api/expenses").json()] == ["tea"]

    with Requests(cloud.address()) as requests:
        cloud.wrangler("versions", "upload", "--tag", "v2", "--message", "second", "--var", "GIT_SHA:two")
        second = newest(cloud)
        assert cloud.health()[1]["version"] == "one"
        cloud.wrangler("versions", "deploy", f"{second}@100%", "-y", "--message", "second")
        assert cloud.health()[1]["version"] == "two"
        cloud.wrangler("rollback", first, "-y", "-m", "bad")
        assert cloud.health()[1]["version"] == "one"
    assert requests.failures == []
    assert set(requests.versions) == {"one", "two"}

    cloud.process.kill()
    cloud.process.wait()
    again = start(cloud.home)
    clouds.append(again)
    assert again.health()[1]["version"] == "one"
    again.wrangler("delete", "--force")
    assert httpx.get(f"{again.url}/_sandbox/addresses").json() == {}
