"""JSON documents in SQLite: what was answered survives kill -9."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT, key TEXT, document TEXT, UNIQUE (collection, key)
)
"""
_PUT = """
INSERT INTO documents (collection, key, document) VALUES (?, ?, ?)
ON CONFLICT (collection, key) DO UPDATE SET document = excluded.document
"""


class DocumentStore:
    """Collections of JSON documents, in insertion order.

    Each thread has its own connection, so a long transaction of one never blocks another's reads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = threading.RLock()
        self._local = threading.local()
        self._execute(_SCHEMA)

    def _execute(self, statement: str, *values: str) -> sqlite3.Cursor:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(self._path, isolation_level=None, timeout=30)
            # WAL with synchronous=NORMAL: the kernel holds each commit, so killing this process loses none.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
        return connection.execute(statement, values)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All writes inside become visible together, or none does if the block raises. Nested blocks join the first."""
        with self._writer:
            if self._local.__dict__.get("open"):
                yield
                return
            self._execute("BEGIN IMMEDIATE")
            self._local.open = True
            try:
                yield
            except BaseException:
                self._execute("ROLLBACK")
                raise
            else:
                self._execute("COMMIT")
            finally:
                self._local.open = False

    def get(self, collection: str, key: str) -> Document | None:
        found = self._execute("SELECT document FROM documents WHERE collection = ? AND key = ?", collection, key)
        row = found.fetchone()
        return json.loads(row[0]) if row else None

    def put(self, collection: str, key: str, document: Document) -> Document:
        """Create or replace a document; returns it."""
        with self.transaction():
            self._execute(_PUT, collection, key, json.dumps(document))
        return document

    def delete(self, collection: str, key: str) -> None:
        """Remove a document if it exists."""
        with self.transaction():
            self._execute("DELETE FROM documents WHERE collection = ? AND key = ?", collection, key)

    def list(self, collection: str, **equal: object) -> list[Document]:
        """The documents of a collection whose fields have these values."""
        rows = self._execute("SELECT document FROM documents WHERE collection = ? ORDER BY number", collection)
        documents: list[Document] = [json.loads(row[0]) for row in rows]
        return [item for item in documents if all(item.get(name) == value for name, value in equal.items())]

    def dump(self) -> dict[str, list[Document]]:
        """Every document by collection."""
        rows = self._execute("SELECT DISTINCT collection FROM documents ORDER BY collection").fetchall()
        return {row[0]: self.list(row[0]) for row in rows}

    def clear(self) -> None:
        with self.transaction():
            self._execute("DELETE FROM documents")
