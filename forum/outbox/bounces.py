"""Mail that came back: counted by the address it was sent from (VERP), which only this site can make.

Each mail to an account leaves with an envelope sender of its own, `bounce+<mail>-<day>-<signature>@MAIL_IN_DOMAIN`,
signed over the mail, the day, the account and its address. What comes back there is read as a delivery status
notification (RFC 3464); it is never posted and never answered. MOST different mails within WINDOW stop mail to the
account, until the person says "try again", proves another address, or sets a new password by a link in mail.
"""

import base64
import hashlib
import hmac
import logging
import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message

from flask import current_app
from sqlalchemy import bindparam, func, select, update

from forum.kit import ids
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.hot import Hot
from forum.models import Bounce, Mail, User

log = logging.getLogger(__name__)
#: so many different mails that came back within WINDOW stop mail to the account
MOST, WINDOW = 3, timedelta(days=30)
#: servers try for five days, some for a week; an address made longer ago counts nothing
EXPIRES = 14  # days
#: bytes of a notification that are read: its status stands before the mail it returns
READ = 256 * 1024
TOKEN = re.compile(r"bounce\+(?P<mail>[1-9][0-9]{0,8})-(?P<day>[1-9][0-9]{4,5})-(?P<mac>[a-z2-7]{26})")
#: for good (RFC 3463: class 5), unless it is about the letter (5.6) or about who sends it (5.7)
HARD = re.compile(r"(5\.(?![67]\.)\d{1,3}\.\d{1,3})(?!\d)")

READER = Hot(select(User.id, User.email).join(Mail, Mail.user_id == User.id).where(Mail.id == bindparam("mail")))


def sender_of(mail_id: int) -> str:
    """The envelope sender of a mail: its own when mail comes in here and it goes to an account; else empty."""
    domain = current_app.config["MAIL_IN_DOMAIN"]
    reader = READER.first({"mail": mail_id}) if domain else None
    if reader is None:
        return ""
    today = _day(now())
    return f"bounce+{mail_id}-{today}-{_mac(_key(), mail_id, today, reader)}@{domain}"


def ours(recipient: str) -> bool:
    """Whether that is an address for what comes back, be it one that we made or not."""
    domain, local = current_app.config["MAIL_IN_DOMAIN"].lower(), _local(recipient)
    named = recipient.strip().strip("<>").lower().rpartition("@")[2]
    return bool(domain) and named == domain and (local == "bounce" or local.startswith("bounce+"))


def _local(recipient: str) -> str:
    return recipient.strip().strip("<>").lower().rpartition("@")[0]


def take(recipient: str, raw: bytes) -> bool:
    """Whether that is an address for what comes back: the message is dealt with then, and goes nowhere else.

    What is forged, too old, of a former address, or no final failure counts nothing. Commits, in a session of its own.
    """
    if not ours(recipient):
        return False
    with current_app.app_context():
        mail_id = _mail_of(_local(recipient))
    status = failure(raw) if mail_id else ""
    if mail_id and status:
        came_back(mail_id, status)
    return True


def _mail_of(local: str) -> int | None:
    """The mail that left from this address, if we made it, lately, and its reader still has the address it went to."""
    found = TOKEN.fullmatch(local)
    if found is None or not 0 <= _day(now()) - int(found["day"]) <= EXPIRES:
        return None
    mail_id = int(found["mail"])
    reader = db.session.scalar(select(User).join(Mail, Mail.user_id == User.id).where(Mail.id == mail_id))
    keys = [_key(), *current_app.config["SECRET_KEY_FALLBACKS"]]
    signed = reader and any(ids.same(_mac(key, mail_id, int(found["day"]), reader), found["mac"]) for key in keys)
    return mail_id if signed else None


def _mac(key: str, mail_id: int, day: int, reader: User) -> str:
    """130 bits in small letters and digits, as mail servers may change capitals."""
    of = f"bounce {mail_id} {day} {reader.id} {reader.email}"
    return base64.b32encode(hmac.digest(key.encode(), of.encode(), hashlib.sha256))[:26].decode().lower()


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


def _day(moment: datetime) -> int:
    """Days since 1970, UTC."""
    return int(moment.timestamp()) // 86_400


def failure(raw: bytes) -> str:
    """The status (RFC 3463) of a notification that says: not delivered, for good, to nobody. Else empty."""
    try:
        message = message_from_bytes(raw[:READ])
        if message.get_content_type() != "multipart/report" or not message.is_multipart():
            return ""
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        found = [part for part in parts if part.get_content_type() == "message/delivery-status"]
        groups = found[0].get_payload() if len(found) == 1 else []
        return _final([one for one in groups if isinstance(one, Message) and one["Action"]])
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return ""


def _final(recipients: list[Message]) -> str:
    """The status, if each recipient of the notification failed for good. A mail passed on can have several."""
    said = [hard(str(one["Status"])) for one in recipients if str(one["Action"]).strip().lower() == "failed"]
    return said[0] if said and all(said) and len(said) == len(recipients) else ""


def hard(says: str) -> str:
    """The status at the beginning of what a server says, if by it the address takes no mail, for good; else empty."""
    found = HARD.match(says.strip())
    return found[1] if found else ""


def came_back(mail_id: int, status: str) -> None:
    """Counts a mail, once however often it is said; at MOST its account gets none. Commits, in a session of its own."""
    with current_app.app_context():
        reader = db.session.scalar(select(Mail.user_id).where(Mail.id == mail_id))
        if reader is None:
            return
        row = insert_or(Bounce).values(mail_id=mail_id, user_id=reader, status=status, at=now(), counts=True)
        # the person's row is locked first: of two at once, one sees the other
        db.session.execute(update(User).where(User.id == reader).values(version=User.version + 1))
        db.session.execute(row.on_conflict_do_nothing(index_elements=["mail_id"]))
        mine = (Bounce.user_id == reader, Bounce.counts, Bounce.at > now() - WINDOW)
        if (db.session.scalar(select(func.count()).where(*mine)) or 0) >= MOST:
            stop = update(User).where(User.id == reader, User.mail_stopped_at.is_(None)).values(mail_stopped_at=now())
            if db.session.execute(stop).rowcount:  # type: ignore[attr-defined]
                log.warning("mail to account %s came back %s times: none is sent now", reader, MOST)
        db.session.commit()


def clear(user_id: int | None) -> None:
    """What came back so far counts no more, and mail is sent again. Does not commit."""
    mine = {"synchronize_session": False}
    db.session.execute(update(Bounce).where(Bounce.user_id == user_id).values(counts=False), execution_options=mine)
    again = update(User).where(User.id == user_id, User.mail_stopped_at.is_not(None)).values(mail_stopped_at=None)
    db.session.execute(again, execution_options=mine)


def stopped(user_id: int | None) -> str:
    """The address of an account, if mail to it is stopped since it came back; else empty."""
    mine = (User.id == user_id, User.mail_stopped_at.is_not(None))
    return db.session.scalar(select(User.email).where(*mine)) or ""


def many() -> int:
    """To how many accounts mail is stopped."""
    return db.session.scalar(select(func.count()).where(User.mail_stopped_at.is_not(None))) or 0
