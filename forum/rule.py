"""The law in one constant: `TABLE` maps what a person is to a group, and the group's kind, to a level.

`level` reads it in Python for one person and one group; `reaches` is the same as an SQL condition, so
that lists, counts, search and mail cannot disagree with pages. Both are used through access.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import IntEnum
from typing import Any, Protocol

from sqlalchemy import and_, false, or_, true
from sqlalchemy.sql.elements import False_

from forum.asking import Everyone, Who
from forum.kit.lean import Columns, one_of
from forum.models import SEATED, Kind, Standing
from forum.who import Condition, Person, Seat, Standings, some_group


class Level(IntEnum):
    """What a person may in one group; each level includes the ones before it."""

    NOTHING = 0
    CARD = 1
    READ = 2
    TAKE_PART = 3
    FACILITATE = 4
    OWN = 5


NOTHING, CARD, READ, TAKE_PART, FACILITATE, OWN = Level
PUBLIC = "open, public reading"
COLUMNS = ("open", PUBLIC, "restricted", "private", "hidden")

#: level by standing, for each column of COLUMNS. Rows must rise from visitor over registered to member.
TABLE: Mapping[Standing, Mapping[str, Level]] = {
    standing: dict(zip(COLUMNS, levels, strict=True))
    for standing, levels in {
        Standing.VISITOR: (CARD, READ, CARD, NOTHING, NOTHING),
        Standing.REGISTERED: (READ, READ, CARD, CARD, NOTHING),
        Standing.PENDING: (READ, READ, CARD, CARD, NOTHING),
        Standing.FORMER: (READ, READ, CARD, CARD, NOTHING),
        Standing.INVITED: (READ, READ, CARD, CARD, CARD),
        Standing.MEMBER: (TAKE_PART,) * 5,
        Standing.FACILITATOR: (FACILITATE,) * 5,
        Standing.OWNER: (OWN,) * 5,
        Standing.BANNED: (CARD, READ, CARD, NOTHING, NOTHING),
        Standing.SUSPENDED: (NOTHING,) * 5,
    }.items()
}
#: standings that count for nothing more than a visitor's: in a sub-group, never above what the parent gives
OUTSIDE = (Standing.VISITOR, Standing.BANNED)


class Kinded(Protocol):
    """What of a group the rule needs: a Group, or a row of the same columns."""

    @property
    def id(self) -> Any: ...
    @property
    def kind(self) -> Any: ...
    @property
    def public_reading(self) -> Any: ...
    @property
    def parent(self) -> Any: ...


def column(group: Kinded) -> str:
    """The column of TABLE that a group stands in."""
    return PUBLIC if group.public_reading and group.kind == Kind.OPEN else str(group.kind.value)


def standing(person: Person, group: Kinded) -> Standing:
    """What a person is to a group. In a sub-group only members of its parent are more than visitors."""
    if person.suspended:
        return Standing.SUSPENDED
    stored = person.standing(group.id) if person.registered else Standing.VISITOR
    if stored in OUTSIDE:
        return stored
    if stored == Standing.INVITED and not inside_parent(person, group):
        return Standing.INVITED if walks_in(person, group.parent) else Standing.VISITOR
    return (stored or Standing.REGISTERED) if inside_parent(person, group) else Standing.VISITOR


def inside_parent(person: Person, group: Kinded) -> bool:
    return group.parent is None or standing(person, group.parent) in SEATED


def walks_in(person: Person, group: Kinded) -> bool:
    """Whether they could join an open group at once."""
    return group.kind == Kind.OPEN and inside_parent(person, group) and person.standing(group.id) != Standing.BANNED


def level(person: Person, group: Kinded) -> Level:
    """What a person may in a group. Outsiders of a sub-group know of it only if they read the parent."""
    stands = standing(person, group)
    if stands in OUTSIDE and group.parent and level(person, group.parent) < READ:
        return NOTHING
    return TABLE[stands][column(group)]


def by_seat(person: Person, group_id: int) -> Level | None:
    """The level of whoever has a seat in a group, which is the same in every kind; None for those without one."""
    seat = person.standing(group_id)
    return TABLE[seat]["hidden"] if seat and person.sits(group_id) else None


def if_invited(person: Person, group: Kinded) -> Level:
    """The level of a person once they hold an invitation: what its link and its mail may show them.

    So for someone outside a closed parent it is NOTHING, and the mail names neither. A ban outweighs any invitation.
    """
    if person.standing(group.id) == Standing.BANNED:
        return level(person, group)
    holds = {**person.seats, group.id: Seat(group.id, Standing.INVITED)}
    return level(replace(person, registered=True, seats=holds), group)


def seated(who: Who, group: Columns, standings: Standings = SEATED, depth: int = 2) -> Condition:
    """SQL of: a member, facilitator or owner here, and (so) a member of each parent."""
    return who.stands(group, standings, depth)


def registered(who: Who, group: Columns, depth: int = 2) -> Condition:
    """SQL of: registered, as this group means it (in a sub-group: a member of the parent), and not banned."""
    return and_(who.is_registered(), ~who.stands(group, (Standing.BANNED,)), who.inside(group, depth))


def _invited(who: Who, group: Columns, depth: int) -> Condition:
    """SQL of: holds an invitation that counts: inside the parent, or able to walk in (the parent is open)."""
    held = who.stands(group, (Standing.INVITED,))
    if isinstance(held, False_) or not depth:
        return held
    open_parent = some_group(
        lambda p: and_(p.id == group.parent_id, p.kind == Kind.OPEN, registered(who, p, depth - 1))
    )
    return and_(held, who.is_registered(), or_(who.inside(group, depth), open_parent))


def _column_in(group: Columns, stands: Standing, wanted: Level) -> Condition | None:
    """SQL of: the group is in a column where this standing reaches the wanted level. None: in no column."""
    reached = {c for c, granted in TABLE[stands].items() if granted >= wanted}
    if not reached or len(reached) == len(COLUMNS):
        return true() if reached else None
    found = one_of(group.kind, [c for c in COLUMNS if c in reached and c != PUBLIC])
    return (
        found
        if "open" in reached or PUBLIC not in reached
        else or_(found, and_(group.kind == Kind.OPEN, group.public_reading))
    )


def reaches(who: Who, group: Columns, wanted: Level, depth: int = 2) -> Condition:
    """SQL of `level(who, group) >= wanted`."""
    if who.suspended:
        return false()
    seats = tuple(s for s in SEATED if TABLE[s]["hidden"] >= wanted)
    ways = [seated(who, group, seats, depth)] if seats else []
    if (columns := _column_in(group, Standing.INVITED, wanted)) is not None:
        ways.append(and_(columns, _invited(who, group, depth)))
    if (columns := _column_in(group, Standing.REGISTERED, wanted)) is not None:
        ways.append(and_(columns, registered(who, group, depth)))
    if (columns := _column_in(group, Standing.VISITOR, wanted)) is not None:
        reads = (
            some_group(lambda p: and_(p.id == group.parent_id, reaches(who, p, READ, depth - 1))) if depth else true()
        )
        above = or_(group.parent_id.is_(None), reads)
        active = who.is_registered() if isinstance(who, Everyone) else true()
        ways.append(and_(columns, above, active))
    return or_(false(), *ways)


def of_group(group_id: Any, condition: Callable[[Columns], Condition]) -> Condition:
    """SQL of: the group of that id is such."""
    return some_group(lambda group: and_(group.id == group_id, condition(group)))
