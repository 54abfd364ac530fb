"""Mail about workshops: who is told still comes, or waits, as things stand when it is sent."""

from sqlalchemy import exists, select

from forum.access import TAKE_PART, Person, level, person, readable
from forum.kit.db import db
from forum.models import Booking, Document, Mail, Workshop

#: they have a place, and it takes place
PLACE = "place"
#: they have one or wait for one, and it takes place
BOOKED = "booked"
#: the same, but it was cancelled
CANCELLED = "cancelled"
#: somebody else added a file to it that they may open
FILES = "files"
ATTENDING = (PLACE, BOOKED, CANCELLED, FILES)


def workshop_of(mail: Mail) -> Workshop | None:
    """The workshop that a mail is about (`workshop_id` of its facts), as its reader may read it now."""
    number, who = mail.facts.get("workshop_id"), person(mail.user_id)
    mine = select(Workshop).where(Workshop.id == number, readable(Workshop, who))
    return db.session.scalar(mine) if number and who else None


def attends(who: Person, mail: Mail, need: str) -> bool:
    """Whether they may still be told this of a workshop."""
    workshop = workshop_of(mail)
    if workshop is None:
        return False
    if need == FILES:
        files = (Document.id.in_(mail.facts["files"]), Document.uploader_id != who.id, Document.posted_at.is_not(None))
        return bool(db.session.scalar(select(exists().where(*files, readable(Document, who)))))
    if bool(workshop.cancelled_at) != (need == CANCELLED) or level(who, workshop.group) < TAKE_PART:
        return False
    mine = select(Booking.seat_at).where(Booking.workshop_id == workshop.id, Booking.user_id == who.id)
    row = db.session.execute(mine).first()
    return row is not None and (need != PLACE or row.seat_at is not None)
