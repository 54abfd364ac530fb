"""Small true files of many types, made here, and ways to spoil them."""

import io
import struct
import zipfile

import docx
import pptx
import xlsxwriter
from PIL import Image

from forum.kit.office import OLE


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The ZIP file with some parts added or replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | changes)


def deck() -> bytes:
    out = io.BytesIO()
    pptx.Presentation().save(out)
    return out.getvalue()


def letter() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Handover that holds")
    document.save(out)
    return out.getvalue()


def table() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet().write(0, 0, "Rota")
    book.close()
    return out.getvalue()


def with_macros(content: bytes, plain: str, macro: str) -> bytes:
    """An Office file turned into its kind with macros, as the program itself saves it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        types = archive.read("[Content_Types].xml").decode()
    types = types.replace(plain, macro)
    return repacked(content, {"[Content_Types].xml": types.encode(), "ppt/vbaProject.bin": b"macros"})


def open_document(media_type: str, **parts: bytes) -> bytes:
    manifest = b"<manifest:manifest/>"
    return zipped({"mimetype": media_type.encode(), "META-INF/manifest.xml": manifest, "content.xml": b"<x/>"} | parts)


def compound(*names: str) -> bytes:
    """The file format of Office before 2007: a header and a directory with these names."""
    content = OLE + bytes(504)
    for name in ("Root Entry", *names):
        record = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HB", (len(name) + 1) * 2, 2)
        content += record.ljust(128, b"\0")
    return content + bytes(1024)


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(out, kind, **options)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(64)
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(64)
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" + bytes(64)
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
