"""Transfers the objects of a copied database to the copied roles."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from sandbox.cloud.postgres.cluster import Cluster

_GRANT = re.compile(r"\d+; \d+ \d+ (DEFAULT )?ACL ")
_ROLES_INSIDE = """
    SELECT rolname, bool_or(deptype = 'a')
    FROM pg_shdepend JOIN pg_authid ON pg_authid.oid = refobjid AND refclassid = 'pg_authid'::regclass
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND starts_with(rolname, %s)
    GROUP BY rolname
"""
_SHARED = """
    SELECT format('ALTER DATABASE %%I OWNER TO %%I', datname, rolname)
    FROM pg_database JOIN pg_authid ON pg_authid.oid = datdba WHERE rolname = ANY(%(roles)s)
    UNION ALL
    SELECT format('GRANT %%s ON DATABASE %%I TO %%I', privilege_type, datname, rolname)
    FROM pg_database CROSS JOIN aclexplode(datacl) JOIN pg_authid ON pg_authid.oid = grantee
    WHERE rolname = ANY(%(roles)s)
"""
_POLICIES = "SELECT schemaname, tablename, policyname, roles::text[] FROM pg_policies WHERE roles && %s::name[]"


def hand_over(cluster: Cluster, database: str, source_id: str, branch_id: str) -> None:
    """Transfer what the source's roles own, and their privileges, to the branch's roles of the same names."""
    with cluster.server.connect(database) as connection:
        found = connection.execute(_ROLES_INSIDE, [f"{source_id}/"]).fetchall()
        new_names = {role: f"{branch_id}/{role.removeprefix(f'{source_id}/')}" for role, _ in found}
        grants = _grants(cluster, database) if any(granted for _, granted in found) else ""
        with connection.transaction():
            # REASSIGN and DROP OWNED also affect other databases' owners and grants, so those are restored.
            shared = connection.execute(_SHARED, {"roles": list(new_names)}).fetchall()
            _change_policies(connection, new_names)
            for old, new in new_names.items():
                command = sql.SQL("REASSIGN OWNED BY {} TO {}")
                connection.execute(command.format(sql.Identifier(old), sql.Identifier(new)))
            connection.execute(grants.replace(f'"{source_id}/', f'"{branch_id}/').encode())
            for old in new_names:
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(old)))
            for (statement,) in shared:
                connection.execute(statement.encode())


def _grants(cluster: Cluster, database: str) -> str:
    """The statements for the privileges in a database, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        archive, wanted = Path(folder, "archive"), Path(folder, "wanted")
        cluster.run(
            "pg_dump", "--schema-only", "--format=custom", f"--file={archive}", cluster.server.address(database)
        )
        entries = cluster.run("pg_restore", "--list", str(archive)).splitlines()
        wanted.write_text("\n".join(entry for entry in entries if _GRANT.match(entry)), encoding="utf-8")
        script = cluster.run("pg_restore", f"--use-list={wanted}", "--file=-", str(archive))
    # Lines for psql alone, such as \restrict, mean nothing to the server.
    return "\n".join(line for line in script.splitlines() if not line.startswith("\\"))


def _change_policies(connection: psycopg.Connection[Any], new_names: dict[str, str]) -> None:
    for schema, table, policy, roles in connection.execute(_POLICIES, [list(new_names)]).fetchall():
        command = sql.SQL("ALTER POLICY {} ON {} TO {}").format(
            sql.Identifier(policy),
            sql.Identifier(schema, table),
            sql.SQL(", ").join(sql.Identifier(new_names.get(role) or role) for role in roles),
        )
        connection.execute(command)
