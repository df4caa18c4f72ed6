"""Branches as databases and roles of one cluster."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import errors, sql

from sandbox.cloud.postgres.cluster import Cluster
from sandbox.cloud.postgres.endpoint_proxy import Proxy, server_context
from sandbox.cloud.postgres.ownership import hand_over

_LONGEST_NAME = 63  # bytes: PostgreSQL's NAMEDATALEN less one
_QUIET_SECONDS = 1.0
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
    ORDER BY 1, 2
"""


class Databases:
    """Every branch's roles and databases, which are named ``<branch id>/<name>`` in one cluster.

    A client connects with the plain names, because its endpoint puts the branch before them; inside a session
    ``current_user`` and ``current_database()`` show the names in full. Methods may be called from any thread.

    Changes are idempotent, so that a caller killed in the middle can start over.

    Args:
        home: the folder below which the cluster keeps its files.
    """

    def __init__(self, home: Path) -> None:
        self._home = home / "postgres"
        self._cluster = Cluster(self._home)
        self._proxy: Proxy | None = None
        # One change at a time, so that none of our own sessions blocks a copy.
        self._lock = threading.RLock()

    def start(self) -> None:
        """Start the cluster, a new one at the first start. Endpoints are opened one by one afterwards.

        Raises:
            RuntimeError: if the home is in use by another process, or PostgreSQL does not start.
        """
        with self._lock:
            self._home.mkdir(parents=True, exist_ok=True)
            tls = server_context(self._home / "tls.pem")
            self._cluster.start()
            self._proxy = Proxy(tls, lambda: self._cluster.server.port)

    def stop(self) -> None:
        """Close all endpoints and stop the cluster; its files stay in the home."""
        with self._lock:
            if self._proxy is not None:
                self._proxy.stop()
                self._proxy = None
            self._cluster.stop()

    # Branches

    def create_branch(self, branch_id: str) -> None:
        """Prepare an empty branch. Nothing is created: a branch is the prefix of its roles and databases."""
        _full_name(branch_id, "")

    def copy_branch(self, source_id: str, branch_id: str, *, at: datetime | str | None = None) -> None:
        """Fill a new branch with another's roles, passwords, databases and rows.

        No session of the source is ended. New ones wait during the copy; if an open one lasts longer than a second,
        pg_dump and pg_restore copy instead and nobody waits.

        Args:
            at: the time or LSN whose contents are wanted, recovered from the write-ahead log; by default the present.

        Raises:
            ValueError: if the new branch is not empty, the source did not exist at that point, or the point is in the
                future or before the cluster's beginning.
        """
        with self._lock:
            with self._connect() as connection:
                if _roles(connection, branch_id) or _databases(connection, branch_id):
                    raise ValueError(f"branch {branch_id} is not empty")
            try:
                if at is None:
                    self._copy_present(source_id, branch_id)
                else:
                    self._copy_past(source_id, branch_id, at)
            except BaseException:
                self.drop_branch(branch_id)
                raise

    def empty_branch(self, branch_id: str) -> None:
        """Delete the rows of all tables of a branch, and start its sequences again; its schema stays."""
        with self._lock, self._connect() as connection:
            names = [_full_name(branch_id, name) for name in _databases(connection, branch_id)]
        for name in names:
            with self._cluster.server.connect(name) as inside:
                tables = inside.execute(_TABLES).fetchall()
                if tables:
                    listed = sql.SQL(", ").join(sql.Identifier(*table) for table in tables)
                    inside.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(listed))

    def _copy_present(self, source_id: str, branch_id: str) -> None:
        with self._connect() as connection:
            roles = _roles(connection, source_id)
            for name, verifier in roles.items():
                _create_role(connection, _full_name(branch_id, name), verifier)
            for name, owner in _databases(connection, source_id).items():
                source, copy = _full_name(source_id, name), _full_name(branch_id, name)
                new_owner = _full_name(branch_id, owner)
                with self._endpoints.hold(source_id):
                    copied = _copy_from_template(connection, source, copy, new_owner)
                if not copied:
                    _run(connection, "CREATE DATABASE {} OWNER {} TEMPLATE template0", copy, new_owner)
                    self._cluster.transfer(self._cluster.server, source, copy)
                _open_to_roles(connection, copy)
                hand_over(self._cluster, copy, source_id, branch_id)

    def _copy_past(self, source_id: str, branch_id: str, at: datetime | str) -> None:
        with self._cluster.recovered(at) as past:
            with past.connect() as connection:
                roles, databases = _roles(connection, source_id), _databases(connection, source_id)
                if not roles and not databases:
                    raise ValueError(f"branch {source_id} did not exist at {at}")
                for name in roles:  # From here on the past itself names the copy's roles.
                    _run(connection, "ALTER ROLE {} RENAME TO {}", f"{source_id}/{name}", _full_name(branch_id, name))
            with self._connect() as connection:
                for name, verifier in roles.items():
                    _create_role(connection, _full_name(branch_id, name), verifier)
                for name, owner in databases.items():
                    copy, new_owner = _full_name(branch_id, name), _full_name(branch_id, owner)
                    _run(connection, "CREATE DATABASE {} OWNER {} TEMPLATE template0", copy, new_owner)
                    self._cluster.transfer(past, f"{source_id}/{name}", copy)
                    _open_to_roles(connection, copy)

    def drop_branch(self, branch_id: str) -> None:
        """Remove a branch's databases and roles; sessions on them are ended."""
        with self._lock, self._connect() as connection:
            for name in _databases(connection, branch_id):
                _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", f"{branch_id}/{name}")
            for name in _roles(connection, branch_id):
                _run(connection, "DROP ROLE IF EXISTS {}", f"{branch_id}/{name}")

    def swap_branches(self, a: str, b: str) -> None:
        """Swap the contents of two branches at once; their sessions are ended, their endpoints stay."""
        with self._lock, self._alone_on(a, b) as connection, connection.transaction():
            moving = "swapping"
            for old, new in ((a, moving), (b, a), (moving, b)):
                for name in _databases(connection, old):
                    _run(connection, "ALTER DATABASE {} RENAME TO {}", f"{old}/{name}", _full_name(new, name))
                for name in _roles(connection, old):
                    _run(connection, "ALTER ROLE {} RENAME TO {}", f"{old}/{name}", _full_name(new, name))

    # Roles

    def create_role(self, branch_id: str, name: str, password: str) -> None:
        """Create a role that may log in, or give an existing one this password.

        Raises:
            ValueError: if branch and name together are longer than 62 bytes.
        """
        with self._lock, self._connect() as connection:
            role = _full_name(branch_id, name)
            if name in _roles(connection, branch_id):
                self.set_password(branch_id, name, password)
            else:
                _create_role(connection, role, _verifier(connection, role, password))

    def drop_role(self, branch_id: str, name: str) -> None:
        """Remove a role; what it owns goes to the owner of the database that it is in."""
        with self._lock, self._connect() as connection:
            if name not in _roles(connection, branch_id):
                return
            role = _full_name(branch_id, name)
            for database, owner in _databases(connection, branch_id).items():
                with self._connect(f"{branch_id}/{database}") as inside, inside.transaction():
                    _run(inside, "REASSIGN OWNED BY {} TO {}", role, f"{branch_id}/{owner}")
                    _run(inside, "DROP OWNED BY {}", role)
            _run(connection, "DROP ROLE {}", role)

    def set_password(self, branch_id: str, name: str, password: str) -> None:
        """Change a role's password."""
        with self._lock, self._connect() as connection:
            role = _full_name(branch_id, name)
            verifier = sql.Literal(_verifier(connection, role, password))
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), verifier))

    # Databases

    def create_database(self, branch_id: str, name: str, owner: str) -> None:
        """Create an empty database; an existing one gets this owner.

        Raises:
            ValueError: if branch and name together are longer than 62 bytes.
        """
        with self._lock, self._connect() as connection:
            command: LiteralString = "CREATE DATABASE {} OWNER {} TEMPLATE template0"
            if name in _databases(connection, branch_id):
                command = "ALTER DATABASE {} OWNER TO {}"
            _run(connection, command, _full_name(branch_id, name), _full_name(branch_id, owner))
            _open_to_roles(connection, _full_name(branch_id, name))
        # Neon's roles, all members of neon_superuser, may create tables in a database that another of them owns.
        with self._cluster.server.connect(_full_name(branch_id, name)) as connection:
            connection.execute("GRANT ALL ON SCHEMA public TO pg_write_all_data")

    def drop_database(self, branch_id: str, name: str) -> None:
        """Remove a database; sessions on it are ended."""
        with self._lock, self._connect() as connection:
            _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", _full_name(branch_id, name))

    def rename_database(self, branch_id: str, name: str, new_name: str) -> None:
        """Rename a database; sessions of its branch are ended."""
        with self._lock, self._alone_on(branch_id) as connection:
            if name in _databases(connection, branch_id):
                old, new = _full_name(branch_id, name), _full_name(branch_id, new_name)
                _run(connection, "ALTER DATABASE {} RENAME TO {}", old, new)

    def set_owner(self, branch_id: str, name: str, owner: str) -> None:
        """Give a database to another role of its branch."""
        with self._lock, self._connect() as connection:
            database, role = _full_name(branch_id, name), _full_name(branch_id, owner)
            _run(connection, "ALTER DATABASE {} OWNER TO {}", database, role)

    def row_counts(self, branch_id: str) -> dict[str, dict[str, int]]:
        """Rows by database and table. A table that a session keeps locked for more than a second is left out."""
        with self._lock, self._connect() as connection:
            return {name: self._count_rows(f"{branch_id}/{name}") for name in _databases(connection, branch_id)}

    def size(self, branch_id: str) -> int:
        """The bytes that a branch's databases have on disk; a new database has about seven million."""
        query = "SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint FROM pg_database WHERE starts_with(datname, %s)"
        with self._lock, self._connect() as connection:
            row = connection.execute(query, [f"{branch_id}/"]).fetchone()
            return row[0] if row else 0

    def _count_rows(self, database: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        with self._connect(database) as connection:
            connection.execute("SET lock_timeout = '1s'")
            for schema, table in connection.execute(_TABLES).fetchall():
                count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
                try:
                    row = connection.execute(count).fetchone()
                except (errors.LockNotAvailable, errors.UndefinedTable):
                    continue
                counts[table if schema == "public" else f"{schema}.{table}"] = row[0] if row else 0
        return counts

    # Endpoints

    def open_endpoint(self, endpoint_id: str, branch_id: str, port: int | None = None) -> int:
        """Listen on 127.0.0.1 for a branch's clients, by default on a free port; returns the port.

        Raises:
            OSError: if the wanted port is taken.
        """
        return self._endpoints.open(endpoint_id, branch_id, port)

    def close_endpoint(self, endpoint_id: str) -> None:
        """Stop listening and end the endpoint's sessions; does nothing if it is not open."""
        self._endpoints.close(endpoint_id)

    def current_lsn(self) -> str:
        """The end of the write-ahead log: a point that ``copy_branch`` can go back to."""
        with self._connect() as connection:
            row = connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
            return row[0] if row else ""

    @property
    def _endpoints(self) -> Proxy:
        if self._proxy is None:
            raise RuntimeError("PostgreSQL is not running")
        return self._proxy

    def _connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return self._cluster.server.connect(database)

    @contextmanager
    def _alone_on(self, *branch_ids: str) -> Generator[psycopg.Connection[Any]]:
        """A session of the superuser while branches have no sessions, and get none."""
        with self._endpoints.hold(*branch_ids), self._connect() as connection:
            for branch_id in branch_ids:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE starts_with(datname, %s)",
                    [f"{branch_id}/"],
                )
            yield connection


