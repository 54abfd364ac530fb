"""A hot seat as a reader sees it: who sits in it, when, and how many questions were asked and answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import String, and_, bindparam, cast, exists, func, select
from sqlalchemy.orm import aliased

from forum.access import Person, can, readable
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.spans import other_clock, spoken, zone_words
from forum.models import Asked, HotSeat, Post, SeatQuestion, Sitter, Topic, User, Workshop

#: the hot seat of a topic, for the statement that reads the topic anyway
SEAT_OF = select(HotSeat.id).where(HotSeat.topic_id == Topic.id).correlate(Topic).scalar_subquery()

ANSWER = aliased(Post)
#: an answer counts while it stands in the topic of the seat
STANDS = and_(
    ANSWER.id == SeatQuestion.answer_id, ANSWER.topic_id == HotSeat.topic_id,
    ANSWER.deleted_at.is_(None), ANSWER.hidden_at.is_(None),
)  # fmt: skip
_SITTERS = (
    select(func.aggregate_strings(User.name + "\t" + User.handle + "\t" + cast(User.id, String), "\n"))
    .join_from(Sitter, User, User.id == Sitter.user_id)
    .where(Sitter.seat_id == HotSeat.id)
    .correlate(HotSeat)
    .scalar_subquery()
)


def _count(*which: Any) -> Any:
    found = select(func.count()).select_from(SeatQuestion).where(SeatQuestion.seat_id == HotSeat.id, *which)
    return found.correlate(HotSeat).scalar_subquery()


OPEN = SeatQuestion.state == Asked.OPEN
FACTS = (
    select(
        HotSeat.id, HotSeat.starts_at, HotSeat.ends_at, HotSeat.zone, HotSeat.revision, HotSeat.last_n,
        Workshop.n.label("workshop_n"), Workshop.title.label("workshop_title"), _SITTERS.label("sitters"),
        _count(OPEN).label("asked"),
        _count(OPEN, exists(select(1).where(STANDS).correlate(HotSeat, SeatQuestion))).label("answered"),
        _count(SeatQuestion.state == Asked.HELD).label("held"),
    )
    .join(Topic, Topic.id == HotSeat.topic_id)
    .outerjoin(Workshop, and_(Workshop.id == HotSeat.workshop_id, Workshop.group_id == Topic.group_id))
    .where(HotSeat.topic_id == bindparam("topic"))
)  # fmt: skip
SEAT = Hot(FACTS)


class Seated(NamedTuple):
    """Somebody who sits in it."""

    name: str
    handle: str
    id: int


@dataclass(frozen=True, slots=True)
class SeatView:
    """A hot seat for one reader. It is asked about as its topic is: `group` and `locked_at` are the topic's."""

    group: Any
    locked_at: datetime | None
    id: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    revision: int
    last_n: int
    #: number and title of the workshop that it belongs to
    workshop: tuple[int, str] | None
    sitters: list[Seated]
    #: whether the reader may see who is in the group, and so who sits here
    named: bool
    asked: int
    answered: int
    #: how many wait for a facilitator
    held: int

    @property
    def sits(self) -> set[int]:
        """The numbers of those who sit in it."""
        return {one.id for one in self.sitters}

    @property
    def phase(self) -> str:
        """'coming', 'open' or 'over'."""
        return "coming" if now() < self.starts_at else "open" if now() < self.ends_at else "over"

    def when(self, zone: str = "") -> str:
        """'Thursday 25 March 2027, 10:00 to 11:00, Europe/London time (GMT)', by its own clock or another."""
        return f"{spoken(self, zone or self.zone)}, {zone_words(self.starts_at, zone or self.zone)}"

    def other_zone(self, zone: str) -> str:
        """The reader's zone, if its clock shows something else then; else ''."""
        return other_clock(self.starts_at, zone, self.zone)


def seat_of(me: Person, topic: Any) -> SeatView | None:
    """The hot seat of a topic (or a row of its facts) that they were let into. One statement."""
    row = SEAT.first({"topic": topic.id})
    return None if row is None else seat_from(me, topic, row)


def seat_from(me: Person, topic: Any, row: Any) -> SeatView:
    """The hot seat of a row of FACTS."""
    people = [line.split("\t") for line in (row.sitters or "").split("\n") if line]
    sitters = sorted(Seated(name, handle, int(number)) for name, handle, number in people)
    workshop = (row.workshop_n, row.workshop_title) if row.workshop_n else None
    return SeatView(
        topic.group, topic.locked_at, row.id, row.starts_at, row.ends_at, row.zone, row.revision, row.last_n,
        workshop, sitters, can(me, "list members", topic), row.asked, row.answered, row.held,
    )  # fmt: skip


def workshops_for(topic: Any, me: Person) -> list[Any]:
    """The workshops of its group that a hot seat can belong to, the last first."""
    found = select(Workshop.id, Workshop.n, Workshop.title)
    ours = (Workshop.group_id == topic.group_id, Workshop.cancelled_at.is_(None), readable(Workshop, me))
    return list(db.session.execute(found.where(*ours).order_by(Workshop.starts_at.desc()).limit(50)).all())
