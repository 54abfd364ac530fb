"""The library of a group as a list: cut by the rule in the statement itself, found by marks, paged by key."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, literal, select, tuple_, union_all
from sqlalchemy.orm import lazyload

from forum.access import ASKER, Person, asked_by, mentioned, readable, shown
from forum.kit.db import db
from forum.library.decks import cover
from forum.models import Document, DocumentTag, Group, User, Version

PAGE = 25
#: files that can be chosen at once
MOST = 100
_BY_TITLE = (func.lower(Document.title), Document.id)
#: how a list can be sorted: what by, and whether the largest comes first
SORTS: dict[str, tuple[ColumnElement[Any], bool]] = {
    "newest": (Document.posted_at.expression, True),
    "title": (func.lower(Document.title), False),
    "downloads": (Document.download_count.expression, True),
}
_HERE = (Document.group_id == bindparam("group"), mentioned(ASKER))
_TAGGED = select(1).where(DocumentTag.document_id == Document.id, DocumentTag.tag == bindparam("tag"))
#: what a list can be cut by
FILTERS: dict[str, ColumnElement[bool]] = {
    "kind": Document.kind == bindparam("kind"),
    "folder": Document.folder == bindparam("folder"),
    "workshop": Document.workshop == bindparam("workshop"),
    "tag": exists(_TAGGED.correlate(Document)),
    "by": Document.uploader_id == select(User.id).where(User.handle == bindparam("by")).scalar_subquery(),
}
#: what a card shows of a file; all else is said to those who may open it
ON_CARDS = {"kind"}
TAGS = (
    select(func.aggregate_strings(DocumentTag.tag, "\n"))
    .where(DocumentTag.document_id == Document.id)
    .correlate(Document)
    .scalar_subquery()
)


class Wanted(NamedTuple):
    """What of a library is asked for. `after` and `before` name a document at the edge of the page before."""

    kind: str = ""
    folder: str = ""
    workshop: str = ""
    tag: str = ""
    #: the handle of who added it
    by: str = ""
    sort: str = "newest"
    after: int = 0
    before: int = 0

    @property
    def marks(self) -> dict[str, str]:
        """What it is cut by."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}


class Shelf(NamedTuple):
    """A page of a library: rows, and whether there are more on either side."""

    rows: list[Any]
    newer: bool
    older: bool


def shelf(me: Person, group: Group, wanted: Wanted) -> Shelf:
    """A page of the documents this reader may know of, each with whether they may open it, and its uploader."""
    values = {**asked_by(me), "group": group.id, **wanted.marks}
    number = wanted.after or wanted.before
    edge = db.session.execute(_edge(wanted.sort), {**values, "n": number}).first() if number else None
    way = "" if edge is None else "after" if wanted.after else "before"
    if edge is not None:
        values |= {"edge": edge[0], "edge_id": edge[1]}
    rows = list(db.session.execute(listing(wanted.sort, tuple(wanted.marks), way), values))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if way == "before":
        return Shelf(rows[::-1], newer=more, older=True)
    return Shelf(rows, newer=way == "after", older=more)


@cache
def _edge(sort: str) -> Select[Any, int]:
    """Where a page begins: the sorting values of the document it names, if the reader may know of that one."""
    return select(SORTS[sort][0], Document.id).where(*_HERE, Document.n == bindparam("n"))


@cache
def listing(sort: str, cut_by: tuple[str, ...], way: str) -> Select[Any, Any, Any, Any, Any, Any]:
    """The statement of a page, sorted so, cut by these FILTERS, on that side ("after", "before") of an edge, if any."""
    by, falling = SORTS[sort]
    down = falling != (way == "before")
    found = (
        select(
            Document, readable(Document, ASKER).label("opens"), cover().label("cover"), TAGS.label("tags"),
            User.name, User.handle, shown(ASKER, "organisation").label("organisation"),
        )
        .join(User, User.id == Document.uploader_id)
        .where(*_HERE, *(FILTERS[name] for name in cut_by))
        .order_by(*((by.desc(), Document.id.desc()) if down else (by.asc(), Document.id.asc())))
        .options(lazyload(Document.group))
        .limit(PAGE + 1)
    )  # fmt: skip
    found = found.where(readable(Document, ASKER)) if set(cut_by) - ON_CARDS else found
    if not way:
        return found
    place, edge = tuple_(by, Document.id), tuple_(bindparam("edge", type_=by.type), bindparam("edge_id", type_=Integer))
    return found.where(place < edge if down else place > edge)


