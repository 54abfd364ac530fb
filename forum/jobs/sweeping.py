"""What is thrown away when it is of no use to anybody, each in its own time."""

from contextlib import suppress
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, or_, select

from forum import receipts, uploads
from forum.discussions.queries.held import files_waiting
from forum.inbox import devices
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.fragments import Busy
from forum.mailin.posting import LETTER
from forum.models import Document, Draft, Session, Submission

#: how long after its last use a thing is of no use to anybody
SUBMISSIONS_LAST, UPLOADS_LAST = timedelta(days=2), timedelta(days=7)
DRAFTS_LAST, SESSIONS_LAST = timedelta(days=180), timedelta(days=30)


def sweep_submissions() -> None:
    """Forgets the keys of forms that nobody will send again, and of mails that are too old to be answered."""
    letters = now() - timedelta(days=current_app.config["MAIL_IN_DAYS"] + 2)
    over = or_(~Submission.result.startswith(LETTER), Submission.created_at < letters)
    db.session.execute(delete(Submission).where(Submission.created_at < now() - SUBMISSIONS_LAST, over))
    db.session.commit()


def sweep_sessions() -> None:
    """Forgets browsers that were signed out, or past a limit, long ago. Until then their drafts know whose they are."""
    config, ended = current_app.config, now() - SESSIONS_LAST
    idle, absolute = (timedelta(seconds=config[name]) for name in ("SESSION_IDLE", "SESSION_ABSOLUTE"))
    over = or_(Session.ended_at < ended, Session.used_at < ended - idle, Session.created_at < ended - absolute)
    devices.sweep()
    db.session.execute(delete(Session).where(over))
    db.session.commit()


def sweep_drafts() -> None:
    """Throws away texts that nobody came back to, and forgets who opened a file more than a year ago."""
    receipts.sweep()
    db.session.execute(delete(Draft).where(Draft.saved_at < now() - DRAFTS_LAST))
    db.session.commit()


def sweep_uploads() -> None:
    """Throws away files that were sent but never posted, one at a time."""
    unposted = (Document.posted_at.is_(None), Document.deleted_at.is_(None), Document.id.not_in(files_waiting()))
    old = (*unposted, Document.created_at < now() - UPLOADS_LAST)
    for document in db.session.scalars(select(Document).where(*old).limit(500)).all():
        uploads.discard(document)
        db.session.commit()


def sweep_pieces() -> None:
    """Throws away what came in pieces and was not finished within a day of the last; what is written to now waits."""
    for upload in uploads.stale():
        with suppress(Busy):
            uploads.end(upload)
            db.session.commit()


def sweep_strays() -> None:
    """Removes bytes that have belonged to nothing for two days, and still do; notes what belongs to nothing now."""
    uploads.sweep_strays()
    db.session.commit()
