"""Texts that wait for a facilitator, for their author and for those who decide."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload

from forum.access import Person, readable
from forum.kit.db import db
from forum.models import Group, Held, HeldState, Topic

LATELY = 20
_GROUP = aliased(Group)


def _loaded(group: Group, me: Person) -> Any:
    people = (joinedload(Held.author), joinedload(Held.decided_by), joinedload(Held.topic))
    return select(Held).where(Held.group_id == group.id, readable(Held, me)).options(*people)


def held_named(code: str, group: Group, me: Person) -> Held | None:
    """One, for its author and those who decide."""
    found: Held | None = db.session.scalar(_loaded(group, me).where(Held.code == code))
    return found


class Mine(NamedTuple):
    """A text for its author. `group`, `topic`: where it is for, as far as they may read those now."""

    held: Held
    html: Markup
    group: Group | None
    topic: Topic | None

    @property
    def draft(self) -> str:
        """Where it can be sent again; '' where it can't be now."""
        if self.group is None or (self.held.topic_id and self.topic is None):
            return ""
        base = f"/groups/{self.group.slug}/topics/"
        return f"{base}{self.topic.n}#reply" if self.topic else f"{base}new"


def mine(me: Person, group: Group | None = None) -> list[Mine]:
    """What this person wrote that waits, and what was decided lately; in one group, or wherever it is."""
    here = () if group is None else (Held.group_id == group.id,)
    waits = (Held.state == HeldState.WAITING).desc()
    found = _mine(me).where(*here).order_by(waits, Held.id.desc()).limit(LATELY)
    return [_as_mine(row) for row in db.session.execute(found).unique()]


def mine_named(me: Person, code: str) -> Mine | None:
    """One of them."""
    row = db.session.execute(_mine(me).where(Held.code == code)).unique().first()
    return _as_mine(row) if row else None


def _mine(me: Person) -> Any:
    topic = exists(select(1).where(Topic.id == Held.topic_id, Topic.deleted_at.is_(None), readable(Topic, me)))
    group = exists(select(1).select_from(_GROUP).where(_GROUP.id == Held.group_id, readable(_GROUP, me)))
    people = (joinedload(Held.decided_by), joinedload(Held.topic))
    own = (Held.author_id == me.id, readable(Held, me))
    return select(Held, group.label("reads_group"), topic.label("reads_topic")).where(*own).options(*people)


def _as_mine(row: Any) -> Mine:
    held, html = row.Held, Markup(row.Held.html)  # noqa: S704 (rendered by kit.text)
    return Mine(held, html, held.group if row.reads_group else None, held.topic if row.reads_topic else None)


def waiting_in(group: Group, me: Person) -> Any:
    """What waits here, oldest first."""
    return _loaded(group, me).where(Held.state == HeldState.WAITING).order_by(Held.created_at, Held.id)


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
