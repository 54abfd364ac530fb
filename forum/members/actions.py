"""What happens to accounts: made, given a password, suspended, restored. Nothing here commits (see also proofs.py).

Whatever may have been stolen with the old state ends with it: a new password, a new address and a suspension end the
person's other sessions and every link that was sent before (ACC2).
"""

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum import activity, counts, outbox, receipts
from forum.kit import addresses, names
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.signals import person_confirmed
from forum.members import accounts, links, session
from forum.models import User
from forum.who import Person

#: begins the handle of an account that is not confirmed: nobody can choose it, so it takes nothing from anybody
UNCONFIRMED = "_"


class Taken(ValueError):
    """Someone else has this address or handle; says so in plain words."""


def create_user(
    name: str, email: str, password: str | None = None, confirmed: bool = False, *,
    handle: str = "", organisation: str = "", job_title: str = "", admin: bool = False,
) -> User:  # fmt: skip
    """A new account. Flushes. Raises names.BadName, addresses.NotAnAddress, Taken."""
    name, email = names.clean_person_name(name), addresses.clean_address(email)
    if handle and (wrong := names.handle_error(handle)):
        raise names.BadName(wrong)
    handle = handle.lower() or (free_handle(name) if confirmed else UNCONFIRMED + secrets.token_hex(10))
    user = User(name=name, email=email, organisation=organisation, job_title=job_title, admin=admin, **named(handle))
    user.password, user.fs_uniquifier = accounts.hashed(password) if password else None, secrets.token_hex(16)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise Taken(f"Someone has the address {email} or the handle {handle}") from None
    if confirmed:
        user.confirmed_at = now()
        person_confirmed.send(user)
    return user


def free_handle(name: str) -> str:
    """A handle made of a name, that nobody has and nobody's looks like."""
    wanted = names.suggest_handle(name)
    tries = (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000)))
    return next(handle for handle in tries if handle_problem(handle) is None)


def named(handle: str) -> dict[str, Any]:
    """What is stored of a handle."""
    return {"handle": handle, "handle_skeleton": names.skeleton(handle), "hue": names.hue(handle)}


def handle_problem(handle: str) -> str | None:
    """Why nobody can take this handle now, in plain words; None when one can."""
    if wrong := names.handle_error(handle):
        return wrong
    taken = select(User.id).where(User.handle_skeleton == names.skeleton(handle.lower()))
    return "Someone has this handle, or one that looks like it. Choose another." if db.session.scalar(taken) else None


def set_password(user: User, password: str, by: Person | User | None = None, keep: int | None = None) -> None:
    """A new password. Ends the person's sessions, but the one to keep, and links sent before."""
    user.password, user.fs_uniquifier = accounts.hashed(password), secrets.token_hex(16)
    password_changed(user, by, keep)


def suspend(user: User, why: str, by: Person | User | None = None) -> None:
    """The person is signed out everywhere and can't sign in until restored; their posts stay."""
    user.active, user.suspended_at, user.suspended_why = False, now(), why[:500]
    user.fs_uniquifier = secrets.token_hex(16)
    session.end_all(user.id)
    counts.recount_for(user)
    receipts.forget(user)
    activity.log("account.suspended", by, subject=user, reason=why)


def restore(user: User, by: Person | User | None = None) -> None:
    """The person can sign in again."""
    user.active, user.suspended_at, user.suspended_why = True, None, ""
    counts.recount_for(user)
    activity.log("account.restored", by, subject=user)


def promote(user: User, by: Person | User | None = None) -> None:
    """The person is a site administrator."""
    user.admin = True
    activity.log("account.promoted", by, subject=user)


def password_changed(user: User, by: Person | User | None, keep: int | None = None) -> None:
    """Ends what the old password may have opened, and tells the person."""
    session.end_all(user.id, but=keep)
    activity.log("account.password-changed", by, subject=user)
    if user.confirmed_at:
        mail(user, "password-changed", url=links.url("/reset"))


def mail(user: User, template: str, to: str = "", **facts: Any) -> None:
    """One mail to a person: to their account, or to an address that is to be proved or told."""
    outbox.queue(template, to or user, once=f"{template}:{user.id}:{secrets.token_hex(8)}", name=user.name, **facts)
