"""What is asked of stored files: those of a page of posts, where bytes are, and whether all are there."""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import bindparam, case, cast, or_, select

from forum.access import FACILITATE, can, level, opened
from forum.kit.filetypes import ALLOWED, inline_safe
from forum.kit.hot import Hot
from forum.models import Document, FileAudience, Group, Post, Receipts, Version
from forum.who import Person

_LEADS = bindparam("leads", type_=sa.Boolean)
_SCAN = (
    select(cast(Version.scan, sa.String))
    .where(Version.document_id == Document.id, Version.number == Document.last_version)
    .scalar_subquery()
)
ATTACHED = Hot(
    select(
        Document.post_id, Document.n, Document.title, Document.kind, Document.extension, Document.size,
        Document.audience, Document.hidden_at, Document.last_version, Document.download_count,
        case((Document.checked, ""), else_=_SCAN).label("scan"),
        Document.receipts,
    )
    .where(
        Document.post_id.in_(
            select(Post.id).where(
                Post.topic_id == bindparam("topic"), Post.place > bindparam("above"), Post.place <= bindparam("upto")
            )
        ),
        Document.posted_at.is_not(None), Document.deleted_at.is_(None),
        or_(Document.checked, Document.uploader_id == bindparam("me")),
        or_(_LEADS, Document.hidden_at.is_(None)), or_(_LEADS, Document.audience != FileAudience.FACILITATORS),
    )
    .order_by(Document.post_id, Document.n)
)  # fmt: skip


class Attached(NamedTuple):
    """A file of a post, as the post's page shows it. `opens`: this reader may open it."""

    post_id: int
    n: int
    title: str
    kind: str
    extension: str
    size: int
    audience: FileAudience
    hidden_at: datetime | None
    last_version: int
    download_count: int
    #: how it stands with the virus scanner, for its uploader alone; '' once it is open
    scan: str
    receipts: Receipts
    opens: bool


def attached_to(topic: Any, above: int, upto: int, me: Person) -> dict[int, list[Attached]]:
    """The files of the posts at the places `above` < place <= `upto` of a topic they may read, by post id.

    One statement. Also of posts that are hidden or deleted: show those of posts that they see.
    """
    found: dict[int, list[Attached]] = defaultdict(list)
    opens, leads = opened(me, topic.group), level(me, topic.group) >= FACILITATE
    for row in ATTACHED.rows({"topic": topic.id, "above": above, "upto": upto, "leads": leads, "me": me.id or 0}):
        found[row.post_id].append(Attached._make((*row, row.audience in opens)))
    return found


def way_to_open(me: Person, group: Group) -> str:
    """What a reader does to open a file they may only know of: 'sign in', 'join', or '' where there is no way."""
    if not me:
        return "sign in"
    return "join" if can(me, "join", group) else ""


def type_label(extension: str) -> str:
    """What people call files of an extension: 'PowerPoint'."""
    kind = ALLOWED.get(extension)
    return kind.label if kind else extension.upper()


def opens_inline(extension: str) -> bool:
    """Whether a browser may show a stored file itself, in a sandbox: a picture of points, or a PDF."""
    kind = ALLOWED.get(extension)
    return kind is not None and inline_safe(kind)
