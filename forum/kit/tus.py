"""The headers of tus 1.0, by which files come in pieces (tus.io/protocols/resumable-upload)."""

import base64
import binascii
import re

from forum.kit.fragments import Proof

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
ALGORITHMS = ("sha1", "sha256")
PIECE = "application/offset+octet-stream"
NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
LONGEST = 4_000


def number(text: str | None) -> int | None:
    """A length or an offset; None for anything else."""
    return int(text) if text and NUMBER.fullmatch(text) else None


def metadata(text: str) -> dict[str, str]:
    """What the client says of a file, by name: `filename d29ybGQ=,filetype …`. Raises ValueError."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    pairs = [pair.split(" ") for pair in text.split(",") if pair.strip()]
    return {pair[0]: _plain(pair[1]).decode() if len(pair) > 1 else "" for pair in (_bare(one) for one in pairs)}


def proof(text: str | None) -> Proof | None:
    """The digest that a piece must have; None where the client names none. Raises ValueError."""
    if not text:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise ValueError("unknown algorithm")
    return Proof(algorithm, _plain(digest))


def _bare(pair: list[str]) -> list[str]:
    return [part for part in pair if part]


def _plain(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
