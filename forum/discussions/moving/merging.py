"""Two topics made into one."""

from typing import Any

from sqlalchemy import insert, literal, select, update

from forum import moves
from forum.access import Person
from forum.discussions.actions.counting import UNSEEN
from forum.discussions.moving import preflight, rows, waiting
from forum.discussions.moving.placing import brought
from forum.discussions.moving.topics import OTHERWISE
from forum.held import Settled
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Draft, Follow, HotSeat, Move, Poll, Topic

#: what a topic has one of at most, and how people call it
HANGS: dict[str, Any] = {"poll": Poll, "seat": HotSeat}
NAMES = {"poll": "poll", "seat": "hot seat"}


def merge(me: Person, topic: Topic, into: Topic, seen: str) -> Move:
    """The posts of a topic come after those of another, in their order; the topic is there no more. Does not commit.

    `seen` is the seal of what was shown. Raises Settled, and uploads.Full.
    """
    rows.take(me, topic, into)
    moving = rows.spots_in(topic)
    if preflight.of_post([spot.id for spot in moving], topic, into).seal != seen:
        raise Settled(OTHERWISE)
    opening, heads = moving[0], {spot.id for spot in moving}
    placed = [
        spot._replace(no=into.last_no + at, top_id=spot.top_id if spot.top_id in heads else None)
        for at, spot in enumerate(moving, start=1)
    ]  # fmt: skip
    rows.put(into, placed)
    hangs = {name: _along(model, name, topic, into) for name, model in HANGS.items()}
    waits = waiting.follow(topic, into, {was.no: spot.no for was, spot in zip(moving, placed, strict=True)}, whole=True)
    _end(topic, into)
    moves.leave("topic", topic.n, group_id=topic.group_id, to_post_id=opening.id)
    return brought(me, "merge", topic, into, moving, placed, "topic.merged", **hangs, held=waits)


def _along(model: Any, name: str, topic: Topic, into: Topic) -> int | None:
    """The number of the poll or hot seat that goes along. Raises Settled where there is one already."""
    both = select(model.topic_id, model.id).where(model.topic_id.in_([topic.id, into.id]))
    found = {row.topic_id: row.id for row in db.session.execute(both)}
    if len(found) == 2:
        raise Settled(f"Both topics have a {NAMES[name]}. Take one of them away first.")
    number = found.get(topic.id)
    db.session.execute(update(model).where(model.id == number).values(topic_id=into.id), execution_options=UNSEEN)
    return number


def _end(topic: Topic, into: Topic) -> None:
    """The topic is empty: nobody finds it any more, and who followed it follows the other."""
    over = {"deleted_at": now(), "pinned": False}
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(over), execution_options=UNSEEN)
    there = select(Follow.user_id).where(Follow.topic_id == into.id)
    those = select(Follow.user_id, literal(into.id), literal(now(), Follow.since.type))
    those = those.where(Follow.topic_id == topic.id, Follow.user_id.not_in(there))
    db.session.execute(insert(Follow).from_select(["user_id", "topic_id", "since"], those))
    writing = select(Draft.user_id).where(Draft.place == f"reply:{into.id}")
    typed = update(Draft).where(Draft.place == f"reply:{topic.id}", Draft.user_id.not_in(writing))
    db.session.execute(typed.values(place=f"reply:{into.id}"), execution_options=UNSEEN)
