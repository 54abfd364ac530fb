"""What a reader must still be, at the moment of sending, to be told: one line for each template."""

from sqlalchemy import exists, select

from forum.access import CARD, FACILITATE, TAKE_PART, VISITOR, Level, can, if_invited, level, person
from forum.kit import ids
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Invitation, Mail, User

#: it is about the address itself: whoever has it may read it, unless their account is suspended
ADDRESS = "address"
#: the invitation it carries still opens something, and whoever has the address may know of the group by it
INVITED = "invited"
#: a confirmed, active account; a level = that level in the mail's group, too
REGISTERED = "registered"

NEEDS: dict[str, str | Level] = {
    "address-change": ADDRESS,
    "address-changed": ADDRESS,
    "already-registered": ADDRESS,
    "confirm": ADDRESS,
    "reset": ADDRESS,
    "password-changed": REGISTERED,
    "invitation": INVITED,
    "request-received": FACILITATE,
    "request-decided": CARD,
    "role-changed": TAKE_PART,
    "removed": REGISTERED,
    "file-infected": TAKE_PART,
}


def may_be_told(mail: Mail, reader: User | None, group: Group | None) -> bool:
    """Whether this mail may go out now. A template without a line here goes nowhere."""
    need = NEEDS.get(mail.template)
    if need in (ADDRESS, INVITED):
        known = reader.active if reader else not _suspended(mail.address)
        return known and (need == ADDRESS or _invited(mail, group))
    who = person(reader.id if reader else None)
    if need == REGISTERED:
        return bool(who)
    return bool(who) and group is not None and isinstance(need, Level) and level(who, group) >= need


def _suspended(address: str) -> bool:
    theirs = exists(select(1).where(User.email == address, User.active.is_(False)))
    return bool(db.session.scalar(select(theirs)))


def _invited(mail: Mail, group: Group | None) -> bool:
    """Whether the link in the mail opens something, and who sent it may still invite."""
    token = ids.digest(mail.facts.get("token", ""))
    live = (Invitation.revoked_at.is_(None), Invitation.declined_at.is_(None), Invitation.expires_at > now())
    mine = select(Invitation).where(Invitation.digest == token, Invitation.uses < Invitation.max_uses, *live)
    found = db.session.scalar(mine)
    if found is None or group is None or not can(person(found.inviter_id), "invite", group):
        return False
    return _may_know(mail.address, group)


def _may_know(address: str, group: Group) -> bool:
    """Whether whoever has the address may know of the group by the invitation, as they stand now.

    An address without a confirmed account is read as of somebody who registers with it, and is in no group.
    """
    theirs = select(User.id).where(User.email == address, User.confirmed_at.is_not(None))
    someone = person(db.session.scalar(theirs))
    return (level(someone, group) if someone else if_invited(VISITOR, group)) >= CARD
