"""Links in mail that open one door once: signed, bound to purpose, account, address and the state of the account.

Nothing is stored, so nothing can be stolen: a link is worth something only while the account is as it was when the
link was made. What it opens changes that state (`fs_uniquifier`) in one conditional UPDATE, so of two uses one wins,
and a new password, a new address or a suspension makes every earlier link worthless at once.
"""

from typing import Any, NamedTuple
from urllib.parse import quote

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from forum.kit.db import db
from forum.kit.ids import HOME
from forum.models import User

HOUR = 3_600
LASTS = {"confirm": 72 * HOUR, "reset": HOUR, "address": 24 * HOUR}


class Opened(NamedTuple):
    """A link that is good at this moment: whose, and which address it proves."""

    user: User
    address: str


def make(purpose: str, user: User, address: str = "") -> str:
    """The token of a link that proves this address (else the account's own)."""
    return str(_serializer(purpose).dumps([user.fs_uniquifier, address or user.email]))


def opened(purpose: str, token: str) -> Opened | None:
    """Whose link this is, if it is signed by us, young enough, not used and not overtaken. Changes nothing."""
    try:
        content: Any = _serializer(purpose).loads(token, max_age=LASTS[purpose])
        state, address = map(str, content)
    except (BadData, ValueError, TypeError):
        return None
    user = db.session.scalar(select(User).where(User.fs_uniquifier == state, User.active))
    if user is None or (purpose != "address" and user.email != address):
        return None
    used = purpose == "confirm" and user.confirmed_at is not None
    return None if used else Opened(user, address)


def url(path: str, target: str = HOME) -> str:
    """An address for mail: from the configured address of the site, never from what a request says."""
    onwards = f"?next={quote(target, safe='')}" if target != HOME else ""
    return f"{current_app.config['BASE_URL']}{path}{onwards}"


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    config = current_app.config
    keys = [*reversed(config["SECRET_KEY_FALLBACKS"]), config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt=f"members.{purpose}.{config['SECURITY_PASSWORD_SALT']}")
