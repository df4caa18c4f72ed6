"""Runs the app's migrations, and finds out why they failed if the app's tool does not say."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ops.clouds.postgres import connected
from ops.context.errors import OpsError
from ops.context.program_text import quoted
from ops.context.run_context import Context
from ops.release.migrations import CommandFailedError, run_in_app
from ops.release.pending import MigrationFile, drizzle_files, find_pending

if TYPE_CHECKING:
    import psycopg

# What must not be tried in a transaction: it ends the transaction, or Postgres refuses it there.
_NOT_TRIED = re.compile(
    r"(?:^|;)\s*(?:begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction|vacuum"
    r"|reindex|cluster|create\s+(?:database|tablespace)|drop\s+(?:database|tablespace)|alter\s+system)\b"
    r"|\bconcurrently\b",
    re.IGNORECASE | re.MULTILINE,
)
_EXISTS_ALREADY = ("42P07", "42710", "42701", "42P06", "42723")
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_LOCK_SECONDS, _STATEMENT_SECONDS = 5, 30
_LONGEST_STATEMENT = 300


def migrate(context: Context, app: Path, uri: str) -> None:
    """Runs release.migrate_command in the app's checkout, and shows its output.

    Only this command gets DATABASE_URL, in its environment. drizzle-kit's `migrate` prints no cause when it fails (its
    MigrateProgress renders a failure as it renders progress, 0.31); the cause is then asked of the database.

    Args:
        context: has the settings.
        app: the app repository's root.
        uri: the database's address.

    Raises:
        OpsError: there is no [release] table or no such folder, or the command failed.
    """
    command = context.release_settings.migrate_command
    try:
        run_in_app(context, app, command, label="migrate", secrets={"DATABASE_URL": uri})
    except CommandFailedError as error:
        if error.shows_cause:
            raise
        cause = failed_statement(context, app, uri)
        raise OpsError(f"{error}\n{cause}" if cause else str(error)) from None


def failed_statement(context: Context, app: Path, uri: str) -> str:
    """Why the pending migrations of an app with drizzle fail; empty if that can't be found out.

    Their statements are sent again in one transaction, as drizzle does, which is always rolled back. Migrations that
    control transactions themselves, or that can't run in one, are not tried.

    Args:
        context: has the settings.
        app: the app repository's root.
        uri: the database's address.
    """
    if context.release_settings.pending_command:
        return ""
    try:
        pending = find_pending(context, app, uri)
    except OpsError as error:
        return f"Nothing more is known: {error}"
    try:
        files = drizzle_files(app, pending.names)
    except OpsError:
        # Not an app with drizzle.
        return ""
    if any(_NOT_TRIED.search(_COMMENTS.sub(" ", statement)) for file in files for statement in file.statements):
        return f"Pending: {', '.join(file.name for file in files)}."
    try:
        return _tried(context, uri, files, all_of_them=pending.names is None)
    except OpsError as error:
        return f"Nothing more is known: {error}"


def _tried(context: Context, uri: str, files: list[MigrationFile], *, all_of_them: bool) -> str:
    import psycopg

    with connected(uri, context.console.mask) as connection, connection.transaction(force_rollback=True):
        connection.execute(f"set local lock_timeout = '{_LOCK_SECONDS * 1000:.0f}ms'".encode())
        connection.execute(f"set local statement_timeout = '{_STATEMENT_SECONDS}s'".encode())
        for file in files:
            for statement in file.statements:
                try:
                    connection.execute(statement.encode())
                except psycopg.Error as error:
                    if all_of_them and error.sqlstate in _EXISTS_ALREADY:
                        # It was applied before, and is recorded in another table than drizzle's usual one.
                        return ""
                    return _described(file.name, statement, error)
    return ""


def _described(name: str, statement: str, error: "psycopg.Error") -> str:
    says = error.diag.message_primary or " ".join(str(error).split())
    lines = [f"ERROR: {says} (SQLSTATE {error.sqlstate or 'unknown'})"]
    for title, text in (("DETAIL", error.diag.message_detail), ("HINT", error.diag.message_hint)):
        lines += [f"{title}: {text}"] if text else []
    lines.append(" ".join(statement.split())[:_LONGEST_STATEMENT])
    return f"Tried again in a transaction that was rolled back, {name}.sql fails:\n{quoted(chr(10).join(lines))}"
