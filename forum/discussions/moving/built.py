"""What was built on a move since: then it is not taken back, so that nobody reads more than whoever wrote it meant."""

from typing import Any

from sqlalchemy import exists, func, or_, select

from forum.discussions.moving import waiting
from forum.held import Settled
from forum.kit.db import db
from forum.models import Document, Held, HotSeat, Move, Poll, Post, SeatQuestion, Topic, Version

BY_HAND = "Move it by hand, so that you see who would read what."


class TooLate(Settled):
    """What came after keeps a move from being taken back."""


def nothing_after(move: Move, topic: Topic, was: Topic) -> None:
    """Nothing, if nothing was written since that stands on what moved. Raises TooLate."""
    _moved_on(move, topic, was)
    _replies(move, topic)
    if was.id != topic.id or move.kind == "topic":
        _changed(move, topic)
        _hanging(move, topic)


def ours(move: Move) -> list[int]:
    """The posts that were moved; of a whole topic none is named."""
    return [row[0] for row in move.facts.get("posts", [])]


def _moved_on(move: Move, topic: Topic, was: Topic) -> None:
    if was.id != topic.id and was.group_id != move.from_group_id:
        raise TooLate(f"The topic in which it stood is in another group by now. {BY_HAND}")
    here = select(func.count()).select_from(Post).where(Post.id.in_(ours(move)), Post.topic_id == topic.id)
    if ours(move) and db.session.scalar(here) != len(ours(move)):
        raise TooLate("Some of what was moved has been moved on since. Move it by hand.")


def _replies(move: Move, topic: Topic) -> None:
    since = (Post.topic_id == topic.id, Post.created_at > move.at)
    on_it = () if _whole(move) else (or_(Post.parent_id.in_(ours(move)), Post.top_id.in_(ours(move))),)
    many = db.session.scalar(select(func.count()).select_from(Post).where(*since, *on_it)) or 0
    if many:
        raise TooLate(f"{'A reply has' if many == 1 else f'{many} replies have'} come since. {BY_HAND}")


def _whole(move: Move) -> bool:
    """Whether all that stands in the topic came there by this move."""
    return move.kind in ("topic", "split")


def _changed(move: Move, topic: Topic) -> None:
    """Words and files since were meant for those who read it here."""
    those = Post.topic_id == topic.id if move.kind == "topic" else Post.id.in_(ours(move))
    if _any(Post, those, Post.edited_at > move.at):
        raise TooLate(f"A post was edited since. {BY_HAND}")
    files = select(Document.id).join(Post, Post.id == Document.post_id).where(those)
    if _any(Version, Version.document_id.in_(files), Version.created_at > move.at):
        raise TooLate(f"A file has a new version since. {BY_HAND}")


def _hanging(move: Move, topic: Topic) -> None:
    numbers = select(Post.no).where(Post.id.in_(ours(move)), Post.topic_id == topic.id)
    held = waiting.waiting_in(topic).where(Held.created_at > move.at)
    held = held if _whole(move) else held.where(Held.answers.in_(numbers))
    if db.session.scalar(held.with_only_columns(Held.id).limit(1)):
        raise TooLate("A reply to it waits for a facilitator since. Decide about that first.")
    if _whole(move) and _any(Poll, Poll.topic_id == topic.id, Poll.created_at > move.at):
        raise TooLate("A poll was begun here since. Take it away first.")
    if _whole(move) or move.facts.get("seat"):
        _asked(move, topic)


def _asked(move: Move, topic: Topic) -> None:
    """Questions to a hot seat since were meant for those who read them here."""
    seats = select(HotSeat.id).where(HotSeat.topic_id == topic.id)
    since = _any(HotSeat, HotSeat.topic_id == topic.id, HotSeat.created_at > move.at)
    if since or _any(SeatQuestion, SeatQuestion.seat_id.in_(seats), SeatQuestion.created_at > move.at):
        raise TooLate(f"The hot seat here was set up, or asked something, since. {BY_HAND}")


def _any(model: Any, *which: Any) -> bool:
    return bool(db.session.scalar(select(exists(select(1).select_from(model).where(*which)))))
