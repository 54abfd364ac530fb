"""What a host does with mail that did not go out: look, try once more, or drop. Nothing here commits.

A mail that a worker is sending at this moment is left alone: its claim sets it due within CLAIM from now.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, update

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Mail, MailState, User
from forum.outbox.delivery import CLAIM, COPIES

DEAD = Mail.state == MailState.DEAD
#: given up, and it has not arrived: what may have is named one by one
LOST = and_(DEAD, Mail.doubts < COPIES)
UNSEEN = {"synchronize_session": False}


def mails(state: MailState) -> Select[Any]:
    """Mail of this state with the name and address of whom it is for: what waits by its turn, the rest newest first."""
    facts: list[Any] = [Mail.id, Mail.template, Mail.state, Mail.attempts, Mail.created_at, Mail.due_at, Mail.error]
    found = select(*facts, Mail.address, User.name, User.email).outerjoin(User, User.id == Mail.user_id)
    order = (Mail.due_at, Mail.id) if state == MailState.WAITING else (Mail.created_at.desc(), Mail.id.desc())
    return found.where(Mail.state == state).order_by(*order)


def retry(which: ColumnElement[bool]) -> Sequence[int]:
    """The numbers of those of these mails that are due now, with all their tries before them.

    Of what waits only what was put off for longer than a claim lasts.
    """
    moment = now()
    put_off = and_(Mail.state == MailState.WAITING, Mail.due_at > moment + CLAIM)
    values = {"state": MailState.WAITING, "due_at": moment, "attempts": 0, "doubts": 0}
    return _changed(update(Mail).where(which, or_(DEAD, put_off)).values(**values))


def drop(which: ColumnElement[bool]) -> Sequence[int]:
    """The numbers of those of these mails that will never be sent now; what they said is forgotten."""
    moment = now()
    free = and_(Mail.state == MailState.WAITING, or_(Mail.due_at <= moment, Mail.due_at > moment + CLAIM))
    return _changed(update(Mail).where(which, or_(DEAD, free)).values(state=MailState.DROPPED, facts={}))


def dead_before(moment: datetime) -> ColumnElement[bool]:
    """SQL of: given up, and queued before then."""
    return and_(DEAD, Mail.created_at < moment)


def _changed(change: Any) -> Sequence[int]:
    return sorted(db.session.scalars(change.returning(Mail.id), execution_options=UNSEEN))
