"""Branches hold real rows, roles and passwords, apart from each other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sandbox.cloud.postgres import Databases
from tests.sandbox.cloud.postgres.support import Branch

pytestmark = pytest.mark.slow


def test_branch_has_its_parents_rows_and_password(databases: Databases, main: Branch) -> None:
    dev = Branch(databases, main)
    assert dev.rows() == [1, 2]


def test_branch_and_parent_do_not_see_each_others_writes(databases: Databases, main: Branch) -> None:
    dev = Branch(databases, main)
    dev.run("INSERT INTO expenses (amount) VALUES (30)")
    main.run("DELETE FROM expenses WHERE id = 1")
    assert (main.rows(), dev.rows()) == ([2], [1, 2, 3])


def test_wrong_password_is_refused(main: Branch) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        main.connect(password="guess")


def test_password_of_one_branch_is_not_another_branches(databases: Databases, main: Branch) -> None:
    dev = Branch(databases, main)
    databases.set_password(dev.id, "intent_owner", "second-password")
    assert dev.run("SELECT 1", password="second-password") == [(1,)]
    for branch, password in ((dev, "first-password"), (main, "second-password")):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            branch.connect(password=password)


def test_superuser_is_not_reached_through_an_endpoint(main: Branch) -> None:
    with pytest.raises(psycopg.OperationalError):
        main.connect(role="postgres", password="")


def test_copied_objects_belong_to_the_copied_owner(databases: Databases, main: Branch) -> None:
    dev = Branch(databases, main)
    dev.run("ALTER TABLE expenses ADD COLUMN note text")
    dev.run("CREATE SCHEMA more")
    databases.drop_branch(dev.id)  # would fail if anything of dev were held by a role of main, or the other way round
    main.run("ALTER TABLE expenses ADD COLUMN note text")


@pytest.mark.parametrize("copied", [False, True])
def test_every_role_may_create_schemas_in_any_database(databases: Databases, main: Branch, copied: bool) -> None:
    branch = Branch(databases, main) if copied else main
    databases.create_role(branch.id, "second", "second-password")
    branch.run("CREATE SCHEMA of_the_second", role="second", password="second-password")


# Who but the owner has been granted what.
GRANTS = """
    SELECT relname, pg_get_userbyid(grantee), privilege_type FROM (
        SELECT attrelid::regclass::text AS relname, attacl AS acl FROM pg_attribute WHERE attacl IS NOT NULL
        UNION ALL SELECT relname, relacl FROM pg_class WHERE relkind = 'r'
    ) AS objects CROSS JOIN aclexplode(acl)
    WHERE pg_get_userbyid(grantee) LIKE '%/reader' ORDER BY 1
"""
CONNECTS = """
    SELECT pg_get_userbyid(grantee), privilege_type FROM pg_database CROSS JOIN aclexplode(datacl)
    WHERE datname = current_database() AND pg_get_userbyid(grantee) LIKE '%/reader'
