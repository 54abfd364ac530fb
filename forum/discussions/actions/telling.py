"""Who is told of a post by name: once for each post, by a notice and a letter, never of what they did themselves."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import case, literal, literal_column, select, union_all
from sqlalchemy.orm import aliased

from forum import activity, outbox
from forum.access import Person, hearers
from forum.kit.db import db
from forum.models import Event, Follow, Hear, Hearing, Post, Topic, TopicKind, User
from forum.notices import News, tell


def tell_of_post(post: Post, topic: Topic, mentioned: Iterable[int], answered: int | None = None) -> None:
    """Notices of a new post, or of a name written into it later: each is told once, and what it is to them first.

    Told are those whom it mentions or answers, who follow its topic or hear of every post; of an announcement all.
    """
    named = list(mentioned)
    words: list[Any] = [(User.id.in_(named), literal_column("'mention'"))] if named else []
    words += [(User.id == answered, literal_column("'reply'"))] if answered else []
    announced = post.no == 0 and topic.kind == TopicKind.ANNOUNCEMENT
    other = "announcement" if announced else "post"
    # who takes part in the group reads what was just announced there: half the work, for a group of thousands
    people = hearers(topic.group) if announced else hearers(post).where(User.id.in_(_wanting(post, [*named, answered])))
    kind = case(*words, else_=literal(other)) if words else other
    tell(News(kind, post, by=post.author_id), people)


def _wanting(post: Post, people: Iterable[int | None]) -> Any:
    """SQL of the ids of those who follow its topic, hear of every post in its group, or are among these."""
    followers = select(Follow.user_id).where(Follow.topic_id == post.topic_id)
    every = select(Hearing.user_id).where(Hearing.group_id == post.group_id, Hearing.choice == Hear.EVERY)
    named = aliased(User)
    return union_all(followers, every, select(named.id).where(named.id.in_([who or 0 for who in people])))


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
    tell(News("mention", post, by=me.id), hearers(post).where(User.id.in_(fresh)))
    tell_mentioned(post, fresh)
