"""Files on a shelf, and the worker that makes slides of them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from forum import previews, uploads
from forum.kit.db import db
from forum.models import Document, Preview, Slide, Version
from forum.previews import office
from tests.library.conftest import shelve  # noqa: F401 a fixture


@pytest.fixture
def bench(community: Any) -> None:
    """No file of the demo community waits."""
    db.session.execute(delete(Preview))
    db.session.commit()


@pytest.fixture
def shown(bench: None, shelve: Callable[..., Document]) -> Callable[..., Document]:  # noqa: F811 the fixture above
    """`shown("deck.pdf", content)`: a file of Ruth's in Performance Management, once the worker has looked at it."""

    def show(name: str, content: bytes, **said: Any) -> Document:
        document = shelve("performance", "ruth", name, content, **said)
        previews.work()
        return document

    return show


@pytest.fixture
def without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice."""
    monkeypatch.setattr(office, "PLACES", ())
    monkeypatch.setenv("PATH", "/nowhere")


def needs_office(kind: str = "slides") -> None:
    """Skips a test where LibreOffice is missing, and fails it in the full run."""
    if office.makes(kind):
        return
    missing = "no LibreOffice on this machine: apt-get install libreoffice-impress libreoffice-writer libreoffice-calc"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def preview_of(document: Document) -> Preview:
    """How the slides of the newest version stand."""
    db.session.rollback()
    newest = (Version.document_id == document.id, Version.number == document.last_version)
    return db.session.scalars(select(Preview).join(Version, Version.id == Preview.version_id).where(*newest)).one()


def slides_of(document: Document) -> list[Slide]:
    """The slides of all versions that are left."""
    db.session.rollback()
    of = select(Slide).join(Version, Version.id == Slide.version_id).where(Version.document_id == document.id)
    return list(db.session.scalars(of.order_by(Version.number, Slide.number)))


def size_of(key: str | None) -> tuple[int, int]:
    """The width and height of a picture that is kept."""
    content = uploads.stream_of(key or "").read()
    assert content[8:16] == b"WEBPVP8 "
    return tuple(int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28))  # type: ignore[return-value]


def left_over() -> list[Path]:
    """What the worker left lying about."""
    return [*Path(uploads.store().folder).glob("making/*/*"), *uploads.orphans()]
