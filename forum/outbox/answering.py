"""Addresses that answer a letter: each for one person, one topic, and the post that was answered.

The local part is `reply+` and 35 bytes in base32, in small letters: numbers, hidden, and what proves them. It
tells nobody anything, is the same each time a letter is written, and opens nothing once the account has another
address or password.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select

from forum.access import can, person
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Post, User

PREFIX = "reply+"
#: what stands on top of a letter that may be answered
ABOVE = "## Write your reply above this line ##"
#: person, topic, post, the group that the topic was in, the day since 1970 after which it is worth nothing; and a
#: byte that makes it whole letters
_SHAPE = struct.Struct(">IIIIHx")
_PROOF = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bound(NamedTuple):
    """Whose answer an address takes, and to what. `over`: it was given out too long ago.

    `group_id`: where the topic was then. Elsewhere others read it, which its writer has not been told.
    """

    user_id: int
    topic_id: int
    post_id: int
    group_id: int
    over: bool


def address_for(reader: User, post: Post) -> str:
    """Where an answer of this reader to this post arrives; '' where no mail is taken, or they may not reply."""
    config = current_app.config
    if not config["MAIL_IN_DOMAIN"] or not can(person(reader.id), "reply", post.topic):
        return ""
    day = (now() + timedelta(days=config["MAIL_IN_DAYS"]) - _EPOCH).days
    facts = _SHAPE.pack(reader.id, post.topic_id, post.id, post.group_id, day)
    key = str(config["SECRET_KEY"])
    proof = _proof(key, facts, reader)
    sealed = base64.b32encode(proof + _hidden(key, proof, facts)).decode().lower()
    return f"{PREFIX}{sealed}@{config['MAIL_IN_DOMAIN']}"


def bound_to(address: str) -> Bound | None:
    """What an address of this site stands for; None for one that was never given to anybody as they are now."""
    config = current_app.config
    local, _, domain = address.strip("<>").lower().rpartition("@")
    if not local.startswith(PREFIX) or not domain or domain != config["MAIL_IN_DOMAIN"]:
        return None
    try:
        raw = base64.b32decode(local.removeprefix(PREFIX).upper())
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _PROOF + _SHAPE.size:
        return None
    keys = [str(key) for key in (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])]
    return next((found for key in keys if (found := _opened(key, raw[:_PROOF], raw[_PROOF:]))), None)


def _opened(key: str, proof: bytes, sealed: bytes) -> Bound | None:
    facts = _hidden(key, proof, sealed)
    user_id, topic_id, post_id, group_id, day = _SHAPE.unpack(facts)
    user = db.session.scalar(select(User).where(User.id == user_id)) if user_id < 2**31 else None
    if user is None or not hmac.compare_digest(proof, _proof(key, facts, user)):
        return None
    return Bound(user_id, topic_id, post_id, group_id, (now() - _EPOCH).days > day)


def _proof(key: str, facts: bytes, user: User) -> bytes:
    of = f"answer proof {user.email} {user.fs_uniquifier} ".encode() + facts
    return hmac.new(key.encode(), of, hashlib.sha256).digest()[:_PROOF]


def _hidden(key: str, proof: bytes, facts: bytes) -> bytes:
    """The numbers made unreadable, or readable again: the proof itself chooses how (as in SIV, RFC 5297)."""
    stream = hmac.new(key.encode(), b"answer hidden " + proof, hashlib.sha256).digest()
    return bytes(one ^ other for one, other in zip(facts, stream, strict=False))
