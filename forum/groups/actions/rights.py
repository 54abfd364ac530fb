"""The rule asked once more, with the group's row held: what a page allowed may be over when its form arrives."""

from types import SimpleNamespace

from forum.access import Person, can, person
from forum.groups.actions import seats
from forum.groups.actions.seats import Someone
from forum.groups.refusals import Settled
from forum.models import Group

#: names no group: it may have become one that this person may not know of
CHANGED = "You may no longer do this: something has changed in the group since you were shown the page."


def still_may(me: Person, verb: str, group: Group) -> None:
    """Nothing, if this person may do so as things stand now. Raises Settled."""
    if not can(person(me.id), verb, group):
        raise Settled(CHANGED)


def still_may_remove(me: Person, someone: Someone, group: Group) -> None:
    """Nothing, if this person may put that one out as both stand now. Raises Settled."""
    held = SimpleNamespace(standing=seats.stands(someone, group), group=group)
    if not can(person(me.id), "remove", held):
        raise Settled(CHANGED)
