"""The headcount of groups: kept in the transaction that changes who is in them, or who is active at all."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from forum.kit.db import db
from forum.models import LEADING, NAMES_ORGANISATION, SEATED, Group, JoinRequest, Membership, RequestState, User


def _people(standings: tuple[Any, ...], what: Any = Membership.id) -> Any:
    """SQL of how many active people stand so in the group; of `what` of theirs, if said."""
    active = (User.active, User.confirmed_at.is_not(None))
    seated = select(func.count(what)).join_from(Membership, User, User.id == Membership.user_id)
    return seated.where(Membership.group_id == Group.id, Membership.standing.in_(standings), *active).correlate(Group)


def recount(which: ColumnElement[bool], **also: Any) -> None:
    """Sets the headcount of the groups that the condition names to what the rows say. Does not commit."""
    waiting = select(func.count(JoinRequest.id)).where(
        JoinRequest.group_id == Group.id, JoinRequest.state == RequestState.OPEN
    )
    values = {
        "member_count": _people(SEATED).scalar_subquery(),
        "facilitator_count": _people(LEADING).scalar_subquery(),
        "organisation_count": _people(SEATED, User.organisation.distinct()).where(NAMES_ORGANISATION).scalar_subquery(),
        "request_count": waiting.correlate(Group).scalar_subquery(),
        **also,
    }
    db.session.execute(update(Group).where(which).values(values), execution_options={"synchronize_session": False})


def recount_for(user: User) -> None:
    """The headcount of every group the person has stood in, whose pages are made anew. Flushes; does not commit."""
    db.session.flush()
    stood = select(Membership.group_id).where(Membership.user_id == user.id)
    recount(Group.id.in_(stood), version=Group.version + 1)
