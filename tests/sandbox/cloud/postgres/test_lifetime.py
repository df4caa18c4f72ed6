"""The cluster's files outlive its owner, its processes do not."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import psutil
import psycopg
import pytest

from sandbox.cloud.postgres import Databases, cluster, postgres_server
from sandbox.cloud.postgres.postgres_programs import PostgresPrograms
from tests.sandbox.cloud.postgres.support import Branch, place_of, processes_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
OWNER = """
import sys, time
from pathlib import Path
from sandbox.cloud.postgres import Databases
from tests.sandbox.cloud.postgres.support import Branch

databases = Databases(Path(sys.argv[1]))
databases.start()
branch = Branch(databases)
branch.run("CREATE TABLE expenses (id int)")
branch.run("INSERT INTO expenses VALUES (1), (2)")
print(branch.id, branch.port, flush=True)
time.sleep(600)
"""


class Owner:
    """A process that owns databases: a branch with two rows and an endpoint."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OWNER, home], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.branch_id, self.port = self._process.stdout.readline().split()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@pytest.fixture
def owner(tmp_path: Path) -> Generator[Owner]:
    owner = Owner(tmp_path)
    yield owner
    owner.kill()
    psutil.wait_procs(processes_of(tmp_path), timeout=30)
    shutil.rmtree(place_of(tmp_path), ignore_errors=True)  # Where a test failed after it had killed the supervisor.


@pytest.fixture
def start() -> Generator[Callable[[Path], Databases]]:
    """Starts databases that are stopped at the test's end."""
    started: list[Databases] = []

    def start(home: Path) -> Databases:
        started.append(Databases(home))
        started[-1].start()
        return started[-1]

    yield start
    for databases in started:
        databases.stop()


