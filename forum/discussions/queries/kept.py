"""What a person keeps, of what they may read at this moment."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable, shown
from forum.discussions.queries.answers import in_short
from forum.kit.db import db
from forum.models import Bookmark, Document, Group, Post, Topic, User

_AT: Any = bindparam("at", type_=Bookmark.kept_at.type)
_AUTHOR = aliased(User)
_POST_SHOWS = and_(Bookmark.post_id.is_not(None), Post.deleted_at.is_(None), readable(Post, ASKER))
_FILE_SHOWS = and_(Bookmark.document_id.is_not(None), readable(Document, ASKER))
_COLUMNS = (
    Bookmark.kept_at, Group.slug, Group.name.label("group_name"), Group.hue, Topic.n, Topic.title, Topic.kind, Post.no,
    func.substr(Post.html, 1, 2000).label("html"), _AUTHOR.name.label("author"),
    shown(ASKER, "organisation", _AUTHOR).label("organisation"),
    Document.n.label("file_n"), Document.title.label("file_title"), Document.kind.label("file_kind"),
    Document.extension, Document.size,
)  # fmt: skip
_KEPT = (
    select(*_COLUMNS)
    .select_from(Bookmark)
    .outerjoin(Post, Post.id == Bookmark.post_id)
    .outerjoin(Topic, Topic.id == Post.topic_id)
    .outerjoin(Document, Document.id == Bookmark.document_id)
    .join(Group, Group.id == func.coalesce(Post.group_id, Document.group_id))
    .join(_AUTHOR, _AUTHOR.id == func.coalesce(Post.author_id, Document.uploader_id))
    .where(Bookmark.user_id == bindparam("me"), or_(_POST_SHOWS, _FILE_SHOWS))
    .order_by(Bookmark.kept_at.desc(), Bookmark.id.desc())
    .limit(bindparam("limit"))
)
_OLDER = _KEPT.where(Bookmark.kept_at < _AT)


class Kept(NamedTuple):
    """A post or a file that somebody keeps: where it is, what it is called, and how it begins."""

    kept_at: datetime
    url: str
    title: str
    what: str
    icon: str
    excerpt: str
    author: str
    organisation: str | None
    group_name: str
    hue: int


def kept_by(me: Person, before: datetime | None, limit: int) -> list[Kept]:
    """Posts and files that they keep, those kept last first. One statement."""
    asked = {**asked_by(me), "limit": limit}
    rows = db.session.execute(_OLDER, {**asked, "at": before}) if before else db.session.execute(_KEPT, asked)
    return [_kept(row) for row in rows]


def _kept(row: Any) -> Kept:
    base, by = f"/groups/{row.slug}", (row.author, row.organisation, row.group_name, row.hue)
    if row.file_n is not None:
        return Kept(row.kept_at, f"{base}/library/{row.file_n}", row.file_title, "File", row.file_kind, "", *by)
    what = f"Reply {row.no}" if row.no else row.kind.value.capitalize()
    sign = "reply" if row.no else row.kind.value
    address = f"{base}/topics/{row.n}/posts/{row.no}" if row.no else f"{base}/topics/{row.n}"
    return Kept(row.kept_at, address, row.title, what, sign, in_short(row.html), *by)
