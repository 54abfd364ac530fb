"""Bytes in a bucket of S3, through obstore. Its addresses never leave this module: nobody but us speaks to it.

The client is made at first use, and by each process anew: its threads do not live through a fork.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from io import RawIOBase
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from forum.kit.storage import BLOCK, Incoming
from forum.kit.store import OWNER, Store, Stored, key_at, new_key, place_of

log = logging.getLogger(__name__)

#: parts of a large file: bytes of each, and how many are on their way at once (both times this is memory)
PART, AT_ONCE = 8 * 1024 * 1024, 2
READ_AHEAD = 1024 * 1024
#: a body may take as long as its reader; but a server that says nothing for so long is gone
WAITS: Any = {"connect_timeout": "5s", "read_timeout": "20s", "timeout": "24h"}
RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}


class Unreachable(OSError):
    """The bucket can't be reached, or refuses us."""


class Address(NamedTuple):
    """Where a bucket is, and by which name we come."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key: str
    secret: str


@lru_cache(maxsize=8)
def _client(address: Address, process: int) -> Any:
    """The client of a process."""
    return S3Store(
        address.bucket, prefix=address.prefix or None, endpoint=address.endpoint or None, region=address.region,
        access_key_id=address.key, secret_access_key=address.secret, checksum_algorithm="SHA256",
        client_options=cast(Any, {"allow_http": address.endpoint.startswith("http://"), **WAITS}), retry_config=RETRIES,
    )  # fmt: skip


@contextmanager
def _told() -> Iterator[None]:
    """Failures as OSError. The server's own words go to the log: they may name what nobody else should know."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError("there are no such bytes in the bucket") from error
    except BaseError as error:
        log.warning("The bucket fails: %s", str(error).splitlines()[0] if str(error) else error)
        raise Unreachable("the bucket can't be reached, or refuses us") from error


class Bucket(Store):
    """A bucket of S3. Files come there whole, of the size that they have here."""

    def __init__(self, folder: str | Path, address: Address) -> None:
        super().__init__(folder)
        self.address = address
        self.name = f"s3://{address.bucket}/{address.prefix}".rstrip("/")

    @property
    def _store(self) -> Any:
        return _client(self.address, os.getpid())

    def belongs_to(self, owner: str) -> bool:
        with _told():
            try:
                return bytes(obstore.get(self._store, OWNER).bytes()).decode() == owner
            except FileNotFoundError:
                obstore.put(self._store, OWNER, owner.encode())
        return True

    def keep(self, file: Incoming, key: str = "") -> str:
        key = self._put(file.path, key or new_key())
        file.close()
        return key

    def add(self, path: Path) -> str:
        return self._put(path, new_key())

    def _put(self, path: Path, key: str) -> str:
        """The key, once all bytes are there. The server checks the digest of each part itself."""
        large = path.stat().st_size > PART
        with _told():
            obstore.put(self._store, place_of(key), path, use_multipart=large, chunk_size=PART, max_concurrency=AT_ONCE)
        if self.size(key) != path.stat().st_size:
            self.remove(key)
            raise Unreachable(f"{path.name} did not come whole into the bucket")
        return key

    def open(self, key: str) -> tuple[BinaryIO, int]:
        with _told():
            size = int(obstore.head(self._store, place_of(key))["size"])
        return cast(BinaryIO, Remote(self._store, place_of(key), size)), size

    @contextmanager
    def at_hand(self, key: str) -> Iterator[Path]:
        self.prepare()
        with NamedTemporaryFile(dir=self.incoming) as copy, self.open(key)[0] as stream:
            while block := stream.read(READ_AHEAD):
                copy.write(block)
            copy.flush()
            yield Path(copy.name)

    def beside(self, key: str) -> str:
        return ""

    def size(self, key: str) -> int | None:
        try:
            with _told():
                return int(obstore.head(self._store, place_of(key))["size"])
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        """Removes the bytes, if the bucket can be reached; else they are found later, as belonging to nothing."""
        try:
            with _told():
                obstore.delete(self._store, place_of(key))
        except FileNotFoundError:
            return
        except Unreachable:
            log.warning("Bytes that nobody needs stay in the bucket for now")

    def kept(self) -> Iterator[Stored]:
        with _told():
            for some in obstore.list(self._store):
                for found in some:
                    if key := key_at(found["path"]):
                        yield Stored(key, found["size"], found["last_modified"])

    def check(self) -> None:
        self.prepare()
        with _told():
            next(iter(obstore.list(self._store, chunk_size=1)), None)


class Remote(RawIOBase):
    """The bytes of a key as a file to read: asked for when the first of them is wanted, from there to the end."""

    def __init__(self, store: Any, place: str, size: int) -> None:
        self._store, self._place, self._size = store, place, size
        self._at, self._rest = 0, memoryview(b"")
        self._coming: Iterator[bytes] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset != self._at:
            self._at, self._rest, self._coming = start + offset, memoryview(b""), None
        return self._at

    def readinto(self, buffer: Any) -> int:
        """How many bytes came; 0 at the end."""
        if not self._rest:
            self._rest = memoryview(self._next())
        taken = min(len(buffer), len(self._rest))
        buffer[:taken], self._rest = self._rest[:taken], self._rest[taken:]
        self._at += taken
        return taken

    def _next(self) -> bytes:
        if self._at >= self._size:
            return b""
        with _told():
            if self._coming is None:
                reply = obstore.get(self._store, self._place, options={"range": (self._at, self._size)})
                self._coming = iter(reply.stream(min_chunk_size=BLOCK))
            return bytes(next(self._coming, b""))
