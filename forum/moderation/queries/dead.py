"""Mail that was given up, as an administrator sees it: that it failed and why, never of which group or what it says.

To whom is said by name. A group is not named: that somebody hears of it says that they are in it.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import func, select

from forum.kit import ids
from forum.kit.db import db
from forum.models import Mail, MailState
from forum.outbox import again

SIZE = 50
#: numbers of mails that are looked through for the one that a code names, newest first
MOST = 20_000
#: what may be shown of an error: a server's numbers, or the kind of failure; texts beside them can hold addresses
PLAIN = re.compile(
    r"It may have arrived\b|The server answered \[?[0-9, ]+\]?( to [a-z ]+)?\.|"
    r"[45]\d\d( [45](\.\d{1,3}){2})?\b|[A-Za-z][A-Za-z0-9]*(?=: |$)"
)


class Dead(NamedTuple):
    """One mail that was given up. `code` names it in addresses; `name` is empty for people without an account."""

    code: str
    what: str
    name: str
    at: datetime
    tries: int
    why: str


def code_of(mail_id: int) -> str:
    """What names a mail in an address: its number would say how much mail there is."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"dead mail {mail_id}".encode(), hashlib.sha256).hexdigest()[:20]


def dead_mails(number: int) -> tuple[Sequence[Dead], int]:
    """A page of them, newest first, and how many there are in all."""
    number = min(max(number, 1), 10_000)
    found = again.mails(MailState.DEAD).add_columns(func.count().over().label("total"))
    rows = db.session.execute(found.limit(SIZE).offset((number - 1) * SIZE)).all()
    return [_dead(row) for row in rows], rows[0].total if rows else 0


def dead_mail(code: str) -> tuple[int, Dead] | None:
    """The number of the one of this code, and what is shown of it."""
    numbers = db.session.scalars(select(Mail.id).where(again.DEAD).order_by(Mail.id.desc()).limit(MOST))
    mail_id = next((each for each in numbers if ids.same(code_of(each), code)), None)
    row = db.session.execute(again.mails(MailState.DEAD).where(Mail.id == mail_id)).first() if mail_id else None
    return (row.id, _dead(row)) if row else None


def _dead(row: object) -> Dead:
    get = row._mapping  # type: ignore[attr-defined]
    plain = PLAIN.match(get["error"])
    what, why = get["template"].replace("-", " "), plain[0] if plain else "No reason is known."
    return Dead(code_of(get["id"]), what, get["name"] or "", get["created_at"], get["attempts"], why)
