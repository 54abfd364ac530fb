"""Saying that a post helped: once a person, counted with the post, and taken back as easily."""

from sqlalchemy import delete, update

from forum.access import Person
from forum.discussions.actions.counting import UNSEEN
from forum.held import take_topic
from forum.kit.db import db, insert_or
from forum.models import Helpful, Post, Topic


def thank(me: Person, post: Post) -> None:
    """It helped them. Does not commit."""
    take_topic(post.topic_id)
    row = insert_or(Helpful).values(user_id=me.id, post_id=post.id).on_conflict_do_nothing()
    if db.session.execute(row.returning(Helpful.post_id)).first():
        _count(post, 1)


def unthank(me: Person, post: Post) -> None:
    """They no longer say so. Does not commit."""
    take_topic(post.topic_id)
    mine = (Helpful.user_id == me.id, Helpful.post_id == post.id)
    if db.session.execute(delete(Helpful).where(*mine).returning(Helpful.post_id)).first():
        _count(post, -1)


def forget_thanks(posts: list[int]) -> None:
    """Nobody said anything of these posts: their text is gone. Does not commit."""
    db.session.execute(delete(Helpful).where(Helpful.post_id.in_(posts)), execution_options=UNSEEN)


def _count(post: Post, by: int) -> None:
    """Added, not counted anew: of two people in the same moment neither is lost."""
    counted = {"helpful_count": Post.helpful_count + by}
    db.session.execute(update(Post).where(Post.id == post.id).values(counted), execution_options=UNSEEN)
    raised = {"version": Topic.version + 1}
    db.session.execute(update(Topic).where(Topic.id == post.topic_id).values(raised), execution_options=UNSEEN)