def kill_all(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # One may follow another before its turn.
            process.kill()


def read_rows(databases: Databases, owner: Owner) -> list[tuple[int]]:
    """The owner's rows, read through its endpoint opened again on the same port."""
    databases.open_endpoint("ep-again", owner.branch_id, int(owner.port))
    uri = f"postgresql://intent_owner:first-password@127.0.0.1:{owner.port}/intent_db?sslmode=require"
    with psycopg.connect(uri, hostaddr="127.0.0.1") as connection:
        return connection.execute("SELECT id FROM expenses ORDER BY id").fetchall()


def test_killed_owner_loses_nothing(tmp_path: Path, owner: Owner, start: Callable[[Path], Databases]) -> None:
    owner.kill()
    assert read_rows(start(tmp_path), owner) == [(1,), (2,)]


def test_servers_end_with_their_owner(tmp_path: Path, owner: Owner) -> None:
    place, processes = place_of(tmp_path), processes_of(tmp_path)
    assert len(processes) > 2
    owner.kill()
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert not alive
    home = tmp_path / "postgres" / "cluster"
    assert home.exists()
    assert place == home or not place.exists()


def test_everything_killed_at_once_loses_nothing(
    tmp_path: Path, owner: Owner, start: Callable[[Path], Databases]
) -> None:
    owner.kill()
    kill_all(processes_of(tmp_path))
    assert read_rows(start(tmp_path), owner) == [(1,), (2,)]


def test_server_that_nobody_watches_is_taken_over(
    tmp_path: Path, owner: Owner, start: Callable[[Path], Databases], monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor, postmaster, *_ = processes_of(tmp_path)
    postmaster.suspend()  # As where a server does not learn of its supervisor's death.
    supervisor.kill()
    owner.kill()
    postmaster.resume()
    assert read_rows(start(tmp_path), owner) == [(1,), (2,)]
    assert not postmaster.is_running()


def test_start_is_retried_if_the_port_is_taken(
    tmp_path: Path, start: Callable[[Path], Databases], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = iter([other.getsockname()[1]])
        free_port = postgres_server.free_port
        monkeypatch.setattr(postgres_server, "free_port", lambda: next(ports, None) or free_port())
        assert Branch(start(tmp_path)).run("SELECT 1") == [(1,)]


def test_killed_server_is_running_after_the_next_start(tmp_path: Path, start: Callable[[Path], Databases]) -> None:
    databases = start(tmp_path)
    branch = Branch(databases)
    branch.run("CREATE TABLE expenses AS SELECT 7 AS id")
    place = place_of(tmp_path)
    kill_all(processes_of(tmp_path)[1:])
    databases.stop()
    home = tmp_path / "postgres" / "cluster"
    assert place == home or not place.exists()
    start(tmp_path).open_endpoint(branch.endpoint_id, branch.id, branch.port)
    assert branch.rows() == [7]


def test_stale_pid_does_not_prevent_a_start(tmp_path: Path, start: Callable[[Path], Databases]) -> None:
    start(tmp_path).stop()
    (tmp_path / "postgres" / "cluster" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    start(tmp_path)


def test_stop_leaves_the_files_at_home_for_the_next_start(tmp_path: Path, start: Callable[[Path], Databases]) -> None:
    databases = start(tmp_path)
    branch, place = Branch(databases), place_of(tmp_path)
    branch.run("CREATE TABLE expenses AS SELECT 7 AS id")
    processes = processes_of(tmp_path)
    databases.stop()
    databases.stop()  # Once more does no harm.
    home = tmp_path / "postgres" / "cluster"
    assert not any(process.is_running() for process in processes)
    assert home.exists()
    assert place == home or not place.exists()
    branch.databases = start(tmp_path)
    assert branch.databases.open_endpoint(branch.endpoint_id, branch.id, branch.port) == branch.port
    assert branch.rows() == [7]


def test_history_goes_back_beyond_a_restart(tmp_path: Path, start: Callable[[Path], Databases]) -> None:
    databases = start(tmp_path)
    branch = Branch(databases)
    branch.run("CREATE TABLE expenses AS SELECT 7 AS id")
    point = databases.current_lsn()
    databases.stop()
    restarted = start(tmp_path)
    branch.databases = restarted
    restarted.open_endpoint(branch.endpoint_id, branch.id, branch.port)
    branch.run("DROP TABLE expenses")
    assert Branch(restarted, branch, at=point).rows() == [7]


def test_home_has_one_owner(tmp_path: Path, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_WAIT_SECONDS", 0.1)
    with pytest.raises(RuntimeError, match="in use by another process"):
        Databases(tmp_path).start()
    assert processes_of(tmp_path), "the owner's server must live on"


def test_files_stay_in_a_home_that_the_servers_user_can_reach(start: Callable[[Path], Databases]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        databases = start(home)
        assert place_of(home) == home / "postgres" / "cluster"
        assert (place_of(home) / "data" / "postmaster.pid").exists()
        databases.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_programs_out_of_reach_are_copied(
    tmp_path: Path, start: Callable[[Path], Databases], monkeypatch: pytest.MonkeyPatch
) -> None:
    reach = PostgresPrograms.can_reach

    def can_reach_all_but_programs(programs: PostgresPrograms, folder: Path) -> bool:
        return "pginstall18" not in str(folder) and reach(programs, folder)

    monkeypatch.setattr(PostgresPrograms, "can_reach", can_reach_all_but_programs)
    assert Branch(start(tmp_path)).run("SELECT 1") == [(1,)]
    assert (place_of(tmp_path) / "programs").exists()


def test_password_is_asked_for_on_the_servers_own_port(tmp_path: Path, start: Callable[[Path], Databases]) -> None:
    start(tmp_path)
    port = (place_of(tmp_path) / "data" / "postmaster.pid").read_text().splitlines()[3]
    with pytest.raises(psycopg.OperationalError, match=r"no password supplied|password authentication failed"):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", passfile="/dev/null")
    arguments = [part for process in processes_of(tmp_path) for part in process.cmdline()]
    assert (tmp_path / "postgres" / "password").read_text() not in " ".join(arguments)
