"""How the mail stands: what waits, since when, what was given up, and whether summaries come in time."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, func, or_, select

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Habit, Hear, Hearing, Mail, MailState, Notice

#: mail that is due, or a summary whose hour came, is late after so long: somebody should look
PATIENCE = timedelta(hours=1)
#: a worker comes by once a minute
SOON, LATELY = timedelta(minutes=1), timedelta(minutes=5)


class Backlog(NamedTuple):
    """The mail at one moment. A `datetime` is in UTC; None = there is no such thing."""

    at: datetime
    waiting: int
    dead: int
    #: since when the mail waits that has been due for longest: due, and taken by no worker
    due_since: datetime | None
    #: when the mail was queued that waits for longest although it was tried
    tried_since: datetime | None
    sent_at: datetime | None
    #: since when the summary is owed that has been owed for longest
    digest_since: datetime | None
    #: when the mail was or is due that some worker tried, and puts off from one minute to the next
    looked_at: datetime | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody delivers: mail is due for longer than PATIENCE, and none of it was tried lately."""
        lately = self.looked_at is not None and self.looked_at > self.at - LATELY
        return self._old(self.due_since) and not lately

    @property
    def refused(self) -> bool:
        """Whether the mail server takes nothing: mail was tried, and for PATIENCE none has gone out."""
        return self._old(self.tried_since) and (self.sent_at is None or self._old(self.sent_at))

    @property
    def digests_late(self) -> bool:
        """Whether somebody's summary is late."""
        return self._old(self.digest_since)

    def minutes(self, since: datetime | None) -> int:
        """Full minutes from then to this moment; 0 for never."""
        return max(0, (self.at - since) // timedelta(minutes=1)) if since else 0

    def _old(self, moment: datetime | None) -> bool:
        return moment is not None and moment < self.at - PATIENCE


def backlog() -> Backlog:
    """How the mail stands now, by three statements."""
    moment = now()
    waiting = Mail.state == MailState.WAITING
    tried = Mail.attempts > 0
    since = func.min(Mail.due_at).filter(Mail.due_at <= moment), func.min(Mail.created_at).filter(tried)
    looked = func.max(Mail.due_at).filter(tried, Mail.due_at <= moment + SOON)
    queued = db.session.execute(select(func.count(), *since, looked).where(waiting)).one()
    dead = select(func.count()).select_from(Mail).where(Mail.state == MailState.DEAD)
    # what was sent last was claimed last, or nearly so: that has an index
    sent = select(Mail.sent_at).where(Mail.state == MailState.SENT).order_by(Mail.due_at.desc()).limit(1)
    ends = db.session.execute(select(dead.scalar_subquery(), sent.scalar_subquery())).one()
    return Backlog(moment, queued[0], ends[0], queued[1], queued[2], ends[1], _owed(moment), queued[3])


def _owed(moment: datetime) -> datetime | None:
    """Since when a summary is owed: their hour came, they did not pause, and something waited for them then."""
    ripe = (~Habit.silent, Habit.digest_at <= moment, or_(Habit.paused_until.is_(None), Habit.paused_until <= moment))
    later: Any = case((Notice.created_at > Habit.digest_at, Notice.created_at), else_=Habit.digest_at)
    told = (
        select(func.min(later))
        .select_from(Habit)
        .join(Notice, Notice.user_id == Habit.user_id)
        .where(Notice.mail_waits, *ripe)
    )
    weekly = select(func.min(Habit.digest_at)).join(Hearing, Hearing.user_id == Habit.user_id)
    weekly = weekly.where(Hearing.choice == Hear.WEEKLY, *ripe)
    found = db.session.execute(select(told.scalar_subquery(), weekly.scalar_subquery())).one()
    return min((since for since in found if since), default=None)
