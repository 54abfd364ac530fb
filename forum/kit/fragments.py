"""Files that come in pieces. How far one has come is what is on the disk, whatever became of who wrote it."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from werkzeug.exceptions import ClientDisconnected

BLOCK = 256 * 1024


class Busy(Exception):
    """Somebody writes to it, or ends it, at this moment: here or in another process."""


class Mismatch(Exception):
    """The bytes that came are not those that were sent. They are thrown away."""


class Proof(NamedTuple):
    """The digest that a piece must have: an algorithm of hashlib, and its result."""

    algorithm: str
    digest: bytes


class Fragment:
    """A file that grows at its end, while it is held."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path, self._handle = path, handle

    @property
    def size(self) -> int:
        """How many bytes have arrived."""
        return os.fstat(self._handle).st_size

    @property
    def sha256(self) -> str:
        """The digest of the whole file, read from the disk."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def take(self, source: Any, most: int, proof: Proof | None = None) -> None:
        """Adds what comes, at most so many bytes; they are safe on the disk when this returns, or raises.

        A line that drops, or a disk that is full, ends the piece: what came before stays. Of a piece with a proof
        all stays or nothing. Raises Mismatch; OSError when the disk takes no more.
        """
        start = self.size
        digest = hashlib.new(proof.algorithm, usedforsecurity=False) if proof else None
        whole = False
        try:
            for block in blocks(source, most):
                self._write(block)
                if digest:
                    digest.update(block)
            whole = True
        finally:
            fits = not (proof and digest) or (whole and digest.digest() == proof.digest)
            if not fits:
                os.ftruncate(self._handle, start)
            os.fsync(self._handle)
        if not fits:
            raise Mismatch

    def _write(self, block: bytes) -> None:
        view = memoryview(block)
        while view:
            view = view[os.write(self._handle, view) :]


def blocks(source: Any, most: int) -> Iterator[bytes]:
    """What a stream brings, up to so many bytes, or until its line drops."""
    while most:
        try:
            block = source.read(min(BLOCK, most))
        except (OSError, ClientDisconnected):
            return
        if not block:
            return
        most -= len(block)
        yield block


def begin(path: Path) -> None:
    """Makes an empty file, for us alone, that a power cut leaves there. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def held(path: Path) -> Iterator[Fragment]:
    """The file, for this request alone; the lock ends with the process, however that ends.

    Raises Busy, FileNotFoundError.
    """
    handle = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        if not os.path.samestat(os.fstat(handle), path.stat()):
            raise FileNotFoundError(path)
        yield Fragment(path, handle)
    finally:
        os.close(handle)
