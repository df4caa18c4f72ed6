"""Endpoints speak PostgreSQL's protocol on a port of their own."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import psycopg
import pytest

from sandbox.cloud.postgres import Databases
from sandbox.cloud.postgres.endpoint_proxy import Proxy, server_context
from tests.sandbox.cloud.postgres.support import Branch

pytestmark = pytest.mark.slow

MANY = 200_000


@pytest.mark.parametrize(("sslmode", "encrypted"), [("require", True), ("prefer", True), ("disable", False)])
def test_tls_is_the_clients_choice(main: Branch, sslmode: str, encrypted: bool) -> None:
    with main.connect(sslmode=sslmode) as connection:
        assert connection.pgconn.ssl_in_use == encrypted


def test_large_amounts_pass_both_ways_under_tls(main: Branch) -> None:
    main.run("CREATE TABLE large (line text)")
    with main.connect() as connection:
        with connection.cursor().copy("COPY large FROM STDIN") as copy:
            for number in range(MANY):
                copy.write_row([f"{number:0100}"])
        with connection.cursor().copy("COPY (SELECT line FROM large) TO STDOUT") as copy:
            lines = [row[0] for row in copy.rows()]
    assert len(lines) == MANY
    assert int(lines[-1]) == MANY - 1


def test_running_query_can_be_cancelled(main: Branch) -> None:
    with main.connect() as connection:
        started = threading.Event()

        def cancel() -> None:
            started.wait()
            while not main.run(
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
            ):
                pass
            connection.cancel_safe()

        canceller = threading.Thread(target=cancel)
        canceller.start()
        started.set()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(60)")
        canceller.join()


def test_closed_endpoint_ends_its_sessions_and_frees_its_port(databases: Databases, main: Branch) -> None:
    with main.connect() as connection:
        databases.close_endpoint(main.endpoint_id)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="refused"):
        main.connect()
    assert databases.open_endpoint(main.endpoint_id, main.id, main.port) == main.port
    assert main.rows() == [1, 2]


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\x09\0\x03\0\0x", b"\xff" * 64, b""])
def test_nonsense_ends_only_its_own_connection(main: Branch, nonsense: bytes) -> None:
    with socket.create_connection(("127.0.0.1", main.port)) as client:
        client.sendall(nonsense)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1024) == b""
    assert main.rows() == [1, 2]


def test_held_branch_lets_new_sessions_wait_and_others_pass(tmp_path: Path) -> None:
    startup = b"\0\0\0\x1b\0\x03\0\0user\0intent_owner\0\0"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        proxy = Proxy(server_context(tmp_path / "tls.pem"), lambda: server.getsockname()[1])
        held, other = (
            socket.create_connection(("127.0.0.1", proxy.open(f"ep-{name}", f"br-{name}", None)))
            for name in ("held", "other")
        )
        with held, other:
            with proxy.hold("br-held"):
                held.sendall(startup)
                other.sendall(startup)
                assert next_startup(server) == b"user\0br-other/intent_owner\0database\0br-other/intent_owner\0\0"
            assert next_startup(server) == b"user\0br-held/intent_owner\0database\0br-held/intent_owner\0\0"
        proxy.stop()


def next_startup(server: socket.socket) -> bytes:
    """The parameters that the next session starts with."""
    with server.accept()[0] as session:
        return session.recv(1024)[8:]
