"""The slides of one version, from the words to the last picture."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import and_, select

from forum import uploads
from forum.kit.db import db
from forum.models import PreviewState, Slide
from forum.previews import office
from forum.previews.child import MEGABYTE, Broke, Limits, Stopped, facts_of, worker
from forum.previews.claims import RENEWED, Claim, end, hold, note
from forum.previews.keeping import Odd, keep, whole

MOST_PAGES = 500
#: an Office file larger than this is for download only (bytes)
LARGEST = 300 * MEGABYTE
DRAWING = Limits(cpu=900, memory=600 * MEGABYTE, output=8 * MEGABYTE, silence=60, total=1800)
READING = Limits(cpu=60, memory=600 * MEGABYTE, output=8 * MEGABYTE, silence=60, total=60)
Beat = Callable[[], None]

TROUBLE = {
    "password": "This file is protected by a password, so its slides can’t be shown here.",
    "damaged": "This file is damaged: its pages can’t be read.",
    "points": "This picture has more than 40 million points, too many to show here.",
    "memory": "This file needs more memory than there is for making slides.",
}
LONG = f"This file has {{}} pages. Pages can be shown of files with up to {MOST_PAGES}."
LARGE = "This file is too large to make slides of it. It can be downloaded."
EMPTY = "There is no page in this file."
UNREADABLE = "No slides could be made of this file. It may be damaged, or protected by a password."
NO_PICTURES = "Only the words are here: LibreOffice, which draws the slides, is not installed on this site."
NO_OFFICE = "LibreOffice, which makes pages of such files, is not installed on this site."


class Unmakeable(Exception):
    """There will be no slides of this file; says why."""


def make(claim: Claim, folder: Path) -> None:
    """Makes and keeps what is still missing, page by page, and says that it is ready.

    Raises Unmakeable, Lost; Stopped, Broke, Odd and OSError, after which another try may do better.
    """
    with uploads.at_hand(claim.storage_key) as source:  # bytes that are not there are no damaged file
        make_of(claim, source, folder, Beats(claim))


def make_of(claim: Claim, source: Path, folder: Path, beat: Beat) -> None:
    """The same, of a file at hand."""
    if claim.extension == "pdf" or claim.kind == "image":
        pages = draw(claim, source, "image" if claim.kind == "image" else "pdf", folder, beat)
        finish(claim, pages)
        return
    if claim.size > LARGEST:
        raise Unmakeable(LARGE)
    copy = folder / f"document.{claim.extension}"
    shutil.copyfile(source, copy)
    written = read(claim, copy, folder, beat) if claim.extension == "pptx" else 0
    if not office.makes(claim.kind):
        without_office(claim, folder, written, beat)
        return
    made = office.to_pdf(copy, claim.kind, folder, beat)
    if made is None:
        raise Unmakeable(UNREADABLE)
    finish(claim, draw(claim, made, "pdf", folder, beat, written))


class Beats:
    """Called every moment; renews the claim now and then. Raises Lost."""

    def __init__(self, claim: Claim) -> None:
        self.claim, self.last = claim, time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self.last > RENEWED:
            hold(self.claim)
            self.last = time.monotonic()


def read(claim: Claim, deck: Path, folder: Path, beat: Beat) -> int:
    """How many slides of a deck have their words now: all, or 0 where it could not be read."""
    command = worker("deck", deck.name, MOST_PAGES)
    try:
        said = list(facts_of(command, folder, READING, beat))
    except (Broke, Stopped):
        return 0
    pages = counted(said[0]) if said else 0
    for facts in said[1:]:
        keep(claim, facts, folder, pages)
    db.session.commit()
    return pages


def without_office(claim: Claim, folder: Path, written: int, beat: Beat) -> None:
    """The words of a deck and the picture that it brings of itself; for others the word that a program is missing."""
    if not written:
        end(claim, state=PreviewState.FAILED, reason=NO_OFFICE)
        return
    if (folder / "thumbnail").is_file():
        try:
            for facts in list(facts_of(worker("pages", "thumbnail", "image", 1, 1), folder, READING, beat))[1:]:
                keep(claim, facts, folder, written)
            db.session.commit()
        except (Broke, Stopped, Odd):
            db.session.rollback()
    end(claim, state=PreviewState.READY, reason=NO_PICTURES)


def draw(claim: Claim, source: Path, kind: str, folder: Path, beat: Beat, written: int = 0) -> int:
    """How many pages there are, all of them drawn. Those that were drawn before are left out.

    `written` slides have their words already; they are kept if the pages are as many.
    """
    first = claim.done + 1
    with closing(facts_of(worker("pages", source, kind, first, MOST_PAGES), folder, DRAWING, beat)) as said:
        pages = counted(next(said, {}))
        known = ("title", "text") if written == pages else ()
        for facts in troubled(said):
            fresh = {name: value for name, value in facts.items() if name not in known}
            keep(claim, fresh, folder, pages, done=facts.get("page", 0))
            db.session.commit()
    return pages


def troubled(said: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same, until something went wrong. Raises Unmakeable."""
    for facts in said:
        if "trouble" in facts:
            raise Unmakeable(TROUBLE.get(str(facts["trouble"]), UNREADABLE))
        yield facts


def counted(facts: dict[str, Any]) -> int:
    """How many pages there are. Raises Unmakeable for none, and for too many."""
    list(troubled(iter((facts,))))
    pages = whole(facts.get("pages"), 0, 10**7)
    if not pages:
        raise Unmakeable(EMPTY)
    if pages > MOST_PAGES:
        raise Unmakeable(LONG.format(f"{pages:,}"))
    return pages


def finish(claim: Claim, pages: int) -> None:
    """Says that all is there, and takes away what an earlier making had more."""
    beyond = and_(Slide.version_id == claim.version_id, Slide.number > pages)
    uploads.drop_pictures(beyond)
    for slide in db.session.scalars(select(Slide).where(beyond)):
        db.session.delete(slide)
    note(claim, pages=pages, done=pages, state=PreviewState.READY, reason="", renderer=uploads.RENDERER)
    db.session.commit()
