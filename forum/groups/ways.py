"""How a person could come into a group: the one way open to them now."""

from enum import StrEnum

from forum.access import Person, can, standing
from forum.models import SEATED, Group, Kind, Standing


class Way(StrEnum):
    """The one action that a card or a row of the directory offers."""

    MEMBER = "member"
    INVITED = "invited"
    PENDING = "pending"
    JOIN = "join"
    ASK = "ask"
    SIGN_IN = "sign in"
    NONE = ""


def way_in(me: Person, group: Group) -> Way:
    """The way into a group that is open to a person, or where they stand already."""
    stands = standing(me, group)
    if stands in SEATED:
        return Way.MEMBER
    if not me.registered:
        return Way.SIGN_IN if group.kind in (Kind.OPEN, Kind.RESTRICTED) else Way.NONE
    if stands == Standing.INVITED:
        return Way.INVITED
    if me.standing(group.id) == Standing.PENDING:
        return Way.PENDING
    return _by_kind(me, group)


def _by_kind(me: Person, group: Group) -> Way:
    if can(me, "join", group):
        return Way.JOIN
    return Way.ASK if can(me, "ask to join", group) else Way.NONE


def joins_both(me: Person, group: Group) -> bool:
    """Whether coming in also makes one a member of the parent."""
    return group.parent is not None and standing(me, group.parent) not in SEATED
