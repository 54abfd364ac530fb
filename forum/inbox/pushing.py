"""Messages to browsers that something landed in the inbox. Nothing here commits.

A browser's row says up to which notice it was told: taking what is newer moves that number, so each is told once,
however many workers there are. Whether their reader may know of them is asked then, a moment before they are sent. A
worker that dies in between has told nothing: the inbox has it all.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from textwrap import shorten
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update

from forum import hearing
from forum.access import asked_by
from forum.inbox.devices import UNSEEN, signed_in
from forum.inbox.queries import grouped, told
from forum.inbox.words import SAYS
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.webpush import Fate, Subscription, Told
from forum.models import Group, Habit, Hear, Kind, Notice, PushDevice, Session, User
from forum.notices import UNREAD
from forum.who import person

#: between two messages; what is older is found in the inbox; what is younger may be part of what is still written
REST, LAST, SETTLED = timedelta(minutes=10), timedelta(hours=1), timedelta(seconds=2)
#: browsers at one time; messages that a service refuses before its browser is let go; letters of a message
BATCH, REFUSALS, LONG = 20, 3, 160
#: told to those who want every post, not to those who want announcements and replies to them
TALK = ("post", "tag", "seat")


class Message(NamedTuple):
    """What goes to one browser, and up to which notice it had been told before."""

    device: int
    to: Subscription
    words: bytes
    before: int


_NEWS = told(
    UNREAD,
    Notice.id > bindparam("since"), Notice.id <= bindparam("upto"),
    Notice.created_at > bindparam("oldest", type_=Notice.created_at.type),
)  # fmt: skip
NEWS = Hot(_NEWS.add_columns(Group.kind.label("group_kind")))


def due(after: int = 0) -> Sequence[int]:
    """Browsers that something waits for, and that are not at rest: the next BATCH by number."""
    moment = now()
    rested = or_(PushDevice.rests_until.is_(None), PushDevice.rests_until <= moment)
    news = exists(
        select(1).where(
            Notice.user_id == PushDevice.user_id, Notice.id > PushDevice.told_id, Notice.read_at.is_(None),
            Notice.created_at > moment - LAST, Notice.created_at <= moment - SETTLED,
        ).correlate(PushDevice)
    )  # fmt: skip
    found = select(PushDevice.id).join(Session, Session.id == PushDevice.session_id)
    found = found.join(User, User.id == PushDevice.user_id).where(User.active, signed_in(), rested, news)
    return db.session.scalars(found.where(PushDevice.id > after).order_by(PushDevice.id).limit(BATCH)).all()


def take(number: int) -> Message | None:
    """What this browser is to show now; None when that is nothing. What waited for it waits no more."""
    device = db.session.scalars(select(PushDevice).where(PushDevice.id == number)).first()
    if device is None:
        return None
    moment, before = now(), device.told_id
    settled = (Notice.user_id == device.user_id, Notice.created_at <= moment - SETTLED)
    newest = db.session.scalar(select(func.max(Notice.id)).where(*settled)) or before
    ours = and_(PushDevice.id == number, PushDevice.told_id == before)
    claim = update(PushDevice).where(ours).values(told_id=newest).returning(PushDevice.id)
    if newest <= before or db.session.scalar(claim, execution_options=UNSEEN) is None:
        return None
    words = words_for(device, before, newest, moment)
    if words is None:
        return None
    _change(number, rests_until=moment + REST)
    return Message(number, Subscription(device.endpoint, device.p256dh, device.auth), words, before)


def words_for(device: PushDevice, since: int, upto: int, moment: datetime) -> bytes | None:
    """A message of the notices after one number up to another, as JSON: title, body, and where a press on it leads.

    The rule is asked here. None = there is nothing that its reader may know, or wants to.
    """
    me, habit = person(device.user_id), hearing.habit_of(device.user_id)
    zone = me.timezone or str(current_app.config["TIMEZONE"])
    if hearing.paused(habit, moment) or hearing.quiet(habit, zone, moment):
        return None
    found = NEWS.rows({**asked_by(me), "since": since, "upto": upto, "oldest": moment - LAST})
    choices = hearing.choices_of(device.user_id)
    wanted = [one for one in found if _lets(choices.get(one.group_id, hearing.DEFAULT), one.kind)]
    if not wanted:
        return None
    body, url = _said(device, habit, wanted)
    return json.dumps({"title": current_app.config["SITE_NAME"], "body": body, "url": url}).encode()


def _lets(choice: Hear, kind: str) -> bool:
    return choice == Hear.EVERY or (choice == Hear.REPLIES and kind not in TALK)


def _said(device: PushDevice, habit: Habit, wanted: Sequence[Any]) -> tuple[str, str]:
    """Its words and its address. Of hidden groups, and to whom mail is discreet, it never says more than that."""
    rows = grouped(wanted)
    if len(rows) > 1:
        return f"{len(rows)} new things in your inbox", "/inbox"
    if not device.names or habit.discreet or wanted[0].group_kind == Kind.HIDDEN or wanted[0].kind not in SAYS:
        return "Something new in your inbox", "/inbox"
    return shorten(f"{rows[0].says}: {rows[0].title}", LONG, placeholder="…"), rows[0].address


def note(message: Message, became: Told) -> None:
    """Keeps what became of a message. One that was not taken for now is told again, if it is not too late by then."""
    if became.fate == Fate.GONE:
        db.session.execute(delete(PushDevice).where(PushDevice.id == message.device), execution_options=UNSEEN)
    elif became.fate == Fate.TAKEN:
        _change(message.device, refused=0)
    elif became.fate == Fate.LATER:
        again = now() + timedelta(seconds=became.wait)
        _change(message.device, told_id=message.before, rests_until=again)
    else:
        _change(message.device, refused=PushDevice.refused + 1)
        spent = (PushDevice.id == message.device, PushDevice.refused >= REFUSALS)
        db.session.execute(delete(PushDevice).where(*spent), execution_options=UNSEEN)


def _change(number: int, **values: Any) -> None:
    db.session.execute(update(PushDevice).where(PushDevice.id == number).values(**values), execution_options=UNSEEN)


def contact() -> str:
    """Whom a push service may write to about us: an address of mail."""
    config = current_app.config
    said = (parseaddr(config[name])[1] for name in ("CONTACT", "MAIL_FROM"))
    host = urlsplit(config["BASE_URL"]).hostname
    return "mailto:" + (next((one for one in said if "@" in one), "") or f"postmaster@{host}")
