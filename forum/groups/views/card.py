"""The card of a group: all that someone may know who may not read it, and the one way in that is open to them."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from forum.access import CardOnly, Person, can, require, viewer
from forum.groups import actions
from forum.groups.blueprint import bp
from forum.groups.forms import Ask
from forum.groups.queries import account_with, invitations_to, leading, subjects_in
from forum.groups.views.room import AnyReply, comer, done, limited, refused, waiting_since
from forum.groups.ways import Way, joins_both, way_in
from forum.groups.words import consequences
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Kind


def card_only(refusal: CardOnly) -> tuple[str, int]:
    """The card, for whoever asked for something inside: the same whether that exists or not."""
    at_the_door = request.path == f"/groups/{refusal.group.slug}"
    return card(viewer(), refusal.group, Ask(formdata=None)), 200 if at_the_door else 403


def card(me: Person, group: Group, form: Ask) -> str:
    """The page of a card. It depends on the person and the group alone, never on the address that was asked for."""
    way = way_in(me, group)
    counted = group.kind in (Kind.OPEN, Kind.RESTRICTED)
    wait = actions.may_ask_from(me, group) if way == Way.ASK else now()
    asked = waiting_since(me)
    return render_template(
        "groups/card.html",
        nav="groups",
        group=group,
        way=way,
        form=form,
        both=joins_both(me, group),
        counted=counted,
        subjects=db.session.scalars(subjects_in(group)).all(),
        facilitators=[(user.name, user.handle) for user in db.session.scalars(leading(group))],
        says=consequences(group.kind, group.parent),
        since=asked.get(group.id) or now(),
        wait=wait if wait > now() else None,
    )


@bp.post("/groups/<slug>/membership")
def join(slug: str) -> AnyReply:
    """Joins an open group at once, and its open parent with it."""
    me, group = comer(slug)
    if way_in(me, group) == Way.MEMBER:
        return done(_home(group))
    if way_in(me, group) != Way.INVITED:
        require(me, "join", group)
    joined = actions.join(me, group) if can(me, "join", group) else []
    names = " and ".join(each.name for each in joined)
    if not names:
        return done(_home(group))
    return done(f"{_home(group)}/hearing", f"You are a member of {names} now.")


@bp.post("/groups/<slug>/requests")
@limited
def ask(slug: str) -> AnyReply:
    """Asks to join; the facilitators are told."""
    me, group = comer(slug)
    if way_in(me, group) == Way.PENDING:
        return done(_home(group))
    require(me, "ask to join", group)
    form = Ask()
    if not form.submitted():
        return refused(card(me, group, form))
    actions.ask(me, group, form.note.data)
    return done(_home(group))


@bp.post("/groups/<slug>/requests/withdrawal")
def withdraw(slug: str) -> AnyReply:
    """Takes back one's own request."""
    me, group = comer(slug)
    if way_in(me, group) != Way.PENDING:
        return done(_home(group))
    actions.withdraw(me, group)
    return done(_home(group), f"You have taken back your request to join {group.name}.")


@bp.post("/groups/<slug>/invitation/acceptance")
def accept_held(slug: str) -> AnyReply:
    """Accepts the invitation that was sent to one's own address."""
    me, group = comer(slug)
    user = db.session.scalars(account_with(me.id)).one()
    for invitation in db.session.scalars(invitations_to(user.email, group)).all():
        if actions.still_right(invitation):
            actions.accept(me, invitation)
            return done(f"{_home(group)}/hearing", f"You are a member of {group.name} now.")
    return done(
        _home(group), "This invitation was taken back or has run out. Ask the person who sent it for a new one."
    )


@bp.post("/groups/<slug>/invitation/refusal")
def decline_held(slug: str) -> Response:
    """Turns down the invitation that was sent to one's own address."""
    me, group = comer(slug)
    actions.decline(me, group)
    return done(url_for(".directory"), f"You have declined the invitation to {group.name}.")


def _home(group: Group) -> str:
    return f"/groups/{group.slug}"
