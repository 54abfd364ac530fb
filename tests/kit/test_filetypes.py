"""A file is what is in it; its name must agree; and nothing harmful gets in."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.kit import archives
from forum.kit.filetypes import ALLOWED, Refused, accepted, inline_safe, recognise
from tests.kit import samples

ODF = "application/vnd.oasis.opendocument."
POWERPOINT = (
    "openxmlformats-officedocument.presentationml.presentation.main",
    "ms-powerpoint.presentation.macroEnabled.main",
)
WORD = "openxmlformats-officedocument.wordprocessingml.document.main", "ms-word.document.macroEnabled.main"
EXCEL = "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
GOOD = {
    "a.pdf": samples.PDF,
    "a.PPTX": samples.deck(),
    "a.docx": samples.letter(),
    "a.xlsx": samples.table(),
    "a.pptm": samples.with_macros(samples.deck(), *(f"vnd.{n}" for n in POWERPOINT)),
    "a.docm": samples.with_macros(samples.letter(), *(f"vnd.{n}" for n in WORD)),
    "a.xlsm": samples.with_macros(samples.table(), *(f"vnd.{n}" for n in EXCEL)),
    "a.odp": samples.open_document(f"{ODF}presentation"),
    "a.odt": samples.open_document(f"{ODF}text"),
    "a.ods": samples.open_document(f"{ODF}spreadsheet"),
    "a.doc": samples.compound("WordDocument"),
    "a.ppt": samples.compound("PowerPoint Document"),
    "a.xls": samples.compound("Workbook"),
    "a.csv": "name,place\nInês,Kelder\n".encode(),
    "a.txt": "\ufeffCerdyn trosglwyddo ŷ".encode(),
    "a.md": b"# Notes\n\n<details> and <b>bold</b>",
    "a.png": samples.picture("PNG"),
    "a.jpg": samples.picture("JPEG"),
    "a.jpeg": samples.picture("JPEG"),
    "a.gif": samples.picture("GIF") + b"<script>alert(1)</script>",
    "a.webp": samples.picture("WEBP"),
    "a.mp4": samples.MP4,
    "a.m4a": samples.MP4.replace(b"isom", b"M4A "),
    "a.webm": samples.WEBM,
    "a.mp3": samples.MP3,
    "a.zip": samples.zipped({"folder/notes.txt": b"notes", "b.txt": b"b"}),
    "a.ics": samples.CALENDAR,
}


def seen(content: bytes, name: str):
    return recognise(io.BytesIO(content), name)


def test_there_is_a_sample_of_every_type():
    assert {name.rpartition(".")[2].lower() for name in GOOD} == set(ALLOWED)


@pytest.mark.parametrize("name", GOOD)
def test_true_files_are_recognised(name, tmp_path):
    kind = seen(GOOD[name], f"May report.{name[2:]}")
    assert kind.extension == name[2:].lower()
    path = tmp_path / "stored"
    path.write_bytes(GOOD[name])
    assert recognise(path, name) == kind


@pytest.mark.parametrize("name", GOOD)
def test_a_file_under_another_name_is_refused(name):
    twins = [{"jpg", "jpeg"}, {"mp4", "m4a"}, {"txt", "md", "csv"}]
    own = name[2:].lower()
    for other in set(ALLOWED) - {own}:
        alike = any({own, other} <= twin for twin in twins) or other == "zip" or (own == "ics" and other in twins[2])
        if not (alike and (other != "zip" or GOOD[name].startswith(b"PK"))):
            with pytest.raises(Refused):
                seen(GOOD[name], f"a.{other}")


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a", "a.pdf.js", ".pdf"])
def test_other_types_are_refused_with_what_is_accepted(name):
    with pytest.raises(Refused, match="These can: pdf, pptx"):
        seen(b"x", name)


def test_an_empty_file_is_refused():
    with pytest.raises(Refused, match="empty"):
        seen(b"", "a.txt")


@pytest.mark.parametrize(
    "content",
    [b"<html><script>", b"\n <!DOCTYPE html>", b"<svg onload=x>", b"<?xml version='1.0'?>", b"#!/bin/sh", b"<?php",
     b"%PDF-1.7",
     b"\xef\xbb\xbf<script>", b" " * 70_000 + b"<script>", b"a\0b", b"a\x1b[2J", b"\xff\xfea\0", "£".encode("latin-1")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.md"])
def test_text_that_a_browser_or_shell_would_run_is_refused(content, name):
    with pytest.raises(Refused):
        seen(content, name)


def test_a_pdf_that_begins_later_is_refused():
    with pytest.raises(Refused):
        seen(b"<script>\n" + samples.PDF, "a.pdf")


def test_the_refusal_says_what_the_content_looks_like():
    with pytest.raises(Refused, match=r"ends in \.pdf.*looks like a file of the type png"):
        seen(samples.picture(), "a.pdf")


@pytest.mark.parametrize(("name", "macro"), [("a.pptx", "a.pptm"), ("a.docx", "a.docm"), ("a.xlsx", "a.xlsm")])
def test_macros_in_a_file_for_none_are_refused(name, macro):
    with pytest.raises(Refused, match="holds macros"):
        seen(GOOD[macro], name)
    with pytest.raises(Refused, match="holds macros"):
        seen(samples.repacked(dict(GOOD, **{"a.pptx": samples.deck()})[name], {"x/vbaProject.bin": b"x"}), name)


def test_macros_in_other_office_files_are_refused():
    for content, name in [
        (samples.compound("WordDocument", "_VBA_PROJECT"), "a.doc"),
        (samples.compound("Workbook", "_VBA_PROJECT_CUR"), "a.xls"),
        (samples.open_document(f"{ODF}text", **{"Basic/script-lc.xml": b"x"}), "a.odt"),
    ]:
        with pytest.raises(Refused, match="holds macros"):
            seen(content, name)


def test_files_with_macros_or_a_password_are_for_download_only():
    assert not seen(GOOD["a.pptm"], "a.pptm").previewable
    assert not seen(samples.compound("EncryptionInfo", "EncryptedPackage"), "a.docx").previewable
    locked = {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}
    assert not seen(samples.open_document(f"{ODF}text", **locked), "a.odt").previewable
    assert seen(GOOD["a.PPTX"], "a.pptx").previewable


def test_only_pictures_of_points_and_pdf_are_shown_in_the_page():
    assert {name for name, kind in ALLOWED.items() if inline_safe(kind)} == {"png", "jpg", "jpeg", "gif", "webp", "pdf"}


def test_the_accept_attribute_names_every_type():
    assert accepted().split(",") == [f".{name}" for name in ALLOWED]


@pytest.mark.parametrize("name", ["../up.txt", "/etc/passwd", "a/../../b", "C:\\a.txt", "..\\b", "a\nb"])
def test_archives_with_names_that_lead_out_are_refused(name):
    with pytest.raises(Refused, match="names that point outside"):
        seen(samples.zipped({name: b"x"}), "a.zip")


def test_archives_packed_too_tightly_are_refused():
    with pytest.raises(Refused, match="tightly"):
        seen(samples.zipped({"a.txt": bytes(3_000_000)}), "a.zip")


def test_archives_that_would_unpack_too_large_are_refused():
    content = samples.zipped({"a.txt": b"x" * 100})
    at = content.rfind(b"PK\x01\x02") + 24
    with pytest.raises(Refused, match="2 GB"):
        seen(content[:at] + struct.pack("<I", 2**31 + 1) + content[at + 4 :], "a.zip")


def test_archives_with_too_many_entries_are_refused_before_they_are_read(monkeypatch):
    content = samples.zipped({f"{n}": b"" for n in range(archives.MAX_ENTRIES + 1)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(Refused, match="more than 10,000 files"):
        seen(content, "a.zip")


def test_archives_with_something_before_them_are_refused():
    spoilt = samples.zipped({"a.txt": b"x"})
    with pytest.raises(Refused):
        seen(b"GIF89a" + spoilt, "a.zip")
    with pytest.raises(Refused):
        seen(b"PK\x03\x04" + spoilt, "a.zip")


def test_entries_that_share_their_bytes_are_refused():
    content = samples.zipped({"a": b"x" * 50, "b": b"y" * 50}, zipfile.ZIP_STORED)
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 4)
    spoilt = content[: second + 42] + struct.pack("<I", 0) + content[second + 46 :]
    with pytest.raises(Refused):
        seen(spoilt, "a.zip")


def test_an_empty_archive_is_refused():
    with pytest.raises(Refused, match="empty"):
        seen(samples.zipped({}), "a.zip")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 3000), st.binary(max_size=40), st.booleans())
def test_a_spoilt_file_is_taken_or_refused_but_never_breaks_us(name, at, junk, cut):
    content = GOOD[name]
    at %= len(content)
    spoilt = content[:at] + junk + (b"" if cut else content[at + len(junk) :])
    try:
        assert seen(spoilt, name).extension == name[2:].lower()
    except Refused as refusal:
        assert str(refusal).endswith(".")
