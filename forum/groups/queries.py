"""Who leads, who asks, who is invited: rows of one group, for people who were let in already."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload

from forum.kit.clock import now
from forum.models import (
    LEADING,
    SEATED,
    Group,
    Invitation,
    JoinRequest,
    Membership,
    RequestState,
    Standing,
    Subject,
    User,
)


def leading(group: Group) -> Select[User]:
    """The facilitators and owners of a group, by name."""
    return (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == group.id, Membership.standing.in_(LEADING), User.active)
        .order_by(User.name, User.id)
    )


def standing_in(group: Group, *standings: Standing) -> Select[Membership]:
    """Where people stand in a group, each row with its person, by name."""
    here = (Membership.group_id == group.id, Membership.standing.in_(standings))
    return (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(*here)
        .options(joinedload(Membership.user))
        .order_by(User.name, User.id)
    )


def seat_of(handle: str, group: Group) -> Select[Membership]:
    """Where the person of that handle stands in a group.

    Not of the invited: who invites an address must not learn whose it is.
    """
    return standing_in(group, *(each for each in Standing if each != Standing.INVITED)).where(User.handle == handle)


def inviters(group: Group) -> Select[User]:
    """Everyone whose invitations into a group may still be used."""
    return select(User).where(User.id.in_(select(Invitation.inviter_id).where(Invitation.group_id == group.id, live())))


def open_request(user_id: int | None, group: Group) -> Select[JoinRequest]:
    """What a person asks of a group and nobody has decided."""
    return select(JoinRequest).where(
        JoinRequest.user_id == user_id, JoinRequest.group_id == group.id, JoinRequest.state == RequestState.OPEN
    )


def requests_in(group: Group) -> Select[JoinRequest]:
    """Requests that wait, oldest first, each with who asks."""
    waiting = (JoinRequest.group_id == group.id, JoinRequest.state == RequestState.OPEN)
    return select(JoinRequest).where(*waiting).options(joinedload(JoinRequest.user)).order_by(JoinRequest.id)


def decided_in(group: Group) -> Select[JoinRequest]:
    """The last requests that were decided, each with who asked and who decided."""
    over = (JoinRequest.group_id == group.id, JoinRequest.state.in_((RequestState.ACCEPTED, RequestState.DECLINED)))
    people = (joinedload(JoinRequest.user), joinedload(JoinRequest.decided_by))
    return select(JoinRequest).where(*over).options(*people).order_by(JoinRequest.decided_at.desc()).limit(20)


def request_named(code: str, group: Group) -> Select[JoinRequest]:
    """One request, decided or not, with its people and its group."""
    people = (joinedload(JoinRequest.user), joinedload(JoinRequest.decided_by), joinedload(JoinRequest.group))
    return select(JoinRequest).where(JoinRequest.code == code, JoinRequest.group_id == group.id).options(*people)


def live(moment: datetime | None = None) -> ColumnElement[bool]:
    """An invitation that still opens something."""
    return and_(
        Invitation.revoked_at.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.expires_at > (moment or now()),
        Invitation.uses < Invitation.max_uses,
    )


def _with_group() -> Select[Invitation]:
    return select(Invitation).options(
        joinedload(Invitation.group, innerjoin=True), joinedload(Invitation.inviter, innerjoin=True)
    )


def invitations_to(email: str, group: Group | None = None) -> Select[Invitation]:
    """Invitations that still open something, sent to an address, newest first."""
    here = [Invitation.group_id == group.id] if group is not None else []
    return (
        _with_group()
        .where(Invitation.email == email.lower(), Invitation.email != "", live(), *here)
        .order_by(Invitation.id.desc())
    )


def made_by(user_id: int, group: Group) -> Select[Invitation]:
    """A person's invitations into a group that still open something."""
    return _with_group().where(Invitation.group_id == group.id, Invitation.inviter_id == user_id, live())


def invitations_in(group: Group) -> Select[Invitation]:
    """The invitations of a group, newest first, each with who made it."""
    return _with_group().where(Invitation.group_id == group.id).order_by(Invitation.id.desc()).limit(100)


def invitation_named(code: str, group: Group) -> Select[Invitation]:
    """One invitation of a group, with its maker."""
    return _with_group().where(Invitation.code == code, Invitation.group_id == group.id)


def invitation_by(digest: str) -> Select[Invitation]:
    """The invitation whose link holds the token of this digest, while it opens something."""
    return _with_group().where(Invitation.digest == digest, live())


def account_with(user_id: int | None) -> Select[User]:
    """One's own account."""
    return select(User).where(User.id == user_id)


def account_of(email: str) -> Select[User]:
    """The account with that address."""
    return select(User).where(func.lower(User.email) == email.lower(), User.email != "")


def subjects_in(group: Group) -> Select[str]:
    """What a group is about."""
    return select(Subject.name).where(Subject.group_id == group.id).order_by(Subject.name)


def children_of(group: Group) -> Select[Group]:
    """Every sub-group right below: for the owners of the parent, who may know that they exist."""
    return select(Group).where(Group.parent_id == group.id).order_by(Group.name, Group.id)


def ownerless(group: Group) -> Select[Group]:
    """The sub-groups right below that nobody owns, or only people who are suspended."""
    owned = select(Membership.group_id).join(User, User.id == Membership.user_id)
    owned = owned.where(Membership.standing == Standing.OWNER, User.active)
    return children_of(group).where(Group.id.not_in(owned))


def member_named(handle: str, group: Group) -> Select[User]:
    """The member of that handle."""
    here = (Membership.group_id == group.id, Membership.standing.in_(SEATED))
    return select(User).join(Membership, Membership.user_id == User.id).where(User.handle == handle, *here)


def pending_since(user_id: int | None) -> Select[int, datetime]:
    """Since when a person waits for an answer, by group id."""
    mine = (Membership.user_id == user_id, Membership.standing == Standing.PENDING)
    return select(Membership.group_id, Membership.since).where(*mine)
