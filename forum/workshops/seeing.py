"""Who opens the page of a workshop has read what they were told of it: written a moment after the page is sent."""

from datetime import datetime

from flask import Flask

from forum import notices
from forum.access import Person
from forum.inbox.words import MEETINGS
from forum.kit.buffer import Buffer
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Workshop

Key = tuple[int, int, str]  # a person, a group, what names the workshop there


def _write(entries: dict[Key, datetime]) -> None:
    """Writes and commits: it runs after the request, on its own, or as its last act."""
    for (user, group, code), until in entries.items():
        notices.seen(user, group, MEETINGS, code, until)
    db.session.commit()


#: openings of pages on their way to the database
openings: Buffer[Key, datetime] = Buffer(_write)


def opened(me: Person, workshop: Workshop) -> None:
    """They see the page now. Nothing is written for whoever has nothing unread in its group."""
    if me.id and f",{workshop.group_id}:" in f",{me.told}":
        openings.put((me.id, workshop.group_id, str(workshop.n)), now())


def init_app(app: Flask) -> None:
    """Openings are written after BUFFER_DELAY seconds."""
    openings.configure(app.config["BUFFER_DELAY"], app.app_context)
