"""The cluster that holds every branch: its files, its server and its history."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from psycopg import sql
from tenacity import RetryError, Retrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from sandbox.cloud.postgres.postgres_programs import PostgresPrograms
from sandbox.cloud.postgres.postgres_server import Launch, PostgresServer

_WAIT_SECONDS = 30


class Cluster:
    """One PostgreSQL cluster below a home folder. One process at a time owns it.

    The files are ``data``, ``archive`` (its write-ahead log) and ``base`` (the initial ``data``). They are in the
    home's folder ``cluster``, or in a temporary folder while the server runs as a user who can't reach the home. They
    are moved back when the server stops, which it also does when its owner is killed.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._programs = PostgresPrograms()
        self._lock: int | None = None
        self._place = home / "cluster"
        self._launch: Launch | None = None
        self._server: PostgresServer | None = None

    @property
    def server(self) -> PostgresServer:
        """The running server.

        Raises:
            RuntimeError: if the cluster is not started.
        """
        if self._server is None:
            raise RuntimeError("PostgreSQL is not running")
        return self._server

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's client programs as the superuser and return its output.

        Raises:
            RuntimeError: with the last line of its errors, if it fails.
        """
        return self._programs.run(program, *arguments, password=self._password())

    def transfer(self, source: PostgresServer, database: str, into: str) -> None:
        """Copy a database of any server into an empty one of this cluster, with pg_dump and pg_restore."""
        target = self.server.address(into)
        self._programs.transfer(source.address(database), target, password=self._password())

    def _password(self) -> str:
        """The superuser's password, generated at the first start."""
        file = self._home / "password"
        if not file.exists():
            unfinished = file.with_suffix(".unfinished")
            unfinished.touch(0o600)
            unfinished.write_text(secrets.token_urlsafe(24), encoding="utf-8")
            unfinished.rename(file)
        return file.read_text(encoding="utf-8")

    def start(self) -> None:
        """Start the server; creates the cluster at the first start, and recovers one whose owner was killed.

        Raises:
            RuntimeError: if another process owns the home, or the server does not start.
        """
        self._lock = self._own_home()
        try:
            self._place = self._choose_place()
            _end_orphan(self._place / "data")
            for left_over in self._place.glob("recovery-*"):
                shutil.rmtree(left_over)
            if not (self._place / "base").exists():
                self._create()
            programs = self._programs.for_server(self._place)
            self._launch = Launch(self._programs, programs, self._password(), self._home / "postgres.log", self._lock)
            home = self._home / "cluster"
            archive = "cp %p ../archive/%f.part && mv ../archive/%f.part ../archive/%f"
            self._server = PostgresServer(
                self._launch,
                self._place / "data",
                {"archive_mode": "on", "archive_command": archive},
                bring_home=None if self._place == home else (self._place, home),
            )
            self._server.start()
            self._remember_beginning()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and release the home."""
        home = self._home / "cluster"
        if self._server is not None:
            self._server.stop()
            if self._place != home and self._place.exists():  # Its supervisor was killed, or it ended by itself.
                shutil.move(self._place, home)
        if self._lock is not None:
            os.close(self._lock)
        self._server = self._lock = None

    def _own_home(self) -> int:
        # The supervisor shares the descriptor, so the lock also covers the stop that follows an owner's death.
        lock = os.open(self._home / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            for attempt in Retrying(
                retry=retry_if_exception_type(BlockingIOError),
                stop=stop_after_delay(_WAIT_SECONDS),
                wait=wait_fixed(0.05),
            ):
                with attempt:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except RetryError as error:
            os.close(lock)
            raise RuntimeError(f"{self._home} is in use by another process") from error
        return lock

    def _choose_place(self) -> Path:
        """Where the files are, after a move to where the server's user can reach them."""
        home, pointer = self._home / "cluster", self._home / "away"
        if pointer.exists() and (away := Path(pointer.read_text(encoding="utf-8"))).exists():
            return away
        if self._programs.can_reach(self._home):
            return home
        temporary = Path(tempfile.gettempdir())
        if not self._programs.can_reach(temporary):
            raise RuntimeError(f"PostgreSQL's user can reach neither {self._home} nor {temporary}")
        away = temporary / f"sandbox-postgres-{secrets.token_hex(8)}"
        pointer.write_text(str(away), encoding="utf-8")
        if home.exists():
            shutil.move(home, away)
        return away

    def _create(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        for folder in (self._place, self._place / "archive"):
            folder.mkdir(mode=0o700)
            self._programs.lend(folder)
        password = self._place / "password"
        password.touch(0o600)
        password.write_text(self._password(), encoding="utf-8")
        self._programs.lend(password)
        options = (
            "--no-sync",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C",
            "--builtin-locale=C.UTF-8",
        )
        access = ("--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}")
        data, base, unfinished = (self._place / name for name in ("data", "base", "base.unfinished"))
        initdb = self._programs.for_server(self._place) / "initdb"
        self._programs.run_as_server(initdb, "-D", data, "--wal-segsize=4", *options, *access)
        password.unlink()
        self._programs.run_as_server("cp", "-a", data, unfinished)
        unfinished.rename(base)

    # History

    def _remember_beginning(self) -> None:
        """Record the earliest point that ``recovered`` reaches."""
        with self.server.connect() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS beginning AS"
                " SELECT clock_timestamp() AS time, pg_current_wal_insert_lsn() AS lsn"
            )

    @contextmanager
    def recovered(self, target: datetime | str) -> Generator[PostgresServer]:
        """A second server with the cluster as it was at a time or LSN; removed at the end.

        Raises:
            ValueError: if the point is before the cluster's beginning or in the future.
        """
        setting = self._check_target(target)
        self._archive_everything()
        if self._launch is None:
            raise RuntimeError("PostgreSQL is not running")
        data = self._place / f"recovery-{secrets.token_hex(4)}"
        try:
            self._programs.run_as_server("cp", "-a", self._place / "base", data)
            # A standby finds the whole log in its folder; a restore_command would start a process for each file.
            self._programs.run_as_server("cp", "-a", f"{self._place}/archive/.", data / "pg_wal")
            (data / "standby.signal").touch()
            settings = {
                **setting,
                "recovery_target_inclusive": "off",
                "recovery_target_action": "promote",
                "hot_standby": "off",  # It accepts connections only after recovery.
            }
            past = PostgresServer(self._launch, data, settings)
            past.start()
            try:
                yield past
            finally:
                past.stop()
        finally:
            shutil.rmtree(data, ignore_errors=True)

    def _check_target(self, target: datetime | str) -> dict[str, str]:
        if isinstance(target, datetime):
            target = target.astimezone(UTC) if target.tzinfo else target.replace(tzinfo=UTC)
            name, kind, now = "time", "timestamptz", "clock_timestamp()"
        else:
            name, kind, now = "lsn", "pg_lsn", "pg_current_wal_insert_lsn()"
        query = sql.SQL("SELECT %(target)s::{kind} < {name}, %(target)s::{kind} > {now} FROM beginning").format(
            kind=sql.SQL(kind), name=sql.Identifier(name), now=sql.SQL(now)
        )
        with self.server.connect() as connection:
            early, late = connection.execute(query, {"target": str(target)}).fetchone() or (True, False)
        if early:
            raise ValueError(f"{target} is before the beginning of the history")
        if late:
            raise ValueError(f"{target} is in the future")
        return {f"recovery_target_{name}": str(target)}

    def _archive_everything(self) -> None:
        with self.server.connect() as connection:
            # Recovery stops at the first commit after the target, so there must be one.
            connection.execute("SELECT pg_current_xact_id()")
            row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        segment = self._place / "archive" / str(row[0] if row else "")
        arrived = Retrying(
            retry=retry_if_result(lambda there: not there), stop=stop_after_delay(_WAIT_SECONDS), wait=wait_fixed(0.02)
        )
        try:
            arrived(segment.exists)
        except RetryError as error:
            raise RuntimeError("PostgreSQL's write-ahead log was not archived in time") from error


def _end_orphan(data: Path) -> None:
    """Stop a server that outlived its owner and its supervisor."""
    file = data / "postmaster.pid"
    try:
        process = psutil.Process(int(file.read_text(encoding="utf-8").splitlines()[0]))
        if str(data) in process.cmdline():
            process.send_signal(signal.SIGINT)
            process.wait(_WAIT_SECONDS)
        else:  # The pid belongs to another process by now, and PostgreSQL would refuse to start.
            file.unlink()
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        pass  # Stopped in order, or dead: PostgreSQL recovers by itself.
