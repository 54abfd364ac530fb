"""Hearing of new posts in a topic, or not."""

from sqlalchemy import delete

from forum.access import Person
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Change, on_conflict_nothing
from forum.models import Follow, Topic

FOLLOW = Change(on_conflict_nothing(Follow, "user_id", "topic_id", "since"))


def follow(me: Person, topic: Topic) -> None:
    """They follow the topic from now on. Does not commit."""
    FOLLOW.run({"to_user_id": me.id, "to_topic_id": topic.id, "to_since": now()})


def unfollow(me: Person, topic: Topic) -> None:
    """They no longer follow the topic. Does not commit."""
    db.session.execute(delete(Follow).where(Follow.user_id == me.id, Follow.topic_id == topic.id))
