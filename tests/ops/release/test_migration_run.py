"""Why a migration failed, where drizzle-kit prints no cause: asked of a real Postgres, which stays unchanged."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.release.migration_run import migrate
from sandbox.cloud.postgres.cluster import Cluster
from tests.ops.release_world import SETTINGS

pytestmark = pytest.mark.slow

RECORDED = Path(__file__).parents[1] / "context/program_outputs"
COMMAND = "sh fail.sh"


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[psycopg.Connection]:
    """A session in a database whose migrations are all recorded, up to 100."""
    with cluster.server.connect() as connection:
        connection.execute("drop schema if exists drizzle cascade")
        connection.execute("drop table if exists expenses")
        connection.execute("create schema drizzle")
        connection.execute("create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)")
        connection.execute("insert into drizzle.__drizzle_migrations (created_at) values (100)")
        connection.execute("create table expenses (id integer primary key, amount integer)")
        connection.execute("insert into expenses values (1, -5)")
        yield connection


def write_app(folder: Path, statements: str, recorded: str) -> Path:
    """An app whose migrate command prints a recorded output and fails, with one pending migration."""
    lines = [line for line in SETTINGS.splitlines() if not line.startswith(("migrate_command", "pending_command"))]
    text = "\n".join(lines).replace("[release]", f'[release]\nmigrate_command = "{COMMAND}"')
    (folder / "settings.toml").write_text(text)
    (folder / "migrations/meta").mkdir(parents=True)
    entries = [{"tag": "0000_first", "when": 100}, {"tag": "0001_second", "when": 200}]
    (folder / "migrations/meta/_journal.json").write_text(json.dumps({"dialect": "postgresql", "entries": entries}))
    (folder / "migrations/0000_first.sql").write_text("create table expenses (id integer primary key);")
    (folder / "migrations/0001_second.sql").write_text(statements)
    (folder / "fail.sh").write_text(f"cat {RECORDED / recorded}.txt\nexit 1\n")
    return folder


def failure(app: Path, connection: psycopg.Connection) -> str:
    context = Context.read({"INFRA_SETTINGS": str(app / "settings.toml"), "PATH": "/usr/bin:/bin"})
    info = connection.info
    uri = f"postgresql://{info.user}:{info.password}@{info.host}:{info.port}/{info.dbname}?sslmode=disable"
    with pytest.raises(OpsError) as error:
        migrate(context, app, uri)
    return str(error.value)


def columns(connection: psycopg.Connection) -> list[str]:
    query = "select column_name from information_schema.columns where table_name = 'expenses' order by 1"
    return [row[0] for row in connection.execute(query).fetchall()]


def test_where_drizzle_kit_prints_no_cause_the_database_is_asked_and_stays_unchanged(
    tmp_path: Path, connection: psycopg.Connection
):
    statements = (
        "alter table expenses add column note text;--> statement-breakpoint\n"
        "alter table expenses add check (amount > 0);"
    )
    message = failure(write_app(tmp_path, statements, "pnpm-filter"), connection)
    assert message.splitlines() == [
        f"`{COMMAND}` ended with exit code 1:",
        "  | No config path provided, using default 'drizzle.config.ts'",
        "  | Reading config file '/home/runner/work/app/workspace/apps/api/drizzle.config.ts'",
        "  | Using 'pg' driver for database querying",
        "Tried again in a transaction that was rolled back, 0001_second.sql fails:",
        '  | ERROR: check constraint "expenses_amount_check" of relation "expenses" is violated by some row '
        "(SQLSTATE 23514)",
        "  | alter table expenses add check (amount > 0);",
    ]
    assert columns(connection) == ["amount", "id"]


def test_statements_that_work_are_rolled_back_as_well(tmp_path: Path, connection: psycopg.Connection):
    message = failure(write_app(tmp_path, "alter table expenses add column note text;", "npx-drizzle-kit"), connection)
    assert "Tried" not in message
    assert columns(connection) == ["amount", "id"]


def test_an_error_that_was_printed_is_the_cause_and_nothing_is_tried(tmp_path: Path, connection: psycopg.Connection):
    message = failure(write_app(tmp_path, "drop table expenses;", "pnpm-run"), connection)
    assert message.splitlines()[1:] == [
        '  | error: relation "no_such_table" does not exist',
        "  |   code: '42P01',",
    ]


@pytest.mark.parametrize(
    "statements",
    [
        "commit; drop table expenses;",
        "select 1; /* so */ Commit; drop table expenses;",
        "create index concurrently on expenses (id);",
        "select 1;\n  END;\nselect 1;",
    ],
)
def test_migrations_that_end_a_transaction_are_not_tried(
    tmp_path: Path, connection: psycopg.Connection, statements: str
):
    message = failure(write_app(tmp_path, statements, "npx-drizzle-kit"), connection)
    assert message.splitlines()[-1] == "Pending: 0001_second."
    assert columns(connection) == ["amount", "id"]


def test_a_lock_of_another_session_ends_the_try(
    tmp_path: Path, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ops.release.migration_run._LOCK_SECONDS", 0.05)
    app = write_app(tmp_path, "alter table expenses add column note text;", "npx-drizzle-kit")
    with connection.transaction():
        connection.execute("lock table expenses")
        message = failure(app, connection)
    assert "canceling statement due to lock timeout (SQLSTATE 55P03)" in message


def test_the_first_migrations_of_all_are_tried_as_well(tmp_path: Path, connection: psycopg.Connection):
    connection.execute("drop schema drizzle cascade")
    connection.execute("drop table expenses")
    message = failure(write_app(tmp_path, "alter table nowhere add x text;", "npx-drizzle-kit"), connection)
    assert '0001_second.sql fails:\n  | ERROR: relation "nowhere" does not exist (SQLSTATE 42P01)' in message


def test_migrations_recorded_in_another_table_are_not_blamed(tmp_path: Path, connection: psycopg.Connection):
    connection.execute("drop schema drizzle cascade")
    message = failure(write_app(tmp_path, "alter table nowhere add x text;", "npx-drizzle-kit"), connection)
    assert "Tried" not in message
