"""A running PostgreSQL server on one data folder."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from sandbox.cloud.postgres.postgres_programs import PostgresPrograms

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "16MB",
    "min_wal_size": "8MB",
    "max_wal_size": "128MB",
    "max_wal_senders": "0",
    "io_method": "sync",
    # The kernel has a commit before it is answered: a killed process loses none, only the machine's crash could.
    "fsync": "off",
    "log_checkpoints": "off",
    "timezone": "GMT",
}
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0
_ATTEMPTS = 6


@dataclass(frozen=True)
class Launch:
    """Settings for every server of a cluster.

    Args:
        bin: the folder of the programs, for the server's user.
        password: the superuser's.
        log: the file that servers' messages are appended to.
        lock: a descriptor that stays open until the server has stopped.
    """

    programs: PostgresPrograms
    bin: Path
    password: str
    log: Path
    lock: int


class PostgresServer:
    """Starts and stops PostgreSQL on an existing data folder, on a free port of loopback.

    Args:
        settings: on top of the cluster's usual ones.
        bring_home: where the files are while it runs and where they belong afterwards, if that differs.
    """

    def __init__(
        self, launch: Launch, data: Path, settings: dict[str, str], bring_home: tuple[Path, Path] | None = None
    ) -> None:
        self._launch = launch
        self._data = data
        self._settings = _SETTINGS | settings
        self._bring_home = bring_home or ("", "")
        self._supervisor: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        """Start, and return once it accepts connections.

        Raises:
            RuntimeError: with the last line of the server's log, if it does not come up.
        """
        for attempt in range(_ATTEMPTS):  # Another process may take the free port, or a killed one may still be ending.
            time.sleep(attempt * 0.2)
            self.port = free_port()
            self._supervisor = self._spawn()
            if self._answers(self._supervisor):
                return
            if self._supervisor.poll() is None:
                break
            self.stop()
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start: {_last_line(self._launch.log)}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        supervisor = Path(__file__).with_name("supervisor.py")
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        server = [self._launch.bin / "postgres", "-D", self._data, "-p", str(self.port), *settings]
        with self._launch.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", supervisor, self._launch.programs.user, *self._bring_home, *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._launch.programs.environment,
                pass_fds=(self._launch.lock,),
                start_new_session=True,  # Ctrl-C in a terminal is the owner's to handle.
            )

    def _answers(self, supervisor: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while supervisor.poll() is None and time.monotonic() < deadline:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False

    def stop(self) -> None:
        """End all sessions, stop, and return once no process is left."""
        if self._supervisor is not None and self._supervisor.stdin is not None:
            self._supervisor.stdin.close()
            self._supervisor.wait(_STOP_SECONDS)
        self._supervisor = None

    def address(self, database: str) -> str:
        """The superuser's connection string, without the password."""
        # Everything that a PG… environment variable of this process could change is set.
        return make_conninfo(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, sslmode="disable", gssencmode="disable",
            options="", connect_timeout=10,
        )  # fmt: skip

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A session of the superuser in which every statement commits by itself."""
        return psycopg.connect(self.address(database), password=self._launch.password, autocommit=True)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _last_line(log: Path) -> str:
    return (log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["no message"])[-1]
