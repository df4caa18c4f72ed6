"""What the tests of the databases share."""

from __future__ import annotations

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, Protocol, TypeVar

import psutil
import psycopg
from psycopg import sql

from sandbox.cloud.postgres import Databases

PASSWORD = "first-password"

_numbers = itertools.count(1)


class _Service(Protocol):
    def start(self) -> object: ...

    def stop(self) -> object: ...


_S = TypeVar("_S", bound=_Service)


@contextmanager
def running(service: _S) -> Generator[_S]:
    """Starts a cluster or databases, and stops them at the end, whatever happens in between."""
    service.start()
    try:
        yield service
    finally:
        service.stop()


class Branch:
    """A branch with an endpoint, as a client sees it: plain names, one port."""

    def __init__(self, databases: Databases, source: Branch | None = None, **copy: Any) -> None:
        self.id = f"br-quiet-river-{next(_numbers):08}"
        self.endpoint_id = self.id.replace("br-", "ep-")
        self.databases = databases
        if source is None:
            databases.create_branch(self.id)
            databases.create_role(self.id, "intent_owner", PASSWORD)
            databases.create_database(self.id, "intent_db", "intent_owner")
        else:
            databases.copy_branch(source.id, self.id, **copy)
        self.port = databases.open_endpoint(self.endpoint_id, self.id)

    def uri(self, role: str = "intent_owner", password: str = PASSWORD, sslmode: str = "require") -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/intent_db?sslmode={sslmode}"

    def connect(self, **parts: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.uri(**parts), autocommit=True)

    def run(self, statement: LiteralString, **parts: str) -> list[tuple[Any, ...]]:
        """Run a statement in a session of its own; ``{name}`` stands for a role's or database's name in full."""
        names = {name: sql.Identifier(f"{self.id}/{name}") for name in ("intent_owner", "reader", "intent_db")}
        with self.connect(**parts) as connection:
            cursor = connection.execute(sql.SQL(statement).format(**names))
            return cursor.fetchall() if cursor.description else []

    def rows(self) -> list[int]:
        return [row for (row,) in self.run("SELECT id FROM expenses ORDER BY id")]


def processes_of(home: Path) -> list[psutil.Process]:
    """The supervisors of a home and the servers' processes below them."""
    supervisors = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any("supervisor.py" in part for part in process.info["cmdline"] or [])
        and str(home / "postgres" / "cluster") in " ".join(process.info["cmdline"])
    ]
    return supervisors + [child for process in supervisors for child in process.children(recursive=True)]


def place_of(home: Path) -> Path:
    """Where the files of a running cluster are."""
    away = home / "postgres" / "away"
    return Path(away.read_text()) if away.exists() else home / "postgres" / "cluster"
