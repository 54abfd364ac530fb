"""Portraits: any picture someone chose becomes a small square one, decoded where it can do no harm."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

WORKER = Path(__file__).with_name("picture_worker.py")
MAX_INPUT = 20 * 1024**2  # bytes
LARGEST = 1024**2  # bytes of a portrait
SECONDS = 20
TOO_LARGE = 3
NO_PICTURE = "This picture can't be read. Choose a PNG, JPEG, GIF or WebP picture."


class BadPicture(ValueError):
    """A picture that cannot be used; says in plain words why."""


def portrait(stream: BinaryIO, size: int = 256) -> bytes:
    """The picture's middle as a square WebP of size points, upright, without metadata. Raises BadPicture.

    Decoding happens in a process of its own, with at most 10 s of computing, 512 MB and 40 million points.
    """
    content = stream.read(MAX_INPUT + 1)
    if len(content) > MAX_INPUT:
        raise BadPicture("This picture is larger than 20 MB. Choose a smaller one.")
    with tempfile.TemporaryFile() as out:
        _work(content, size, out)
        out.seek(0)
        made = out.read(LARGEST)
    if not made.startswith(b"RIFF") or made[8:12] != b"WEBP":
        raise BadPicture(NO_PICTURE)
    return made


def _work(content: bytes, size: int, out: BinaryIO) -> None:
    """Runs the worker. It gets no environment, so none of the site's secrets."""
    command = [sys.executable, "-I", str(WORKER), str(int(size))]
    try:
        done = subprocess.run(  # noqa: S603 (our own worker, the size a number)
            command, input=content, stdout=out, stderr=subprocess.DEVNULL, timeout=SECONDS, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadPicture("This picture took too long to read. Choose a smaller one.") from error
    if done.returncode == TOO_LARGE:
        raise BadPicture("This picture has more than 40 million points. Choose a smaller one.")
    if done.returncode:
        raise BadPicture(NO_PICTURE)
