"""What was moved to a topic and may be taken back, and where a part of it went on."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from forum.access import Person, readable
from forum.kit.db import db
from forum.models import Group, Move, Topic

#: SQL of when something was moved to a topic last, and of whether a part of it is a topic of its own
MOVED_AT = (
    select(func.max(Move.at)).where(Move.topic_id == Topic.id, Move.undone_at.is_(None)).correlate(Topic)
).scalar_subquery()
_PARTED = (Move.kind == "split", Move.undone_at.is_(None))
PARTED = exists(select(1).where(Move.from_topic_id == Topic.id, *_PARTED).correlate(Topic))


class Part(NamedTuple):
    """A part of a topic that is one of its own: how many posts, since when, and where."""

    posts: int
    at: datetime
    title: str
    address: str


def parts_of(me: Person, topic: Any) -> list[Part]:
    """Where parts of a topic went on, as far as this reader may read that. One statement, if there are any."""
    if not topic.parted:
        return []
    found = (
        select(Move.facts, Move.at, Topic.title, Topic.n, Group.slug)
        .join(Topic, Topic.id == Move.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .where(Move.from_topic_id == topic.id, *_PARTED, readable(Topic, me))
        .order_by(Move.id)
    )
    return [
        Part(len(row.facts.get("posts", ())), row.at, row.title, f"/groups/{row.slug}/topics/{row.n}")
        for row in db.session.execute(found)
    ]
