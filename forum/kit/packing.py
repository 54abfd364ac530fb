"""Several files as one zip, made while it is sent: nothing is kept in memory or on the disk.

Bytes are stored as they are: most types are packed already, and so the length of the whole is known beforehand, and a
zip that was cut off is told from a whole one. ZIP64 where it must be.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from zipstream import ZipStream

from forum.kit.filenames import clean_name

BLOCK = 256 * 1024
#: what Windows does not take in a file's name, and names it keeps for itself
FOREIGN = re.compile(r'[<>:"|?*]')
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


class Part(NamedTuple):
    """One file of a zip: its name in it, its length (bytes), and what opens its bytes."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


def zipped(parts: Iterable[Part]) -> ZipStream:
    """The zip, as blocks of bytes; `len` says how many there will be. Each file is opened when its turn comes.

    Iterating raises OSError for bytes that are gone by then, EOFError for more or fewer than were said.
    """
    whole = ZipStream(sized=True)
    for part in parts:
        whole.add(blocks(part), part.name, size=part.size)
    return whole


def blocks(part: Part) -> Iterator[bytes]:
    """A file's bytes, exactly as many as were said."""
    left = part.size
    with part.open() as stream:
        while block := stream.read(BLOCK):
            left -= len(block)
            if left < 0:
                break
            yield block
    if left:
        raise EOFError(f"{part.name} is not as long as it was")


def own_names(names: Iterable[str]) -> list[str]:
    """The names as every system takes them, in the same order, and none twice: 'deck.pdf', 'deck (2).pdf'."""
    taken: set[str] = set()
    found = []
    for name in names:
        wanted = safe(name)
        stem, dot, extension = wanted.rpartition(".")
        stem, extension = (stem, dot + extension) if stem else (wanted, "")
        again = 1
        while wanted.casefold() in taken:
            again += 1
            wanted = f"{stem} ({again}){extension}"
        taken.add(wanted.casefold())
        found.append(wanted)
    return found


def safe(name: str) -> str:
    """One name as every system takes it."""
    name = FOREIGN.sub("_", clean_name(name))
    return f"_{name}" if RESERVED.match(name) else name
