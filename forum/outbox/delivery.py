"""Sending what is due: claimed by one worker at a time, asked about again, handed over, marked.

No database transaction is open while a mail server is spoken to. A worker that dies between handing over and marking
leaves its claim behind; the mail is sent once more when that has run out, under the same Message-ID.
"""

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from forum.kit.carriers import NotNow, Undeliverable
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Mail, MailState
from forum.outbox import bounces
from forum.outbox.letter import write

log = logging.getLogger(__name__)
#: longer than any conversation with a mail server lasts
CLAIM = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT, KEEP_TRYING = timedelta(minutes=1), timedelta(hours=4), timedelta(hours=72)
#: so many in a row not taken: the server is away, the others need not try
AWAY = 3


def deliver(most: int = 200) -> int:
    """How many mails were sent now. Call it with nothing uncommitted; who calls it at the same time sends others."""
    with current_app.extensions["mailbox"].kept():
        return _deliver(most)


def _deliver(most: int) -> int:
    sent = failed = 0
    for mail_id in _due(most):
        if failed == AWAY:
            break
        if not _claimed(mail_id):
            continue
        try:
            sent += _sent(mail_id)
            failed = 0
        except NotNow as error:
            failed += 1
            _put_off(mail_id, str(error))
    return sent


def _due(most: int) -> list[int]:
    due = select(Mail.id).where(Mail.state == MailState.WAITING, Mail.due_at <= now()).order_by(Mail.due_at, Mail.id)
    with db.engine.connect() as connection:
        return list(connection.scalars(due.limit(most)))


def _claimed(mail_id: int) -> bool:
    """Whether this worker alone sends this mail, for the length of CLAIM."""
    moment = now()
    free = (Mail.id == mail_id, Mail.state == MailState.WAITING, Mail.due_at <= moment)
    with db.engine.begin() as connection:
        claim = update(Mail).where(*free).values(due_at=moment + CLAIM, attempts=Mail.attempts + 1)
        return connection.execute(claim).rowcount == 1


def _sent(mail_id: int) -> bool:
    """Whether the mail went out; if not, it is marked with why. Raises NotNow."""
    try:
        letter, sender = _written(mail_id)
        if letter is not None:
            current_app.extensions["mailbox"].send(letter, sender)
    except NotNow:
        raise
    except Undeliverable as error:
        _mark(mail_id, state=MailState.DEAD, error=str(error))
        if status := bounces.hard(error.reply):
            bounces.came_back(mail_id, status)
        return False
    except Exception as error:
        # whatever is wrong with one mail keeps no other waiting
        log.exception("mail %s can't be written", mail_id)
        _put_off(mail_id, f"{type(error).__name__}: {error}")
        return False
    done = {"state": MailState.SENT, "sent_at": now()} if letter else {"state": MailState.DROPPED}
    _mark(mail_id, **done, facts={}, error="")
    return letter is not None


def _written(mail_id: int) -> tuple[EmailMessage | None, str]:
    """The letter and where it comes back to, read and rendered in a context of its own.

    Its database session is closed before anything is sent.
    """
    with current_app.app_context():
        letter = write(mail_id)
        return letter, bounces.sender_of(mail_id) if letter else ""


def _mark(mail_id: int, **values: Any) -> None:
    with db.engine.begin() as connection:
        connection.execute(update(Mail).where(Mail.id == mail_id).values(**values))


def _put_off(mail_id: int, why: str) -> None:
    """Sets the next try, each later than the one before; after three days of them the mail is dead."""
    with db.engine.connect() as connection:
        attempts = connection.scalars(select(Mail.attempts).where(Mail.id == mail_id)).one()
    log.warning("mail %s was not taken, try %s: %s", mail_id, attempts, why)
    due = next_try(attempts)
    _mark(mail_id, error=why, **({"due_at": due} if due else {"state": MailState.DEAD}))


def next_try(attempts: int) -> datetime | None:
    """When to try again after so many tries; None when they have lasted for KEEP_TRYING."""
    waits = [min(FIRST_WAIT * 2 ** min(n, 10), LONGEST_WAIT) for n in range(attempts)]
    return None if sum(waits[:-1], timedelta()) >= KEEP_TRYING else now() + waits[-1]
