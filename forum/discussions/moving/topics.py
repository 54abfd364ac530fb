"""A topic put into another group, with everything in it."""

from typing import Any

from sqlalchemy import select, update

from forum import moves
from forum.access import Person
from forum.discussions.actions.counting import UNSEEN
from forum.discussions.moving import preflight, rows, telling
from forum.held import Settled
from forum.kit.db import db
from forum.models import Group, Held, Move, Post, Topic, TopicTag

OTHERWISE = "Things have changed since you were shown this. Look at what would happen now, and confirm it again."


def move_topic(me: Person, topic: Topic, there: Group, seen: str) -> Move:
    """The topic is that group's from now on. Does not commit.

    `seen` is the seal of what was shown. Raises Settled when that is over, and uploads.Full.
    """
    rows.take(me, topic, groups=[there])
    if preflight.of_topic(topic, there).seal != seen:
        raise Settled(OTHERWISE)
    left, n, pinned = topic.group, topic.n, topic.pinned
    transfer(topic, there, next_number(there))
    spots = rows.spots_in(topic)
    files = rows.bring([spot.id for spot in spots], topic)
    moves.leave("topic", n, group_id=left.id, to_topic_id=topic.id)
    rows.count(topic, groups=[left])
    kept = {"n": n, "pinned": pinned, "files": [[one.id, one.before, one.audience.value] for one in files]}
    move = telling.note(me, "topic", topic, topic, left, **kept)
    telling.log(me, "topic.moved", topic, n, left)
    telling.tell(me, move, topic, spots[0].id, (spot.author_id for spot in spots))
    return move


def next_number(group: Group) -> int:
    """The number of the group's next topic. Does not commit."""
    grown = update(Group).where(Group.id == group.id).values(last_topic_n=Group.last_topic_n + 1)
    given: Any = grown.returning(Group.last_topic_n).execution_options(synchronize_session=False)
    return int(db.session.scalars(given).one())


def transfer(topic: Topic, there: Group, n: int, pinned: bool = False) -> None:
    """The topic, its posts and its tags bear that group's number. Does not commit."""
    values = {"group_id": there.id, "n": n, "pinned": pinned}
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(values), execution_options=UNSEEN)
    for model in (Post, TopicTag, Held):
        of: Any = update(model).where(model.topic_id == topic.id).values(group_id=there.id)
        db.session.execute(of, execution_options=UNSEEN)
    db.session.expire_all()
    db.session.scalars(select(Topic).where(Topic.id == topic.id)).one()
