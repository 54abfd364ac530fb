"""What the library shows. Every list is cut by the rule in the statement itself; statements are made once."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, case, func, select, tuple_
from sqlalchemy.orm import lazyload

from forum.access import ASKER, Person, asked_by, mentioned, readable, shown
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.library.decks import cover
from forum.models import Document, Group, Post, Topic, User, Version

PAGE = 25
#: how a list can be sorted: what by, and whether the largest comes first
SORTS: dict[str, tuple[ColumnElement[Any], bool]] = {
    "newest": (Document.posted_at.expression, True),
    "title": (func.lower(Document.title), False),
    "downloads": (Document.download_count.expression, True),
}
_HERE = (Document.group_id == bindparam("group"), mentioned(ASKER))


class Wanted(NamedTuple):
    """What of a library is asked for. `after` and `before` name a document at the edge of the page before."""

    kind: str = ""
    folder: str = ""
    sort: str = "newest"
    after: int = 0
    before: int = 0


class Shelf(NamedTuple):
    """A page of a library: rows, and whether there are more on either side."""

    rows: list[Any]
    newer: bool
    older: bool


def shelf(me: Person, group: Group, wanted: Wanted) -> Shelf:
    """A page of the documents this reader may know of, each with whether they may open it, and its uploader."""
    values = {**asked_by(me), "group": group.id, "kind": wanted.kind, "folder": wanted.folder}
    number = wanted.after or wanted.before
    edge = db.session.execute(_edge(wanted.sort), {**values, "n": number}).first() if number else None
    way = "" if edge is None else "after" if wanted.after else "before"
    if edge is not None:
        values |= {"edge": edge[0], "edge_id": edge[1]}
    statement = _listing(wanted.sort, bool(wanted.kind), bool(wanted.folder), way)
    rows = list(db.session.execute(statement, values))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if way == "before":
        return Shelf(rows[::-1], newer=more, older=True)
    return Shelf(rows, newer=way == "after", older=more)


@cache
def _edge(sort: str) -> Select[Any, int]:
    """Where a page begins: the sorting values of the document it names, if the reader may know of that one."""
    return select(SORTS[sort][0], Document.id).where(*_HERE, Document.n == bindparam("n"))


@cache
def _listing(sort: str, of_kind: bool, in_folder: bool, way: str) -> Select[Any, Any, Any, Any, Any]:
    by, falling = SORTS[sort]
    down = falling != (way == "before")
    found = (
        select(
            Document, readable(Document, ASKER).label("opens"), cover().label("cover"),
            User.name, User.handle, shown(ASKER, "organisation").label("organisation"),
        )
        .join(User, User.id == Document.uploader_id)
        .where(*_HERE)
        .order_by(*((by.desc(), Document.id.desc()) if down else (by.asc(), Document.id.asc())))
        .options(lazyload(Document.group))
        .limit(PAGE + 1)
    )  # fmt: skip
    found = found.where(Document.kind == bindparam("kind")) if of_kind else found
    found = found.where(Document.folder == bindparam("folder"), readable(Document, ASKER)) if in_folder else found
    if not way:
        return found
    place, edge = tuple_(by, Document.id), tuple_(bindparam("edge", type_=by.type), bindparam("edge_id", type_=Integer))
    return found.where(place < edge if down else place > edge)


_FOLDER = case((readable(Document, ASKER), Document.folder), else_="").label("folder")
_MARKS = select(Document.kind, _FOLDER).where(*_HERE).distinct()


def marks(me: Person, group: Group) -> tuple[list[str], list[str]]:
    """The kinds of the documents this reader may know of, and the folders of those they open, to filter by."""
    rows = list(db.session.execute(_MARKS, {**asked_by(me), "group": group.id}))
    return sorted({kind for kind, _ in rows}), sorted({folder for _, folder in rows if folder}, key=str.casefold)


_VERSIONS = (
    select(
        Version.number, Version.name, Version.extension, Version.size, Version.created_at,
        User.name.label("by"), User.handle, shown(ASKER, "organisation").label("organisation"),
    )
    .join(User, User.id == Version.uploader_id)
    .where(Version.document_id == bindparam("document"), Version.deleted_at.is_(None))
    .order_by(Version.number.desc())
)  # fmt: skip


def versions_of(document: Document, me: Person) -> list[Row[Any]]:
    """The versions of a document, newest first, each with who added it."""
    return list(db.session.connection().execute(_VERSIONS, {**asked_by(me), "document": document.id}))


_TALK = (
    select(Topic.n, Topic.title, Topic.kind, Topic.reply_count, Topic.accepted_no, Post.no)
    .join(Post, Post.topic_id == Topic.id)
    .where(Post.id == bindparam("post"), readable(Post, ASKER))
)


def talk_about(document: Document, me: Person) -> list[Row[Any]]:
    """The topic whose post carries the document, if this reader may read it."""
    if document.post_id is None:
        return []
    return list(db.session.connection().execute(_TALK, {**asked_by(me), "post": document.post_id}))


BYTES = Hot(
    select(
        Version.id, Version.document_id, Version.name, Version.extension, Version.media_type, Version.sha256,
        Version.storage_key, Version.created_at,
    )
    .join(Document, Document.id == Version.document_id)
    .join(Group, Group.id == Document.group_id)
    .where(
        Group.slug == bindparam("slug"), Document.n == bindparam("n"), readable(Document, ASKER),
        Version.number == func.coalesce(bindparam("version", type_=Integer), Document.last_version),
        Version.deleted_at.is_(None),
    )
)  # fmt: skip


def bytes_of(me: Person, slug: str, n: int, version: int | None) -> Any:
    """What is needed to send a version (the newest for None) of a file that this reader may open; else None."""
    asked = {**asked_by(me), "slug": slug, "n": n, "version": version}
    return BYTES.first(asked)
