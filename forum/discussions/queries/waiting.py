"""The questions that wait for an answer in all groups of a reader, oldest first: a page by one statement.

Of each group only as many as fit on the page are looked at, so the page costs the same however many wait.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, select, true, tuple_
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.discussions.queries.lists import Shelf, from_key, to_key
from forum.discussions.queries.rows import COLUMNS, TAGS, Row, row_from
from forum.kit.hot import Hot
from forum.models import Group, Topic, TopicTag, User, waits

#: of each group so many questions are looked at for their tags; of all, so many tags are shown
TAGGED, CHIPS = 50, 30

_AT: Any = bindparam("at", type_=Topic.created_at.type)
_one, _place, _its_group = aliased(Topic), aliased(Topic), aliased(Group)
#: the number of the question that the page before ended with, if this reader may know of it
_NUMBER = func.coalesce(
    select(_place.id)
    .join(_its_group, _its_group.id == _place.group_id)
    .where(_its_group.slug == bindparam("slug"), _place.n == bindparam("n"), readable(_place, ASKER))
    .correlate(None)
    .scalar_subquery(),
    0,
)
_TAG: Any = bindparam("tag")


def _oldest(tagged: bool, later: bool, limit: Any) -> Any:
    """The oldest questions that wait in one group, of those this reader may read."""
    found = select(_one.id).where(_one.group_id == Group.id, waits(_one), readable(_one, ASKER))
    if tagged:
        tag = select(1).where(TopicTag.topic_id == _one.id, TopicTag.tag == _TAG)
        found = found.where(tag.correlate(_one).exists())
    if later:
        found = found.where(_one.created_at >= _AT, tuple_(_one.created_at, _one.id) > tuple_(_AT, _NUMBER))
    return found.order_by(_one.created_at, _one.id).limit(limit).correlate(Group)


def _topics(engine: str, columns: Any, oldest: Any) -> Any:
    """These topics of each group where the reader has a seat. SQLite has no LATERAL, PostgreSQL needs it."""
    found = select(*columns).select_from(Group)
    if engine == "postgresql":
        each = oldest.lateral()
        found = found.join(each, true()).join(Topic, Topic.id == each.c.id)
    else:
        found = found.join(Topic, Topic.id.in_(oldest))
    return found.where(Group.id.in_(ASKER.seats()))


_ROW = (*COLUMNS, literal(0).label("new"), TAGS.label("tags"), Group.slug, Group.name, Group.hue)
LISTS: Mapping[tuple[bool, bool], Hot] = {
    (tagged, later): Hot({
        engine: _topics(engine, _ROW, _oldest(tagged, later, bindparam("limit")))
        .join(User, User.id == Topic.author_id)
        .order_by(Topic.created_at, Topic.id)
        .limit(bindparam("limit"))
        for engine in ("sqlite", "postgresql")
    })
    for tagged in (False, True)
    for later in (False, True)
}  # fmt: skip
USED = Hot({
    engine: _topics(engine, (TopicTag.tag,), _oldest(tagged=False, later=False, limit=TAGGED))
    .join(TopicTag, and_(TopicTag.topic_id == Topic.id))
    .distinct()
    .order_by(TopicTag.tag)
    .limit(CHIPS)
    for engine in ("sqlite", "postgresql")
})  # fmt: skip


def unanswered(me: Person, tag: str, after: str, size: int) -> Shelf:
    """A page of the questions that wait in their groups. `after`: the key of the page before."""
    place, _, slug = after.partition(".")
    key: tuple[datetime | None, int] = from_key(place) or (None, 0)
    asked = {**asked_by(me), "tag": tag, "limit": size + 1, "at": key[0], "n": key[1], "slug": slug[:60]}
    rows = LISTS[bool(tag), key[0] is not None].rows(asked)
    shown = [row_from(row, group=(row.slug, row.name, row.hue)) for row in rows[:size]]
    return Shelf(shown, _key(shown[-1]) if len(rows) > size else "")


def _key(row: Row) -> str:
    """What names the end of a page in an address: nothing site-wide."""
    return f"{to_key(row, 'unanswered')}.{row.group[0] if row.group else ''}"


def tags_waiting(me: Person) -> list[str]:
    """The tags of the questions that wait in their groups, of those that wait longest."""
    return [row.tag for row in USED.rows(asked_by(me))]
