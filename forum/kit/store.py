"""Where bytes are kept: in a folder of this machine, or in a bucket of S3 (bucket.py). Both do the same.

A key is random and tells nothing of what it names. What is on its way in stays on this machine until it is whole.
"""

import hashlib
import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from forum.kit.storage import Incoming

#: what comes in before it is kept, and a note of whose the files are: no key begins so
INCOMING, OWNER = "incoming", "owner"


class Stored(NamedTuple):
    """Bytes that are kept: under which key, how many, and since when."""

    key: str
    size: int
    at: datetime


def place_of(key: str) -> str:
    """Where a key is, below the folder or the bucket's prefix: `ab/ab12…`; a key with a folder names its own place."""
    return key if "/" in key else f"{key[:2]}/{key}"


def key_at(place: str) -> str:
    """The key whose bytes are at a place; '' for what is not ours, should there be others in the bucket."""
    if re.fullmatch(r"([0-9a-f]{2})/\1[0-9a-f]{38}", place):
        return place[3:]
    return place if re.fullmatch(r"[a-z]+/[0-9a-f]{24}\.webp", place) else ""


class Store(ABC):
    """What keeps the bytes of a site. Every method raises OSError where it cannot be reached or written."""

    #: what it is, for the people who run the site
    name: str

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.incoming = self.folder / INCOMING

    def prepare(self) -> None:
        """Makes the folders on this machine, for us alone. Raises OSError where they cannot be made or written."""
        for folder in (self.folder, self.incoming):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(f"{folder} cannot be written")

    def unfinished(self) -> Iterator[Path]:
        """What arrived and was neither kept nor removed: on its way, or left by a crash."""
        return self.incoming.iterdir() if self.incoming.is_dir() else iter(())

    def keys(self) -> Iterator[str]:
        """Every key with bytes."""
        return (stored.key for stored in self.kept())

    def sha256(self, key: str) -> str:
        """The digest of the bytes of a key, read anew. Raises FileNotFoundError."""
        stream: Any = self.open(key)[0]
        with stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @abstractmethod
    def belongs_to(self, owner: str) -> bool:
        """Whether what is kept is this owner's: the first who asked. Nobody else may clear up in it."""

    @abstractmethod
    def keep(self, file: Incoming, key: str = "") -> str:
        """The key (a new one, unless it is said) of a file that arrived; its bytes are safe there."""

    @abstractmethod
    def add(self, path: Path) -> str:
        """The key of a file on this machine whose bytes are safe; it stays where it is, too."""

    @abstractmethod
    def open(self, key: str) -> tuple[BinaryIO, int]:
        """The bytes of a key, to be read from any place in them, and how many they are. Raises FileNotFoundError."""

    @abstractmethod
    def at_hand(self, key: str) -> AbstractContextManager[Path]:
        """The bytes of a key as a file on this machine, for a program to read. Raises FileNotFoundError."""

    @abstractmethod
    def beside(self, key: str) -> str:
        """Where a web server on this machine finds the bytes, below our folder; '' where it cannot."""

    @abstractmethod
    def size(self, key: str) -> int | None:
        """How many bytes a key has; None where there are none."""

    @abstractmethod
    def remove(self, key: str) -> None:
        """Removes the bytes of a key, if they are there."""

    @abstractmethod
    def kept(self) -> Iterator[Stored]:
        """All that is kept."""

    @abstractmethod
    def check(self) -> None:
        """Nothing, if bytes can be written and read at this moment."""


class Shelves(Store):
    """A folder of this machine. Bytes are on the disk, and will be there after a power cut, before a key is given."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return str(self.folder)

    def path(self, key: str) -> Path:
        """Where the bytes of a key are."""
        return self.folder / place_of(key)

    def belongs_to(self, owner: str) -> bool:
        note = self.folder / OWNER
        if not note.exists():
            note.write_text(owner)
        return note.read_text() == owner

    def keep(self, file: Incoming, key: str = "") -> str:
        os.fsync(file.fileno())
        key = key or new_key()
        place = self._room_for(key)
        file.path.rename(place)
        file.kept = True
        file.close()
        _sync(place.parent)
        return key

    def add(self, path: Path) -> str:
        key = new_key()
        place = self._room_for(key)
        place.hardlink_to(path)
        _sync(place.parent)
        return key

    def _room_for(self, key: str) -> Path:
        place = self.path(key)
        if not place.parent.is_dir():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            _sync(self.folder)
        return place

    def open(self, key: str) -> tuple[BinaryIO, int]:
        stream: Any = self.path(key).open("rb")
        return stream, os.fstat(stream.fileno()).st_size

    @contextmanager
    def at_hand(self, key: str) -> Iterator[Path]:
        place = self.path(key)
        place.stat()
        yield place

    def beside(self, key: str) -> str:
        return place_of(key)

    def size(self, key: str) -> int | None:
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def kept(self) -> Iterator[Stored]:
        for place in self.folder.glob("*/*"):
            if key := key_at(f"{place.parent.name}/{place.name}"):
                with suppress(FileNotFoundError):  # removed while we looked
                    facts = place.stat()
                    yield Stored(key, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))

    def check(self) -> None:
        self.prepare()


def new_key() -> str:
    """A key that was never given."""
    return secrets.token_hex(20)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
