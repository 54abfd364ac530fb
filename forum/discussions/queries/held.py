"""Texts that wait for a facilitator, for their author and for those who decide."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from forum.access import Person, readable
from forum.kit.db import db
from forum.models import Group, Held, HeldState

LATELY = 20


def _loaded(group: Group, me: Person) -> Any:
    people = (joinedload(Held.author), joinedload(Held.decided_by), joinedload(Held.topic))
    return select(Held).where(Held.group_id == group.id, readable(Held, me)).options(*people)


def held_named(code: str, group: Group, me: Person) -> Held | None:
    """One, for its author and those who decide."""
    found: Held | None = db.session.scalar(_loaded(group, me).where(Held.code == code))
    return found


def mine_in(group: Group, me: Person) -> Sequence[Held]:
    """What this person wrote here that waits, oldest first; and what was given back lately."""
    own = _loaded(group, me).where(Held.author_id == me.id).order_by(Held.id.desc()).limit(LATELY)
    return list(db.session.scalars(own).all())


def waiting_in(group: Group, me: Person) -> Sequence[Held]:
    """What waits here, oldest first."""
    found = _loaded(group, me).where(Held.state == HeldState.WAITING).order_by(Held.created_at)
    return list(db.session.scalars(found).all())


def decided_in(group: Group, me: Person) -> Sequence[Held]:
    """What was decided lately, newest first."""
    ended = (HeldState.PUBLISHED, HeldState.RETURNED)
    found = _loaded(group, me).where(Held.state.in_(ended)).order_by(Held.decided_at.desc()).limit(LATELY)
    return list(db.session.scalars(found).all())


def how_many(group: Group, me: Person) -> Any:
    """How many wait here, and since when."""
    here = (Held.group_id == group.id, Held.state == HeldState.WAITING, readable(Held, me))
    return db.session.execute(select(func.count(), func.min(Held.created_at)).where(*here)).one()


def files_waiting() -> set[int]:
    """The files that came with what waits anywhere: nobody forgot those."""
    waiting = db.session.scalars(select(Held.documents).where(Held.state == HeldState.WAITING))
    return {number for numbers in waiting for number in numbers}
