"""Write-through of the sandbox's state to one SQLite file, so that a killed sandbox goes on where it was."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from .entities import Json, StockEntry

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entity (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY, barcode TEXT, at_ms INTEGER, change INTEGER, quantity INTEGER, cause TEXT
);
"""


class StateFileError(Exception):
    """The state file cannot be used; the message says why."""


class Store:
    """Rows of (kind, id, JSON) and the stock journal. The caller serialises access.

    WAL without a sync per commit: a killed process loses nothing, a power cut at most the last moments.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
            # Exclusive: two sandboxes on one file would overwrite each other's packages.
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise StateFileError(f"The sandbox state file {path} cannot be used: {error}") from error

    def entities(self) -> Iterator[tuple[str, str, Json]]:
        for kind, key, body in self._db.execute("SELECT kind, id, body FROM entity"):
            yield kind, key, json.loads(body)

    def journal(self) -> Iterator[tuple[str, StockEntry]]:
        rows = self._db.execute("SELECT barcode, at_ms, change, quantity, cause FROM journal ORDER BY seq")
        for barcode, at_ms, change, quantity, cause in rows:
            yield barcode, StockEntry(at_ms=at_ms, change=change, quantity=quantity, cause=cause)

    def save(
        self,
        saved: Iterable[tuple[str, str, str]],
        gone: Iterable[tuple[str, str]],
        journal: Iterable[tuple[object, ...]],
    ) -> None:
        """Write everything one request changed in one transaction."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO entity VALUES (?, ?, ?)", saved)
        self._db.executemany("DELETE FROM entity WHERE kind = ? AND id = ?", gone)
        self._db.executemany(
            "INSERT INTO journal (barcode, at_ms, change, quantity, cause) VALUES (?, ?, ?, ?, ?)", journal
        )
        self._db.execute("COMMIT")

    def clear(self) -> None:
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM entity")
        self._db.execute("DELETE FROM journal")
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()
