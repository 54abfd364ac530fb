"""A look into ZIP files (Office files are ZIP files too), without unpacking anything."""

import itertools
import re
import struct
import zipfile
from typing import BinaryIO

from forum.kit.filetable import Refused

MAX_ENTRIES = 10_000
MAX_RATIO = 200
MAX_UNPACKED = 2 * 1024**3  # bytes
MAX_DIRECTORY = 8 * 1024**2  # bytes; read into memory at once
RATIO_MATTERS = 1024**2  # bytes; small things may be packed very tightly
BROKEN = "This file is damaged or not a ZIP file that can be read. Make it again and add it once more."


def opened(stream: BinaryIO) -> zipfile.ZipFile:
    """The ZIP file, its list of entries checked. Raises Refused. Unpacks nothing."""
    _check_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused(BROKEN) from error
    entries = archive.infolist()
    _check_sizes(entries)
    _check_places(entries)
    for entry in entries:
        _check_name(entry.orig_filename)
    return archive


def _check_directory(stream: BinaryIO) -> None:
    """Refuses by the end record alone, before the list of entries is read into memory."""
    size = stream.seek(0, 2)
    tail_at = max(0, size - 65_557)
    stream.seek(tail_at)
    tail = stream.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 22:
        raise Refused(BROKEN)
    count, length, begins = struct.unpack("<HII", tail[found + 10 : found + 20])
    ends = tail_at + found
    if tail[max(0, found - 20) : found - 16] == b"PK\x06\x07":
        count, length, begins, ends = _large(stream, tail[found - 20 : found])
    if count > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise Refused(f"This archive holds more than {MAX_ENTRIES:,} files. Make several smaller archives of it.")
    if begins + length != ends:
        raise Refused(BROKEN)


def _large(stream: BinaryIO, locator: bytes) -> tuple[int, int, int, int]:
    """Count, length and start of the list, and where the ZIP64 end record stands."""
    place = struct.unpack("<Q", locator[8:16])[0]
    stream.seek(min(place, 2**62))
    record = stream.read(56)
    if len(record) < 56 or record[:4] != b"PK\x06\x06":
        raise Refused(BROKEN)
    count, length, begins = struct.unpack("<QQQ", record[32:56])
    return count, length, begins, place


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise Refused("This archive is empty.")
    if len(entries) > MAX_ENTRIES:
        raise Refused(f"This archive holds more than {MAX_ENTRIES:,} files. Make several smaller archives of it.")
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if unpacked > MAX_UNPACKED:
        raise Refused("Unpacked, this archive would be larger than 2 GB. Make several smaller archives of it.")
    large = [(unpacked, packed), *((entry.file_size, entry.compress_size) for entry in entries)]
    if any(size > RATIO_MATTERS and size > MAX_RATIO * max(1, small) for size, small in large):
        raise Refused("This archive is packed so tightly that it could be harmful. Pack it again with usual settings.")


def _check_places(entries: list[zipfile.ZipInfo]) -> None:
    """Refuses data before the first entry, and entries that share their bytes."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    if ordered[0].header_offset != 0:
        raise Refused(BROKEN)
    for entry, following in itertools.pairwise(ordered):
        if entry.header_offset + 30 + entry.compress_size > following.header_offset:
            raise Refused(BROKEN)


def _check_name(name: str) -> None:
    parts = re.split(r"[/\\]", name)
    if not name or parts[0] == "" or ".." in parts or re.match(r"[A-Za-z]:", name) or not name.isprintable():
        raise Refused("This archive holds names that point outside of it. Make it again with usual settings.")
