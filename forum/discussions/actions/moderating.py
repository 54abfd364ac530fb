"""What facilitators do. What touches others' words is in the group's log."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from forum import activity, uploads
from forum.access import Person
from forum.discussions.actions.counting import UNSEEN, count_group, count_topic, touch
from forum.discussions.actions.quoting import unquoted
from forum.discussions.writing import author_of
from forum.held import take_topic
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Post, Topic

MAX_PINS = 10


class TooManyPins(Exception):
    """A group's list begins with its pinned topics: there is room for MAX_PINS."""


def hide_post(me: Person, post: Post) -> None:
    """Only facilitators read it from now on; others find a stub. Does not commit."""
    take_topic(post.topic_id)
    if _changed(Post, post.id, "hidden_at", now()):
        _counted(me, post, "post.hidden")


def restore_post(me: Person, post: Post) -> None:
    """Everyone reads it again. Does not commit."""
    take_topic(post.topic_id)
    if _changed(Post, post.id, "hidden_at", None):
        _counted(me, post, "post.restored")


def _counted(me: Person, post: Post, what: str) -> None:
    topic = post.topic
    count_topic(topic)
    unquoted([post.id])
    if uploads.attached(post):
        uploads.recount(topic.group)
    activity.log(what, me, group=topic.group, subject=author_of(post), topic=topic.n, post=post.no)


def hide_topic(me: Person, topic: Topic) -> None:
    """Only facilitators find it from now on. Does not commit."""
    _hide_topic(me, topic, now(), "topic.hidden")


def restore_topic(me: Person, topic: Topic) -> None:
    """Everyone finds it again. Does not commit."""
    _hide_topic(me, topic, None, "topic.restored")


def _hide_topic(me: Person, topic: Topic, to: datetime | None, what: str) -> None:
    if _changed(Topic, topic.id, "hidden_at", to):
        touch(topic)
        count_group(topic.group_id)
        uploads.recount(topic.group)
        _log(me, topic, what)


def lock(me: Person, topic: Topic) -> None:
    """Only facilitators reply from now on. Does not commit."""
    if _changed(Topic, topic.id, "locked_at", now()):
        touch(topic)
        _log(me, topic, "topic.locked")


def unlock(me: Person, topic: Topic) -> None:
    """Members reply again. Does not commit."""
    if _changed(Topic, topic.id, "locked_at", None):
        touch(topic)
        _log(me, topic, "topic.unlocked")


def pin(me: Person, topic: Topic) -> None:
    """It stands first in its group. Does not commit. Raises TooManyPins."""
    pins = select(func.count()).where(Topic.group_id == topic.group_id, Topic.pinned, Topic.deleted_at.is_(None))
    if (db.session.scalar(pins) or 0) >= MAX_PINS and not topic.pinned:
        raise TooManyPins
    _pin(me, topic, True, "topic.pinned")


def unpin(me: Person, topic: Topic) -> None:
    """It stands where its last post puts it. Does not commit."""
    _pin(me, topic, False, "topic.unpinned")


def _pin(me: Person, topic: Topic, to: bool, what: str) -> None:
    changed: Any = db.session.execute(
        update(Topic).where(Topic.id == topic.id, Topic.pinned != to).values(pinned=to), execution_options=UNSEEN
    )
    if changed.rowcount:
        touch(topic)
        _log(me, topic, what)


def _changed(model: Any, row_id: int, name: str, to: datetime | None) -> bool:
    """Whether this call set (or cleared) the moment: False when it is so already."""
    column = getattr(model, name)
    otherwise = column.is_(None) if to else column.is_not(None)
    found: Any = db.session.execute(
        update(model).where(model.id == row_id, otherwise).values({name: to}), execution_options=UNSEEN
    )
    return bool(found.rowcount)


def _log(me: Person, topic: Topic, what: str) -> None:
    activity.log(what, me, group=topic.group, subject=author_of(topic), topic=topic.n)
