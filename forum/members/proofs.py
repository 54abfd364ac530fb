"""What a person proves by a link in a mail: a new account, a new password, a new address. Nothing here commits.

Every answer to someone who has proved nothing yet is the same, whether the address is known or not, and takes as
long: the same hash, the same entry in the log.
"""

import secrets
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum import activity, outbox
from forum.kit import names
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.ids import HOME
from forum.kit.signals import person_confirmed
from forum.members import accounts, links, session
from forum.members.actions import Taken, create_user, free_handle, mail, named, password_changed
from forum.models import User
from forum.outbox import bounces, stopping


def register(name: str, email: str, password: str, organisation: str, job_title: str, target: str = HOME) -> None:
    """A new account and its confirmation mail; whose address is known gets a mail about that instead.

    An account not yet confirmed is written anew: whoever proves the address also has to know the password.
    """
    password = accounts.hashed(password)
    known = accounts.account_of(email)
    if known and (known.confirmed_at or not known.active):
        activity.log("account.registered-again", None, subject=known)
        mail(known, "already-registered", url=links.url("/reset"))
        return
    try:
        user = known or create_user(name, email, organisation=organisation, job_title=job_title)
    except Taken:  # the same form in the same moment: that one does the work
        return
    user.name, user.organisation, user.job_title = names.clean_person_name(name), organisation, job_title
    user.password = password
    activity.log("account.registered", user, subject=user)
    send_confirmation(user, target)


def send_confirmation(user: User, target: str = HOME) -> None:
    """Mails the link that confirms an account. Nothing for an account that needs none."""
    if user.active and user.confirmed_at is None:
        mail(user, "confirm", to=user.email, url=links.url(f"/confirm/{links.make('confirm', user)}", target))


def ask_again(email: str, target: str = HOME) -> None:
    """Another confirmation mail for an account that waits for one; an entry in the log in any case."""
    user = accounts.account_of(email)
    activity.log("account.confirmation-asked", None, subject=user)
    if user:
        send_confirmation(user, target)


def confirm(user: User, handle: str) -> bool:
    """Whether this call confirmed the account: of two at once only one does. Raises Taken for the handle."""
    try:
        with db.session.begin_nested():
            done = _if_unchanged(user, User.confirmed_at.is_(None), confirmed_at=now(), **named(handle.lower()))
    except IntegrityError:
        raise Taken("Someone has this handle, or one that looks like it. Choose another.") from None
    if done:
        activity.log("account.confirmed", user, subject=user)
        person_confirmed.send(user)
    return done


def ask_for_reset(email: str) -> None:
    """The link to a new password, if there is such an account; an entry in the log in any case."""
    user = accounts.account_of(email)
    activity.log("account.reset-asked", None, subject=user)
    if user:
        send_reset(user)


def send_reset(user: User) -> None:
    """Mails the link to a new password. Nothing for a suspended account."""
    if user.active:
        mail(user, "reset", to=user.email, url=links.url(f"/reset/{links.make('reset', user)}"))


def reset_password(user: User, password: str) -> bool:
    """Whether this call set the new password, by a link that proved the address.

    Ends every session; confirms an account that was waiting for it.
    """
    password = accounts.hashed(password)
    fresh = user.confirmed_at is None
    first = {"confirmed_at": now(), **named(free_handle(user.name))} if fresh else {}
    if not _if_unchanged(user, User.active, password=password, fs_uniquifier=secrets.token_hex(16), **first):
        return False
    if fresh:
        person_confirmed.send(user)
    bounces.clear(user.id)
    password_changed(user, by=user)
    return True


def ask_for_address(user: User, address: str) -> None:
    """Mails a link to the new address; opening it moves the account there. Somebody's address gets a note instead."""
    other = accounts.account_of(address)
    if other is None:
        url = links.url(f"/address/{links.make('address', user, address)}")
        outbox.queue("address-change", address, once=f"address-change:{secrets.token_hex(8)}", name=user.name, url=url)
    elif other.active and other.confirmed_at and other.id != user.id:
        mail(other, "already-registered", url=links.url("/reset"))
    activity.log("account.address-asked", user, subject=user)


def change_address(user: User, address: str, keep: int | None = None) -> bool:
    """Whether this call moved the account to an address that was proved. Tells the old one. Ends other sessions."""
    former = user.email
    try:
        with db.session.begin_nested():
            done = _if_unchanged(user, User.active, email=address, fs_uniquifier=secrets.token_hex(16))
    except IntegrityError:
        return False
    if done:
        session.end_all(user.id, but=keep)
        stopping.forget(user)
        bounces.clear(user.id)
        activity.log("account.address-changed", user, subject=user)
        mail(user, "address-changed", to=former, address=address)
    return done


def _if_unchanged(user: User, *conditions: Any, **values: Any) -> bool:
    """Writes values if the account is still as it was read; whether it was. The row object is read anew."""
    still = (User.id == user.id, User.fs_uniquifier == user.fs_uniquifier, *conditions)
    done = db.session.execute(update(User).where(*still).values(**values).execution_options(synchronize_session=False))
    db.session.expire(user)
    return bool(done.rowcount)  # type: ignore[attr-defined]
