"""What topics and groups count, counted anew when a post goes or comes back. New posts only add (posting.py)."""

from typing import Any

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.orm import aliased

from forum.kit.db import db
from forum.models import NO_ANSWER, Group, Post, Topic

UNSEEN = {"synchronize_session": False}
_SHOWN = and_(Post.deleted_at.is_(None), Post.hidden_at.is_(None))


def count_topic(topic: Topic) -> None:
    """Counts a topic's replies as its members find them, then its group. Does not commit.

    For whatever takes a post away or brings one: an accepted answer that is not there any more is forgotten.
    """
    db.session.flush()
    seen = and_(Post.topic_id == Topic.id, _SHOWN)
    replies = and_(seen, Post.no > 0)
    others = and_(replies, Post.author_id != Topic.author_id)
    values = {
        "reply_count": _count(replies), "answer_count": _count(others), "version": Topic.version + 1,
        "last_post_at": func.coalesce(_of(func.max(Post.created_at), seen), Topic.created_at),
    }  # fmt: skip
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(values), execution_options=UNSEEN)
    _forget_answer(topic)
    count_group(topic.group_id)
    db.session.expire(topic)


def _forget_answer(topic: Topic) -> None:
    """A post that is gone is no answer. Asked with the topic's row held: nobody accepts it in the same moment."""
    there = and_(Post.topic_id == Topic.id, Post.no == Topic.accepted_no, _SHOWN)
    lost = (Topic.id == topic.id, Topic.accepted_no.is_not(None), ~exists(select(1).where(there)).correlate(Topic))
    db.session.execute(update(Topic).where(*lost).values(**NO_ANSWER), execution_options=UNSEEN)


def count_group(group_id: int) -> None:
    """Counts a group's topics and posts as its members find them. Sums over topics; does not commit."""
    shown = aliased(Topic)
    here = and_(shown.group_id == Group.id, shown.deleted_at.is_(None), shown.hidden_at.is_(None))
    opening = aliased(Post)
    own = and_(opening.topic_id == shown.id, opening.no == 0, opening.deleted_at.is_(None), opening.hidden_at.is_(None))
    openings = select(func.count()).where(own).correlate(shown).scalar_subquery()
    values = {
        "topic_count": select(func.count()).where(here).correlate(Group).scalar_subquery(),
        "post_count": select(func.coalesce(func.sum(shown.reply_count + openings), 0))
        .where(here)
        .correlate(Group)
        .scalar_subquery(),
        "last_post_at": select(func.max(shown.last_post_at)).where(here).correlate(Group).scalar_subquery(),
        "version": Group.version + 1,
    }  # fmt: skip
    db.session.execute(update(Group).where(Group.id == group_id).values(values), execution_options=UNSEEN)


def touch(topic: Topic) -> None:
    """Something that the pages of a topic and its group show has changed. Does not commit."""
    db.session.flush()
    db.session.execute(
        update(Topic).where(Topic.id == topic.id).values(version=Topic.version + 1), execution_options=UNSEEN
    )
    db.session.execute(
        update(Group).where(Group.id == topic.group_id).values(version=Group.version + 1), execution_options=UNSEEN
    )
    db.session.expire(topic)


def _count(which: Any) -> Any:
    return _of(func.count(), which)


def _of(what: Any, which: Any) -> Any:
    return select(what).select_from(Post).where(which).correlate(Topic).scalar_subquery()
