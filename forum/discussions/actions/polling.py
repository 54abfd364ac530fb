"""Polls: asked once a topic, voted in once a person, and left as they are once somebody has voted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update

from forum import activity
from forum.access import Person
from forum.discussions.actions.counting import UNSEEN, touch
from forum.discussions.writing import author_of
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.models import Ballot, Poll, Topic

#: what can be said of a poll
Asked = dict[str, Any]


class Ended(Exception):
    """The poll closed, or was taken away, before the vote arrived; it was not counted."""


class Changed(Exception):
    """What is asked is not what was on the screen; nothing was written."""


class Voted(Exception):
    """Somebody has voted: what is asked stays as it is."""


def ask(topic: Topic, asked: Asked) -> bool:
    """Whether the topic has this poll now; False = it had one already. Does not commit."""
    row = insert_or(Poll).values(topic_id=topic.id, revision=1, created_at=now(), **asked).on_conflict_do_nothing()
    made = db.session.execute(row.returning(Poll.id)).first() is not None
    if made:
        touch(topic)
    return made


def vote(me: Person, poll: Poll, revision: int, chosen: Iterable[int]) -> None:
    """They choose this, instead of what they chose before. Does not commit. Raises Ended, Changed."""
    open_ = or_(Poll.closes_at.is_(None), Poll.closes_at > now())
    if not _held(and_(Poll.id == poll.id, open_)):
        raise Ended
    if not _held(and_(Poll.id == poll.id, Poll.revision == revision)):
        raise Changed
    values = {"choices": sum(1 << at for at in set(chosen)), "cast_at": now()}
    ballot = insert_or(Ballot).values(poll_id=poll.id, user_id=me.id, **values)
    db.session.execute(ballot.on_conflict_do_update(index_elements=["poll_id", "user_id"], set_=values))
    raised = update(Topic).where(Topic.id == poll.topic_id).values(version=Topic.version + 1)
    db.session.execute(raised, execution_options=UNSEEN)


def change(topic: Topic, poll: Poll, revision: int, asked: Asked) -> None:
    """The poll asks this from now on. Does not commit. Raises Voted, Changed."""
    if not _held(and_(Poll.id == poll.id, Poll.revision == revision)):
        raise Changed
    if _voted(poll):
        raise Voted
    values = {**asked, "revision": Poll.revision + 1}
    db.session.execute(update(Poll).where(Poll.id == poll.id).values(values), execution_options=UNSEEN)
    touch(topic)


def close(topic: Topic, poll: Poll, at: datetime | None) -> None:
    """It closes then; None = it stays open. Does not commit."""
    db.session.execute(update(Poll).where(Poll.id == poll.id).values(closes_at=at), execution_options=UNSEEN)
    touch(topic)


def remove(me: Person, topic: Topic, poll: Poll) -> None:
    """The poll is gone with all votes. Does not commit."""
    db.session.execute(delete(Poll).where(Poll.id == poll.id), execution_options=UNSEEN)
    if topic.author_id != me.id:
        activity.log("poll.removed", me, group=topic.group, subject=author_of(topic), topic=topic.n)
    touch(topic)


def _held(which: Any) -> bool:
    """Whether there is such a poll; it waits for who else writes in it, and from then on they wait for us."""
    same: Any = db.session.execute(update(Poll).where(which).values(revision=Poll.revision), execution_options=UNSEEN)
    return bool(same.rowcount)


def _voted(poll: Poll) -> bool:
    return bool(db.session.scalar(select(exists().where(Ballot.poll_id == poll.id))))
