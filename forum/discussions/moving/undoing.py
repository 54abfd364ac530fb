"""A move taken back within a day, while nothing was built on it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, update

from forum import moves
from forum.access import Person, can
from forum.discussions.actions.counting import UNSEEN
from forum.discussions.moving import rows, telling, waiting
from forum.discussions.moving.built import TooLate, nothing_after, ours
from forum.discussions.moving.merging import HANGS
from forum.discussions.moving.rows import Spot
from forum.discussions.moving.topics import transfer
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Move, Post, Topic

DAY = timedelta(hours=24)


def moves_of(topic: Any) -> list[Move]:
    """The moves of the last day that brought something here and were not taken back, newest first."""
    lately = (Move.topic_id == topic.id, Move.undone_at.is_(None), Move.at > now() - DAY)
    return list(db.session.scalars(select(Move).where(*lately).order_by(Move.id.desc())))


def undoable(me: Person, topic: Any) -> Move | None:
    """The last move that brought something here, if this person may take it back, within its day."""
    if topic.moved_at is None or topic.moved_at <= now() - DAY:
        return None
    last = next(iter(moves_of(topic)), None)
    return last if last and may_undo(me, last) else None


def may_undo(me: Person, move: Move) -> bool:
    """Whether this person looks after the place where it stood."""
    return can(me, "facilitate", stood(move)) and (move.kind != "topic" or can(me, "facilitate", left(move)))


def undo(me: Person, move: Move, topic: Topic) -> None:
    """What was moved here stands where it stood. Does not commit. Raises TooLate, and Settled."""
    was, before = stood(move), left(move)
    if move.kind == "merge":
        _raise(was)
    rows.take(me, *{topic, was}, groups=[before])
    _still_ours(move)
    nothing_after(move, topic, was)
    if move.kind == "topic":
        _topic_back(move, topic, before)
    elif was.id == topic.id:
        _within(move, topic)
    else:
        _posts_back(move, topic, was)
    telling.log(me, "move.undone", was, topic.n, _group(move.to_group_id))


def stood(move: Move) -> Topic:
    """The topic in which it stood before; it may be there no more."""
    return _topic(move.from_topic_id)


def left(move: Move) -> Group:
    """The group in which it stood before."""
    return _group(move.from_group_id)


def _topic(number: int) -> Topic:
    return db.session.scalars(select(Topic).where(Topic.id == number)).one()


def _group(number: int) -> Group:
    return db.session.scalars(select(Group).where(Group.id == number)).one()


def _raise(topic: Topic) -> None:
    """A topic that became part of another is there again."""
    again = update(Topic).where(Topic.id == topic.id, Topic.deleted_at.is_not(None)).values(deleted_at=None)
    db.session.execute(again, execution_options=UNSEEN)
    db.session.refresh(topic)


def _still_ours(move: Move) -> None:
    """Marks the move as undone. Raises TooLate if it is, or is a day old, or its topic was moved again."""
    later = exists(select(1).where(Move.id > move.id, Move.topic_id == move.topic_id, Move.undone_at.is_(None)))
    if db.session.scalar(select(later)):
        raise TooLate("Something else was moved here after it. Take that back first.")
    fresh = (Move.id == move.id, Move.undone_at.is_(None), Move.at > now() - DAY)
    taken: Any = db.session.execute(update(Move).where(*fresh).values(undone_at=now()), execution_options=UNSEEN)
    if taken.rowcount != 1:
        raise TooLate("This was taken back already, or is more than a day old.")


def _files(move: Move) -> dict[int, tuple[int, str]]:
    return {one: (n, audience) for one, n, audience in move.facts.get("files", [])}


def _topic_back(move: Move, topic: Topic, left: Group) -> None:
    here, n, facts = topic.group, topic.n, move.facts
    moves.come_back("topic", facts["n"], group_id=left.id)
    transfer(topic, left, facts["n"], facts["pinned"])
    rows.bring([spot.id for spot in rows.spots_in(topic)], topic, _files(move))
    moves.leave("topic", n, group_id=here.id, to_topic_id=topic.id)
    rows.count(topic, groups=[here])


def _as_before(move: Move) -> list[Spot]:
    authors = dict(db.session.execute(select(Post.id, Post.author_id).where(Post.id.in_(ours(move)))).all())
    return [Spot(one, no, 0, top, parent, authors[one]) for one, no, top, parent in move.facts["posts"]]


def _within(move: Move, topic: Topic) -> None:
    rows.put(topic, _as_before(move))
    rows.order(topic)
    rows.count(topic)


def _posts_back(move: Move, topic: Topic, was: Topic) -> None:
    now_at = dict(db.session.execute(select(Post.id, Post.no).where(Post.id.in_(ours(move)))).all())
    spots = _as_before(move)
    rows.put(was, spots)
    waiting.go_back(move.facts.get("held", []), was)
    rows.bring([spot.id for spot in spots], was, _files(move))
    for spot in spots:
        moves.come_back("post", spot.no, topic_id=was.id)
        moves.leave("post", now_at[spot.id], topic_id=topic.id, to_post_id=spot.id)
    for name, model in HANGS.items():
        if number := move.facts.get(name):
            back = update(model).where(model.id == number).values(topic_id=was.id)
            db.session.execute(back, execution_options=UNSEEN)
    if move.kind == "merge":
        moves.come_back("topic", was.n, group_id=was.group_id)
    if move.kind == "split":
        _empty(topic, spots[0].id)
    if move.facts.get("accepted"):
        no, by = move.facts["accepted"]
        again = {"accepted_no": no, "accepted_by_id": by, "accepted_at": now()}
        db.session.execute(update(Topic).where(Topic.id == was.id).values(again), execution_options=UNSEEN)
    for each in (topic, was):
        rows.order(each)
    rows.count(topic, was)


def _empty(topic: Topic, opening: int) -> None:
    """A topic whose posts went back is there no more; its address leads to the first of them."""
    over = {"deleted_at": now(), "pinned": False}
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(over), execution_options=UNSEEN)
    moves.leave("topic", topic.n, group_id=topic.group_id, to_post_id=opening)