"""


@pytest.mark.parametrize("busy", [False, True], ids=["from a template", "by dump and restore"])
def test_grants_defaults_and_policies_name_the_copied_roles(databases: Databases, main: Branch, busy: bool) -> None:
    databases.create_role(main.id, "reader", "reads")
    main.run("GRANT SELECT (id) ON expenses TO {reader}")
    main.run("GRANT CONNECT ON DATABASE {intent_db} TO {reader}")
    main.run("ALTER DEFAULT PRIVILEGES GRANT TRIGGER ON TABLES TO {reader}")
    main.run("ALTER TABLE expenses ENABLE ROW LEVEL SECURITY")
    main.run("CREATE POLICY one_row ON expenses TO {reader} USING (id = 1)")
    if busy:
        with main.connect() as session, session.transaction():
            dev = Branch(databases, main)
            assert session.execute("SELECT count(*) FROM expenses").fetchone() == (2,), "the session must live on"
    else:
        dev = Branch(databases, main)
    for branch in (dev, main):
        branch.run("CREATE TABLE later (id int)")
        assert branch.run(GRANTS) == [
            ("expenses", f"{branch.id}/reader", "SELECT"),
            ("later", f"{branch.id}/reader", "TRIGGER"),
        ]
        assert branch.run("SELECT id FROM expenses", role="reader", password="reads") == [(1,)]
    assert main.run(CONNECTS) == [(f"{main.id}/reader", "CONNECT")]


def test_clients_that_connect_per_request_see_no_failure_while_branching(databases: Databases, main: Branch) -> None:
    stopped = threading.Event()

    def request_until_stopped() -> int:
        requests = 0
        while not stopped.is_set():
            assert main.rows() == [1, 2]
            requests += 1
        return requests

    with ThreadPoolExecutor() as clients:
        loops = [clients.submit(request_until_stopped) for _ in range(4)]
        try:
            copies = [Branch(databases, main) for _ in range(5)]
        finally:
            stopped.set()
        assert all(loop.result() > 0 for loop in loops)
    assert [copy.rows() for copy in copies] == [[1, 2]] * 5


def test_swap_exchanges_rows_and_passwords_but_not_endpoints(databases: Databases, main: Branch) -> None:
    dev = Branch(databases, main)
    dev.run("DELETE FROM expenses WHERE id = 2")
    databases.set_password(dev.id, "intent_owner", "second-password")
    with main.connect():  # A session that stays open is ended.
        databases.swap_branches(main.id, dev.id)
    assert main.run("SELECT id FROM expenses", password="second-password") == [(1,)]
    assert dev.rows() == [1, 2]


def test_dropped_branch_leaves_nothing(databases: Databases, main: Branch) -> None:
    dev = Branch(databases, main)
    with dev.connect():
        databases.drop_branch(dev.id)
    assert databases.row_counts(dev.id) == {}
    with pytest.raises(psycopg.OperationalError):
        dev.connect()


def test_copy_that_fails_leaves_nothing_and_a_full_branch_is_not_copied_over(
    databases: Databases, main: Branch
) -> None:
    with pytest.raises(ValueError, match="not empty"):
        databases.copy_branch(main.id, main.id)
    assert main.rows() == [1, 2]
    with pytest.raises(ValueError, match="63 bytes"):
        databases.copy_branch(main.id, "br-" + "long" * 14)
    assert databases.row_counts("br-" + "long" * 14) == {}


def test_roles_and_databases_change(databases: Databases, main: Branch) -> None:
    before = databases.size(main.id)
    databases.create_role(main.id, "reader", "reads")
    databases.create_database(main.id, "second", "reader")
    assert databases.size(main.id) > before > 1_000_000
    databases.rename_database(main.id, "second", "third")
    assert databases.row_counts(main.id) == {"intent_db": {"expenses": 2}, "third": {}}
    databases.set_owner(main.id, "third", "intent_owner")
    main.run("GRANT CREATE ON SCHEMA public TO {reader}")
    main.run("CREATE TABLE noted (id int)", role="reader", password="reads")
    databases.drop_role(main.id, "reader")
    main.run("DROP TABLE noted")
    databases.drop_database(main.id, "third")
    assert databases.row_counts(main.id) == {"intent_db": {"expenses": 2}}


def test_changes_may_be_repeated(databases: Databases, main: Branch) -> None:
    for _ in range(2):
        databases.create_role(main.id, "reader", "reads")
        databases.create_database(main.id, "second", "reader")
    for _ in range(2):
        databases.rename_database(main.id, "second", "third")
    for _ in range(2):
        databases.drop_database(main.id, "third")
        databases.drop_role(main.id, "reader")
    assert databases.row_counts(main.id) == {"intent_db": {"expenses": 2}}


@pytest.mark.parametrize("by", ["time", "LSN"])
def test_point_in_time_restores_a_dropped_table(databases: Databases, main: Branch, by: str) -> None:
    ((now,),) = main.run("SELECT clock_timestamp()")
    point = now if by == "time" else databases.current_lsn()
    main.run("INSERT INTO expenses (amount) VALUES (30)")
    main.run("DROP TABLE expenses")
    databases.set_password(main.id, "intent_owner", "second-password")
    restored = Branch(databases, main, at=point)
    assert restored.rows() == [1, 2]
    restored.run("INSERT INTO expenses (amount) VALUES (40)")  # The owner owns what came back.


def test_restore_in_place(databases: Databases, main: Branch) -> None:
    point = databases.current_lsn()
    main.run("DELETE FROM expenses")
    restored = Branch(databases, main, at=point)
    databases.swap_branches(main.id, restored.id)
    assert (main.rows(), restored.rows()) == ([1, 2], [])


def test_points_out_of_reach_are_refused(databases: Databases, main: Branch) -> None:
    now = datetime.now(UTC)
    early = databases.current_lsn()
    late = Branch(databases)
    refused = {
        "before the beginning": (main, now - timedelta(days=1)),
        "in the future": (main, now + timedelta(days=1)),
        "did not exist": (late, early),
    }
    for reason, (source, at) in refused.items():
        with pytest.raises(ValueError, match=reason):
            databases.copy_branch(source.id, "br-refused", at=at)
    for at in ("0/1", "FFFFFFFF/0"):
        with pytest.raises(ValueError, match=r"before the beginning|in the future"):
            databases.copy_branch(main.id, "br-refused", at=at)
    assert databases.row_counts("br-refused") == {}
