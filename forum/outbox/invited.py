"""Mail to people who may have no account: whether it may still go to the address, and what it invites to is open."""

from sqlalchemy import ColumnElement, exists, select

from forum.access import CARD, VISITOR, can, if_invited, level, person
from forum.kit import ids
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Invitation, Mail, User


def suspended(address: str) -> bool:
    """Whether the account with this address is."""
    return _some(User.email == address, User.active.is_(False))


def stopped(address: str) -> bool:
    """Whether mail to it came back so often that its account gets none."""
    return _some(User.email == address, User.mail_stopped_at.is_not(None))


def _some(*conditions: ColumnElement[bool]) -> bool:
    theirs = exists(select(1).where(*conditions))
    return bool(db.session.scalar(select(theirs)))


def invited(mail: Mail, group: Group | None) -> bool:
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
