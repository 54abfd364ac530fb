"""Who is told of a post by name: once for each post, by a notice and a letter, never of what they did themselves."""

from collections.abc import Iterable

from sqlalchemy import select

from forum import activity, outbox
from forum.access import Person
from forum.kit.db import db
from forum.models import Event, Post, User


def tell_mentioned(post: Post, people: Iterable[int]) -> None:
    """Letters to people whom a post mentions. One topic writes to nobody more than once an hour. Does not commit."""
    told = [who for who in people if who != post.author_id]
    hour = int(post.created_at.timestamp()) // 3600 if not post.edited_at else int(post.edited_at.timestamp()) // 3600
    for user in db.session.scalars(select(User).where(User.id.in_(told), User.mail_mentions)) if told else ():
        outbox.queue("mentioned", user, f"mentioned:{post.topic_id}:{user.id}:{hour}", post=post.id)


def tell_newly_mentioned(me: Person, post: Post, people: Iterable[int]) -> None:
    """The same for an edit: only those hear who did not hear of this post before. Does not commit."""
    wanted = [who for who in people if who != me.id]
    if not wanted:
        return
    heard = select(Event.subject_id).where(Event.post_id == post.id, Event.subject_id.in_(wanted))
    before = set(db.session.scalars(heard))
    fresh = [who for who in wanted if who not in before]
    activity.record_told(me, post, dict.fromkeys(fresh, "post.mentioned"))
    tell_mentioned(post, fresh)
