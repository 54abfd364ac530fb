"""What came since a page was drawn: counted for one reader, without what they muted, and nothing that is hidden."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select

from forum.access import Person
from forum.discussions.queries.gate import TopicRow
from forum.kit.hot import Hot
from forum.models import Mute, Post, Topic

#: how many are counted, and how many of a topic's newest posts are looked at in a group
MANY, NEWEST = 99, 50
_ME: Any = bindparam("me")
_MUTED = exists(select(1).where(Mute.user_id == _ME, Mute.muted_id == Post.author_id).correlate(Post))
_SEEN = and_(Post.deleted_at.is_(None), Post.hidden_at.is_(None), Post.author_id != _ME, ~_MUTED)
_POSTS = select(Post.no).where(Post.topic_id == bindparam("topic"), Post.no > bindparam("no"), _SEEN)
_few = _POSTS.order_by(Post.no).limit(MANY + 1).subquery()
IN_TOPIC = Hot(select(func.count().label("many"), func.min(_few.c.no).label("first")).select_from(_few))
_AT: Any = bindparam("at", type_=Topic.created_at.type)
_STIRRED = (
    select(Topic.id)
    .where(
        Topic.group_id == bindparam("group"), Topic.last_post_at > _AT,
        Topic.deleted_at.is_(None), Topic.hidden_at.is_(None),
        exists(
            select(1)
            .where(Post.topic_id == Topic.id, Post.no > Topic.last_no - NEWEST, Post.created_at > _AT, _SEEN)
            .correlate(Topic)
        ),
    )
    .limit(MANY + 1)
    .subquery()
)  # fmt: skip
IN_GROUP = Hot(select(func.count().label("many")).select_from(_STIRRED))


class Came(NamedTuple):
    """How many posts came after a number, at most MANY + 1, and the first of them."""

    many: int
    first: int | None


def posts_since(me: Person, topic: TopicRow, no: int) -> Came:
    """The posts of a topic after that number, for someone who may read it. One statement, if there is one at all."""
    if topic.last_no <= no:
        return Came(0, None)
    row = IN_TOPIC.first({"me": me.id, "topic": topic.id, "no": no})
    return Came(row.many, row.first)


def topics_since(me: Person, group: Any, at: datetime) -> int:
    """How many topics of a group have a post from after that moment, for someone who may read it. One statement."""
    return int(IN_GROUP.first({"me": me.id, "group": group.id, "at": at}).many)
