"""A look into Office files: which program's they are, and whether they hold macros or a lock."""

import re
import zipfile
import zlib
from dataclasses import replace
from typing import BinaryIO

from forum.kit.archives import opened
from forum.kit.filetable import FileType, Refused, wrong_content

MAIN_PART = {
    "pptx": "presentationml.presentation.main+xml",
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptm": "ms-powerpoint.presentation.macroEnabled.main+xml",
    "docm": "ms-word.document.macroEnabled.main+xml",
    "xlsm": "ms-excel.sheet.macroEnabled.main+xml",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAM = {"doc": {"WordDocument"}, "ppt": {"PowerPoint Document"}, "xls": {"Workbook", "Book"}}
OLE_MACROS = {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA"}
OLE_LOCKED = {"EncryptedPackage"}
NAMES = {name for names in OLE_STREAM.values() for name in names} | OLE_MACROS | OLE_LOCKED
LARGEST_PART = 2 * 1024**2
BLOCK = 1024**2
MACROS = "This file holds macros. Save it without them, or in the format for macros (.pptm, .docm or .xlsm)."


def office_xml(stream: BinaryIO, kind: FileType) -> FileType:
    """The kind, once the file proves to be of it: Word, PowerPoint and Excel since 2007. Raises Refused."""
    stream.seek(0)
    if stream.read(8) == OLE:
        return _locked(stream, kind)
    archive = opened(stream)
    types = _part(archive, "[Content_Types].xml", kind).decode("utf-8", "replace")
    content = set(re.findall(r"""ContentType\s*=\s*["']([^"']*)["']""", types))
    if not any(value.endswith(MAIN_PART[kind.extension]) for value in content):
        if kind.previewable and any("macroEnabled" in value for value in content):
            raise Refused(MACROS)
        raise wrong_content(kind.extension)
    macros = [*content, *archive.namelist()]
    if kind.previewable and any(re.search("(?i)vbaproject|macroenabled|macrosheet", value) for value in macros):
        raise Refused(MACROS)
    return kind


def _locked(stream: BinaryIO, kind: FileType) -> FileType:
    """A file with a password: nobody here can look into it, so it is for download only."""
    if not _ole_names(stream) & OLE_LOCKED:
        raise wrong_content(kind.extension, "an older Office file")
    return replace(kind, previewable=False)


def open_document(stream: BinaryIO, kind: FileType) -> FileType:
    """The kind, once the file proves to be of it: OpenDocument text, slides, sheet. Raises Refused."""
    archive = opened(stream)
    if _part(archive, "mimetype", kind).strip() != kind.media_type.encode():
        raise wrong_content(kind.extension)
    if any(name.startswith(("Basic/", "Scripts/")) for name in archive.namelist()):
        raise Refused("This file holds macros. Save it without them.")
    locked = b"encryption-data" in _part(archive, "META-INF/manifest.xml", kind)
    return replace(kind, previewable=False) if locked else kind


def _part(archive: zipfile.ZipFile, name: str, kind: FileType) -> bytes:
    """One part's bytes. Raises Refused when it is missing, damaged or larger than it can honestly be."""
    try:
        with archive.open(name) as part:
            content = part.read(LARGEST_PART + 1)
    except (KeyError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise wrong_content(kind.extension) from error
    if len(content) > LARGEST_PART:
        raise wrong_content(kind.extension)
    return content


def old_office(stream: BinaryIO, kind: FileType) -> FileType:
    """The kind, once the file proves to be of it: Word, PowerPoint and Excel before 2007. Raises Refused."""
    stream.seek(0)
    if stream.read(8) != OLE:
        raise wrong_content(kind.extension)
    names = _ole_names(stream)
    if not names & OLE_STREAM[kind.extension]:
        raise wrong_content(kind.extension)
    if names & OLE_MACROS:
        raise Refused(MACROS)
    return kind


def _ole_names(stream: BinaryIO) -> set[str]:
    """Which of NAMES the file's directory holds. Its records are 128 bytes and stand at multiples of 128 (MS-CFB §2.6).

    The file is looked through from end to end: a directory can stand anywhere, in parts.
    """
    signs = {_ole_sign(name): name for name in NAMES}
    found: set[str] = set()
    stream.seek(0)
    while block := stream.read(BLOCK):
        for sign, name in signs.items():
            at = block.find(sign)
            while at >= 0 and name not in found:
                found |= {name} if at % 128 == 0 and block[at + 66 : at + 67] in {b"\x01", b"\x02"} else set()
                at = block.find(sign, at + 1)
    return found


def _ole_sign(name: str) -> bytes:
    """A directory record's first 66 bytes: the name in 64, and its length in bytes with the closing zero."""
    return name.encode("utf-16-le").ljust(64, b"\0") + ((len(name) + 1) * 2).to_bytes(2, "little")
