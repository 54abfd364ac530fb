"""How a post changed."""

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select

from forum.kit.db import db
from forum.kit.text import diff
from forum.models import Post, Revision

MOST = 50


class Change(NamedTuple):
    """One edit: when, and what it did to the text, and to the title where that changed.

    No `text`: the words alone were changed that the post quotes, which the text does not hold.
    """

    at: datetime
    text: Markup | None
    title: Markup | None


def changes(post: Post) -> list[Change]:
    """The edits of a post the reader may read, newest first; at most MOST."""
    found = select(Revision).where(Revision.post_id == post.id).order_by(Revision.number.desc()).limit(MOST)
    kept = list(db.session.scalars(found))
    later = post.edited_at or post.created_at
    body, title, made = post.body, post.topic.title if post.no == 0 else "", []
    for before in kept:
        changed = diff(before.title, title) if before.title and before.title != title else None
        said = diff(before.body, body) if changed or before.body != body else None
        made.append(Change(later, said, changed))
        body, title, later = before.body, before.title or title, before.written_at
    return made
