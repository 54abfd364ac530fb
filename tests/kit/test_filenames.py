"""A file keeps the name its owner gave it, and nobody is deceived by it."""

import unicodedata
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.kit.filenames import clean_name, content_disposition


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Handover that holds.pptx", "Handover that holds.pptx"),
        ("C:\\Users\\maya\\notes.md", "notes.md"),
        ("../../etc/passwd", "passwd"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("Cerdyn 🙂 \"best\" 'one'.pdf", "Cerdyn 🙂 \"best\" 'one'.pdf"),
        ("👩‍💻 notes.txt", "👩‍💻 notes.txt"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("a\r\nb\x00.txt", "a b.txt"),
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        (".pdf", "file.pdf"),
        (" . report.pdf . ", "report.pdf"),
        ("\u200bslides.pptx", "slides.pptx"),
    ],
)
def test_a_name_loses_only_what_deceives(given_name, kept):
    assert clean_name(given_name) == kept


def test_a_long_name_keeps_its_extension():
    name = clean_name("é" * 300 + ".pptx")
    assert name.endswith("é.pptx")
    assert 253 <= len(name.encode()) <= 255


@given(st.text(max_size=400))
def test_any_name_becomes_a_safe_one_and_stays_so(name):
    cleaned = clean_name(name)
    assert clean_name(cleaned) == cleaned
    assert 0 < len(cleaned.encode()) <= 255
    assert not set(cleaned) & set("/\\\r\n\0")
    assert not cleaned.startswith(".")
    assert unicodedata.is_normalized("NFC", cleaned)


@given(st.text(max_size=60))
def test_a_header_is_one_plain_line_and_tells_the_whole_name(name):
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    told = message.get_param("filename", header="Content-Disposition")
    assert header.count('"') == 2
    assert isinstance(told, tuple | str)
    assert header.startswith("attachment; filename=")


def test_headers_for_common_names():
    assert content_disposition("May.pdf", inline=True) == "inline; filename=\"May.pdf\"; filename*=UTF-8''May.pdf"
    assert (
        content_disposition('Été "100%".pdf')
        == "attachment; filename=\"Ete _100__.pdf\"; filename*=UTF-8''%C3%89t%C3%A9%20%22100%25%22.pdf"
    )
    assert content_disposition("名前.pdf").startswith('attachment; filename="file.pdf"; ')
