"""Which migrations a database lacks: drizzle's journal compared with drizzle's own table, in a real Postgres."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.release.pending import Pending, find_pending, must_be_applied, must_not_skip
from sandbox.cloud.postgres.cluster import Cluster
from tests.ops.release_world import SETTINGS

pytestmark = pytest.mark.slow

ENTRIES = {"0000_first": 100, "0001_second": 200, "0002_third": 300}


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[psycopg.Connection]:
    """A session in a database without drizzle's table."""
    with cluster.server.connect() as connection:
        connection.execute("drop schema if exists drizzle cascade")
        yield connection


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text(SETTINGS)
    app = tmp_path / "app"
    journal(app / "apps/api/migrations", ENTRIES)
    # A package's own journal is not the app's.
    journal(app / "node_modules/other/migrations", {"0000_other": 1})
    return app


def journal(folder: Path, entries: dict[str, int], dialect: str = "postgresql") -> None:
    (folder / "meta").mkdir(parents=True)
    document = {"dialect": dialect, "entries": [{"tag": tag, "when": when} for tag, when in entries.items()]}
    (folder / "meta/_journal.json").write_text(json.dumps(document))


def apply(connection: psycopg.Connection, *moments: int) -> None:
    """Does what drizzle does to record what it applied."""
    connection.execute("create schema drizzle")
    connection.execute(
        "create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)"
    )
    for moment in moments:
        connection.execute("insert into drizzle.__drizzle_migrations (hash, created_at) values ('h', %s)", [moment])


def pending(app: Path, connection: psycopg.Connection) -> Pending:
    context = Context.read({"INFRA_SETTINGS": str(app.parent / "settings.toml")})
    info = connection.info
    uri = f"postgresql://{info.user}:{info.password}@{info.host}:{info.port}/{info.dbname}?sslmode=disable"
    return find_pending(context, app, uri)


@pytest.mark.parametrize(
    ("applied", "names", "skipped"),
    [
        ((100, 200, 300), (), ()),
        ((100,), ("0001_second", "0002_third"), ()),
        ((), tuple(ENTRIES), ()),
        ((100, 300), ("0001_second",), ("0001_second",)),
        # A newer commit's migration is not the journal's.
        ((100, 200, 300, 400), (), ()),
    ],
)
def test_the_journal_is_compared_with_drizzles_table(
    app: Path,
    connection: psycopg.Connection,
    applied: tuple[int, ...],
    names: tuple[str, ...],
    skipped: tuple[str, ...],
):
    apply(connection, *applied)
    assert pending(app, connection) == Pending(names, skipped, atomic=True)


def test_a_migrator_without_a_transaction_may_leave_a_part(app: Path, connection: psycopg.Connection):
    apply(connection, 100)
    assert pending(app, connection).atomic
    (app / "migrate.mjs").write_text('import { migrate } from "drizzle-orm/neon-http/migrator";')
    assert not pending(app, connection).atomic


def test_without_drizzles_table_nothing_is_known(app: Path, connection: psycopg.Connection):
    found = pending(app, connection)
    assert found.names is None
    assert found.reason == "the database has no table drizzle.__drizzle_migrations (normal before the first migration)"
    assert not found.none


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_with_two_journals_nothing_is_known(app: Path, connection: psycopg.Connection, dialect: str):
    journal(app / "apps/jobs/migrations", {"0000_jobs": 1}, dialect)
    apply(connection, 100, 200, 300)
    assert pending(app, connection).none is (dialect == "sqlite")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entries": [{"tag": "a"}]}', '{"entries": 1}'])
def test_a_damaged_journal_is_one_line(app: Path, connection: psycopg.Connection, text: str):
    file = app / "apps/api/migrations/meta/_journal.json"
    file.write_text(text)
    with pytest.raises(OpsError, match=r"^\S+_journal.json: is not a drizzle journal; restore it from git$"):
        pending(app, connection)


def test_a_database_that_can_not_be_reached_is_one_line_without_its_password(app: Path):
    context = Context.read({"INFRA_SETTINGS": str(app.parent / "settings.toml")})
    made_up = "pass-of-main-1"
    with pytest.raises(OpsError, match=r"^the database refused: ") as caught:
        find_pending(context, app, f"postgresql://owner:{made_up}@127.0.0.1:1/intent")
    assert made_up not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_migration_that_drizzle_would_skip_is_refused():
    must_not_skip(Pending(("0001_second",)))
    with pytest.raises(OpsError, match=r"^drizzle would skip 0001_second: older in its journal than"):
        must_not_skip(Pending(("0001_second",), ("0001_second",)))


def test_after_the_migrations_none_may_be_left():
    must_be_applied(Pending(()))
    must_be_applied(Pending(None, reason="not known"))
    with pytest.raises(OpsError, match="these migrations are not applied: 0001_second;"):
        must_be_applied(Pending(("0001_second",)))
