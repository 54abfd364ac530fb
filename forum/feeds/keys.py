"""Keys with which programs read what is somebody's: made, ended, and whose they are. Does not commit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from forum import activity
from forum.access import Person, person
from forum.kit import ids
from forum.kit.db import db
from forum.models import CalendarKey, FeedKey, User


@dataclass(frozen=True, slots=True)
class Keys:
    """One kind of key: at most one a person, said once, kept as its digest."""

    model: type[FeedKey] | type[CalendarKey]
    #: what the log says
    made: str
    ended: str

    def make(self, me: Person) -> str:
        """A new key of this person's; the one before opens nothing any more. It is said this once."""
        self._end(me)
        token = ids.token()
        db.session.add(self.model(user_id=me.id, digest=ids.digest(token)))
        activity.log(self.made, me)
        return token

    def end(self, me: Person) -> None:
        """Their key opens nothing any more, if they had one."""
        if self._end(me):
            activity.log(self.ended, me)

    def _end(self, me: Person) -> bool:
        gone = db.session.execute(delete(self.model).where(self.model.user_id == me.id))
        return bool(gone.rowcount)  # type: ignore[attr-defined]

    def since(self, me: Person) -> datetime | None:
        """Since when there is a key of theirs."""
        return db.session.scalar(select(self.model.made_at).where(self.model.user_id == me.id))

    def whose(self, token: str) -> Person | None:
        """Who reads with this key, as they stand now; nobody with one that is over, or whose account is."""
        if not 20 < len(token) < 100:
            return None
        mine = select(self.model.user_id).join(User, User.id == self.model.user_id)
        owner = db.session.scalar(mine.where(self.model.digest == ids.digest(token)))
        found = person(owner) if owner else None
        return found if found and found.registered and not found.suspended else None


FEEDS = Keys(FeedKey, "account.feed-key-made", "account.feed-key-ended")
CALENDARS = Keys(CalendarKey, "account.calendar-key-made", "account.calendar-key-ended")
