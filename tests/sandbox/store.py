# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents of the services: read from memory, written through to SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import Iterable
from typing import Any

Document = dict[str, Any]

HISTORY = 1_000


class Store:
    """The database; every collection in it is named ``<service>/<collection>``."""

    def __init__(self, path: str = ":memory:") -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        # The state has to outlive this process, not a power cut.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS documents"
            " (collection TEXT, id TEXT, document TEXT, PRIMARY KEY (collection, id))"
        )

    def collection(self, name: str) -> Collection:
        return Collection(self._database, name)

    def close(self) -> None:
        self._database.close()


class Collection:
    """Documents by id, in the order of their creation.

    A document is never changed in place: a change is a new document that is ``put`` over the old one.
    """

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self._database = database
        self._name = name
        rows = database.execute("SELECT id, document FROM documents WHERE collection = ? ORDER BY rowid", (name,))
        self._documents: dict[str, Document] = {key: json.loads(document) for key, document in rows}
        self._undo: deque[tuple[str, Document | None]] = deque(maxlen=HISTORY)

    def get(self, key: str) -> Document | None:
        return self._documents.get(key)

    def documents(self, before: int = 0) -> list[Document]:
        """All documents, or all as they were before the last ``before`` writes."""
        if not before:
            return list(self._documents.values())
        documents = dict(self._documents)
        for key, document in list(self._undo)[: -before - 1 : -1]:
            if document is None:
                documents.pop(key, None)
            else:
                documents[key] = document
        return list(documents.values())

    def put(self, key: str, document: Document) -> Document:
        self.put_many([(key, document)])
        return document

    def put_many(self, items: Iterable[tuple[str, Document]]) -> None:
        rows = []
        for key, document in items:
            self._undo.append((key, self._documents.get(key)))
            self._documents[key] = document
            rows.append((self._name, key, json.dumps(document)))
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?)"
            " ON CONFLICT (collection, id) DO UPDATE SET document = excluded.document",
            rows,
        )
        self._database.execute("COMMIT")

    def delete(self, key: str) -> Document:
        document = self._documents.pop(key)
        self._undo.append((key, document))
        self._database.execute("DELETE FROM documents WHERE collection = ? AND id = ?", (self._name, key))
        return document

    def clear(self) -> None:
        self._documents.clear()
        self._undo.clear()
        self._database.execute("DELETE FROM documents WHERE collection = ?", (self._name,))
