"""The topics of one group, page by page: by key, in index order, counted by nobody."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import and_, bindparam, exists, or_, select, tuple_

from forum.access import FACILITATE, Level, Person, asked_by
from forum.discussions.queries.rows import COLUMNS, LEADS, READING, TAGS, Row, new_count, row_from, unread
from forum.kit.cache import Lru
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Reading, Topic, TopicKind, TopicTag, User, waits

_AT: Any = bindparam("at", type_=Topic.created_at.type)
_N: Any = bindparam("n")
_CAUGHT_UP = bindparam("caught_up", type_=Topic.created_at.type)
_HERE = and_(Topic.group_id == bindparam("group"), Topic.deleted_at.is_(None), or_(Topic.hidden_at.is_(None), LEADS))
_TAGGED = exists(select(1).where(TopicTag.topic_id == Topic.id, TopicTag.tag == bindparam("tag")).correlate(Topic))
VIEWS = ("latest", "unread", "unanswered", "announcements")


class Shelf(NamedTuple):
    """A page of a list, and the key of the one after it."""

    rows: list[Row]
    older: str


def _rows() -> Any:
    listed = select(*COLUMNS, new_count(_CAUGHT_UP).label("new"), TAGS.label("tags"))
    return (
        listed.join(User, User.id == Topic.author_id).outerjoin(Reading, READING).where(_HERE).limit(bindparam("limit"))
    )


def _made(view: str, tagged: bool, later: bool) -> Any:
    """The statement of a view, of its first page or a later one."""
    made = _rows()
    keys: tuple[Any, ...] = (Topic.last_post_at.desc(), Topic.id.desc())
    number = select(Topic.id).where(Topic.group_id == bindparam("group"), Topic.n == _N).scalar_subquery()
    after = tuple_(Topic.last_post_at, Topic.id) < tuple_(_AT, number)
    if view == "latest" and not tagged:
        made, keys = (made.where(~Topic.pinned) if later else made), (Topic.pinned.desc(), *keys)
    if view == "unread":
        made = made.where(unread(_CAUGHT_UP), Topic.last_post_at > _CAUGHT_UP)
    if view == "announcements":
        made = made.where(Topic.kind == TopicKind.ANNOUNCEMENT)
    if view == "unanswered":
        made, keys = made.where(waits(Topic)), (Topic.created_at, Topic.id)
        after = tuple_(Topic.created_at, Topic.id) > tuple_(_AT, number)
    made = made.where(_TAGGED) if tagged else made
    return (made.where(after) if later else made).order_by(*keys)


LISTS: Mapping[tuple[str, bool, bool], Hot] = {
    (view, tagged, later): Hot(_made(view, tagged, later))
    for view in VIEWS
    for tagged in (False, True)
    for later in (False, True)
}


def topics_in(me: Person, group: Any, granted: Level, view: str, tag: str, before: str, size: int) -> Shelf:
    """A page of a group's topics for someone who was let in, by one statement. `before`: the key of the page before."""
    key = from_key(before)
    seat = me.seats.get(group.id)
    asked = {
        **asked_by(me), "group": group.id, "leads": granted >= FACILITATE,
        "caught_up": seat.caught_up_at if seat else None,
        "tag": tag, "limit": size + 1, "at": key[0] if key else None, "n": key[1] if key else 0,
    }  # fmt: skip
    rows = LISTS[view, bool(tag), key is not None].rows(asked)
    shown = [row_from(row) for row in rows[:size]]
    if view == "unanswered":  # how long it waits is said, not how much of it is new
        shown = [row._replace(new=0) for row in shown]
    return Shelf(shown, to_key(shown[-1], view) if len(rows) > size else "")


def to_key(row: Row, view: str) -> str:
    """What names the end of a page in an address: a moment and a number in the group, nothing site-wide."""
    moment = row.created_at if view == "unanswered" else row.last_post_at
    return f"{int(moment.timestamp() * 1_000_000 + 0.5)}-{row.n}"


def from_key(key: str) -> tuple[datetime, int] | None:
    """The moment and number of a key; None for anything else."""
    micro, _, n = key.partition("-")
    if not (micro.isdecimal() and n.isdecimal() and len(micro) < 18 and len(n) < 10):
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micro)), int(n)


_USED = (
    select(TopicTag.tag)
    .join(Topic, Topic.id == TopicTag.topic_id)
    .where(TopicTag.group_id == bindparam("group"), Topic.deleted_at.is_(None), or_(Topic.hidden_at.is_(None), LEADS))
    .group_by(TopicTag.tag)
    .order_by(TopicTag.tag)
    .limit(60)
)


def tags_used(group: Any, granted: Level) -> list[str]:
    """The tags of a group's readable topics. Kept until something in the group changes."""
    leads = granted >= FACILITATE
    kept: Lru[Any, list[str]] = current_app.extensions["tags used"]
    asked = {"group": group.id, "leads": leads}
    return kept.get_or_make(
        (group.id, group.version, leads), lambda: list(db.session.connection().scalars(_USED, asked))
    )


def init_app(app: Flask) -> None:
    """The app remembers the tags of its groups."""
    app.extensions["tags used"] = Lru(500)
