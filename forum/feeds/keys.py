"""Keys: made, ended, and whose they are. Does not commit."""

from datetime import datetime

from sqlalchemy import delete, select

from forum import activity
from forum.access import Person, person
from forum.kit import ids
from forum.kit.db import db
from forum.models import FeedKey, User


def make(me: Person) -> str:
    """A new key of this person's; the one before opens nothing any more. It is said this once."""
    end(me)
    token = ids.token()
    db.session.add(FeedKey(user_id=me.id, digest=ids.digest(token)))
    activity.log("account.feed-key-made", me)
    return token


def end(me: Person) -> bool:
    """Whether there was a key; it opens nothing any more."""
    gone = db.session.execute(delete(FeedKey).where(FeedKey.user_id == me.id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def since(me: Person) -> datetime | None:
    """Since when there is a key of theirs."""
    return db.session.scalar(select(FeedKey.made_at).where(FeedKey.user_id == me.id))


def whose(token: str) -> Person | None:
    """Who reads with this key, as they stand now; nobody with one that is over, or whose account is."""
    if not 20 < len(token) < 100:
        return None
    owner = db.session.scalar(
        select(FeedKey.user_id).join(User, User.id == FeedKey.user_id).where(FeedKey.digest == ids.digest(token))
    )
    found = person(owner) if owner else None
    return found if found and found.registered and not found.suspended else None
