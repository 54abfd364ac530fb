"""Offering unanswered questions to people who may know. Nothing here commits.

The question's row is taken first, then those of the people, in one order: two workers, or a worker and a facilitator,
come one after the other, and nobody is asked twice, or more often in a week than they may be.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from forum import outbox
from forum.access import READ, Person, can
from forum.discussions.actions.answering import Settled
from forum.discussions.actions.counting import UNSEEN, touch
from forum.discussions.queries.offers import A_WEEK, MOST, asked_lately, candidates, open_question
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Offer, Post, Topic, TopicTag, User, waits
from forum.notices import News, some, tell

#: questions asked earlier are left alone; where too few were found, others are looked for after a day
OLDEST, AGAIN = timedelta(days=60), timedelta(days=1)
#: at one time
BATCH = 100


class AskedEnough(Exception):
    """This person was asked about this question already, or as often this week as anybody may be. Nothing was done."""


def _by_site() -> Any:
    given = select(func.count()).where(Offer.topic_id == Topic.id, Offer.by_id.is_(None))
    return given.correlate(Topic).scalar_subquery()


def _ripe() -> tuple[Any, ...]:
    """SQL of: it waits, and it is time to look for people who may know."""
    shown = (Topic.deleted_at.is_(None), Topic.hidden_at.is_(None), Topic.created_at > now() - OLDEST)
    tagged = select(1).where(TopicTag.topic_id == Topic.id).correlate(Topic).exists()
    due = or_(Topic.offered_at.is_(None), Topic.offered_at < now() - AGAIN)
    return (waits(Topic), *shown, tagged, due, _by_site() < MOST)


def to_offer() -> list[int]:
    """The questions for which people are to be looked for now."""
    found: list[int] = []
    for hours in db.session.scalars(select(Group.offer_after).where(Group.offer_after > 0).distinct()).all():
        waited = Topic.created_at <= now() - timedelta(hours=hours)
        due = (
            select(Topic.id).join(Group, Group.id == Topic.group_id).where(Group.offer_after == hours, waited, *_ripe())
        )
        found += db.session.scalars(due.order_by(Topic.created_at).limit(BATCH))
    return found[:BATCH]


def offer(topic_id: int) -> int:
    """How many people are asked about a question by this call."""
    mark = update(Topic).where(Topic.id == topic_id, *_ripe()).values(offered_at=now())
    marked: Any = db.session.execute(mark, execution_options=UNSEEN)
    if marked.rowcount != 1:
        return 0
    topic = db.session.scalars(select(Topic).where(Topic.id == topic_id)).one()
    db.session.refresh(topic)
    room = MOST - (db.session.scalar(select(_by_site()).where(Topic.id == topic_id)) or 0)
    likely = candidates(topic, 2 * room)
    free = _hold(user.id for user in likely)
    chosen = [user for user in likely if user.id in free][:room]
    for user in chosen:
        _ask(topic, user, None)
    if chosen:
        touch(topic)
    return len(chosen)


def ask(me: Person, topic: Topic, user: User) -> None:
    """A facilitator asks one person by hand. Raises AskedEnough; Settled when nobody can help any more."""
    touch(topic)
    if topic.deleted_at or not open_question(topic) or not can(me, "facilitate", topic):
        raise Settled("This question was answered, locked or changed since you opened its page.")
    known = db.session.scalar(select(Offer.id).where(Offer.topic_id == topic.id, Offer.user_id == user.id))
    if known or user.id not in _hold([user.id]):
        raise AskedEnough
    _ask(topic, user, me)


def decline(me: Person, topic: Topic) -> bool:
    """Whether they were asked, and have now said that it is nothing for them."""
    mine = (Offer.topic_id == topic.id, Offer.user_id == me.id, Offer.declined_at.is_(None))
    said: Any = db.session.execute(update(Offer).where(*mine).values(declined_at=now()), execution_options=UNSEEN)
    if said.rowcount:
        touch(topic)
    return bool(said.rowcount)


def _hold(people: Any) -> set[int]:
    """Those of these who may be asked once more this week; nobody else asks them until commit."""
    numbers = sorted(people)
    db.session.execute(select(User.id).where(User.id.in_(numbers)).order_by(User.id).with_for_update()).all()
    often = asked_lately(numbers)
    return {number for number in numbers if often.get(number, 0) < A_WEEK}


def _ask(topic: Topic, user: User, by: Person | None) -> None:
    given = Offer(topic_id=topic.id, user_id=user.id, by_id=by.id if by else None)
    db.session.add(given)
    db.session.flush()
    opening = db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.no == 0)).one()
    asked = News("asked", opening, by=by.id if by else None, needs=READ, once=f"asked:{topic.id}")
    tell(asked, some([user.id]))
    facts = {"topic_id": topic.id, "by": by.name if by else ""}
    outbox.queue("question-offered", user, f"offer:{given.id}", topic.group, **facts)
