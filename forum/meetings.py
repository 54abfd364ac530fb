"""The rule over workshops: who reads of them, and who sees who is coming. A step of rows.py."""

from sqlalchemy import and_, or_

from forum.asking import Who
from forum.kit.lean import Columns, one_of, some
from forum.models import Booking, SeenBy, Workshop
from forum.rule import FACILITATE, READ, TAKE_PART, of_group, reaches
from forum.who import Condition

some_workshop = some(Workshop, "id", "group_id", "seen_by")
some_booking = some(Booking, "workshop_id", "user_id", "seat_at")


def of_workshop(who: Who, workshop: Columns) -> Condition:
    """SQL of: reads the group."""
    return of_group(workshop.group_id, lambda group: reaches(who, group, READ))


def of_booking(who: Who, booking: Columns) -> Condition:
    """SQL of: it is their own, they lead the group, or are among the members for whom the organiser opened it."""

    def lets(workshop: Columns) -> Condition:
        coming = some_booking(
            lambda own: and_(own.workshop_id == workshop.id, who.is_(own.user_id), own.seat_at.is_not(None))
        )
        members = one_of(workshop.seen_by, (SeenBy.MEMBERS,))
        open_to = or_(who.is_(booking.user_id), members, and_(one_of(workshop.seen_by, (SeenBy.COMING,)), coming))
        return of_group(
            workshop.group_id,
            lambda group: or_(and_(open_to, reaches(who, group, TAKE_PART)), reaches(who, group, FACILITATE)),
        )

    return some_workshop(lambda workshop: and_(workshop.id == booking.workshop_id, lets(workshop)))
