"""Which migrations a database lacks, as far as that can be known.

Known are two ways: release.pending_command prints them, or the app uses drizzle, whose journal is compared with the
table in which drizzle records what it applied. Otherwise nothing is known, and a release assumes that there are some.

Source: drizzle-orm 0.45, migrator.js (the journal's form) and pg-core/dialect.js, `migrate`: it applies, in one
transaction, the entries newer than the newest row of `drizzle.__drizzle_migrations`, and skips older ones. So do the
other migrators for Postgres, but those of its HTTP drivers (neon-http/migrator.js) without a transaction.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.clouds.postgres import connected
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.release.migrations import run_in_app

_JOURNAL = Path("meta", "_journal.json")
_TABLE = "drizzle.__drizzle_migrations"
_NOT_SEARCHED = frozenset({"node_modules", ".git", "dist", ".next", ".wrangler"})
_SOURCES = frozenset({".cjs", ".cts", ".js", ".mjs", ".mts", ".ts"})
_WITHOUT_TRANSACTION = re.compile(r"drizzle-orm/(neon-http|pg-proxy|xata-http)/migrator")


@dataclass(frozen=True)
class Pending:
    """The migrations that a database lacks.

    Attributes:
        names: the migrations; None if they are not known.
        skipped: those among them that the tool will never apply, because a newer one was applied already.
        reason: why they are not known; empty if they are.
        atomic: whether the tool applies all of them or none, so that a failed run that leaves the same ones pending
            has changed nothing.
    """

    names: tuple[str, ...] | None
    skipped: tuple[str, ...] = ()
    reason: str = ""
    atomic: bool = False

    @property
    def none(self) -> bool:
        """Whether it is known that nothing is pending."""
        return self.names == ()


@dataclass(frozen=True)
class MigrationFile:
    """A migration of drizzle: a file of SQL statements.

    Attributes:
        name: its name in the journal.
        statements: what drizzle sends, one after the other.
    """

    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    name: str
    when: int


def find_pending(context: Context, app: Path, uri: str) -> Pending:
    """Finds the migrations that a database lacks. It only reads.

    Args:
        context: has the settings.
        app: the app repository's root.
        uri: the database's address.

    Raises:
        OpsError: release.pending_command failed, drizzle's journal is damaged, or the database can't be read.
    """
    if command := context.release_settings.pending_command:
        text = run_in_app(context, app, command, label="pending", secrets={"DATABASE_URL": uri})
        return Pending(tuple(line.strip() for line in text.splitlines() if line.strip()))
    journals = _journals(app)
    if len(journals) != 1:
        found = f"the app has {len(journals)} drizzle journals" if journals else "the app has no drizzle journal"
        return Pending(None, reason=f"{found}, and release.pending_command is not set")
    entries = _entries(journals[0])
    with connected(uri, context.console.mask) as connection:
        row = connection.execute("select to_regclass(%s)", [_TABLE]).fetchone()
        if row is None or row[0] is None:
            # A new database, or an app that records them in another table, as drizzle's configuration can say.
            return Pending(None, reason=f"the database has no table {_TABLE} (normal before the first migration)")
        rows = connection.execute("select created_at from drizzle.__drizzle_migrations").fetchall()
    applied = {int(each[0]) for each in rows if each[0] is not None}
    lacking = [entry for entry in entries if entry.when not in applied]
    newest = max(applied, default=0)
    skipped = tuple(entry.name for entry in lacking if entry.when <= newest)
    return Pending(tuple(entry.name for entry in lacking), skipped, atomic=_is_atomic(app))


def drizzle_files(app: Path, names: Iterable[str] | None) -> list[MigrationFile]:
    """The files of drizzle's migrations, by the names that `find_pending` returned; all of them if it returned None.

    Source: drizzle-orm 0.45, migrator.js, `readMigrationFiles`: a file lies beside the journal's folder, and a comment
    separates its statements.

    Raises:
        OpsError: there is not one journal, or a file can't be read.
    """
    journals = _journals(app)
    if len(journals) != 1:
        raise OpsError(f"the app has {len(journals)} drizzle journals")
    names = names if names is not None else [entry.name for entry in _entries(journals[0])]
    files = [(name, journals[0].parents[1] / f"{name}.sql") for name in names]
    try:
        return [
            MigrationFile(name, tuple(file.read_text(encoding="utf-8").split("--> statement-breakpoint")))
            for name, file in files
        ]
    except (OSError, ValueError) as error:
        raise OpsError(f"{journals[0]}: a migration's file can't be read: {error}") from None


def must_not_skip(pending: Pending) -> None:
    """Refuses migrations that the tool would silently skip.

    Raises:
        OpsError: there are some.
    """
    if pending.skipped:
        raise OpsError(
            f"drizzle would skip {', '.join(pending.skipped)}: older in its journal than the newest applied migration; "
            "delete each skipped migration and generate it again (npx drizzle-kit generate)"
        )


def must_be_applied(pending: Pending) -> None:
    """Refuses a database that lacks migrations after the migrate command has succeeded.

    Raises:
        OpsError: it lacks some.
    """
    if pending.names:
        raise OpsError(
            f"release.migrate_command succeeded, but these migrations are not applied: {', '.join(pending.names)}; "
            "run it by hand and check its output"
        )


def _journals(app: Path) -> list[Path]:
    """drizzle's journals for Postgres in the app's checkout."""
    return [file for file in _files(app) if file.parts[-2:] == _JOURNAL.parts and _is_postgres(file)]


def _is_atomic(app: Path) -> bool:
    """Whether none of the app's own files runs a migrator that applies statement by statement."""
    sources = (file for file in _files(app) if file.suffix in _SOURCES)
    return not any(_WITHOUT_TRANSACTION.search(file.read_text(encoding="utf-8", errors="replace")) for file in sources)


def _files(app: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(app):
        folders[:] = sorted(set(folders) - _NOT_SEARCHED)
        yield from (Path(folder, name) for name in sorted(files))


def _is_postgres(file: Path) -> bool:
    # A damaged one counts, so that it is reported and not passed over.
    try:
        document = _document(file)
    except OpsError:
        return True
    return document.get("dialect") in (None, "postgresql", "pg")


def _entries(file: Path) -> list[_Entry]:
    try:
        return [_Entry(str(entry["tag"]), int(entry["when"])) for entry in _document(file)["entries"]]
    except (KeyError, TypeError, ValueError):
        raise _damaged(file) from None


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _damaged(file) from None
    if not isinstance(document, dict):
        raise _damaged(file)
    return document


def _damaged(file: Path) -> OpsError:
    return OpsError(f"{file}: is not a drizzle journal; restore it from git")
