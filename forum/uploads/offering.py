"""Files that were sent and are not posted yet: offered again to who sent them, and how many may go together."""

from collections.abc import Collection, Sequence

from flask import current_app
from sqlalchemy import select

from forum.access import readable
from forum.kit.db import db
from forum.kit.when import plural
from forum.models import Document, Group
from forum.who import Person

#: so many are offered again
SHOWN = 50


def waiting(me: Person, group: Group, besides: Collection[Document] = ()) -> list[Document]:
    """A person's own drafts in a group, newest first, but those that stand on the page already."""
    unposted = (Document.posted_at.is_(None), Document.deleted_at.is_(None), readable(Document, me))
    own = (Document.group_id == group.id, Document.uploader_id == me.id, *unposted)
    found = db.session.scalars(select(Document).where(*own).order_by(Document.id.desc()).limit(SHOWN + len(besides)))
    return [document for document in found if document not in besides][:SHOWN]


def too_many(documents: Sequence[Document]) -> str:
    """A sentence when these are more than may be posted at a time, however they came; else ''."""
    most = current_app.config["MAX_FILES"]
    if len(documents) <= most:
        return ""
    many = plural(documents, "file")
    return f"These are {many}. At most {plural(most, 'file')} can be added at a time: untick some, and add those after."
