"""What needs the facilitators of a group now: how much of each, since when, and what there is to do about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select, update

from forum.access import Person, can, readable
from forum.groups.lists import answer_due
from forum.groups.queries import leading, ownerless, requests_in
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import (
    Concern,
    Document,
    Event,
    Group,
    Held,
    HeldState,
    JoinRequest,
    Membership,
    Standing,
    Topic,
    User,
    Verdict,
    waits,
)

#: somebody is new for so long; so many are named
NEW, SHOWN = timedelta(days=21), 5
#: files are told about together, on one page of the library
TOGETHER = 20
UNSEEN = {"synchronize_session": False}


class Some(NamedTuple):
    """How many of something wait, and since when."""

    number: int
    since: datetime | None


class Needs(NamedTuple):
    """All that waits."""

    requests: Sequence[JoinRequest]
    reports: Some
    held: Some
    unanswered: Some
    answers_due: int
    newcomers: Sequence[Any]
    unlicensed: Sequence[int]
    ownerless: Sequence[Group]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        counted = (self.reports.number, self.held.number, self.unanswered.number, self.answers_due)
        return not any((*counted, self.requests, self.newcomers, self.unlicensed, self.ownerless))


def needs_of(me: Person, group: Group) -> Needs:
    """What waits in a group for this person, who looks after it. A fixed number of statements."""
    reported = (Concern.group_id == group.id, Concern.verdict == Verdict.OPEN, readable(Concern, me))
    return Needs(
        requests=db.session.scalars(requests_in(group).limit(3)).all(),
        reports=_some(Concern.opened_at, *reported),
        held=_some(Held.created_at, Held.group_id == group.id, Held.state == HeldState.WAITING, readable(Held, me)),
        unanswered=_some(Topic.created_at, Topic.group_id == group.id, waits(Topic), readable(Topic, me)),
        answers_due=_some(Topic.review_on, *answer_due(me, group)).number,
        newcomers=db.session.execute(newcomers(group).limit(SHOWN)).all(),
        unlicensed=db.session.scalars(unlicensed(group, me).limit(TOGETHER)).all(),
        ownerless=db.session.scalars(ownerless(group)).all() if can(me, "own", group) else [],
    )  # fmt: skip


def _some(since: Any, *which: Any) -> Some:
    return Some(*db.session.execute(select(func.count(), func.min(since)).where(*which)).one())


def newcomers(group: Group) -> Any:
    """Members who came lately, and whom nobody who leads has answered, mentioned or ticked off."""
    leads = leading(group).with_only_columns(User.id).order_by(None)
    spoken_to = exists(
        select(1)
        .where(Event.group_id == group.id, Event.subject_id == User.id, Event.actor_id.in_(leads))
        .where(Event.kind.in_(("post.answered", "post.mentioned")), Event.created_at >= Membership.since)
        .correlate(User, Membership)
    )
    here = (Membership.group_id == group.id, Membership.standing == Standing.MEMBER, Membership.since > now() - NEW)
    return (
        select(User.name, User.handle, Membership.since)
        .join(Membership, Membership.user_id == User.id)
        .where(*here, Membership.welcomed_at.is_(None), User.active, ~spoken_to)
        .order_by(Membership.since)
    )


def unlicensed(group: Group, me: Person) -> Any:
    """Files of which nobody has said what others may do with them, newest first: their numbers."""
    here = (Document.group_id == group.id, Document.posted_at.is_not(None), Document.licence == "")
    return (
        select(Document.n)
        .where(*here, Document.hidden_at.is_(None), readable(Document, me))
        .order_by(Document.id.desc())
    )


def welcome(handle: str, group: Group) -> bool:
    """Whether a member of that handle counts as welcomed from now on, and did not before. Does not commit."""
    them = select(User.id).where(User.handle == handle).scalar_subquery()
    here = (Membership.group_id == group.id, Membership.user_id == them, Membership.welcomed_at.is_(None))
    done: Any = db.session.execute(update(Membership).where(*here).values(welcomed_at=now()), execution_options=UNSEEN)
    return bool(done.rowcount)
