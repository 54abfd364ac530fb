"""Sending what is due: claimed by one worker at a time, asked about again, handed over, marked.

No database transaction is open while a mail server is spoken to. One transaction marks a mail and claims the next, so
a worker that dies leaves one claim behind; that mail is sent once more when it has run out, under the same Message-ID.
Of a mail that was handed over COPIES times without an answer no third copy is sent (docs/decisions/0030).
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import bindparam, select, update

from forum.kit.carriers import Away, NotNow, Uncertain, Undeliverable
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Mail, MailState
from forum.outbox import bounces
from forum.outbox.letter import write

log = logging.getLogger(__name__)
#: longer than any conversation with a mail server lasts, ten minutes for its last answer among them
CLAIM = timedelta(minutes=20)
FIRST_WAIT, LONGEST_WAIT, KEEP_TRYING = timedelta(minutes=1), timedelta(hours=4), timedelta(hours=72)
#: until a server that can't be reached is looked for again: at the next minute
LOOK_AGAIN = timedelta(seconds=30)
#: so many in a row not taken: something is wrong with the server, the others need not try
ENOUGH = 3
#: a mail is handed over so often without an answer, and no more
COPIES = 2
LEFT = "It may have arrived: whoever sent it ended before there was an answer."
#: so many that are due are put in order at once
LINE = 10_000

_FREE = (Mail.id == bindparam("number"), Mail.state == MailState.WAITING, Mail.due_at <= bindparam("moment"))
_TRY = {"due_at": bindparam("until"), "attempts": Mail.attempts + 1, "doubts": Mail.doubts + 1}
_CLAIM = update(Mail).where(*_FREE).values(_TRY).returning(Mail.attempts, Mail.doubts)


class Claim(NamedTuple):
    """A mail that this worker alone sends, for the length of CLAIM; this try is one of those that it counts."""

    mail_id: int
    tries: int
    doubts: int


class Outcome(NamedTuple):
    """What became of one mail. `failed`: how much it tells of the server; at ENOUGH the others wait."""

    mail_id: int
    state: MailState
    values: Mapping[str, Any] = {}
    failed: int = 0


def deliver(most: int = 200) -> int:
    """How many mails were sent now. Call it with nothing uncommitted; who calls it at the same time sends others."""
    with current_app.extensions["mailbox"].kept():
        return _deliver(most)


def _deliver(most: int) -> int:
    sent = failed = 0
    last: Outcome | None = None
    try:
        for mail_id in _due(most):
            claim, last = _claimed(mail_id, last), None
            if claim is None:
                continue
            last = _tried(claim)
            sent += last.state == MailState.SENT
            failed = failed + last.failed if last.failed else 0
            if failed >= ENOUGH:
                break
    finally:
        if last:
            with db.engine.begin() as connection:
                _mark(connection, last)
    return sent


def _due(most: int) -> list[int]:
    """The numbers of mails that are due, in the order in which they were queued."""
    due = select(Mail.id).where(Mail.state == MailState.WAITING, Mail.due_at <= now()).order_by(Mail.due_at, Mail.id)
    with db.engine.connect() as connection:
        return sorted(connection.scalars(due.limit(max(most, LINE))))[:most]


def _claimed(mail_id: int, last: Outcome | None = None) -> Claim | None:
    """The mail, if this worker alone may send it now. In the same transaction the one before it is marked."""
    moment = now()
    with db.engine.begin() as connection:
        if last:
            _mark(connection, last)
        values = {"number": mail_id, "moment": moment, "until": moment + CLAIM}
        row = connection.execute(_CLAIM, values).first()
    return Claim(mail_id, *row) if row else None


def _mark(connection: Any, last: Outcome) -> None:
    """What a mail said is forgotten once it is sent or dropped: it may hold a link that opens something."""
    over = {"facts": {}, "error": ""} if last.state in (MailState.SENT, MailState.DROPPED) else {}
    values = {"state": last.state, **over, **last.values}
    connection.execute(update(Mail).where(Mail.id == last.mail_id).values(values))


def _tried(claim: Claim) -> Outcome:
    """What became of it: sent, dropped, given up, or to be tried again."""
    if claim.doubts > COPIES:
        return _given_up(claim, LEFT, claim.doubts - 1)
    try:
        letter, sender = _written(claim.mail_id)
        if letter is not None:
            current_app.extensions["mailbox"].send(letter, sender)
    except (NotNow, Uncertain, Undeliverable) as error:
        return _refused(claim, error)
    except Exception as error:
        # whatever is wrong with one mail keeps no other waiting
        log.exception("mail %s can't be written", claim.mail_id)
        return _put_off(claim, f"{type(error).__name__}: {error}")
    if letter is None:
        return Outcome(claim.mail_id, MailState.DROPPED)
    return Outcome(claim.mail_id, MailState.SENT, {"sent_at": now()})


def _refused(claim: Claim, error: Exception) -> Outcome:
    """What follows from what the mail server said, or did not say."""
    if isinstance(error, Away):
        return _unreached(claim, str(error))
    if isinstance(error, Uncertain):
        return _doubted(claim, str(error))
    if isinstance(error, Undeliverable):
        if status := bounces.hard(error.reply):
            bounces.came_back(claim.mail_id, status)
        return _given_up(claim, str(error), claim.doubts - 1)
    return _put_off(claim, str(error))._replace(failed=1)


def _written(mail_id: int) -> tuple[EmailMessage | None, str]:
    """The letter and where it comes back to, read and rendered in a context of its own.

    Its database session is closed before anything is sent.
    """
    with current_app.app_context():
        letter = write(mail_id)
        return letter, bounces.sender_of(mail_id) if letter else ""


def _given_up(claim: Claim, why: str, doubts: int) -> Outcome:
    return Outcome(claim.mail_id, MailState.DEAD, {"error": why, "doubts": doubts})


def _put_off(claim: Claim, why: str) -> Outcome:
    """Tried again, later each time than the time before; after three days of tries given up."""
    log.warning("mail %s was not taken, try %s: %s", claim.mail_id, claim.tries, why)
    due = next_try(claim.tries)
    if due is None:
        return _given_up(claim, why, claim.doubts - 1)
    return Outcome(claim.mail_id, MailState.WAITING, {"error": why, "due_at": due, "doubts": claim.doubts - 1})


def _unreached(claim: Claim, why: str) -> Outcome:
    """It was not tried at all, as nobody was there: it stays the first in line, and the others behind it."""
    log.warning("the mail server is away: %s", why)
    as_before = {"doubts": claim.doubts - 1, "attempts": max(1, claim.tries - 1)}
    return Outcome(claim.mail_id, MailState.WAITING, {"error": why, "due_at": now() + LOOK_AGAIN, **as_before}, ENOUGH)


def _doubted(claim: Claim, why: str) -> Outcome:
    """Handed over without an answer: sent once more, under the same Message-ID, and after that never by itself."""
    log.warning("mail %s was handed over, and there was no answer: time %s", claim.mail_id, claim.doubts)
    if claim.doubts >= COPIES:
        return _given_up(claim, why, claim.doubts)._replace(failed=ENOUGH)
    return Outcome(claim.mail_id, MailState.WAITING, {"error": why, "due_at": now() + CLAIM}, ENOUGH)


def next_try(tries: int) -> datetime | None:
    """When to try again after so many tries; None when they have lasted for KEEP_TRYING."""
    waits = [min(FIRST_WAIT * 2 ** min(n, 10), LONGEST_WAIT) for n in range(tries)]
    return None if sum(waits[:-1], timedelta()) >= KEEP_TRYING else now() + waits[-1]
