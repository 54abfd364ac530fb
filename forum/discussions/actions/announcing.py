"""How often all members of a group are sent an announcement: not more often than its owners chose."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group


class TooSoon(Exception):
    """The last announcement was sent too lately; nothing was posted. `at`: when the next may be."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


def next_announcement(group: Group) -> datetime | None:
    """When the next announcement may be sent; None = now."""
    if not group.announced_at or not group.announce_after:
        return None
    at = group.announced_at + timedelta(hours=group.announce_after)
    return at if at > now() else None


def take_turn(group: Group) -> None:
    """An announcement is sent now. Of two at once one is. Does not commit. Raises TooSoon."""
    moment = now()
    mine = update(Group).where(Group.id == group.id).values(announced_at=moment)
    if group.announce_after:
        before = moment - timedelta(hours=group.announce_after)
        mine = mine.where(or_(Group.announced_at.is_(None), Group.announced_at <= before))
    turn = mine.returning(Group.id).execution_options(synchronize_session=False)
    taken = db.session.scalar(turn)
    db.session.expire(group, ["announced_at"])
    if taken is None:
        raise TooSoon(next_announcement(group) or moment)
