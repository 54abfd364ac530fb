"""Roles: who facilitates, who owns. A group that has an owner keeps one. Nothing here commits."""

from forum import activity, outbox
from forum.access import Person
from forum.groups.actions import seats
from forum.groups.actions.inviting import void
from forum.groups.actions.rights import still_may
from forum.groups.refusals import LastOwner, Refused, Settled
from forum.models import SEATED, Group, Standing, User


def appoint(me: Person, user: User, group: Group, role: Standing) -> None:
    """Gives a member a role: member, facilitator or owner. They are told. Raises LastOwner, Settled."""
    seats.touch(group)
    still_may(me, "own", group)
    before = seats.stands(user, group)
    if before not in SEATED:
        raise Settled(f"{user.name} is not a member of {group.name} any more.")
    if before == role:
        raise Settled(f"{user.name} has that role already.")
    if before == Standing.OWNER and not seats.owners(group, but=user):
        raise LastOwner
    _give(me, user, group, role)
    void(user, group)


def _give(me: Person, user: User, group: Group, role: Standing) -> None:
    before = seats.stands(user, group) or Standing.REGISTERED
    seats.seat(user, group, role)
    activity.record("role.changed", me, group=group, subject=user)
    activity.log("role.changed", me, group=group, subject=user, before=before.value, after=role.value)
    facts = {"role": role.value, "before": before.value, "by": me.name}
    outbox.queue("role-changed", user, f"role:{group.id}:{group.version}:{user.id}", group, **facts)


def hand_over(me: Person, user: User, group: Group) -> None:
    """Makes another member owner in one's own place; who hands over stays as a facilitator."""
    seats.touch(group)
    if seats.stands(me, group) != Standing.OWNER:
        raise Settled(f"You do not own {group.name} any more.")
    if user.id == me.id or seats.stands(user, group) not in SEATED:
        raise Refused("Choose another member of the group.")
    if seats.stands(user, group) != Standing.OWNER:
        _give(me, user, group, Standing.OWNER)
    seats.seat(me, group, Standing.FACILITATOR)
    activity.log("group.handed over", me, group=group, subject=user)
    void(me, group)


def appoint_owner(me: Person, user: User, child: Group) -> None:
    """Gives a sub-group that has no owner a new one, from among the members of its parent."""
    assert child.parent is not None
    seats.touch(child.parent)
    seats.touch(child)
    still_may(me, "own", child.parent)
    if seats.owners(child):
        raise Settled(f"{child.name} has an owner now.")
    if seats.stands(user, child.parent) not in SEATED:
        raise Refused(f"Choose a member of {child.parent.name}.")
    if seats.stands(user, child) == Standing.BANNED:
        raise Refused(f"A ban keeps this person out of {child.name}.")
    _give(me, user, child, Standing.OWNER)
