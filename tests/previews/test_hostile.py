"""Files made to do harm: each ends in a sentence, and nothing of it is left."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from forum import previews, uploads
from forum.kit.filetypes import Refused
from forum.models import PreviewState
from tests.kit import samples
from tests.previews import files
from tests.previews.conftest import left_over, needs_office, preview_of, slides_of
from tests.previews.test_turns import begin

MACROS = (
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
)
#: taken in, looked at, and found wanting: name, content, words of the reason
UNMADE = {
    "locked": ("a.pdf", files.locked_pdf(), "protected by a password"),
    "locked deck": ("a.pptx", samples.compound("EncryptedPackage", "EncryptionInfo"), "protected by a password"),
    "macros": ("a.pptm", samples.with_macros(files.deck("A"), *MACROS), "macros"),
    "truncated": ("a.pdf", files.pdf("A", "B")[:60], "damaged"),
    "noise": ("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 400, "damaged"),
    "no page": ("a.pdf", files.pdf(), "damaged"),
    "10,000 pages": ("a.pdf", files.pdf("A", count=10_000), "10,000 pages"),
    "picture bomb": ("a.png", files.picture_bomb(), "40 million points"),
    "half a picture": ("a.png", samples.picture(size=(900, 900))[:200], "damaged"),
}  # fmt: skip
#: turned away before they are kept
REFUSED = {
    "zero bytes": ("a.pdf", b""),
    "mislabelled": ("a.pptx", files.pdf("A")),
    "mislabelled deck": ("a.pdf", files.deck("A")),
    "truncated deck": ("a.pptx", files.deck("A")[:20_000]),
    "zip bomb": ("a.pptx", files.bomb()),
}


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """The address of a server of somebody else's, and what it was asked for."""
    asked: list[str] = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("which", UNMADE)
def test_it_is_said_why_there_are_no_slides(which: str, shown: Any) -> None:
    name, content, words = UNMADE[which]
    document = shown(name, content)
    preview = preview_of(document)
    assert preview.state == PreviewState.FAILED and words in preview.reason
    assert preview.reason.endswith((".", "it.")) and slides_of(document) == [] and left_over() == []
    assert previews.work() == 0


@pytest.mark.parametrize("which", REFUSED)
def test_what_can_be_seen_at_once_is_not_taken(which: str, bench: None, shelve: Any) -> None:
    with pytest.raises(Refused):
        shelve("performance", "ruth", *REFUSED[which])
    assert uploads.orphans() == {}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_damaged_ends_in_slides_or_in_a_sentence(seed: int, shown: Any, without_office: None) -> None:
    broken = files.damaged(files.pdf("One", "Two", "Three", text="Who is at risk?"), seed)
    for name, content in (("a.pdf", broken), ("a.pptx", files.damaged_deck(seed))):
        preview = preview_of(shown(name, content))
        assert preview.state in (PreviewState.READY, PreviewState.FAILED), preview.state
        assert preview.state == PreviewState.READY or preview.reason.endswith(".")
    assert left_over() == [] and uploads.slides_without_pictures() == []


def test_a_deck_that_asks_for_other_files_gets_none(shown: Any, elsewhere: tuple[str, list[str]]) -> None:
    address, asked = elsewhere
    document = shown("a.pptx", files.deck_that_asks_for(address))
    said = " ".join(f"{slide.title} {slide.text} {slide.notes}" for slide in slides_of(document))
    assert "root:" not in said and asked == [] and left_over() == []


def test_a_letter_that_asks_for_a_picture_elsewhere_gets_none(shown: Any, elsewhere: tuple[str, list[str]]) -> None:
    needs_office("document")
    address, asked = elsewhere
    assert len(slides_of(shown("a.docx", files.letter_that_asks_for(address)))) == 1
    assert asked == []


def test_the_site_answers_while_a_bad_file_is_looked_at(
    app: Flask, bench: None, shelve: Any, community: Any, as_: Any
) -> None:
    document, maya = shelve("performance", "ruth", "a.pdf", files.pdf("A", count=10_000)), as_(community.maya)
    worker = begin(app)
    statuses = {maya.get("/groups/performance/library").status_code for _ in range(5)}
    assert worker.wait(timeout=60) == 0
    assert statuses == {200} and preview_of(document).state == PreviewState.FAILED
