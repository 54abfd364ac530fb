"""What people upload never runs in our pages, and keeps its name."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.http import parse_options_header

from forum.models import Document
from tests.library.conftest import PDF, address

Shelve = Callable[..., Document]


@pytest.mark.parametrize(("name", "content"), [
    ("shot.png", b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>"), ("shot.gif", b"GIF89a/*<svg onload=alert(1)>*/"), ("paper.pdf", PDF),
])  # fmt: skip
def test_pictures_and_pdf_may_be_looked_at_in_a_sandbox(
    name: str, content: bytes, community: Any, as_: Any, shelve: Shelve
) -> None:
    picture = shelve("performance", "ruth", name, content)
    shown = as_(community.maya).get(address(picture, "/download?inline=1"))
    assert shown.headers["Content-Disposition"].startswith("inline;")
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'none'"} <= set(
        shown.headers["Content-Security-Policy"].split("; ")
    )
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert not shown.headers["Content-Type"].startswith("text/html")


def macro_file() -> bytes:
    """A PowerPoint file with a macro in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        kind = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/ppt/presentation.xml" ContentType="{kind}"/></Types>',
        )
        file.writestr(
            "_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
        )
        file.writestr("ppt/presentation.xml", "<p/>")
        file.writestr("ppt/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return made.getvalue()


@pytest.mark.parametrize(("name", "content"), [
    ("deck.pptm", macro_file()), ("notes.md", b"# Notes\n\n<script>alert(1)</script>\n"), ("data.csv", b"a,b\n=cmd|1,2\n"), ("plain.txt", b"hello <b>you</b>"),
])  # fmt: skip
def test_nothing_else_is_ever_shown_in_our_pages(
    name: str, content: bytes, community: Any, as_: Any, shelve: Shelve
) -> None:
    file = shelve("performance", "ruth", name, content)
    for below in ("/download", "/download?inline=1", "/versions/1/download?inline=1"):
        reply = as_(community.maya).get(address(file, below))
        assert reply.data == content
        assert reply.headers["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        'Say "hello".txt',
        "Angebot für Ærø – 2. Fassung.txt",
        "😀 slides 👩‍🏫.txt",
        "سلام.txt",
        "x" * 251 + ".txt",
        "a;b%41\\c.txt",
        "naïve, 50%.txt",
    ],
)
def test_names_arrive_as_they_were(name: str, community: Any, as_: Any, shelve: Shelve) -> None:
    file = shelve("performance", "ruth", name, b"hello", title="Odd name")
    said = as_(community.maya).get(address(file, "/download")).headers["Content-Disposition"]
    assert said.isascii() and "\n" not in said
    kind, options = parse_options_header(said)
    assert (kind, options["filename"]) == ("attachment", name.rpartition("\\")[2])


def test_a_name_that_would_deceive_loses_what_deceives(community: Any, as_: Any, shelve: Shelve) -> None:
    file = shelve("performance", "ruth", "invoice\u202eexe.txt", b"hello", title="Trick")
    assert "%E2%80%AE" not in as_(community.maya).get(address(file, "/download")).headers["Content-Disposition"]
