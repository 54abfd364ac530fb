"""People who send files in pieces, as a browser does."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forum import uploads
from tests.library.conftest import shelve  # noqa: F401 a fixture

PDF = b"%PDF-1.4\n" + b"slides " * 500
PIECE = "application/offset+octet-stream"


class Sender:
    """One person, and a file of theirs on its way into a group."""

    def __init__(self, browser: Any, slug: str = "performance") -> None:
        self.browser, self.place, self.address = browser, f"/groups/{slug}/uploads", ""

    def begin(self, name: str = "May deck.pdf", size: object = len(PDF), **headers: str) -> Any:
        """Announces a file."""
        said = f"filename {base64.b64encode(name.encode()).decode()}"
        known = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": said, **headers}
        reply = self.browser.post(self.place, headers=known)
        self.address = reply.headers.get("Location", "")
        return reply

    def send(self, content: bytes, offset: object, kind: str = PIECE, **headers: str) -> Any:
        """Sends bytes that belong at an offset. `Upload_Checksum="…"` is the header Upload-Checksum."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        known = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **named}
        return self.browser.patch(self.address, data=content, content_type=kind, headers=known)

    def look(self) -> Any:
        """Asks how far the file is."""
        return self.browser.head(self.address, headers={"Tus-Resumable": "1.0.0"})

    def take_back(self) -> Any:
        """Takes the file back."""
        return self.browser.delete(self.address, headers={"Tus-Resumable": "1.0.0"})


@pytest.fixture
def sender(community: Any, as_: Any) -> Callable[..., Sender]:
    """`sender("maya")`: Maya, about to send a file to Performance Management."""
    return lambda name, slug="performance": Sender(as_(getattr(community, name) if name else None), slug)


@pytest.fixture
def pieces() -> Callable[[], list[Path]]:
    """What gathers in the store at the moment."""
    uploads.store().prepare()
    return lambda: sorted(uploads.store().unfinished())