def _full_name(branch_id: str, name: str) -> str:
    full = f"{branch_id}/{name}"
    if "/" in branch_id or len(full.encode()) > _LONGEST_NAME:
        raise ValueError(f"{full!r} can't be a name here: more than {_LONGEST_NAME} bytes, or a branch with a slash")
    return full


def _run(connection: psycopg.Connection[Any], command: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(command).format(*(sql.Identifier(name) for name in names)))


def _open_to_roles(connection: psycopg.Connection[Any], database: str) -> None:
    # Neon lets every role create schemas in every database (neondatabase/neon, compute_tools, `handle_grants`), and a
    # template's own grants are not copied with it.
    _run(connection, "GRANT CREATE ON DATABASE {} TO pg_write_all_data", database)


def _roles(connection: psycopg.Connection[Any], branch_id: str) -> dict[str, str]:
    """A branch's roles with the hashes of their passwords."""
    query = "SELECT substr(rolname, %s), rolpassword FROM pg_authid WHERE starts_with(rolname, %s) ORDER BY oid"
    return dict(connection.execute(query, [len(branch_id) + 2, f"{branch_id}/"]).fetchall())


def _databases(connection: psycopg.Connection[Any], branch_id: str) -> dict[str, str]:
    """A branch's databases with their owners."""
    query = """
        SELECT substr(datname, %(after)s), substr(rolname, %(after)s)
        FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE starts_with(datname, %(prefix)s) ORDER BY datname
    """
    values = {"after": len(branch_id) + 2, "prefix": f"{branch_id}/"}
    return dict(connection.execute(query, values).fetchall())


def _create_role(connection: psycopg.Connection[Any], role: str, verifier: str) -> None:
    # Neon's roles belong to neon_superuser, which may read and write all data.
    command = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE pg_read_all_data, pg_write_all_data")
    connection.execute(command.format(sql.Identifier(role), sql.Literal(verifier)))


def _verifier(connection: psycopg.Connection[Any], role: str, password: str) -> str:
    """The hash of a password, so that the password itself reaches no log."""
    scram = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return scram.decode()


def _copy_from_template(connection: psycopg.Connection[Any], source: str, copy: str, owner: str) -> bool:
    """Copy a database file by file once it has no sessions; returns False where that takes too long."""
    deadline = time.monotonic() + _QUIET_SECONDS
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    while connection.execute(sessions, [source]).fetchone() != (0,):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    try:
        _run(connection, "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY", copy, owner, source)
    except errors.ObjectInUse:  # A session that was just being opened.
        return False
    return True
