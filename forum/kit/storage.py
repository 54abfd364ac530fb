"""Files on their way in.

A file arrives in the folder `incoming/`, counted and hashed as it is written, whatever it is kept in afterwards
(store.py). What was not kept is removed when its request ends.
"""

import hashlib
import io
import os
import secrets
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from werkzeug.exceptions import RequestEntityTooLarge

#: how much more of a request is read, and thrown away, once one of its files is refused (bytes)
GRACE = 32 * 1024 * 1024
BLOCK = 64 * 1024


class Trouble(Enum):
    """Why a file was not taken in whole."""

    LARGE = "large"
    MANY = "many"
    DISK = "disk"


class Incoming(io.FileIO):
    """A file on its way in. Closed without being kept, it is gone."""

    def __init__(self, arrivals: "Arrivals", name: str, trouble: Trouble | None = None) -> None:
        self.given_name, self.arrivals, self.trouble = name, arrivals, trouble
        self.size, self.kept = 0, False
        self._hash = hashlib.sha256()
        self.path = arrivals.folder / secrets.token_hex(16)
        super().__init__(self.path, "x+", opener=_for_us_alone)

    def write(self, data: Any) -> int:
        """The number of bytes taken. Above the limit they are counted and thrown away."""
        self.size += len(data)
        if self.size > self.arrivals.largest:
            self.trouble = self.trouble or Trouble.LARGE
        if self.trouble:
            self._let_go(len(data))
            return len(data)
        self._hash.update(data)
        try:
            view = memoryview(data)
            while view:
                view = view[super().write(view) or 0 :]
        except OSError:
            self.trouble = Trouble.DISK
        return len(data)

    def _let_go(self, count: int) -> None:
        if self.tell():
            self.seek(0)
            self.truncate()
        self.arrivals.waste(count)

    @property
    def sha256(self) -> str:
        """The digest of what was written, in hexadecimal."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Closes the file and removes it, unless it was kept."""
        super().close()
        if not self.kept:
            self.path.unlink(missing_ok=True)


class Arrivals:
    """The files of one request (or of one command): where they arrive, how large and how many they may be."""

    def __init__(self, folder: Path, largest: int, most: int = 1) -> None:
        self.folder, self.largest, self.most = folder, largest, most
        self.wasted = 0
        self.files: list[Incoming] = []

    def open(self, name: str) -> Incoming:
        """A new file to write into."""
        many = Trouble.MANY if sum(bool(file.given_name) for file in self.files) >= self.most else None
        file = Incoming(self, name, many)
        self.files.append(file)
        return file

    def waste(self, count: int) -> None:
        """Counts what is read for nothing. Raises RequestEntityTooLarge when it is too much."""
        self.wasted += count
        if self.wasted > GRACE:
            megabytes = self.largest // (1024 * 1024)
            raise RequestEntityTooLarge(f"Files can be up to {megabytes} MB each, and {self.most} at a time.")

    def clear(self) -> None:
        """Removes every file that was not kept."""
        for file in self.files:
            file.close()


def copy_in(arrivals: Arrivals, source: BinaryIO, name: str) -> Incoming:
    """A stream's bytes, read to its end."""
    file = arrivals.open(name)
    while block := source.read(BLOCK):
        file.write(block)
    file.seek(0)
    return file


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
