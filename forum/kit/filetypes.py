"""What a file is, decided by what is in it. Its name must agree."""

import codecs
import re
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import BinaryIO

import filetype as signatures

from forum.kit.archives import opened
from forum.kit.filetable import (
    ALLOWED,
    FileType,
    Refused,
    accepted,
    accepted_words,
    inline_safe,
    wrong_content,
)
from forum.kit.office import office_xml, old_office, open_document

__all__ = ["ALLOWED", "FileType", "Refused", "accepted", "accepted_words", "inline_safe", "named", "recognise"]

HEAD = 8_192
BLOCK = 65_536
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# What a browser or a shell would run when it guesses (WHATWG MIME Sniffing §7.1, without tags Markdown begins with).
MARKUP = re.compile(
    r"(?i)\s*(<!doctype|<(html|head|body|script|iframe|svg|style|object|embed)\b|<\?(xml|php)|#!|%pdf-)"
)
MP4_BRANDS = (b"iso", b"mp4", b"avc", b"M4", b"MSN", b"das", b"mmp", b"3gp", b"XAV", b"cmf")
Check = Callable[[BinaryIO, FileType], FileType]


def recognise(source: str | Path | BinaryIO, name: str) -> FileType:
    """The type of a file, by its content and the extension of its name, which must agree.

    Reads the file, never unpacks it. Raises Refused, in plain words.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as stream:
            return recognise(stream, name)
    kind = named(name)
    if source.seek(0, 2) == 0:
        raise Refused("This file is empty.")
    try:
        return CHECKS[kind.extension](source, kind)
    finally:
        source.seek(0)


def named(name: str) -> FileType:
    """The type that the extension of a name promises. Raises Refused, in plain words."""
    extension = PurePath(name).suffix.lower().removeprefix(".")
    kind = ALLOWED.get(extension)
    if kind is None:
        called = f"Files ending in .{extension[:20]}" if extension else "Files without an ending, such as .pdf,"
        raise Refused(f"{called} can't be added here. These can: {accepted_words()}.")
    return kind


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(HEAD)


def _mismatch(stream: BinaryIO, kind: FileType) -> Refused:
    guess = signatures.guess(_head(stream))
    return wrong_content(kind.extension, f"a file of the type {guess.extension}" if guess else "")


def _begins_as_it_should(stream: BinaryIO, kind: FileType) -> FileType:
    if not BEGINNINGS[kind.media_type](_head(stream)):
        raise _mismatch(stream, kind)
    return kind


def _mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12].startswith(MP4_BRANDS)


def _mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


BEGINNINGS: dict[str, Callable[[bytes], bool]] = {
    "application/pdf": lambda head: re.match(rb"%PDF-[12]\.\d", head) is not None,
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/gif": lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    "image/webp": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    "video/mp4": _mp4,
    "audio/mp4": _mp4,
    "video/webm": lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:100],
    "audio/mpeg": _mp3,
}


def _zip(stream: BinaryIO, kind: FileType) -> FileType:
    if not _head(stream).startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise _mismatch(stream, kind)
    opened(stream)
    return kind


def _zipped(check: Check) -> Check:
    """The check of an Office file, after one that it begins as a ZIP file or as a locked file does."""

    def checked(stream: BinaryIO, kind: FileType) -> FileType:
        if not _head(stream).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise _mismatch(stream, kind)
        return check(stream, kind)

    return checked


def _text(stream: BinaryIO, kind: FileType) -> FileType:
    """Text in UTF-8 throughout, that nothing would take for a page or a program."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    stream.seek(0)
    start = ""
    try:
        while block := stream.read(BLOCK):
            words = decoder.decode(block)
            start = start or words.lstrip()
            if CONTROL.search(words):
                raise _mismatch(stream, kind)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Refused("This file is not text in UTF-8. Save it again and choose UTF-8 as its encoding.") from error
    if MARKUP.match(start):
        raise wrong_content(kind.extension, "a web page, a drawing or a program")
    return kind


def _calendar(stream: BinaryIO, kind: FileType) -> FileType:
    if not _head(stream).removeprefix(codecs.BOM_UTF8).lstrip().upper().startswith(b"BEGIN:VCALENDAR"):
        raise _mismatch(stream, kind)
    return _text(stream, kind)


CHECKS: dict[str, Check] = {
    **dict.fromkeys(("pptx", "docx", "xlsx", "pptm", "docm", "xlsm"), _zipped(office_xml)),
    **dict.fromkeys(("odp", "odt", "ods"), _zipped(open_document)),
    **dict.fromkeys(("ppt", "doc", "xls"), old_office),
    **dict.fromkeys(("txt", "md", "csv"), _text),
    **dict.fromkeys(("pdf", "png", "jpg", "jpeg", "gif", "webp", "mp4", "webm", "mp3", "m4a"), _begins_as_it_should),
    "zip": _zip,
    "ics": _calendar,
}
