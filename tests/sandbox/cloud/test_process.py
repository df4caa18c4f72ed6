"""The cloud as a process, with its real Postgres: what survives its death, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY, STATES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60


def wait_for(condition: Any, process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        assert process is None or process.poll() is None, "the cloud ended"
        time.sleep(0.05)


@dataclass
class Running:
    """A cloud process and clients of its APIs."""

    home: Path
    process: subprocess.Popen[bytes]
    url: str

    def neon(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {NEON_KEY}"}
        response = httpx.request(method, f"{self.url}/api/v2{path}", json=body, headers=headers, timeout=60)
        response.raise_for_status()
        return response.json()

    def project(self) -> Any:
        branch = {"name": "main", "database_name": "intent_db", "role_name": "intent_owner"}
        wanted = {"name": "intent", "history_retention_seconds": 21600, "branch": branch}
        return self.neon("POST", "/projects", {"project": wanted})

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


def environment() -> dict[str, str]:
    tokens = {"SANDBOX_NEON_API_KEY": NEON_KEY, "SANDBOX_CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN}
    return {**os.environ, **tokens, "PYTHONPATH": str(ROOT)}


def start(home: Path, port: int = 0) -> Running:
    (home / "cloud.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox.cloud", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, env=environment())
    wait_for((home / "cloud.json").exists, process)
    answer = json.loads((home / "cloud.json").read_text())
    assert answer["pid"] == process.pid
    return Running(home, process, answer["url"])


@pytest.fixture
def cloud(tmp_path: Path) -> Generator[Running]:
    running = start(tmp_path)
    yield running
    # Whatever a test did to its process: the last one with this home ends Postgres too.
    if running.process.poll() is not None:
        running = start(tmp_path)
    running.end()


def rows(uri: str) -> list[Any]:
    with psycopg.connect(uri, hostaddr="127.0.0.1", connect_timeout=10) as connection:
        return connection.execute("SELECT note FROM notes ORDER BY note").fetchall()


def write(uri: str, note: str) -> None:
    with psycopg.connect(uri, hostaddr="127.0.0.1", connect_timeout=10) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (note text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [note])


def branch_with_endpoint(running: Running, project_id: str, **branch: str) -> Any:
    body = {"branch": branch, "endpoints": [{"type": "read_write"}]}
    return running.neon("POST", f"/projects/{project_id}/branches", body)


def uri_of(answer: Any) -> str:
    return answer["connection_uris"][0]["connection_uri"]


def test_the_address_connects_and_a_branch_has_its_parents_rows_and_keeps_its_own(cloud: Running) -> None:
    made = cloud.project()
    write(uri_of(made), "from main")
    dev = branch_with_endpoint(cloud, made["project"]["id"], name="dev")
    assert rows(uri_of(dev)) == [("from main",)]
    write(uri_of(dev), "from dev")
    assert rows(uri_of(made)) == [("from main",)]
    assert "notes" in httpx.get(cloud.url).text


def test_a_restore_recovers_earlier_rows_and_keeps_the_newer_ones_under_a_name(cloud: Running) -> None:
    made = cloud.project()
    project, main, uri = made["project"]["id"], made["branch"]["id"], uri_of(made)
    write(uri, "kept")
    marker = branch_with_endpoint(cloud, project, name="marker")["branch"]
    with psycopg.connect(uri, hostaddr="127.0.0.1") as connection:
        connection.execute("DROP TABLE notes")
    body = {"source_branch_id": main, "source_lsn": marker["parent_lsn"], "preserve_under_name": "main-old"}
    cloud.neon("POST", f"/projects/{project}/branches/{main}/restore", body)
    assert rows(uri) == [("kept",)]
    names = {branch["name"] for branch in cloud.neon("GET", f"/projects/{project}/branches")["branches"]}
    assert names == {"main", "marker", "main-old"}


def test_what_was_answered_survives_kill_9_with_its_ports_and_rows(cloud: Running, tmp_path: Path) -> None:
    made = cloud.project()
    write(uri_of(made), "before the end")
    cloud.kill()
    again = start(tmp_path)
    try:
        assert again.neon("GET", f"/projects/{made['project']['id']}")["project"] == made["project"]
        assert rows(uri_of(made)) == [("before the end",)]
    finally:
        again.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(cloud: Running, number: signal.Signals) -> None:
    uri = uri_of(cloud.project())
    assert cloud.end(number) == 0
    assert not (cloud.home / "cloud.json").exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(uri, connect_timeout=2)


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.cloud", "--home", str(tmp_path)]
    script = f"import subprocess, time; subprocess.Popen({command!r}); time.sleep(600)"
    parent = subprocess.Popen([sys.executable, "-c", script], env=environment())
    wait_for((tmp_path / "cloud.json").exists, parent)
    address = httpx.URL(json.loads((tmp_path / "cloud.json").read_text())["url"])
    parent.kill()
    parent.wait()
    wait_for(lambda: not (tmp_path / "cloud.json").exists())

    def refused() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((address.host, address.port or 0)) != 0

    wait_for(refused)


@pytest.mark.parametrize(("when", "done"), [("before", False), ("after", True)])
def test_a_dropped_connection_has_no_answer_whether_the_write_was_done_or_not(
    cloud: Running, when: str, done: bool
) -> None:
    rule = {"method": "POST", "path": "/projects$", "action": "drop", "when": when}
    httpx.post(f"{cloud.url}/_sandbox/faults", json=[rule]).raise_for_status()
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        cloud.project()
    assert len(cloud.neon("GET", "/projects")["projects"]) == int(done)
    assert "dropped" in [entry["status"] for entry in httpx.get(f"{cloud.url}/_sandbox/log").json()]


def test_adopted_states_have_databases_too(cloud: Running) -> None:
    states = [json.loads((STATES / f"{name}.tfstate").read_text()) for name in ("project", "dev", "production")]
    httpx.post(f"{cloud.url}/_sandbox/load", json=states, timeout=60).raise_for_status()
    assert "ep-3280ce03251d.us-east-2.aws.neon.tech" in httpx.get(cloud.url).text
    assert "intent_db" in [item["name"] for item in dump(cloud)["databases"]]
    endpoint = next(item for item in dump(cloud)["endpoints"] if item["id"] == "ep-3280ce03251d")
    login = "postgresql://intent_owner_dev:npg_a3c01bc1cfbc4c6b"
    with psycopg.connect(f"{login}@127.0.0.1:{endpoint['_port']}/intent_db?sslmode=require") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def dump(cloud: Running) -> Any:
    return httpx.get(f"{cloud.url}/_sandbox/dump").json()


def test_only_the_owner_can_read_the_tokens(cloud: Running) -> None:
    assert (cloud.home / "keyring.json").stat().st_mode & 0o777 == 0o600
