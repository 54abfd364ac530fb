"""SQLite's one writer, shared fairly between threads and processes.

SQLite lets waiting connections poll with growing pauses, up to a tenth of a second, so that of eight threads that write
one can wait past any timeout. Here the threads of a process queue for a lock of their own first, and its holder for two
locked files: who holds `-next` is the next to hold `-turn`, so that no process has two turns while another waits. Only
then SQLite is asked, and its own lock is what counts: a program that knows nothing of turns is merely not as fair.
"""

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

try:
    import pysqlite3 as sqlite
except ImportError:  # no wheel for this platform: the interpreter's own library
    sqlite = sqlite3

__all__ = ["BUSY_MS", "Connection", "sqlite"]

#: longest wait for the turn, and for other processes: milliseconds
BUSY_MS = 5_000
#: seconds between two looks at a turn that another process has
LOOK = 0.0005


class Turn:
    """The turn to write to one database: of a process's threads, and of the processes that share it."""

    def __init__(self, database: str) -> None:
        self.database = database
        self._lock = threading.Lock()
        #: `-next` and `-turn`, opened when somebody writes; none in memory, or where no file can be made
        self._files: list[int] | None = None

    def __del__(self) -> None:
        for file in self._files or ():
            os.close(file)

    def take(self, seconds: float) -> bool:
        """Whether the turn came within so many seconds."""
        end = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            return False
        if self._files is None:
            self._files = _files_of(self.database)
        if self._files and not self._next(end, *self._files):
            self._lock.release()
            return False
        return True

    @staticmethod
    def _next(end: float, following: int, turn: int) -> bool:
        if not _locked(following, end):
            return False
        try:
            return _locked(turn, end)
        finally:
            fcntl.flock(following, fcntl.LOCK_UN)

    def give_back(self) -> None:
        """The next one's turn."""
        if self._files:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._lock.release()


def _files_of(database: str) -> list[int]:
    files: list[int] = []
    with contextlib.suppress(OSError):
        if Path(database).is_absolute():
            files += [_opened(database, "-next"), _opened(database, "-turn")]
    return files


def _opened(database: str, end: str) -> int:
    """The file, which belongs to whom the database belongs to: a command that root runs keeps nobody out."""
    file = os.open(f"{database}{end}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0 and Path(database).exists():
        owner = Path(database).stat()
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file


def _locked(file: int, end: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(LOOK)
        else:
            return True


#: while there is a connection that may take it
_TURNS: WeakValueDictionary[str, Turn] = WeakValueDictionary()
_MAKING = threading.Lock()


def _forked() -> None:
    _TURNS.clear()
    _MAKING.release()


#: a child that shared its parent's open files would share its turn
os.register_at_fork(before=_MAKING.acquire, after_in_parent=_MAKING.release, after_in_child=_forked)


def turn_of(database: str) -> Turn:
    """The turn of this process to write there: one, however many connections it has."""
    with _MAKING:
        turn = _TURNS.get(database)
        if turn is None:
            turn = _TURNS[database] = Turn(database)
        return turn


class Connection(sqlite.Connection):  # type: ignore[misc]
    """A connection in autocommit: `begin` takes the turn and then the write lock, the end gives back both."""

    def __init__(self, database: str, *args: Any, **options: Any) -> None:
        super().__init__(database, *args, **options)
        self._turn = turn_of(str(database))
        self._mine = False

    def begin(self) -> None:
        """Begins to write. Raises sqlite's OperationalError when the turn does not come within BUSY_MS."""
        if not self._turn.take(BUSY_MS / 1000):
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
            self._turn.give_back()

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
            self._turn.give_back()
