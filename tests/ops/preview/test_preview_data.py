"""The rows of a preview's database, in a real Postgres."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.context.run_context import Context
from ops.preview.preview_data import prepare_data
from sandbox.cloud.postgres import Databases
from tests.ops.release_world import SETTINGS
from tests.sandbox.cloud.postgres.support import Branch, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with running(Databases(tmp_path_factory.mktemp("databases"))) as databases:
        yield databases


def test_a_schema_only_branch_has_the_record_of_migrations_and_no_other_row(databases: Databases, tmp_path: Path):
    dev = Branch(databases)
    for statement in (
        "create schema drizzle",
        "create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)",
        "insert into drizzle.__drizzle_migrations (hash, created_at) values ('a', 1), ('b', 2)",
        "create table people (id serial primary key, name text)",
        "create table letters (person integer references people, text text)",
        "insert into people (name) values ('Ada')",
        "insert into letters values (1, 'hello')",
    ):
        dev.run(statement)
    preview = Branch(databases, dev)
    databases.empty_branch(preview.id)
    (tmp_path / "settings.toml").write_text(SETTINGS.replace("[release]", '[release]\npreview_data = "schema_only"'))
    context = Context.read({"INFRA_SETTINGS": str(tmp_path / "settings.toml")})
    for _ in range(2):
        prepare_data(context, tmp_path, uri=preview.uri(), source_uri=dev.uri())
    assert preview.run("select hash, created_at from drizzle.__drizzle_migrations order by id") == [("a", 1), ("b", 2)]
    assert preview.run("select count(*) from people") == [(0,)]
    assert preview.run("select count(*) from letters") == [(0,)]
    preview.run("insert into people (name) values ('Eve')")
    assert preview.run("select id from people") == [(1,)], "its sequences start again"
    assert dev.run("select name from people") == [("Ada",)]
