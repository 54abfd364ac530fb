"""A reply, with what answers it, put elsewhere: in its topic, in another, or as a topic of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from forum import moves
from forum.access import Person
from forum.discussions.actions.counting import UNSEEN
from forum.discussions.actions.following import FOLLOW
from forum.discussions.moving import preflight, rows, telling, waiting
from forum.discussions.moving.rows import Spot
from forum.discussions.moving.topics import OTHERWISE, next_number
from forum.held import Settled
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import NO_ANSWER, Group, Move, Post, Reading, Topic, TopicKind

LATER = "A reply stands after what it answers. Choose a post with a lower number."


def move_post(me: Person, topic: Topic, no: int, there: Topic, to: int, seen: str = "") -> Move:
    """Post `no` and what answers it answer post `to` of a topic (0: the topic itself) from now on. Does not commit.

    `seen` is the seal of what was shown, for another topic. Raises Settled, and uploads.Full.
    """
    same = there.id == topic.id
    rows.take(me, *({topic, there}))
    moving = rows.with_replies(rows.spots_in(topic), no)
    if not same and preflight.of_post([spot.id for spot in moving], topic, there).seal != seen:
        raise Settled(OTHERWISE)
    answered = _answered(there, to) if to else None
    if same and answered and answered.no >= no:
        raise Settled(LATER)
    placed = under(moving, answered, None if same else there.last_no + 1)
    rows.put(there, placed)
    if same:
        rows.order(topic)
        rows.count(topic)
        return _noted(me, "post", topic, topic, moving, [], "post.moved")
    return brought(me, "post", topic, there, moving, placed, "post.moved")


def _answered(topic: Topic, no: int) -> Spot:
    """Where the post that is to be answered stands. Raises Settled if it is not there, or was deleted."""
    columns = (Post.id, Post.no, Post.place, Post.top_id, Post.parent_id, Post.author_id)
    found = select(*columns).where(Post.topic_id == topic.id, Post.no == no, Post.deleted_at.is_(None))
    row = db.session.execute(found).first()
    if row is None:
        raise Settled(f"There is no post {no} in that topic to answer.")
    return Spot._make(row)


def under(moving: Sequence[Spot], answered: Spot | None, first: int | None) -> list[Spot]:
    """Where posts stand below what they answer (None: the topic). `first`: their first number; None = as they are."""
    root, head = moving[0], (answered.top_id or answered.id) if answered else None
    place = answered.place if answered else 0
    found = []
    for at, spot in enumerate(moving):
        no = spot.no if first is None else first + at
        above = (head, answered.id if answered else None) if spot is root else (head or root.id, spot.parent_id)
        found.append(Spot(spot.id, no, place, *above, spot.author_id))
    return found


def brought(
    me: Person, kind: str, topic: Topic, there: Topic, moving: Sequence[Spot], placed: Sequence[Spot], what: str,
    **facts: Any,
) -> Move:  # fmt: skip
    """What follows when posts stand in another topic: what hangs on them, old addresses, counts, the way back."""
    left, accepted = topic.group, clear_answer(topic, moving)
    if kind != "merge":
        facts["held"] = waiting.follow(topic, there, {was.no: to.no for was, to in zip(moving, placed, strict=True)})
    files = rows.bring([spot.id for spot in moving], there)
    for spot in moving:
        moves.leave("post", spot.no, topic_id=topic.id, to_post_id=spot.id)
    for author in {spot.author_id for spot in placed}:
        FOLLOW.run({"to_user_id": author, "to_topic_id": there.id, "to_since": now()})
    _read_already(topic, there, max(spot.no for spot in moving), placed[0].no, placed[-1].no)
    for each in (topic, there):
        rows.order(each)
    rows.count(topic, there, groups=[left])
    kept = [[one.id, one.before, one.audience.value] for one in files]
    return _noted(me, kind, there, topic, moving, kept, what, accepted=accepted, **facts)


def _noted(
    me: Person, kind: str, here: Topic, was: Topic, moving: Sequence[Spot], files: list[Any], what: str, **facts: Any
) -> Move:  # fmt: skip
    kept = [[spot.id, spot.no, spot.top_id, spot.parent_id] for spot in moving]
    move = telling.note(me, kind, here, was, was.group, posts=kept, files=files, **facts)
    telling.log(me, what, here, was.n, was.group, posts=len(moving))
    telling.tell(me, move, here, moving[0].id, (spot.author_id for spot in moving))
    return move


def clear_answer(topic: Topic, moving: Sequence[Spot]) -> list[Any] | None:
    """Takes the mark of the accepted answer away, if that moves: (number, who accepted it). Does not commit."""
    no, by = topic.accepted_no, topic.accepted_by_id
    if no is None or no not in {spot.no for spot in moving}:
        return None
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(NO_ANSWER), execution_options=UNSEEN)
    return [no, by]


def _read_already(topic: Topic, there: Topic, upto: int, first: int, last: int) -> None:
    """What somebody had read before it moved is not new to them after, if they had read all else there, too."""
    had = select(Reading.user_id).where(Reading.topic_id == topic.id, Reading.seen_no >= upto)
    if first == 0:
        rows_ = [
            {"user_id": one, "topic_id": there.id, "seen_no": last, "mark_no": last, "visited_at": now()}
            for one in db.session.scalars(had)
        ]
        if rows_:
            db.session.execute(insert(Reading), rows_)
        return
    also = (Reading.topic_id == there.id, Reading.seen_no >= first - 1, Reading.user_id.in_(had.correlate(None)))
    read = update(Reading).where(*also).values(seen_no=last, mark_no=last)
    db.session.execute(read, execution_options=UNSEEN)


def split(me: Person, topic: Topic, no: int, kind: TopicKind, title: str) -> tuple[Move, Topic]:
    """Post `no` and what answers it are a topic of their own in the same group. Does not commit. Raises Settled."""
    rows.take(me, topic)
    moving = rows.with_replies(rows.spots_in(topic), no)
    root = db.session.scalars(select(Post).where(Post.id == moving[0].id)).one()
    if root.deleted_at or root.hidden_at:
        raise Settled("A post that is hidden or deleted can’t begin a topic.")
    made = _begun(topic.group, kind, title, root.author_id, root.created_at, topic.hidden_at)
    placed = as_topic(moving)
    rows.put(made, placed)
    return brought(me, "split", topic, made, moving, placed, "topic.split"), made


def _begun(
    group: Group, kind: TopicKind, title: str, author_id: int, at: datetime, hidden_at: datetime | None
) -> Topic:  # fmt: skip
    n = next_number(group)
    topic = Topic(
        group_id=group.id, n=n, kind=kind, title=title, author_id=author_id, created_at=at, last_post_at=at,
        hidden_at=hidden_at,
    )  # fmt: skip
    db.session.add(topic)
    db.session.flush()
    return topic


def as_topic(moving: Sequence[Spot]) -> list[Spot]:
    """Where posts stand in a topic that begins with the first of them: its answers are the first level."""
    root = moving[0]
    tops: dict[int, int | None] = {root.id: None}
    found = [Spot(root.id, 0, 0, None, None, root.author_id)]
    for no, spot in enumerate(moving[1:], start=1):
        above = spot.parent_id if spot.parent_id in tops else root.id
        head = None if above == root.id else tops[above] or above
        tops[spot.id] = head
        found.append(Spot(spot.id, no, 0, head, None if above == root.id else above, spot.author_id))
    return found
