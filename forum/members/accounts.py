"""Flask-Security on our own people: how passwords are hashed and checked, and who has which address.

Its views, its identity loading and its tokens in headers are off: sessions are rows (session.py), links in mail are
ours (links.py), and a page asks `access.viewer()` who is there.
"""

from typing import Any

from flask import Flask, current_app, g
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, hash_password
from sqlalchemy import select

from forum.kit import addresses
from forum.kit.db import db
from forum.kit.passwords import limited_hashing, matches, password_error
from forum.models import User
from forum.who import VISITOR

ARGON2 = {"argon2__time_cost": 2, "argon2__memory_cost": 19_456, "argon2__parallelism": 1}
SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2,
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFC",
    "SECURITY_EMAIL_VALIDATOR_ARGS": addresses.LAWFUL,
}


class NoRole(RoleMixin):
    """Flask-Security asks what a role is; nobody has one here (standing is per group)."""


def hashed(password: str) -> str:
    """What is stored for a password. At most a few are hashed at once: raises ServiceUnavailable when too many wait."""
    with limited_hashing():
        return str(hash_password(password))


def fits(user: User | None, password: str) -> bool:
    """Whether this is the person's password. Takes as long for nobody as for somebody.

    A hash made with weaker settings is made anew; the caller commits.
    """
    right = matches(password, user.password if user else None)
    if right and user and current_app.extensions["security"].pwd_context.needs_update(user.password):
        user.password = hashed(password)
    return right


def password_problem(password: str, *context: str) -> str | None:
    """Why this cannot be someone's password, given what is known of them; None when it can."""
    return password_error(password, [current_app.config["SITE_NAME"], *context])


def account_of(address: str) -> User | None:
    """Whose address this is, confirmed or not."""
    try:
        clean = addresses.clean_address(address)
    except addresses.NotAnAddress:
        return None
    return db.session.scalar(select(User).where(User.email == clean))


def loaded(uniquifier: str) -> User | None:
    """Flask-Login's question: only the person whose live session opened this request."""
    person = getattr(g, "person", VISITOR)
    user = db.session.get(User, person.id) if person.id else None
    return user if user and user.fs_uniquifier == uniquifier else None


def init_app(app: Flask) -> None:
    """Hashing and the datastore of Flask-Security, without what it does on each request."""
    app.config.update(SETTINGS)
    security = Security(app, SQLAlchemyUserDatastore(db, User, NoRole), register_blueprint=False)
    security.login_manager.user_loader(loaded)
    security.login_manager.request_loader(lambda _request: None)
    before, after = app.before_request_funcs.get(None, []), app.after_request_funcs.get(None, [])
    before[:] = [hook for hook in before if "flask_principal" not in hook.__module__]
    after[:] = [hook for hook in after if "flask_login" not in hook.__module__]
    for processors in app.template_context_processors.values():
        processors[:] = [one for one in processors if not one.__module__.startswith(("flask_login", "flask_security"))]
