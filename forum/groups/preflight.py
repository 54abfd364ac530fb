"""What a change of kind would do, in numbers: the rule itself, asked of the group as it would be."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, select
from sqlalchemy.orm import aliased

from forum.access import CARD, EVERYONE, READ, VISITOR, Level, level, readable
from forum.groups.actions.kinds import Reach, changes, lawful, reach, too_wide
from forum.kit.db import db
from forum.models import Document, Group, User


@dataclass(frozen=True, slots=True)
class Shift:
    """One group before and after: how many people come to read or find it, and how many no longer do."""

    group: Group
    before: Reach
    after: Reach
    gains: int
    loses: int
    finds: int
    misses: int
    #: visitors: 1 come to read, -1 no longer do
    web: int
    files: int

    @property
    def wider(self) -> bool:
        """Whether anyone comes to see what they could not."""
        return bool(self.gains or self.finds or self.web > 0)


def preflight(group: Group, wanted: Reach) -> list[Shift]:
    """What would change, this group first, then each sub-group that must follow."""
    return [_shift(each, after) for each, after in changes(group, lawful(group, wanted))]


def _shift(group: Group, after: Reach) -> Shift:
    now, then = aliased(Group), _as_if(group, after)
    gains, loses = _moved(group, now, then, READ)
    finds, misses = _moved(group, now, then, CARD)
    files = select(func.count()).select_from(Document).where(too_wide(group, after), Document.deleted_at.is_(None))
    as_if = SimpleNamespace(id=group.id, parent=group.parent, **after._asdict())
    web = int(level(VISITOR, as_if) >= READ) - int(level(VISITOR, group) >= READ)
    return Shift(group, reach(group), after, gains, loses, finds, misses, web, db.session.scalar(files) or 0)


def _as_if(group: Group, after: Reach) -> type[Group]:
    """The group as it would be, in SQL: its row with other values in three columns."""
    values: dict[str, Any] = after._asdict()
    columns = [literal(values[c.key], c.type).label(c.key) if c.key in values else c for c in Group.__table__.columns]
    as_if = select(*columns).where(Group.id == group.id).subquery()
    return aliased(Group, as_if, adapt_on_names=True)


def _moved(group: Group, now: type[Group], then: type[Group], at: Level) -> tuple[int, int]:
    """How many registered people come to this level, and how many fall below it."""
    before, after = (_reached(each, group, at) for each in (now, then))
    people = (User.active, User.confirmed_at.is_not(None))
    counts = [
        select(func.count()).select_from(User).where(*people, both).scalar_subquery()
        for both in (and_(after, ~before), and_(before, ~after))
    ]
    gained, lost = db.session.execute(select(*counts)).one()
    return gained, lost


def _reached(as_it_is: type[Group], group: Group, at: Level) -> ColumnElement[bool]:
    found = select(1).select_from(as_it_is).where(as_it_is.id == group.id, readable(as_it_is, EVERYONE, at))
    return exists(found.correlate(User))
