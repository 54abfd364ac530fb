"""What the link of an invitation opens. Looking at it uses nothing up; only the button does."""

from flask import Response, make_response, render_template, session, url_for
from werkzeug.exceptions import NotFound

from forum.access import CARD, Person, SignIn, if_invited, standing, viewer
from forum.groups import actions
from forum.groups.blueprint import bp
from forum.groups.queries import account_with, invitation_by
from forum.groups.views.room import AnyReply, done
from forum.groups.ways import joins_both
from forum.groups.words import consequences
from forum.kit import ids
from forum.kit.db import db
from forum.models import SEATED, Invitation, Standing


def _held(me: Person, token: str) -> Invitation:
    """The invitation of this link. Raises NotFound for one that never was, has run out, was used, or is void.

    Into a sub-group of a closed group it leads members of that group alone: SignIn for a visitor, else NotFound.
    """
    invitation: Invitation | None = db.session.scalar(invitation_by(ids.digest(token)))
    if invitation is None or not actions.still_right(invitation):
        raise NotFound
    if if_invited(me, invitation.group) < CARD:
        raise NotFound if me else SignIn
    return invitation


def _theirs(me: Person, invitation: Invitation) -> bool:
    """Whether this account may use the invitation: one that went to an address is for the account of that address."""
    if not invitation.email:
        return True
    user = db.session.scalars(account_with(me.id)).one()
    return bool(user.confirmed_at) and user.email.lower() == invitation.email


@bp.get("/invitations/<token>")
def invitation(token: str) -> Response:
    """Who invites to what, and the button that accepts. It is remembered while someone registers or signs in first."""
    me = viewer()
    held = _held(me, token)
    if not me:
        session["invitation"] = token
    theirs = not me or _theirs(me, held)
    page = render_template(
        "groups/invitation.html",
        nav="groups",
        invitation=held if theirs else None,
        token=token,
        both=joins_both(me, held.group),
        says=consequences(held.group.kind, held.group.parent),
        seated=standing(me, held.group) in SEATED,
        banned=me.standing(held.group_id) == Standing.BANNED,
    )
    reply = make_response(page)
    reply.headers["Referrer-Policy"] = "no-referrer"
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


@bp.post("/invitations/<token>/acceptance")
def accept_invitation(token: str) -> AnyReply:
    """Comes in by the invitation."""
    me = viewer()
    if not me:
        raise SignIn
    held = _held(me, token)
    if not _theirs(me, held):
        raise NotFound
    group = held.group
    actions.accept(me, held)
    session.pop("invitation", None)
    return done(f"/groups/{group.slug}/hearing", f"You are a member of {group.name} now.")


@bp.post("/invitations/<token>/refusal")
def decline_invitation(token: str) -> AnyReply:
    """Turns an invitation down. An open link stays open to others."""
    me = viewer()
    if not me:
        raise SignIn
    held = _held(me, token)
    session.pop("invitation", None)
    if held.email and _theirs(me, held):
        actions.decline(me, held.group)
    return done(url_for(".directory"), "You have declined the invitation.")
