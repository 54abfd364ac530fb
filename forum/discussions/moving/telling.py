"""What a move leaves behind: entries in the logs, the way back, and word to those whose posts it was."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from forum import activity, notices, outbox
from forum.access import READ, Person, audience
from forum.kit.db import db
from forum.models import Group, Move, Post, Topic, User
from forum.notices import News


def note(
    me: Person, kind: str, here: Topic, was: Topic, from_group: Group, **facts: Any
) -> Move:  # fmt: skip
    """The way back, kept; and an entry in the log of each group, which says nothing of the other. Does not commit."""
    move = Move(
        kind=kind, actor_id=me.id, topic_id=here.id, from_topic_id=was.id, from_group_id=from_group.id,
        to_group_id=here.group_id, facts=facts,
    )  # fmt: skip
    db.session.add(move)
    db.session.flush()
    return move


def log(me: Person, what: str, topic: Topic, n: int, left: Group, **said: Any) -> None:
    """An entry in the log of the topic's group; and in that of the group it left, if that is another."""
    activity.log(what, me, group=topic.group, topic=topic.n, **said)
    if left.id != topic.group_id:
        activity.log(f"{what} away", me, group=left, topic=n, **said)


def tell(me: Person, move: Move, topic: Topic, post_id: int, authors: Iterable[int]) -> None:
    """Those who wrote what was moved hear of it, if they may read it where it is now. Does not commit."""
    wrote = sorted({author for author in authors if author != me.id})
    if not wrote:
        return
    may = audience(topic).with_only_columns(User.id).where(User.id.in_(wrote))
    people = list(db.session.scalars(may.order_by(User.id)))
    opening = db.session.scalars(select(Post).where(Post.id == post_id)).one()
    activity.record_told(me, opening, dict.fromkeys(people, "post.moved"))
    notices.tell(News("moved", opening, by=me.id, needs=READ, once=f"moved:{move.id}"), notices.some(people))
    outbox.queue_each("moved", people, f"moved:{move.id}", topic.group_id, post=opening.id, kind=move.kind)
