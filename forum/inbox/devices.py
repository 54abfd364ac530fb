"""Browsers that show when something lands in their owner's inbox: which there are, and which are still signed in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, delete, func, select, update

from forum.access import Person
from forum.kit import ids, webpush
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.webpush import Subscription
from forum.models import Notice, PushDevice, Session

#: browsers of one person
MOST = 10
UNSEEN = {"synchronize_session": False}


class Unfit(ValueError):
    """A subscription that can't be used; says why to its owner."""


def on() -> bool:
    """Whether this site has web push at all."""
    return bool(current_app.config["WEB_PUSH"])


def signed_in() -> Any:
    """SQL of: the session (joined) is open, so its browser is still its owner's."""
    config, moment = current_app.config, now()
    oldest, idle = (moment - timedelta(seconds=config[name]) for name in ("SESSION_ABSOLUTE", "SESSION_IDLE"))
    return and_(Session.ended_at.is_(None), Session.created_at > oldest, Session.used_at > idle)


def of(me: Person) -> Sequence[Any]:
    """The browsers of this person, the newest first: id, session_id, names, created_at, device."""
    shown = (PushDevice.id, PushDevice.session_id, PushDevice.names, PushDevice.created_at, Session.device)
    found = select(*shown).join(Session, Session.id == PushDevice.session_id)
    return db.session.execute(
        found.where(PushDevice.user_id == me.id, signed_in()).order_by(PushDevice.id.desc())
    ).all()


def add(me: Person, subscription: Subscription) -> None:
    """The browser of this session shows from now on what is new. It was somebody else's = it is theirs no more.

    Raises Unfit. Does not commit.
    """
    check(subscription)
    digest = ids.digest(subscription.endpoint)
    db.session.execute(delete(PushDevice).where(PushDevice.session_id == me.session_id, PushDevice.digest != digest))
    others = [one for one in of(me) if one.session_id != me.session_id]
    if len(others) >= MOST:
        raise Unfit(f"You have {MOST} browsers that show notifications. Turn one of them off first.")
    newest = db.session.scalar(select(func.max(Notice.id)).where(Notice.user_id == me.id)) or 0
    values = {
        **subscription._asdict(), "user_id": me.id, "session_id": me.session_id, "told_id": newest,
        "names": False, "refused": 0, "rests_until": None, "created_at": now(),
    }  # fmt: skip
    row = insert_or(PushDevice).values(digest=digest, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["digest"], set_=values), execution_options=UNSEEN)


def check(subscription: Subscription) -> None:
    """Raises Unfit."""
    if not webpush.allowed(subscription.endpoint, current_app.config["PUSH_SERVICES"]):
        raise Unfit("Your browser's notifications come from a service that this site does not send to.")
    if not webpush.fits(subscription):
        raise Unfit("Your browser's keys could not be read. Turn notifications off in the browser, and try again.")


def say(me: Person, number: int, names: bool) -> bool:
    """Whether it is theirs; it shows names from now on, or none. Does not commit."""
    mine = update(PushDevice).where(PushDevice.id == number, PushDevice.user_id == me.id).values(names=names)
    return db.session.scalar(mine.returning(PushDevice.id), execution_options=UNSEEN) is not None


def end(me: Person, number: int) -> bool:
    """Whether it was theirs; it shows nothing any more. Does not commit."""
    mine = delete(PushDevice).where(PushDevice.id == number, PushDevice.user_id == me.id)
    return db.session.scalar(mine.returning(PushDevice.id), execution_options=UNSEEN) is not None


def many() -> int:
    """How many browsers show notifications, of everybody."""
    found = select(func.count()).select_from(PushDevice).join(Session, Session.id == PushDevice.session_id)
    return db.session.scalar(found.where(signed_in())) or 0


def sweep() -> None:
    """Forgets browsers that are signed out. Does not commit."""
    live = select(Session.id).where(signed_in())
    db.session.execute(delete(PushDevice).where(PushDevice.session_id.not_in(live)), execution_options=UNSEEN)
