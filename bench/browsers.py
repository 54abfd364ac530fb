"""People who are signed in: cookies as the site would set them."""

import hashlib
import secrets
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Session, User


def sign_in(app: Flask, user_id: int) -> str:
    """The Cookie header of a new session of that person."""
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    with app.app_context():
        user = db.session.get_one(User, user_id)
        db.session.execute(sa.insert(Session).values(user_id=user_id, digest=digest, created_at=now(), used_at=now()))
        facts = {"sid": token, "_user_id": user.fs_uniquifier, "_fresh": True, "_permanent": True}
        db.session.commit()
        db.session.remove()
    return f"{app.config['SESSION_COOKIE_NAME']}={signed(app, facts)}"


def signed(app: Flask, facts: dict[str, object]) -> str:
    """A session cookie's value."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps(facts))


def bare_cookie(key: str, cookie_of_site: str, app: Flask) -> str:
    """The same session for the bare page, signed with its key."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    facts = signer.loads(cookie_of_site.partition("=")[2])
    plain = Flask("bare")
    plain.secret_key = key
    return f"session={signed(plain, {'sid': facts['sid']})}"


def copied(of: Path, to: Path) -> None:
    """Copies an instance folder: the database by its bytes, files by links."""
    to.mkdir(parents=True, mode=0o700)
    for name in ("secrets.json", "facts.json", "forum.sqlite"):
        if (of / name).exists():
            (to / name).write_bytes((of / name).read_bytes())
    for place in (of / "files").glob("*/*"):
        (to / "files" / place.parent.name).mkdir(parents=True, exist_ok=True)
        (to / "files" / place.parent.name / place.name).hardlink_to(place)