def chosen(me: Person, group: Group, numbers: Iterable[int]) -> list[Document]:
    """Those of these documents that are posted and this reader may open, by title. One statement."""
    wanted = sorted({number for number in numbers if 0 < number < 2**31})[:MOST]
    found = select(Document).where(Document.group_id == group.id, Document.n.in_(wanted), *_open_to(me))
    return list(db.session.scalars(found.order_by(*_BY_TITLE).options(lazyload(Document.group)))) if wanted else []


def _open_to(me: Person) -> tuple[ColumnElement[bool], ...]:
    return Document.posted_at.is_not(None), readable(Document, me)


def to_pack(me: Person, group: Group, folder: str, numbers: Iterable[int], most: int) -> list[Any]:
    """What a zip is made of: the newest versions of the files of a folder, or of those chosen, that this reader opens.

    By title; one more than `most` when there are more. One statement.
    """
    wanted = sorted({number for number in numbers if 0 < number < 2**31})[:MOST]
    newest = and_(Version.document_id == Document.id, Version.number == Document.last_version)
    what = (Document.id, Document.title, Document.uploader_id, Document.receipts)
    here = (Document.group_id == group.id, Version.deleted_at.is_(None), *_open_to(me))
    found = select(*what, Version.name, Version.size, Version.storage_key).join(Version, newest).where(*here)
    found = found.where(Document.folder == folder) if folder else found.where(Document.n.in_(wanted))
    return list(db.session.execute(found.order_by(*_BY_TITLE).limit(most + 1))) if folder or wanted else []


def count_in(me: Person, group: Group, folder: str) -> int:
    """How many files this reader may open are in a folder."""
    here = (Document.group_id == group.id, Document.folder == folder, *_open_to(me))
    return db.session.scalar(select(func.count()).select_from(Document).where(*here)) or 0


class Marks(NamedTuple):
    """What the files of a library can be found by. People as (handle, name)."""

    kind: list[str]
    folder: list[str]
    workshop: list[str]
    tag: list[str]
    by: list[tuple[str, str]]


def _marks() -> Any:
    opens = readable(Document, ASKER).label("opens")
    here = select(
        Document.id, Document.kind, Document.folder, Document.workshop, Document.uploader_id, opens
    ).where(*_HERE).cte("here").prefix_with("MATERIALIZED")  # fmt: skip

    def of(name: str, column: Any) -> Any:
        return select(literal(name), column, literal("")).distinct()

    people = select(literal("by"), User.handle, User.name)
    return union_all(
        of("kind", here.c.kind),
        of("folder", here.c.folder).where(here.c.opens, here.c.folder != ""),
        of("workshop", here.c.workshop).where(here.c.opens, here.c.workshop != ""),
        of("tag", DocumentTag.tag).join(here, here.c.id == DocumentTag.document_id).where(here.c.opens),
        people.where(User.id.in_(select(here.c.uploader_id).where(here.c.opens))),
    )


MARKS = _marks()


def marks(me: Person, group: Group) -> Marks:
    """The kinds of the documents this reader may know of, and all else of those they open. One statement."""
    found: dict[str, list[Any]] = {name: [] for name in Marks._fields}
    for name, value, words in db.session.execute(MARKS, {**asked_by(me), "group": group.id}):
        found[name].append((value, words) if name == "by" else value)
    found["by"].sort(key=lambda person: person[1].casefold())
    return Marks(
        **{name: values if name == "by" else sorted(values, key=str.casefold) for name, values in found.items()}
    )
