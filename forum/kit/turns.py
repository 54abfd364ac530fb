"""SQLite's one writer, shared fairly inside a process.

SQLite lets waiting connections poll with growing pauses, so that of eight threads that write one can wait past any
timeout. Here the threads of a process queue for a lock of their own first, and only its holder asks SQLite: no more
than one connection a process ever polls.
"""

import sqlite3
import threading
from typing import Any

try:
    import pysqlite3 as sqlite
except ImportError:  # no wheel for this platform: the interpreter's own library
    sqlite = sqlite3

__all__ = ["BUSY_MS", "Connection", "sqlite"]

#: longest wait for the turn, and for other processes: milliseconds
BUSY_MS = 5_000
_TURNS: dict[str, threading.Lock] = {}


class Connection(sqlite.Connection):  # type: ignore[misc]
    """A connection in autocommit: `begin` takes this process's turn and the write lock, the end gives back both."""

    def __init__(self, database: str, *args: Any, **options: Any) -> None:
        super().__init__(database, *args, **options)
        self._turn = _TURNS.setdefault(str(database), threading.Lock())
        self._mine = False

    def begin(self) -> None:
        """Begins to write. Raises sqlite's OperationalError when the turn does not come within BUSY_MS."""
        if not self._turn.acquire(timeout=BUSY_MS / 1000):
            raise sqlite.OperationalError("database is locked")
        self._mine = True
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._done()
            raise

    def _done(self) -> None:
        if self._mine and not self.in_transaction:
            self._mine = False
            self._turn.release()

    def commit(self) -> None:
        """Ends the transaction, kept."""
        try:
            super().commit()
        finally:
            self._done()

    def rollback(self) -> None:
        """Ends the transaction, undone."""
        try:
            super().rollback()
        finally:
            self._done()

    def close(self) -> None:
        """Ends the connection, and with it what it had begun."""
        super().close()
        if self._mine:
            self._mine = False
            self._turn.release()
