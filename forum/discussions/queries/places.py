"""Where a post is, and where the new ones begin: by numbers, without counting."""

from typing import NamedTuple

from sqlalchemy import Boolean, and_, bindparam, or_, select

from forum.access import FACILITATE, Person
from forum.discussions.queries.gate import TopicRow
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Post

_PLACE = select(Post.no, Post.place, Post.top_id).where(Post.topic_id == bindparam("topic"), Post.no == bindparam("no"))
_VISIBLE = and_(Post.deleted_at.is_(None), or_(Post.hidden_at.is_(None), bindparam("leads", type_=Boolean)))
_FIRST_NEW = (
    select(Post.no, Post.place, Post.top_id)
    .where(
        Post.topic_id == bindparam("topic"), Post.place > bindparam("above"), Post.no > bindparam("mark"),
        Post.author_id != bindparam("me"), _VISIBLE,
    )
    .order_by(Post.place, Post.no)
    .limit(1)
)  # fmt: skip
FIRST_UNSEEN = Hot(
    select(Post.no)
    .where(
        Post.topic_id == bindparam("topic"),
        Post.no > bindparam("seen"),
        or_(Post.place <= bindparam("above"), Post.place > bindparam("upto")),
    )
    .order_by(Post.no)
    .limit(1)
)


class Spot(NamedTuple):
    """Where a post stands: its number, its place, and its head if it is in a run."""

    no: int
    place: int
    head: int | None


def place_of(topic: TopicRow, no: int) -> Spot | None:
    """Where the post of that number is."""
    row = db.session.connection().execute(_PLACE, {"topic": topic.id, "no": no}).first()
    return Spot(*row) if row else None


def first_new(me: Person, topic: TopicRow, mark: int, above: int) -> Spot | None:
    """Where the first new post is, in the order of pages, after a place."""
    leads = topic.level >= FACILITATE
    asked = {"topic": topic.id, "above": max(0, above), "mark": mark, "me": me.id or 0, "leads": leads}
    row = db.session.connection().execute(_FIRST_NEW, asked).first()
    return Spot(*row) if row else None


def shown_up_to(topic: TopicRow, seen: int, number: int, size: int) -> int:
    """Up to which number everything has been shown, once this page is: the post before the first one elsewhere."""
    if topic.last_place <= size or seen >= topic.last_no:
        return topic.last_no
    above, upto = places_of(number, size)
    missing = FIRST_UNSEEN.first({"topic": topic.id, "seen": seen, "above": above, "upto": upto})
    return missing.no - 1 if missing else topic.last_no


def places_of(number: int, size: int) -> tuple[int, int]:
    """The places of a page: above the first of these, up to the second. The opening post's is 0."""
    return -1 if number == 1 else (number - 1) * size, number * size


def pages_of(topic: TopicRow, size: int) -> int:
    """How many pages a topic has."""
    return max(1, -(-topic.last_place // size))
