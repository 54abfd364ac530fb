"""Whom people have muted: the only door to it. Nobody else ever hears of it, least of all the one who is muted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select, update

from forum.access import Person, readable
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.models import Mute, User


def mute(me: Person, other: int) -> None:
    """What the other one writes is folded away for them. Does not commit."""
    row = insert_or(Mute).values(user_id=me.id, muted_id=other, since=now())
    if db.session.execute(row.on_conflict_do_nothing().returning(Mute.muted_id)).first():
        _changed(me)


def hear(me: Person, other: int) -> None:
    """They read the other one like everybody else again. Does not commit."""
    gone = delete(Mute).where(Mute.user_id == me.id, Mute.muted_id == other)
    if db.session.execute(gone.returning(Mute.muted_id)).first():
        _changed(me)


def muted(me: Person, other: int) -> bool:
    """Whether they have muted the other one. One statement."""
    return bool(db.session.scalar(select(exists().where(Mute.user_id == me.id, Mute.muted_id == other))))


def muted_by(me: Person) -> Sequence[Any]:
    """Whom they have muted, as far as they may know of them: name, handle, since when."""
    found = select(User.name, User.handle, Mute.since).join(Mute, Mute.muted_id == User.id)
    return db.session.execute(found.where(Mute.user_id == me.id, readable(User, me)).order_by(User.name)).all()


def _changed(me: Person) -> None:
    """Their pages are made anew, and nobody else's."""
    mine = update(User).where(User.id == me.id).values(version=User.version + 1)
    db.session.execute(mine, execution_options={"synchronize_session": False})
