"""The types of file that may be added, and the words for one that may not."""

from dataclasses import dataclass

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


class Refused(ValueError):
    """A file that cannot be taken; says in plain words why, and what can."""


@dataclass(frozen=True)
class FileType:
    """One type of file. kind is slides, document, sheet, image, video, audio, archive, calendar or text.

    Not previewable: kept for download only, as it holds macros or is locked by a password.
    """

    extension: str
    media_type: str
    kind: str
    label: str
    previewable: bool = True


TYPES = (
    FileType("pdf", "application/pdf", "document", "PDF"),
    FileType("pptx", f"{OOXML}presentationml.presentation", "slides", "PowerPoint"),
    FileType("ppt", "application/vnd.ms-powerpoint", "slides", "PowerPoint 97"),
    FileType("odp", f"{ODF}presentation", "slides", "OpenDocument slides"),
    FileType("docx", f"{OOXML}wordprocessingml.document", "document", "Word"),
    FileType("doc", "application/msword", "document", "Word 97"),
    FileType("odt", f"{ODF}text", "document", "OpenDocument text"),
    FileType("xlsx", f"{OOXML}spreadsheetml.sheet", "sheet", "Excel"),
    FileType("xls", "application/vnd.ms-excel", "sheet", "Excel 97"),
    FileType("ods", f"{ODF}spreadsheet", "sheet", "OpenDocument sheet"),
    FileType("csv", "text/csv", "sheet", "CSV table"),
    FileType("txt", "text/plain", "text", "Text"),
    FileType("md", "text/markdown", "text", "Markdown"),
    FileType("png", "image/png", "image", "PNG image"),
    FileType("jpg", "image/jpeg", "image", "JPEG image"),
    FileType("jpeg", "image/jpeg", "image", "JPEG image"),
    FileType("gif", "image/gif", "image", "GIF image"),
    FileType("webp", "image/webp", "image", "WebP image"),
    FileType("mp4", "video/mp4", "video", "MP4 video"),
    FileType("webm", "video/webm", "video", "WebM video"),
    FileType("mp3", "audio/mpeg", "audio", "MP3 sound"),
    FileType("m4a", "audio/mp4", "audio", "M4A sound"),
    FileType("zip", "application/zip", "archive", "ZIP archive"),
    FileType("ics", "text/calendar", "calendar", "Calendar"),
    FileType(
        "pptm", "application/vnd.ms-powerpoint.presentation.macroenabled.12", "slides", "PowerPoint, macros", False
    ),
    FileType("docm", "application/vnd.ms-word.document.macroenabled.12", "document", "Word, macros", False),
    FileType("xlsm", "application/vnd.ms-excel.sheet.macroenabled.12", "sheet", "Excel, macros", False),
)
ALLOWED = {kind.extension: kind for kind in TYPES}
INLINE = frozenset({"png", "jpg", "jpeg", "gif", "webp", "pdf"})


def inline_safe(filetype: FileType) -> bool:
    """True when a browser may show the file itself: pictures of points, and PDF."""
    return filetype.extension in INLINE


def accepted() -> str:
    """All extensions as an input's accept attribute wants them: .pdf,.pptx and so on."""
    return ",".join(f".{extension}" for extension in ALLOWED)


def accepted_words() -> str:
    """All extensions, for people to read."""
    return ", ".join(ALLOWED)


def wrong_content(extension: str, seen: str = "") -> Refused:
    """The refusal of a file whose name says one thing and its content another."""
    other = f" It looks like {seen}." if seen else ""
    return Refused(f"This file ends in .{extension}, but what is in it is not of that type.{other}")
