"""Hot seats: set up, changed, opened and taken away. Nothing here commits."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select, update

from forum import activity
from forum.access import Person, hearers
from forum.discussions.actions.counting import UNSEEN, touch
from forum.held import take_topic
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.models import Follow, HotSeat, Sitter, Topic, User
from forum.notices import News, tell

#: hot seats that one job opens, at most
MOST = 200
#: what those who sit in it are told, and what those who follow its topic
OPENS = ("seat_yours", "seat")


class Changed(Exception):
    """Somebody changed the hot seat since it was shown; nothing was written."""


class Begun(Exception):
    """Questions were asked: the hot seat stays."""


def set_up(me: Person, topic: Topic, said: dict[str, Any], people: Iterable[int]) -> bool:
    """Whether the topic has this hot seat now; False = it had one already. Who sits in it is told. Does not commit."""
    take_topic(topic.id)
    row = insert_or(HotSeat).values(topic_id=topic.id, last_n=0, revision=1, created_at=now(), **said)
    made = db.session.scalar(row.on_conflict_do_nothing().returning(HotSeat.id))
    if made is not None:
        _seat(me, topic, made, people)
        touch(topic)
    return made is not None


def change(me: Person, topic: Topic, seat_id: int, revision: int, said: dict[str, Any], people: Iterable[int]) -> None:
    """It is so from now on. Does not commit. Raises Changed."""
    take_topic(topic.id)
    same = (HotSeat.id == seat_id, HotSeat.revision == revision)
    done: Any = db.session.execute(
        update(HotSeat).where(*same).values(**said, revision=HotSeat.revision + 1), execution_options=UNSEEN
    )
    if done.rowcount != 1:
        raise Changed
    db.session.execute(delete(Sitter).where(Sitter.seat_id == seat_id), execution_options=UNSEEN)
    _seat(me, topic, seat_id, people)
    touch(topic)


def remove(me: Person, topic: Topic, seat_id: int) -> None:
    """The topic has no hot seat any more. Does not commit. Raises Begun."""
    take_topic(topic.id)
    unused = delete(HotSeat).where(HotSeat.id == seat_id, HotSeat.last_n == 0)
    gone: Any = db.session.execute(unused, execution_options=UNSEEN)
    if gone.rowcount != 1:
        raise Begun
    activity.log("seat.removed", me, group=topic.group, topic=topic.n)
    touch(topic)


def _seat(me: Person, topic: Topic, seat_id: int, people: Iterable[int]) -> None:
    """These people sit in it, and each is told so once."""
    numbers = list(people)
    db.session.execute(insert(Sitter), [{"seat_id": seat_id, "user_id": number} for number in numbers])
    named = News("seat_given", topic.group, by=me.id, code=str(topic.n), once=f"seat_given:{seat_id}")
    tell(named, hearers(topic).where(User.id.in_(numbers)))


def to_open() -> list[int]:
    """The hot seats that have begun, and of which nobody was told that."""
    due = (HotSeat.told_at.is_(None), HotSeat.starts_at <= now())
    return list(db.session.scalars(select(HotSeat.id).where(*due).limit(MOST)))


def open_one(seat_id: int) -> None:
    """Who sits in it and who follows its topic are told that it is open; of one that is over by now nobody."""
    due = (HotSeat.id == seat_id, HotSeat.told_at.is_(None), HotSeat.starts_at <= now())
    mark = update(HotSeat).where(*due).values(told_at=now()).returning(HotSeat.topic_id, HotSeat.ends_at)
    row = db.session.execute(mark, execution_options=UNSEEN).first()
    if row is None or row.ends_at <= now():
        return
    topic = db.session.scalars(select(Topic).where(Topic.id == row.topic_id)).one()
    sitters = select(Sitter.user_id).where(Sitter.seat_id == seat_id)
    follow = select(Follow.user_id).where(Follow.topic_id == topic.id)
    yours, opens = (News(kind, topic.group, code=str(topic.n), once=f"seat:{seat_id}") for kind in OPENS)
    tell(yours, hearers(topic).where(User.id.in_(sitters)))
    tell(opens, hearers(topic).where(User.id.in_(follow), User.id.not_in(sitters)))
