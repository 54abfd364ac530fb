"""The key to somebody's calendar: made, ended, and whose it is. Does not commit."""

from datetime import datetime

from sqlalchemy import delete, select

from forum import activity
from forum.access import Person, person
from forum.kit import ids
from forum.kit.db import db
from forum.models import CalendarKey, User


def make(me: Person) -> str:
    """A new key of this person's; the one before opens nothing any more. It is said this once."""
    end(me)
    token = ids.token()
    db.session.add(CalendarKey(user_id=me.id, digest=ids.digest(token)))
    activity.log("account.calendar-key-made", me)
    return token


def end(me: Person) -> bool:
    """Whether there was a key; it opens nothing any more."""
    gone = db.session.execute(delete(CalendarKey).where(CalendarKey.user_id == me.id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def since(me: Person) -> datetime | None:
    """Since when there is a key of theirs."""
    return db.session.scalar(select(CalendarKey.made_at).where(CalendarKey.user_id == me.id))


def whose(token: str) -> Person | None:
    """Whose calendar it opens, as they stand now; nobody's with one that is over, or whose account is."""
    if not 20 < len(token) < 100:
        return None
    mine = select(CalendarKey.user_id).join(User, User.id == CalendarKey.user_id)
    owner = db.session.scalar(mine.where(CalendarKey.digest == ids.digest(token)))
    found = person(owner) if owner else None
    return found if found and found.registered and not found.suspended else None
