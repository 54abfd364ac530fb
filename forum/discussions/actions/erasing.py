"""Deleting: a post becomes a stub without text, history or files; a whole topic goes with everything in it."""

from typing import Any

from sqlalchemy import delete, select, update
from werkzeug.exceptions import Conflict

from forum import activity, bookmarks, uploads
from forum.access import FACILITATE, Person, level
from forum.discussions.actions.citing import forget
from forum.discussions.actions.counting import UNSEEN, count_group, count_topic
from forum.discussions.actions.quoting import forget_quotes
from forum.discussions.actions.thanking import forget_thanks
from forum.discussions.writing import author_of
from forum.held import take_topic
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Draft, Event, HotSeat, Poll, Post, Revision, Topic, TopicTag


def delete_post(me: Person, post: Post) -> None:
    """A stub stays in its place. Files attached to it go too. Does not commit."""
    topic = post.topic
    take_topic(topic.id)
    uploads.remove(uploads.attached(post))
    _empty([post.id])
    count_topic(topic)
    if post.author_id != me.id:
        activity.log("post.deleted", me, group=topic.group, subject=author_of(post), topic=topic.n, post=post.no)


def delete_topic(me: Person, topic: Topic) -> None:
    """Nobody finds it any more, and its texts and files are gone. Does not commit.

    Raises Conflict for one that got a reply meanwhile, unless a facilitator deletes it.
    """
    _take_away(me, topic)
    posts = list(db.session.scalars(select(Post.id).where(Post.topic_id == topic.id)))
    in_it = (
        select(Document)
        .join(Post, Post.id == Document.post_id)
        .where(Post.topic_id == topic.id, Document.deleted_at.is_(None))
    )
    uploads.remove(list(db.session.scalars(in_it)))
    _empty(posts)
    db.session.execute(delete(TopicTag).where(TopicTag.topic_id == topic.id), execution_options=UNSEEN)
    db.session.execute(delete(Draft).where(Draft.place == f"reply:{topic.id}"), execution_options=UNSEEN)
    for model in (Poll, HotSeat):
        db.session.execute(delete(model).where(model.topic_id == topic.id), execution_options=UNSEEN)
    count_group(topic.group_id)
    if topic.author_id != me.id:
        activity.log("topic.deleted", me, group=topic.group, subject=author_of(topic), topic=topic.n)
    db.session.expire(topic)


def _take_away(me: Person, topic: Topic) -> None:
    """Marks the topic as deleted; its author's only while there is no more in it than they saw."""
    as_seen = () if level(me, topic.group) >= FACILITATE else (Topic.last_no == topic.last_no,)
    values = {"deleted_at": now(), "title": "", "pinned": False, "version": Topic.version + 1}
    live = (Topic.id == topic.id, Topic.deleted_at.is_(None), *as_seen)
    gone: Any = db.session.execute(update(Topic).where(*live).values(values), execution_options=UNSEEN)
    if gone.rowcount != 1:
        raise Conflict("Someone has replied or deleted this in the same moment. Look at it again.")


def _empty(ids: list[int]) -> None:
    """Takes the text, the history and the news of posts away."""
    db.session.flush()
    values: dict[str, Any] = {
        "body": "",
        "html": "",
        "deleted_at": now(),
        "edited_at": None,
        "revision": Post.revision + 1,
        "helpful_count": 0,
    }
    for some in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        db.session.execute(delete(Revision).where(Revision.post_id.in_(some)), execution_options=UNSEEN)
        db.session.execute(
            delete(Event).where(Event.post_id.in_(some), Event.subject_id.is_not(None)), execution_options=UNSEEN
        )
        forget(*some)
        forget_quotes(some)
        forget_thanks(some)
        bookmarks.forget(some)
        live = (Post.id.in_(some), Post.deleted_at.is_(None))
        db.session.execute(update(Post).where(*live).values(values), execution_options=UNSEEN)
