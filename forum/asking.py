"""Who asks, when it is not one known person: everyone at once, or somebody named only when a statement runs."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, String, and_, bindparam, cast, literal_column, or_, select, true

from forum.kit.lean import Columns, one_of
from forum.models import SEATED, Membership, Standing, User
from forum.who import Condition, Person, Standings, live, some_group, some_membership


class Everyone:
    """All people at once: the condition has `User.id` in the person's place."""

    suspended = False

    def stands(self, group: Columns, standings: Standings, depth: int = 2) -> Condition:
        """SQL: they stand so in that group (a seat counts only with one in each parent)."""
        held = some_membership(
            lambda m: and_(m.user_id == User.id, m.group_id == group.id, one_of(m.standing, standings), live(m))
        )
        return and_(held, self.inside(group, depth)) if depth and standings[0] in SEATED else held

    def inside(self, group: Columns, depth: int = 2) -> Condition:
        """SQL: the group stands alone, or they have a seat in its parent."""
        if not depth:
            return true()
        above = some_group(lambda p: and_(p.id == group.parent_id, self.stands(p, SEATED, depth - 1)))
        return or_(group.parent_id.is_(None), above)

    def is_registered(self) -> Condition:
        return and_(User.active, User.confirmed_at.is_not(None))

    def is_(self, column: Any) -> Condition:
        same: Condition = column == User.id
        return same


class Asker:
    """One person, named only when a statement runs: for statements made once. `asked_by` gives the values."""

    suspended = False

    def stands(self, group: Columns, standings: Standings, depth: int = 2) -> Condition:
        """SQL: the person stands so in that group."""
        return _listed(group.id, standings)

    def inside(self, group: Columns, depth: int = 2) -> Condition:
        """SQL: the group stands alone, or the person has a seat in its parent."""
        return or_(group.parent_id.is_(None), _listed(group.parent_id, SEATED))

    def is_registered(self) -> Condition:
        return bindparam("registered", type_=Boolean)

    def is_(self, column: Any) -> Condition:
        same: Condition = column == bindparam("me")
        return same

    def caught_up_in(self, group_id: Any) -> ColumnElement[datetime]:
        """SQL of: what was posted in that group before this is not new to them. NULL where they have no seat."""
        here = and_(_MINE, Membership.group_id == group_id)
        return select(Membership.caught_up_at).where(here).correlate_except(Membership).scalar_subquery()

    def seats(self) -> Select[int]:
        """SQL of the ids of the groups where they have a seat: where a statement over their groups begins."""
        return select(Membership.group_id).where(_MINE)


_MINE = and_(Membership.user_id == bindparam("me"), one_of(Membership.standing, SEATED))
_COMMA: ColumnElement[str] = literal_column("','")


def _listed(group_id: Any, standings: Standings) -> Condition:
    """SQL of: the group is among those where they stand so, given as ",3,7,".

    One text, not a list of numbers: SQLAlchemy writes a statement with lists anew each time it runs, which
    took longer than running it.
    """
    number = _COMMA.concat(cast(group_id, String)).concat(_COMMA)
    return bindparam(_seats_as(standings), type_=String).contains(number)


def _seats_as(standings: Standings) -> str:
    return "as_" + "_".join(standings)


#: every set of standings that the rule asks for
ASKED = ((Standing.INVITED,), (Standing.BANNED,), SEATED, SEATED[1:], SEATED[2:])
_NAMES = {_seats_as(standings): standings for standings in ASKED}


def asked_by(person: Person) -> dict[str, Any]:
    """The values that put a person in an Asker's place."""
    stands = {name: _as_text(person.holding(standings)) for name, standings in _NAMES.items()}
    return {"me": person.id or 0, "registered": person.registered and not person.suspended, **stands}


@lru_cache(maxsize=1024)
def _as_text(numbers: tuple[int, ...]) -> str:
    return f",{','.join(map(str, numbers))}," if numbers else ""


Who = Person | Everyone | Asker
