"""Slides as a worker would have made them, for tests of those who look at them."""

import io
from typing import Any

from PIL import Image
from sqlalchemy import select

from forum import uploads
from forum.kit.db import db
from forum.models import Document, Preview, PreviewState, Slide, Version


def picture(width: int, height: int) -> bytes:
    """A picture of that size."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (10, 90, 100)).save(out, "WEBP", quality=10, method=0)
    return out.getvalue()


LARGE, SMALL = picture(1600, 900), picture(640, 360)


def draw(document: Document, count: int = 2, **said: Any) -> list[Slide]:
    """The slides of a file's newest version, drawn; `title="Measure {}"` and the like say what is on each. Commits."""
    newest = (Version.document_id == document.id, Version.number == document.last_version)
    preview = db.session.scalars(select(Preview).join(Version, Version.id == Preview.version_id).where(*newest)).one()
    slides = sketch(preview, count, **said)
    db.session.commit()
    return slides


def sketch(preview: Preview, count: int = 2, **said: Any) -> list[Slide]:
    """The slides of one preview, which is ready then."""
    words = {"title": "Slide of the demo, {}", "text": "• A point of {}\n• Another", "notes": "Slowly, {}", **said}
    slides = [
        Slide(
            version_id=preview.version_id, group_id=preview.group_id, number=number, width=1600, height=900,
            large_key=uploads.keep_picture(LARGE), small_key=uploads.keep_picture(SMALL),
            **{name: text.format(number) for name, text in words.items()},
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    db.session.add_all(slides)
    preview.state, preview.pages, preview.done, preview.renderer = PreviewState.READY, count, count, uploads.RENDERER
    db.session.flush()
    return slides


def sketch_all() -> None:
    """Slides for every file that waits for them. Commits."""
    for preview in db.session.scalars(select(Preview).where(Preview.state == PreviewState.WAITING)):
        sketch(preview)
    db.session.commit()
