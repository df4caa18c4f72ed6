"""Dumps of a real PostgreSQL over TLS, restored into an empty database."""

import os
import socket
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ops.backup import postgres_dump, tls_tunnel
from ops.backup.postgres_dump import DatabaseContent, TableContent, content_of, differences, dump, restore
from ops.context.errors import OpsError
from ops.context.run_context import Context
from sandbox.cloud.postgres import Databases, postgres_server
from sandbox.cloud.postgres.postgres_programs import PostgresPrograms
from tests.ops.preview_cloud import ROOT
from tests.sandbox.cloud.postgres.support import running

pytestmark = pytest.mark.slow

PASSWORD = "a-password-of-the-test"


@contextmanager
def two_databases(folder: Path) -> Generator[Databases]:
    with running(Databases(folder)) as databases:
        databases.create_branch("br-one")
        databases.create_role("br-one", "owner", PASSWORD)
        for name in ("app", "empty"):
            databases.create_database("br-one", name, "owner")
        yield databases


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Generator[Databases]:
    with two_databases(tmp_path_factory.mktemp("backed-up")) as databases:
        yield databases


@pytest.fixture
def uris(databases: Databases) -> Generator[tuple[str, str]]:
    """The addresses of a database with rows, and of an empty one."""
    port = databases.open_endpoint("ep-one", "br-one")
    uris = tuple(f"postgresql://owner:{PASSWORD}@127.0.0.1:{port}/{name}?sslmode=require" for name in ("app", "empty"))
    with psycopg.connect(uris[0], autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS more CASCADE")
        connection.execute("DROP TABLE IF EXISTS expenses, parts")
        connection.execute("CREATE TABLE expenses (id serial PRIMARY KEY, at timestamptz, note text, part bytea)")
        connection.execute(
            "INSERT INTO expenses (at, note, part)"
            " SELECT now() - n * interval '1 hour', 'né ' || n, decode(md5(n::text), 'hex') "
            "FROM generate_series(1, 500) n"
        )
        connection.execute("CREATE SCHEMA more")
        connection.execute('CREATE TABLE more."Odd name" (value double precision) PARTITION BY RANGE (value)')
        connection.execute('CREATE TABLE more.low PARTITION OF more."Odd name" FOR VALUES FROM (0) TO (1)')
        connection.execute("INSERT INTO more.low VALUES (0.1), (0.30000000000000004)")
    yield uris[0], uris[1]
    databases.close_endpoint("ep-one")


def context() -> Context:
    # Neither may change where and how the programs connect.
    return Context.read(
        {"PATH": os.environ["PATH"], "PGHOSTADDR": "192.0.2.1", "PGOPTIONS": "-c nonsense=1"}, root=ROOT
    )


def test_a_dump_restores_every_row_of_its_snapshot(
    uris: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, empty = uris
    run = postgres_dump._run  # pyright: ignore[reportPrivateUsage]

    def late(context: Context, uri: str, program: str, *arguments: str | Path) -> None:
        """A row that someone writes between the count and the dump."""
        with psycopg.connect(app, autocommit=True) as connection:
            connection.execute("INSERT INTO expenses (note) VALUES ('late')")
        run(context, uri, program, *arguments)

    monkeypatch.setattr(postgres_dump, "_run", late)
    content = dump(context(), app, tmp_path / "app.dump")
    monkeypatch.undo()
    assert {name: table.rows for name, table in content.tables.items()} == {"more.low": 2, "public.expenses": 500}
    assert content.server.startswith("18.")

    restore(context(), empty, tmp_path / "app.dump", tmp_path)
    assert differences(content, content_of(context(), empty)) == []
    assert content_of(context(), app).tables["public.expenses"].rows == 501

    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("UPDATE expenses SET note = 'other' WHERE id = 7")
        connection.execute("DELETE FROM more.low WHERE value < 0.2")
    assert differences(content, content_of(context(), empty)) == [
        "more.low has 1 rows instead of 2",
        "public.expenses has 500 rows as expected, but with other content",
    ]
    with pytest.raises(OpsError, match="already exists"):
        restore(context(), empty, tmp_path / "app.dump", tmp_path)


def test_an_older_server_is_dumped_and_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL 16, which knows no transaction_timeout, by the programs of 18."""
    monkeypatch.setattr(PostgresPrograms, "version_folder", "pginstall")
    monkeypatch.delitem(postgres_server._SETTINGS, "io_method")  # pyright: ignore[reportPrivateUsage]
    run = PostgresPrograms.run_as_server

    def with_its_own_locales(programs: PostgresPrograms, *command: str | Path) -> None:
        """The provider of locales that the sandbox uses is newer, like its setting above."""
        run(programs, *(part for part in command if not str(part).startswith(("--locale", "--builtin"))))

    monkeypatch.setattr(PostgresPrograms, "run_as_server", with_its_own_locales)
    with two_databases(tmp_path) as databases:
        port = databases.open_endpoint("ep-old", "br-one")
        app, empty = (f"postgresql://owner:{PASSWORD}@127.0.0.1:{port}/{name}" for name in ("app", "empty"))
        with psycopg.connect(app, autocommit=True) as connection:
            connection.execute("CREATE TABLE expenses AS SELECT n FROM generate_series(1, 9) n")
        content = dump(context(), app, tmp_path / "app.dump")
        assert content.server.startswith("16.")
        restore(context(), empty, tmp_path / "app.dump", tmp_path)
        assert differences(content, content_of(context(), empty)) == []
        databases.close_endpoint("ep-old")


def test_a_missing_or_additional_table_is_a_difference() -> None:
    one, none = TableContent(1, "5"), DatabaseContent("18.4", {})
    full = DatabaseContent("18.4", {"public.a": one})
    assert differences(full, none) == ["public.a is missing; it had 1 rows"]
    assert differences(none, full) == ["public.a is not in the backup's record"]


def test_a_wrong_password_is_one_line_without_it(uris: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(OpsError, match=r"^the database refused: .*authentication failed") as caught:
        dump(context(), uris[0].replace(PASSWORD, "another-password"), tmp_path / "app.dump")
    assert "another-password" not in str(caught.value)


def test_the_password_is_no_argument_of_a_program(
    uris: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    popen = subprocess.Popen

    def spy(arguments: list[str], *others: object, **named: object) -> object:
        seen.extend(map(str, arguments))
        return popen(arguments, *others, **named)  # pyright: ignore

    monkeypatch.setattr(subprocess, "Popen", spy)
    dump(context(), uris[0], tmp_path / "app.dump")
    assert any(argument.endswith("/pg_dump") for argument in seen)
    assert not [argument for argument in seen if PASSWORD in argument]


def test_a_server_whose_certificate_is_not_trusted_is_refused(
    databases: Databases, uris: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def elsewhere(host: str) -> bool:
        return False

    monkeypatch.setattr(tls_tunnel, "_on_this_machine", elsewhere)
    with pytest.raises(OpsError, match=r"^no connection to 127.0.0.1: .*certificate verify failed"):
        dump(context(), uris[0], tmp_path / "none.dump")


def through_a_tunnel_to(answer: bytes) -> None:
    """A program that can't connect through a tunnel, because of what the server answers to the request for TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(8)
                connection.sendall(answer)
                connection.recv(1000)

        thread = threading.Thread(target=serve)
        thread.start()
        with tls_tunnel.tls_tunnel("127.0.0.1", server.getsockname()[1]) as port:
            with socket.create_connection(("127.0.0.1", port)) as client:
                assert client.recv(1) == b""
            thread.join()
            raise OpsError("the program failed")


def test_a_server_without_tls_is_refused() -> None:
    with pytest.raises(OpsError, match=r"^no connection to 127.0.0.1: the server offers no TLS$"):
        through_a_tunnel_to(b"N")


def test_bytes_before_the_encryption_are_not_passed_on() -> None:
    """A person in the middle who adds plain text to the server's `S` gets a failed handshake."""
    with pytest.raises(OpsError, match=r"^no connection to 127.0.0.1: .*SSL"):
        through_a_tunnel_to(b"S" + b"R\0\0\0\x08\0\0\0\0")
