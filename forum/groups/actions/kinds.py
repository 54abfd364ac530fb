"""Changing who finds, joins and reads a group, and what tightens with it. Nothing here commits."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select, update

from forum import activity
from forum.access import Person
from forum.groups.actions import seats
from forum.groups.actions.joining import let_in
from forum.groups.actions.rights import still_may
from forum.groups.refusals import Stale
from forum.groups.words import TIGHTNESS, kinds_below
from forum.kit.db import db
from forum.models import Document, FileAudience, Group, JoinRequest, Kind, RequestState, User


class Reach(NamedTuple):
    """How far a group reaches: its kind, and the two switches that widen it."""

    kind: Kind
    public_reading: bool
    single_files: bool


def reach(group: Group) -> Reach:
    """How far a group reaches now."""
    return Reach(group.kind, group.public_reading, group.single_files)


def lawful(group: Group, wanted: Reach) -> Reach:
    """What was wanted, cut to what the kind and the parent allow."""
    kind = wanted.kind if wanted.kind in kinds_below(group.parent) else group.kind
    above = group.parent is None or group.parent.public_reading
    return Reach(
        kind, wanted.public_reading and kind == Kind.OPEN and above, wanted.single_files and kind == Kind.RESTRICTED
    )


def tightened(child: Group, parent: Reach) -> Reach:
    """How far a sub-group reaches once its parent reaches so far: never looser."""
    kind = child.kind if TIGHTNESS[child.kind] >= TIGHTNESS[parent.kind] else parent.kind
    public = child.public_reading and parent.public_reading and kind == Kind.OPEN
    return Reach(kind, public, child.single_files and kind == Kind.RESTRICTED)


def changes(group: Group, wanted: Reach) -> list[tuple[Group, Reach]]:
    """Each group that a change touches, this one first, with how far it would reach."""
    found = [(group, wanted)]
    after = {group.id: wanted}
    for child in seats.below(group):
        after[child.id] = tightened(child, after[child.parent_id or 0])
        if after[child.id] != reach(child):
            found.append((child, after[child.id]))
    return found


def seal(groups: Iterable[Group]) -> str:
    """What was shown before confirming: each group that a change touches, with how far it reached then."""
    marks = ((each.slug, reach(each)) for each in groups)
    return ";".join(f"{slug} {now.kind.value} {int(now.public_reading)}{int(now.single_files)}" for slug, now in marks)


def change_reach(me: Person, group: Group, wanted: Reach, seen: str) -> None:
    """Changes how far a group reaches, and every sub-group that must follow, in one transaction.

    `seen` is the seal of what was shown before confirming. Raises Stale if that is over.
    """
    seats.touch(group)
    for child in seats.below(group):
        seats.touch(child)
    still_may(me, "own", group)
    found = changes(group, lawful(group, wanted))
    if found[0][1] != wanted or seal(each for each, _ in found) != seen:
        raise Stale
    for each, after in found:
        _set(me, each, after, "group.kind changed" if each is group else "group.tightened")
    if wanted.kind == Kind.OPEN:
        _let_in_who_asked(me, group)


def _set(me: Person, group: Group, after: Reach, action: str) -> None:
    before = reach(group)
    values: dict[str, Any] = after._asdict()
    db.session.execute(update(Group).where(Group.id == group.id).values(values), execution_options=seats.ROWS)
    db.session.refresh(group)
    capped = _cap_files(group)
    activity.record("group.reach", me, group=group)
    said: dict[str, Any] = {
        name: [str(old), str(new)] for name, old, new in zip(before._fields, before, after, strict=True) if old != new
    }
    if capped:
        said["files_for_members_now"] = capped
    activity.log(action, me, group=group, **said)


def too_wide(group: Group, after: Reach) -> Any:
    """The condition on files whose own audience would be wider than the group then allows."""
    wide = [FileAudience.WEB, FileAudience.REGISTERED]
    if after.kind == Kind.OPEN:
        wide = []
    elif after.single_files:
        return (
            (Document.group_id == group.id)
            & Document.audience.in_(wide)
            & ((Document.audience == FileAudience.WEB) | Document.post_id.is_not(None))
        )
    return (Document.group_id == group.id) & Document.audience.in_(wide)


def _cap_files(group: Group) -> int:
    """How many files were opened wider than the group now allows; they are for its members."""
    too = update(Document).where(too_wide(group, reach(group))).values(audience=FileAudience.MEMBERS)
    capped: Any = db.session.execute(too, execution_options=seats.ROWS)
    return int(capped.rowcount)


def _let_in_who_asked(me: Person, group: Group) -> None:
    """Nobody waits at an open door: those who asked are members now."""
    waiting = (JoinRequest.group_id == group.id, JoinRequest.state == RequestState.OPEN)
    for user in db.session.scalars(
        select(User).join(JoinRequest, JoinRequest.user_id == User.id).where(*waiting)
    ).all():
        for each in let_in(user, group):
            activity.record("member.joined", user, group=each)
        activity.log("request.accepted", me, group=group, subject=user)
