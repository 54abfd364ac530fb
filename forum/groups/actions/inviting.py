"""Invitations: made, sent again, taken back, accepted, declined, void. Nothing here commits."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from forum import activity, outbox
from forum.access import CARD, Person, can, person
from forum.groups.actions import seats
from forum.groups.actions.joining import let_in
from forum.groups.actions.rights import still_may
from forum.groups.actions.seats import Someone
from forum.groups.queries import account_of, invitations_to, live, made_by
from forum.groups.refusals import Settled
from forum.kit import ids
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import SEATED, FieldAudience, Group, Invitation, Standing, User
from forum.notices import News, settle, some, tell

#: whoever stands so hears of an invitation by mail, and nothing is changed about where they stand
KEPT = (*SEATED, Standing.BANNED, Standing.PENDING)


def invite(
    me: Person, group: Group, email: str | None = None, note: str = "", max_uses: int = 1
) -> tuple[Invitation, str]:
    """A new invitation and the token of its link: by mail for one address, or (no address) an open link of max_uses.

    An address that holds one is sent a new link instead. The answer does not tell whether the address has an account.
    """
    seats.touch(group)
    still_may(me, "invite", group)
    address = (email or "").strip().lower()
    held = db.session.scalar(invitations_to(address, group)) if address else None
    if held is not None:
        held.note = note if held.inviter_id != me.id else note or held.note
        return held, resend(me, held)
    token = ids.token()
    made = Invitation(
        group=group, inviter_id=me.id, code=secrets.token_urlsafe(12), digest=ids.digest(token), email=address,
        note=note, max_uses=1 if address else max_uses, expires_at=_end(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    activity.log("invitation.made", me, group=group, by="mail" if address else "link", uses=made.max_uses)
    if address:
        _send(me, made, token)
    return made, token


def _end() -> Any:
    return now() + timedelta(days=current_app.config["INVITATION_DAYS"])


def _send(me: Person, invitation: Invitation, token: str) -> None:
    invitation.sent_at = now()
    hold(db.session.scalar(account_of(invitation.email)), invitation)
    group = invitation.group
    facts = {"token": token, "note": invitation.note, "by": me.name, "organisation": organisation_of(me)}
    facts["until"] = f"{invitation.expires_at.day} {invitation.expires_at:%B %Y}"
    outbox.queue("invitation", invitation.email, f"invitation:{invitation.digest}", group, **facts)


def organisation_of(me: Person) -> str:
    """Where the person who invites works, if they tell that to more than their own groups: the mail goes to anybody."""
    told = (User.id == me.id, User.organisation_for == FieldAudience.REGISTERED)
    return db.session.scalar(select(User.organisation).where(*told)) or ""


def hold(user: User | None, invitation: Invitation) -> None:
    """Notes on an account that it holds an invitation: the group's card opens to it, and nothing else."""
    if user is not None and user.confirmed_at is not None and user.active:
        seats.seat(user, invitation.group, Standing.INVITED, until=invitation.expires_at, but=KEPT)
        news = News("invitation", invitation.group, by=invitation.inviter_id, code=invitation.code, needs=CARD)
        tell(replace(news, once=f"invitation:{invitation.id}"), some([user.id]))


def resend(me: Person, invitation: Invitation) -> str:
    """The token of a new link for the same address; the old link is worth nothing from now on."""
    seats.touch(invitation.group)
    still_may(me, "invite", invitation.group)
    token = ids.token()
    invitation.digest, invitation.expires_at = ids.digest(token), _end()
    invitation.inviter_id = me.id or 0
    db.session.flush()
    activity.log("invitation.sent again", me, group=invitation.group)
    if invitation.email:
        _send(me, invitation, token)
    return token


def revoke(me: Person, invitation: Invitation) -> None:
    """Makes an invitation worth nothing."""
    invitation.revoked_at = now()
    _drop(invitation)
    activity.log("invitation.revoked", me, group=invitation.group)


def _drop(invitation: Invitation) -> None:
    """The account of the address no longer holds an invitation."""
    settle("invitation", invitation.group, invitation.code)
    db.session.flush()
    user = db.session.scalar(account_of(invitation.email))
    if user is not None and db.session.scalar(invitations_to(invitation.email, invitation.group)) is None:
        seats.forget(user, invitation.group, Standing.INVITED)


def accept(me: Person, invitation: Invitation) -> list[Group]:
    """The groups joined by it. A use is taken in one statement, so that a limit holds however many come at once.

    Raises Settled when it is used up, and Refused as `let_in` does.
    """
    group = invitation.group
    if group.parent is not None:
        seats.touch(group.parent)
    seats.touch(group)
    if seats.stands(me, group) in SEATED:
        return []
    took: Any = db.session.execute(
        update(Invitation).where(Invitation.id == invitation.id, live()).values(uses=Invitation.uses + 1),
        execution_options=seats.ROWS,
    )
    if not took.rowcount or not still_right(invitation):
        raise Settled("This invitation is used up or was taken back. Ask the person who sent it for a new one.")
    settle("invitation", group, invitation.code)
    joined = let_in(me, group)
    for each in joined:
        activity.record("member.joined", me, group=each)
        activity.log("invitation.accepted", me, group=each)
    return joined


def still_right(invitation: Invitation) -> bool:
    """Whether the person who invited may still invite: an invitation is worth no more than its maker."""
    return can(person(invitation.inviter_id), "invite", invitation.group)


def decline(me: Person, group: Group) -> None:
    """Turns down what this person was invited to by mail."""
    user = db.session.get_one(User, me.id)
    for invitation in db.session.scalars(invitations_to(user.email, group)).all():
        invitation.declined_at = now()
        activity.log("invitation.declined", me, group=group)
    seats.forget(me, group, Standing.INVITED)


def claim_invitations(user: User) -> None:
    """A newly confirmed account holds the invitations that were sent to its address before."""
    for invitation in db.session.scalars(invitations_to(user.email)).all():
        if still_right(invitation):
            hold(user, invitation)


def void(someone: Someone, group: Group) -> None:
    """Takes back what a person invited to, if they may not invite any more."""
    db.session.flush()
    if can(person(someone.id), "invite", group):
        return
    for invitation in db.session.scalars(made_by(someone.id, group)).all():
        invitation.revoked_at = now()
        _drop(invitation)
        activity.log("invitation.void", None, group=group)
