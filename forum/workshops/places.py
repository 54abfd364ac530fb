"""Places: whoever books first has one, and those who wait get theirs in order. Nothing here commits.

Everything that changes who comes holds the workshop's row, so that no place is given twice (docs/decisions/0024).
"""

from typing import Any

from sqlalchemy import and_, delete, func, not_, select, update

from forum import outbox
from forum.access import EVERYONE, TAKE_PART, Person, can, hearers, person, readable
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.models import Booking, Group, User, Workshop
from forum.workshops.telling import tell_of

UNSEEN = {"synchronize_session": False}
#: workshops looked through at one time
MOST = 200


class Closed(Exception):
    """No more places are given: it was cancelled or is over, or the person may not come any more."""


def book(me: Person, workshop: Workshop) -> bool:
    """Whether they have a place now; else they wait. Does not commit. Raises Closed."""
    if not _held(workshop) or not can(person(me.id), "book", workshop):
        raise Closed
    row = insert_or(Booking).values(workshop_id=workshop.id, user_id=me.id, booked_at=now()).on_conflict_do_nothing()
    db.session.execute(row)
    _settle(workshop, me)
    mine = (Booking.workshop_id == workshop.id, Booking.user_id == me.id)
    return db.session.scalar(select(Booking.seat_at).where(*mine)) is not None


def give_back(me: Person, workshop: Workshop) -> bool:
    """Whether they had booked; they do not come, and the next one does. Does not commit."""
    live = _held(workshop)
    mine = (Booking.workshop_id == workshop.id, Booking.user_id == me.id)
    gone: Any = db.session.execute(delete(Booking).where(*mine), execution_options=UNSEEN)
    if live:
        _settle(workshop, me)
    return bool(gone.rowcount)


def fill(workshop: Workshop) -> None:
    """Free places go to those who wait. Does not commit."""
    if _held(workshop):
        _settle(workshop, None)


def to_fill() -> list[int]:
    """The workshops ahead in which somebody booked who may not come any more."""
    comes = and_(User.active, User.confirmed_at.is_not(None), readable(Group, EVERYONE, TAKE_PART))
    found = select(Workshop.id).join(Group, Group.id == Workshop.group_id)
    booked = found.join(Booking, Booking.workshop_id == Workshop.id).join(User, User.id == Booking.user_id)
    ahead = (Workshop.ends_at > now(), Workshop.cancelled_at.is_(None), not_(comes))
    return list(db.session.scalars(booked.where(*ahead).distinct().limit(MOST)))


def fill_one(workshop_id: int) -> None:
    """The same as `fill`, for a job."""
    fill(db.session.scalars(select(Workshop).where(Workshop.id == workshop_id)).one())


def _held(workshop: Workshop) -> bool:
    """Whether places are given. From here on who else books waits for us."""
    open_ = (Workshop.id == workshop.id, Workshop.cancelled_at.is_(None), Workshop.ends_at > now())
    same: Any = db.session.execute(
        update(Workshop).where(*open_).values(revision=Workshop.revision), execution_options=UNSEEN
    )
    return bool(same.rowcount)


def _settle(workshop: Workshop, me: Person | None) -> None:
    """Who may not come any more has booked nothing; free places are given in order. Those who get one are told."""
    here = Booking.workshop_id == workshop.id
    booked = set(db.session.scalars(select(Booking.user_id).where(here)))
    comes = set(db.session.scalars(hearers(workshop).with_only_columns(User.id).where(User.id.in_(booked))))
    if booked - comes:
        lost = delete(Booking).where(here, Booking.user_id.in_(booked - comes))
        db.session.execute(lost, execution_options=UNSEEN)
    taken = db.session.scalar(select(func.count(Booking.seat_at)).where(here)) or 0
    capacity = db.session.scalar(select(Workshop.capacity).where(Workshop.id == workshop.id))
    waits = select(Booking.id).where(here, Booking.seat_at.is_(None)).order_by(Booking.id)
    if capacity is not None:
        waits = waits.limit(max(0, capacity - taken))
    moment = now()
    given = update(Booking).where(Booking.id.in_(list(db.session.scalars(waits)))).values(seat_at=moment)
    lucky = db.session.scalars(given.returning(Booking.user_id), execution_options=UNSEEN).all()
    others = sorted(one for one in lucky if me is None or one != me.id)
    if others:
        tell_of("workshop_place", workshop, others, once=f"{moment:%Y%m%d%H%M%S%f}")
    once = f"workshop-place:{workshop.id}:{moment:%Y%m%d%H%M%S%f}"
    outbox.queue_each("workshop-place", others, once, workshop.group_id, workshop_id=workshop.id)
