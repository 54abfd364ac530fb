"""Going: leaving, removal, ban; into every sub-group in the same transaction, never up. Nothing here commits."""

from forum import activity, outbox
from forum.access import Person
from forum.groups.actions import seats
from forum.groups.actions.inviting import void
from forum.groups.actions.rights import still_may, still_may_remove
from forum.groups.actions.seats import Someone
from forum.groups.refusals import LastOwner, Settled
from forum.models import SEATED, Group, RequestState, Standing, User


def leave(me: Person, group: Group) -> None:
    """Ends a person's own membership here and below. Raises LastOwner, also for a sub-group they alone own."""
    touched = _take_all(group)
    for each in touched:
        if _last_owner(me, each):
            raise LastOwner(f"You are the only owner of {each.name}. Make someone else an owner first.")
    for each in _put_out(me, touched, Standing.FORMER):
        activity.log("member.left", me, group=each)
    activity.record("member.left", me, group=group)


def remove(me: Person, user: User, group: Group, message: str = "") -> None:
    """Ends someone's membership here and below; their posts stay. They are told, with the message.

    Raises LastOwner, and Settled when they are no member any more or who removes may not any more.
    """
    touched = _take_all(group)
    still_may_remove(me, user, group)
    if seats.stands(user, group) not in SEATED:
        raise Settled(f"{user.name} is not a member of {group.name} any more.")
    if _last_owner(user, group):
        raise LastOwner
    for each in _put_out(user, touched, Standing.FORMER):
        activity.log("member.removed", me, group=each, subject=user)
    activity.record("member.removed", me, group=group, subject=user)
    _tell(me, user, group, message)


def ban(me: Person, user: User, group: Group, message: str = "") -> None:
    """Keeps someone out: a visitor here, and below. They are told, with the message. Raises LastOwner, Settled."""
    touched = _take_all(group)
    still_may_remove(me, user, group)
    if seats.stands(user, group) == Standing.BANNED:
        raise Settled(f"{user.name} is banned from {group.name} already.")
    if _last_owner(user, group):
        raise LastOwner
    was_in = seats.stands(user, group) in SEATED
    for each in _put_out(user, touched, Standing.BANNED):
        activity.log("member.banned" if each is group else "member.removed", me, group=each, subject=user)
    if was_in:
        _tell(me, user, group, message)


def unban(me: Person, user: User, group: Group) -> None:
    """Lets someone come back as anybody else may: they stand where someone stands who left."""
    seats.touch(group)
    still_may(me, "facilitate", group)
    if seats.stands(user, group) != Standing.BANNED:
        raise Settled(f"{user.name} is not banned from {group.name}.")
    seats.seat(user, group, Standing.FORMER)
    activity.log("member.unbanned", me, group=group, subject=user)


def _take_all(group: Group) -> list[Group]:
    """The group and everything below it, held for this transaction."""
    seats.touch(group)
    held = [group, *seats.below(group)]
    for child in held[1:]:
        seats.touch(child)
    return held


def _last_owner(someone: Someone, group: Group) -> bool:
    return seats.stands(someone, group) == Standing.OWNER and not seats.owners(group, but=someone)


def _put_out(someone: Someone, groups: list[Group], to: Standing) -> list[Group]:
    """The first group, and those below it where they had a seat: each has a log of its own."""
    top, out = groups[0], []
    for group in groups:
        seats.close_requests(someone, group, RequestState.WITHDRAWN)
        seats.forget(someone, group, Standing.PENDING, Standing.INVITED)
        if group is top or seats.stands(someone, group) in SEATED:
            out.append(group)
            seats.seat(
                someone, group, to if group is top else Standing.FORMER, but=() if group is top else (Standing.BANNED,)
            )
        seats.recount(group)
        void(someone, group)
    return out


def _tell(me: Person, user: User, group: Group, message: str) -> None:
    group_version = f"{group.id}:{group.version}"
    outbox.queue("removed", user, f"removed:{group_version}:{user.id}", group, message=message, by=me.name)
