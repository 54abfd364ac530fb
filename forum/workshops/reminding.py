"""What those who come are told by itself: the day before, and of files that were added. Nothing here commits.

Each is marked in the same transaction as its mail, so that two workers send one.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from forum import outbox
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Booking, Follow, Material, Workshop
from forum.workshops.telling import tell_of, tell_of_files

#: how long before, and after how long without another file
BEFORE, QUIET = timedelta(days=1), timedelta(minutes=10)
MOST = 200
UNSEEN = {"synchronize_session": False}


def to_remind() -> list[int]:
    """The workshops that begin within a day, of which nobody was reminded yet."""
    soon = (Workshop.starts_at > now(), Workshop.starts_at <= now() + BEFORE)
    due = (Workshop.cancelled_at.is_(None), Workshop.reminded_at.is_(None))
    return list(db.session.scalars(select(Workshop.id).where(*soon, *due).limit(MOST)))


def remind(workshop_id: int) -> int:
    """How many people with a place are reminded by this call."""
    due = (Workshop.id == workshop_id, Workshop.cancelled_at.is_(None), Workshop.reminded_at.is_(None))
    mark = update(Workshop).where(*due).values(reminded_at=now()).returning(Workshop.group_id, Workshop.sequence)
    row = db.session.execute(mark, execution_options=UNSEEN).first()
    if row is None:
        return 0
    seated = (Booking.workshop_id == workshop_id, Booking.seat_at.is_not(None))
    people = db.session.scalars(select(Booking.user_id).where(*seated)).all()
    once = f"workshop-reminder:{workshop_id}:{row.sequence}"
    workshop: Any = db.session.scalars(select(Workshop).where(Workshop.id == workshop_id)).one()
    tell_of("workshop_soon", workshop, people, once=str(row.sequence))
    outbox.queue_each("workshop-reminder", people, once, row.group_id, workshop_id=workshop_id)
    return len(people)


def to_announce() -> list[int]:
    """The workshops to which files were added that nobody was told of, and none in the last few minutes."""
    untold = select(Material.workshop_id).where(Material.told_at.is_(None)).group_by(Material.workshop_id)
    return list(db.session.scalars(untold.having(func.max(Material.added_at) <= now() - QUIET).limit(MOST)))


def announce(workshop_id: int) -> int:
    """How many people are told by this call of new files: who comes, and who follows the questions; each once."""
    untold = (Material.workshop_id == workshop_id, Material.told_at.is_(None))
    mark = update(Material).where(*untold).values(told_at=now()).returning(Material.document_id)
    files = sorted(db.session.scalars(mark, execution_options=UNSEEN))
    if not files:
        return 0
    workshop: Any = db.session.scalars(select(Workshop).where(Workshop.id == workshop_id)).one()
    people = set(db.session.scalars(select(Booking.user_id).where(Booking.workshop_id == workshop_id)))
    people |= set(db.session.scalars(select(Follow.user_id).where(Follow.topic_id == (workshop.topic_id or 0))))
    tell_of_files(workshop, people, files)
    once = f"workshop-files:{workshop_id}:{files[-1]}"
    outbox.queue_each("workshop-files", sorted(people), once, workshop.group_id, workshop_id=workshop_id, files=files)
    return len(people)
