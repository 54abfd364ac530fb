"""Invitations, as those see them who invite: by mail, by link, sent again, taken back."""

from flask import current_app, session, url_for

from forum import once
from forum.access import FACILITATE, Person, SignIn, enter, level, require, viewer
from forum.groups import actions
from forum.groups.blueprint import bp
from forum.groups.forms import InviteByLink, InviteByMail
from forum.groups.queries import invitation_named, invitations_in
from forum.groups.views.room import AnyReply, done, drawn, found, limited, refused
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Invitation


def _inviter(slug: str) -> tuple[Person, Group]:
    """Someone who may invite into a group: a facilitator, or a member where the group lets members invite."""
    me = viewer()
    if not me:
        raise SignIn
    group = enter(me, slug)
    require(me, "invite", group)
    return me, group


@bp.get("/groups/<slug>/manage/invitations")
def invitations(slug: str) -> str:
    """The invitations, and two ways to make more."""
    me, group = _inviter(slug)
    return _page(me, group, InviteByMail(prefix="mail"), InviteByLink(prefix="link"))


def _page(me: Person, group: Group, by_mail: InviteByMail, by_link: InviteByLink) -> str:
    leads = level(me, group) >= FACILITATE
    made = db.session.scalars(invitations_in(group)).all()
    rows = [(each, _state(each)) for each in made if leads or each.inviter_id == me.id]
    fresh = session.pop("fresh_link", None)
    link = fresh[1] if fresh and fresh[0] == group.slug else None
    days = current_app.config["INVITATION_DAYS"]
    return drawn(
        "invitations",
        me,
        group,
        page="invitations",
        leads=leads,
        by_mail=by_mail,
        by_link=by_link,
        rows=rows,
        link=link,
        days=days,
    )


def _state(invitation: Invitation) -> str:
    """How an invitation stands, in a word; empty while it waits."""
    if invitation.revoked_at:
        return "Taken back"
    if invitation.declined_at:
        return "Declined"
    if invitation.uses >= invitation.max_uses:
        return "Accepted" if invitation.email else "Used up"
    return "Run out" if invitation.expires_at <= now() else ""


@bp.post("/groups/<slug>/manage/invitations/mail")
@limited
def invite_by_mail(slug: str) -> AnyReply:
    """Invites one address. The answer is the same whether it has an account or not."""
    me, group = _inviter(slug)
    form = InviteByMail(prefix="mail")
    if not form.submitted():
        return refused(_page(me, group, form, InviteByLink(None, prefix="link")))
    address = url_for(".invitations", slug=slug)
    sent = once.claim(me.id or 0, form.key.data, slug, form.email.data)
    if not sent.result:
        actions.invite(me, group, email=form.email.data, note=form.note.data)
        sent.done(address)
    return done(address, f"We are sending an invitation to {form.email.data}.")


@bp.post("/groups/<slug>/manage/invitations/link")
@limited
def invite_by_link(slug: str) -> AnyReply:
    """Makes an open link, which is shown once."""
    me, group = _inviter(slug)
    form = InviteByLink(prefix="link")
    if not form.submitted():
        return refused(_page(me, group, InviteByMail(None, prefix="mail"), form))
    address = url_for(".invitations", slug=slug)
    sent = once.claim(me.id or 0, form.key.data, slug)
    if not sent.result:
        _, token = actions.invite(me, group, max_uses=form.max_uses.data or 1)
        sent.done(address)
        _show_once(group, token)
    return done(address)


def _show_once(group: Group, token: str) -> None:
    """The link of an invitation, for the next page of this browser only: what is stored is its digest."""
    session["fresh_link"] = [group.slug, current_app.config["BASE_URL"] + url_for(".invitation", token=token)]


@bp.post("/groups/<slug>/manage/invitations/<code>/renewal")
@limited
def resend(slug: str, code: str) -> AnyReply:
    """Sends an invitation again, with a new link; the old link is worth nothing from now on."""
    me, group = _inviter(slug)
    invitation = _own(me, group, code)
    if _state(invitation) in ("Taken back", "Accepted", "Used up"):
        return done(url_for(".invitations", slug=slug), "This invitation is over. Make a new one.")
    invitation.declined_at = None
    token = actions.resend(me, invitation)
    if not invitation.email:
        _show_once(group, token)
    said = f"We are sending a new link to {invitation.email}. The old one no longer works." if invitation.email else ""
    return done(url_for(".invitations", slug=slug), said)


@bp.post("/groups/<slug>/manage/invitations/<code>/revocation")
def revoke(slug: str, code: str) -> AnyReply:
    """Takes an invitation back."""
    me, group = _inviter(slug)
    actions.revoke(me, _own(me, group, code))
    return done(url_for(".invitations", slug=slug), "The invitation is taken back. Its link no longer works.")


def _own(me: Person, group: Group, code: str) -> Invitation:
    """An invitation of the group; only one's own for members who invite."""
    row: Invitation = found(db.session.scalar(invitation_named(code, group)))
    return row if level(me, group) >= FACILITATE or row.inviter_id == me.id else found(None)
