"""Where this site keeps its files, and the bytes themselves: for views, jobs and commands that were let at them."""

import io
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import ServiceUnavailable

from forum.kit import fate
from forum.kit.bucket import Address, Bucket
from forum.kit.storage import Arrivals, copy_in
from forum.kit.store import Shelves, Store

#: where the portraits of people are, beside all other files
PORTRAITS = "portraits"
FULL = "We can’t store files at the moment. Keep your files, and try again in some minutes."
#: bytes of one picture
LARGEST = 4 * 1024**2


class Unstored(ServiceUnavailable):
    """The disk is full or can't be written. What was typed is kept and offered again."""

    description = FULL

    def __init__(self) -> None:
        super().__init__(retry_after=300)


def store() -> Store:
    """Where this site keeps its files."""
    return store_at(current_app.config["STORAGE_URL"], current_app.config)


def store_at(url: str, config: Mapping[str, Any]) -> Store:
    """The store of an address: the folder of the files for '', else a bucket (`s3://bucket/prefix`)."""
    if not url:
        return Shelves(config["FILES_DIR"])
    named, names = urlsplit(url), ("S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY")
    return Bucket(config["FILES_DIR"], Address(named.netloc, named.path.strip("/"), *(config[name] for name in names)))


def photo_key_of(key: str) -> str:
    """What the store calls the portrait that a person's row names."""
    return f"{PORTRAITS}/{key}.webp"


def stream_of(key: str) -> BinaryIO:
    """The bytes of a key: of a version (`storage_key`), or of a slide's picture. Raises OSError."""
    return store().open(key)[0]


def at_hand(key: str) -> AbstractContextManager[Path]:
    """The bytes of a key as a file on this machine, for as long as a program reads it. Raises OSError."""
    return store().at_hand(key)


def keep_picture(content: bytes, key: str = "") -> str:
    """The key (a new one, unless it is said) of a picture's bytes, kept with this transaction.

    Raises OSError when the disk is full, or the bucket can't be reached.
    """
    place = store()
    place.prepare()
    with copy_in(Arrivals(place.incoming, LARGEST), io.BytesIO(content), "picture.webp") as incoming:
        if incoming.trouble:
            raise OSError(f"a picture can't be stored: {incoming.trouble.value}")
        key = place.keep(incoming, key)
    fate.if_undone(partial(place.remove, key))
    return key
