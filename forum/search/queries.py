"""What is found, newest first. The index names candidates; the rule, in the same statement, decides over the real rows.

Counts are counted after it, and stop at MOST. Statements are made once, for each database.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)  # fmt: skip
from sqlalchemy.orm import aliased, join

from forum.access import ASKER, findable, readable, shown
from forum.index import index_of
from forum.kit.hot import Hot
from forum.models import Document, Group, Page, Post, Slide, Topic, User, Version, Workshop
from forum.models.entries import LAST, SLOTS
from forum.search.columns import OF_FILE, OF_PAGE, OF_TALK, OF_WORKSHOP
from forum.search.edges import EDGE, FILE, FILE_BEFORE, PAGE_BEFORE, POST_BEFORE, WORKSHOP_BEFORE

Rows = Select[*tuple[Any, ...]]
#: rows on a page; the most that are counted; the newest among which the best are looked for
PAGE, MOST, CANDIDATES = 20, 50, 500
#: above every entry's number
TOP = 2**62
ENGINES = ("sqlite", "postgresql")
KINDS = ("talk", "pages", "workshops", "files", "people")


_IN_GROUP = or_(bindparam("group", type_=String) == "", Group.slug == bindparam("group", type_=String))


def _posts(number: Any, *beside: Any) -> Rows:
    """The post of an entry. An opening post's words are its topic's title too, also when its own text is gone."""
    rows = join(Post, Topic, Topic.id == Post.topic_id).join(Group, Group.id == Post.group_id)
    here = or_(Post.deleted_at.is_(None), Post.no == 0)
    found = select().select_from(*beside, rows.join(User, User.id == Post.author_id))
    return found.where(Post.id == number, readable(Post, ASKER), here, _IN_GROUP)


def _pages(number: Any, *beside: Any) -> Rows:
    """The page of an entry, with who wrote what it says now."""
    rows = join(Page, Group, Group.id == Page.group_id).join(User, User.id == Page.editor_id)
    return select().select_from(*beside, rows).where(Page.id == number, readable(Page, ASKER), _IN_GROUP)


def _workshops(number: Any, *beside: Any) -> Rows:
    """The workshop of an entry, with who planned it."""
    rows = join(Workshop, Group, Group.id == Workshop.group_id).join(User, User.id == Workshop.organiser_id)
    return select().select_from(*beside, rows).where(Workshop.id == number, readable(Workshop, ASKER), _IN_GROUP)


def _files(number: Any, *beside: Any) -> Rows:
    """The file of an entry, or the slide of its newest version."""
    slide = and_(Slide.version_id == Version.id, Slide.number == LAST - number % SLOTS)
    rows = join(Version, Document, Document.id == Version.document_id).join(Group, Group.id == Document.group_id)
    found = select().select_from(*beside, rows.join(Slide, slide, isouter=True))
    return found.where(Version.id == cast(number // SLOTS, Integer), *FILE, _IN_GROUP)


#: of each kind: the index that names candidates, and the rows
_SOURCES: dict[str, tuple[str, Callable[..., Rows]]] = {
    "talk": ("post_index", _posts), "pages": ("page_index", _pages), "files": ("file_index", _files),
    "workshops": ("workshop_index", _workshops),
}  # fmt: skip


def _newest(
    engine: str, kind: str, limit: int, columns: Sequence[Any] = (), before: Any = None, lately: bool = False
) -> Rows:
    """From the newest down; only what comes after the place that an address names, if this reader knows that place.

    PostgreSQL is told to look up words first, then row by row what they stand in, until there are enough.
    """
    name, rows = _SOURCES[kind]
    index = index_of(name, engine, kind, lately)
    if engine == "sqlite":
        found = rows(index.number, index.table).add_columns(*columns or (literal(1),)).where(index.found)
        found = found if before is None else found.where(index.number < func.coalesce(before, TOP))
        return found.order_by(index.number.desc()).limit(limit)
    number = (index.number + 0).label("number")
    some = select(number).where(index.found)
    some = some if before is None else some.where(number < func.coalesce(before, TOP))
    entry = some.order_by(number.desc()).subquery()
    row = rows(entry.c.number).add_columns(*columns or (literal(1),)).limit(1).lateral()
    return select(*row.c).select_from(entry).join(row, true()).order_by(entry.c.number.desc()).limit(limit)


def _people(engine: str) -> Rows:
    """People who are found by name and organisation, or by name alone where this reader does not see the other."""
    by_name, by_both = index_of("person_index", engine, "names"), index_of("person_index", engine, "people")
    named = User.id.in_(select(by_name.number).where(by_name.found))
    both = User.id.in_(select(by_both.number).where(by_both.found))
    seen = shown(ASKER, "organisation").is_not(None)
    return (
        select()
        .select_from(User)
        .where(readable(User, ASKER), findable(ASKER), or_(and_(seen, both), and_(~seen, named)))
    )


def _counted(some: Rows) -> ColumnElement[int]:
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _counts(engine: str, but: str) -> Rows:
    most = MOST + 1
    talk = _counted(_newest(engine, "talk", most))
    if engine == "postgresql":
        talk = case((_counted(_newest(engine, "talk", most, lately=True)) == most, most), else_=talk)
    people = _counted(_people(engine).add_columns(literal(1)).limit(most))
    parts = {"talk": talk, **{kind: _counted(_newest(engine, kind, most)) for kind in KINDS[1:-1]}}
    parts["people"] = people
    return select(*(count.label(kind) for kind, count in parts.items() if kind != but))


def _talk_rows(engine: str, limit: int, lately: bool = False) -> Rows:
    return _newest(engine, "talk", limit, OF_TALK, POST_BEFORE, lately)


def _page_rows(engine: str, limit: int) -> Rows:
    return _newest(engine, "pages", limit, OF_PAGE, PAGE_BEFORE)


def _workshop_rows(engine: str, limit: int) -> Rows:
    return _newest(engine, "workshops", limit, OF_WORKSHOP, WORKSHOP_BEFORE)


def _file_rows(engine: str, limit: int) -> Rows:
    return _newest(engine, "files", limit, OF_FILE, FILE_BEFORE)


def _people_rows(engine: str, limit: int, paged: bool) -> Rows:
    fields = [shown(ASKER, name).label(name) for name in ("organisation", "job_title", "photo_key")]
    by_name = (func.lower(User.name), User.handle)
    rows = _people(engine).add_columns(User.name, User.handle, User.hue, *fields).order_by(*by_name).limit(limit)
    last = aliased(User)
    place = select(func.lower(last.name), last.handle).where(last.handle == EDGE[0], readable(last, ASKER))
    beyond = or_(~place.exists(), tuple_(*by_name) > place.scalar_subquery())
    return rows.where(beyond) if paged else rows


def _hot(made: Any, *more: Any) -> Hot:
    return Hot({engine: made(engine, *more) for engine in ENGINES})


#: how many there are of each kind but one
COUNTS = {but: _hot(_counts, but) for but in ("", *KINDS)}
#: as many as are counted, which begin with the first page; and a later page
FIRST = {
    "talk": _hot(_talk_rows, MOST + 1), "pages": _hot(_page_rows, MOST + 1), "files": _hot(_file_rows, MOST + 1),
    "workshops": _hot(_workshop_rows, MOST + 1), "people": _hot(_people_rows, MOST + 1, False),
}  # fmt: skip
LATER = {
    "talk": _hot(_talk_rows, PAGE + 1), "pages": _hot(_page_rows, PAGE + 1), "files": _hot(_file_rows, PAGE + 1),
    "workshops": _hot(_workshop_rows, PAGE + 1), "people": _hot(_people_rows, PAGE + 1, True),
}  # fmt: skip
#: topics and posts on PostgreSQL: enough of them may stand in what was written lately
LATELY = _hot(_talk_rows, MOST + 1, True)
#: the newest, to find the best among them
BEST = {**FIRST, "talk": _hot(_talk_rows, CANDIDATES), "files": _hot(_file_rows, CANDIDATES)}
