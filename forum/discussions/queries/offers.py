"""Whom a question may be offered to, and what was offered to whom. The rule decides in the same statement."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, EVERYONE, Person, followers, readable
from forum.discussions.queries.rows import COLUMNS
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.lean import one_of
from forum.models import Expertise, FieldAudience, Group, Offer, Post, Topic, TopicKind, TopicTag, User, waits
from forum.rule import seated

#: the site asks so many people about one question; anybody is asked so often in a week, by whomever
MOST, A_WEEK, WEEK = 5, 2, timedelta(days=7)
#: accepted answers under a tag count up to so many; saying that one can be asked counts like two
ANSWERS, SAID = 5, 2

#: questions that somebody was asked about lately and that still wait, as rows of their front page
OFFERED = "question.offered"
_TO_ME = and_(
    Offer.user_id == bindparam("me"), Offer.created_at > bindparam("lately", type_=Offer.created_at.type),
    Offer.declined_at.is_(None),
)  # fmt: skip
#: whether there may be any: the rule costs something even where nothing is found
ANY_OFFER = exists(select(1).where(_TO_ME))
OF_HOME = (
    select(
        *COLUMNS, literal(0).label("new"), Group.slug.label("slug"), Group.name.label("group_name"),
        Group.hue.label("group_hue"), Topic.id.label("topic_id"), Topic.author_id, literal(0).label("no"),
        literal("").label("html"), Offer.id.label("news"), literal(OFFERED).label("why"), literal("").label("actor"),
        literal("").label("actor_organisation"),
    )
    .select_from(Offer)
    .join(Topic, Topic.id == Offer.topic_id)
    .join(Group, Group.id == Topic.group_id)
    .join(User, User.id == Topic.author_id)
    .where(_TO_ME, waits(Topic), readable(Topic, ASKER))
)  # fmt: skip

_HELPER = aliased(User)
#: whom it was offered to, while it waits: for facilitators, and for those people
OFFERED_TO = case(
    (
        waits(Topic),
        select(
            func.aggregate_strings(
                _HELPER.name + "\t" + _HELPER.handle + "\t" + case((Offer.declined_at.is_(None), ""), else_="no"), "\n"
            )
        )
        .join_from(Offer, _HELPER, _HELPER.id == Offer.user_id)
        .where(Offer.topic_id == Topic.id)
        .correlate(Topic)
        .scalar_subquery(),
    )
)

#: what everybody registered reads: answers there may be spoken of in any group
_ANYBODY = Person(registered=True)


def candidates(topic: Topic, most: int) -> list[User]:
    """People who may be asked about a question and may read it, those who know most about its tags first.

    Known is what they say they can be asked about, as far as this group may know of it, and answers of theirs that were
    accepted under a tag of it: here, or where everybody registered reads them. Not those asked already, of this
    question or twice this week.
    """
    tags = list(db.session.scalars(select(TopicTag.tag).where(TopicTag.topic_id == topic.id)))
    if not tags:
        return []
    answers, last = _answers(topic, tags).subquery(), func.max(Offer.created_at)
    before = select(last).where(Offer.user_id == User.id).correlate(User).scalar_subquery()
    shown = func.coalesce(answers.c.many, 0)
    worth = SAID * _said(topic, tags) + case((shown > ANSWERS, ANSWERS), else_=shown)
    found = followers(topic).where(User.may_be_asked, User.id != topic.author_id, worth > 0, ~_asked(topic), _free())
    found = found.outerjoin(answers, answers.c.author_id == User.id)
    ranked = found.order_by(worth.desc(), before.is_not(None), before, User.id).limit(most)
    return list(db.session.scalars(ranked))


def _said(topic: Topic, tags: list[str]) -> Any:
    """SQL of how many of these tags they say they can be asked about, where people of this group may know that."""
    here = select(1).select_from(Group).where(Group.id == topic.group_id, seated(EVERYONE, Group)).correlate(User)
    among_us = and_(one_of(User.expertise_for, (FieldAudience.GROUPS,)), here.exists())
    told = or_(one_of(User.expertise_for, (FieldAudience.REGISTERED,)), among_us)
    tagged = select(func.count()).where(Expertise.user_id == User.id, Expertise.tag.in_(tags), told)
    return tagged.correlate(User).scalar_subquery()


def _answers(topic: Topic, tags: list[str]) -> Select[*tuple[Any, ...]]:
    """How many answers of each person were accepted by others under these tags."""
    open_to_all = select(Group.id).where(readable(Group, _ANYBODY))
    where = or_(TopicTag.group_id == topic.group_id, TopicTag.group_id.in_(open_to_all))
    there = (Topic.deleted_at.is_(None), Topic.hidden_at.is_(None), Post.hidden_at.is_(None), Post.deleted_at.is_(None))
    return (
        select(Post.author_id, func.count(Topic.id.distinct()).label("many"))
        .select_from(TopicTag)
        .join(Topic, Topic.id == TopicTag.topic_id)
        .join(Post, and_(Post.topic_id == Topic.id, Post.no == Topic.accepted_no))
        .where(TopicTag.tag.in_(tags), where, *there, Post.author_id != Topic.author_id)
        .group_by(Post.author_id)
    )


def _asked(topic: Topic) -> Any:
    return select(1).where(Offer.topic_id == topic.id, Offer.user_id == User.id).correlate(User).exists()


def _free() -> Any:
    """SQL of: not asked as often this week as anybody may be."""
    lately = select(func.count()).where(Offer.user_id == User.id, Offer.created_at > now() - WEEK)
    return lately.correlate(User).scalar_subquery() < A_WEEK


def asked_lately(people: Iterable[int]) -> dict[int, int]:
    """How often each of these was asked in the last seven days."""
    lately = select(Offer.user_id, func.count()).where(Offer.user_id.in_(list(people)), Offer.created_at > now() - WEEK)
    rows: Any = db.session.execute(lately.group_by(Offer.user_id))
    return dict(rows.all())


def free_from(user: User) -> Any:
    """When somebody who was asked twice this week may be asked again."""
    oldest = (
        select(Offer.created_at)
        .where(Offer.user_id == user.id, Offer.created_at > now() - WEEK)
        .order_by(Offer.created_at.desc())
        .offset(A_WEEK - 1)
        .limit(1)
    )
    return (db.session.scalar(oldest) or now()) + WEEK


def member_to_ask(topic: Topic, handle: str) -> User | None:
    """The member of the topic's group of that handle, if they may read the topic, and did not write it."""
    here = select(1).select_from(Group).where(Group.id == topic.group_id, seated(EVERYONE, Group)).correlate(User)
    found = followers(topic).where(User.handle == handle.lower(), User.id != topic.author_id, here.exists())
    user: Any = db.session.scalar(found)
    return user or None


class Asked(NamedTuple):
    """Somebody who was asked about a question."""

    name: str
    handle: str
    declined: bool


def asked_from(said: str | None) -> list[Asked]:
    """The people of an aggregate of the topic's gate, by name."""
    lines = (line.split("\t") for line in (said or "").split("\n") if line)
    return sorted(Asked(name, handle, declined == "no") for name, handle, declined in lines)


class Asking(NamedTuple):
    """The same with when, and by whom; None = the site."""

    name: str
    handle: str
    at: Any
    by: str | None
    declined_at: Any


def askings(topic: Topic) -> list[Asking]:
    """Who was asked about a topic, the last one first."""
    asker = select(User.name).where(User.id == Offer.by_id).correlate(Offer).scalar_subquery()
    found = select(User.name, User.handle, Offer.created_at, asker, Offer.declined_at).select_from(Offer)
    rows = db.session.execute(
        found.join(User, User.id == Offer.user_id).where(Offer.topic_id == topic.id).order_by(Offer.id.desc())
    )
    return [Asking(*row) for row in rows]


def open_question(topic: Any) -> bool:
    """Whether anybody could still help with it."""
    return topic.kind == TopicKind.QUESTION and topic.accepted_no is None and topic.locked_at is None
