"""Where people stand, as rows: the only code that writes them. Nothing here asks who may, and nothing commits."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from forum import counts
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import (
    SEATED,
    Group,
    JoinRequest,
    Membership,
    RequestState,
    Standing,
    User,
)

ROWS = {"synchronize_session": False}


class Someone(Protocol):
    """Whoever has a number: a User or a Person."""

    @property
    def id(self) -> Any: ...


def touch(group: Group) -> None:
    """Takes the group's row for this transaction and reads it anew, so that changes in it come one after another.

    Parents are taken before their children.
    """
    _take(group)
    db.session.refresh(group)


def _take(group: Group) -> None:
    db.session.flush()
    grown = update(Group).where(Group.id == group.id).values(version=Group.version + 1)
    db.session.execute(grown, execution_options=ROWS)


def seat(
    someone: Someone, group: Group, standing: Standing, until: datetime | None = None, but: tuple[Standing, ...] = ()
) -> bool:
    """Whether this person stands so from now on; not when they stand in one of `but`. The counters follow."""
    moment = now()
    was_in = Membership.standing.in_(SEATED)
    row = (Membership.user_id == someone.id, Membership.group_id == group.id)
    stays = was_in if standing in SEATED else Membership.standing == standing
    values = {
        "standing": standing, "until": until,
        "since": case((stays, Membership.since), else_=moment),
        "caught_up_at": case((was_in, Membership.caught_up_at), else_=moment),
    }  # fmt: skip
    changed: Any = db.session.execute(
        update(Membership).where(*row, Membership.standing.not_in(but)).values(values), execution_options=ROWS
    )
    if not changed.rowcount and not _insert(user_id=someone.id, group_id=group.id, standing=standing, until=until):
        return False
    recount(group)
    return True


def _insert(**values: Any) -> bool:
    """Whether the person had no row here yet, and has one now."""
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Membership).values(**values), execution_options=ROWS)
    except IntegrityError:
        return False
    return True


def forget(someone: Someone, group: Group, *standings: Standing) -> None:
    """Takes away the row of a person who stands so: they are registered like everybody else again."""
    row = (Membership.user_id == someone.id, Membership.group_id == group.id, Membership.standing.in_(standings))
    db.session.execute(delete(Membership).where(*row), execution_options=ROWS)


def close_requests(someone: Someone, group: Group, state: RequestState, by: Someone | None = None) -> None:
    """Ends what a person asks of a group."""
    mine = (JoinRequest.user_id == someone.id, JoinRequest.group_id == group.id, JoinRequest.state == RequestState.OPEN)
    values = {"state": state, "decided_at": now(), "decided_by_id": by.id if by else None}
    db.session.execute(update(JoinRequest).where(*mine).values(values), execution_options=ROWS)


def recount(group: Group) -> None:
    """Sets the counters to what the rows say, with the group's row held, so that nobody's change is left out."""
    _take(group)
    db.session.flush()
    counts.recount(Group.id == group.id)
    db.session.refresh(group)


def below(group: Group) -> list[Group]:
    """Every sub-group, parents before their children."""
    children = list(db.session.scalars(select(Group).where(Group.parent_id == group.id).order_by(Group.id)))
    return [each for child in children for each in (child, *below(child))]


def owners(group: Group, but: Someone | None = None) -> int:
    """How many owners a group has who can act, not counting one person: nobody suspended keeps a group going."""
    here = (
        Membership.group_id == group.id,
        Membership.standing == Standing.OWNER,
        Membership.user_id != (but.id if but else 0),
        User.active,
    )
    found = select(func.count()).join_from(Membership, User, User.id == Membership.user_id).where(*here)
    return db.session.scalar(found) or 0


def stands(someone: Someone, group: Group) -> Standing | None:
    """What is stored of a person in a group."""
    return db.session.scalar(
        select(Membership.standing).where(Membership.user_id == someone.id, Membership.group_id == group.id)
    )
