"""The people of a group, as its facilitators look after them: roles, removal, bans, handing over."""

from typing import Any

from flask import request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Forbidden

from forum.access import Person, can, require
from forum.groups import actions, lists
from forum.groups.blueprint import bp
from forum.groups.forms import Decision, HandOver, RoleChoice
from forum.groups.lists import MEMBERS_PAGE, After
from forum.groups.queries import seat_of, standing_in
from forum.groups.views.room import AnyReply, done, drawn, found, leader, proof_limited, proved, refused, searched
from forum.groups.words import ROLES
from forum.kit.db import db
from forum.kit.forms import Form
from forum.models import SEATED, Group, Membership, Standing


@bp.get("/groups/<slug>/manage/people")
@searched
def people(slug: str) -> str:
    """Everyone in the group, and everyone kept out of it."""
    me, group = leader(slug)
    search = request.args.get("q", "").strip()[:80]
    rows = db.session.execute(lists.everyone_in(me, group, search, After.read(request.args.get("after", "")))).all()
    last = rows[MEMBERS_PAGE - 1] if len(rows) > MEMBERS_PAGE else None
    asked: dict[str, Any] = {"q": search} if search else {}
    older = url_for(".people", slug=slug, **asked, after=str(After(last.name, last.handle))) if last else None
    newer = url_for(".people", slug=slug, **asked) if "after" in request.args else None
    return drawn(
        "people",
        me,
        group,
        page="people",
        rows=rows[:MEMBERS_PAGE],
        roles=ROLES,
        asked=asked,
        banned=db.session.scalars(standing_in(group, Standing.BANNED)).all(),
        pages={"newer_url": newer, "older_url": older, "label": None},
    )


def _seat(group: Group, handle: str) -> Membership:
    seat: Membership = found(db.session.scalar(seat_of(handle, group).options(joinedload(Membership.group))))
    return seat


@bp.get("/groups/<slug>/manage/people/<handle>")
def seat(slug: str, handle: str) -> str:
    """One person's place in the group, and what can be done about it."""
    me, group = leader(slug)
    held = _seat(group, handle)
    return _page(me, group, held)


def _page(me: Person, group: Group, held: Membership, **sent: Form) -> str:
    """The page of one seat; `sent` is the form that was sent, by its name."""
    forms = {
        "role": RoleChoice(None, role=held.standing.value),
        "proof": HandOver(None, prefix="proof"),
        "go": Decision(None, prefix="go"),
        "out": Decision(None, prefix="out"),
    }
    return drawn(
        "seat",
        me,
        group,
        page="people",
        held=held,
        user=held.user,
        roles=ROLES,
        seated=held.standing in SEATED,
        mine=held.user_id == me.id,
        may_remove=can(me, "remove", held),
        **{**forms, **sent},
    )


@bp.post("/groups/<slug>/manage/people/<handle>/role")
@proof_limited
def appoint(slug: str, handle: str) -> AnyReply:
    """Gives a member a role. The password is asked for again where someone becomes an owner, or is none any more."""
    me, group = leader(slug, "own")
    held = _seat(group, handle)
    form = RoleChoice()
    if not form.submitted() or not (_keeps_owners(held, form) or proved(me, form)):
        return refused(_page(me, group, held, role=form))
    actions.appoint(me, held.user, group, form.chosen)
    mine = held.user_id == me.id
    where = f"/groups/{slug}" if mine and form.chosen == Standing.MEMBER else url_for(".people", slug=slug)
    return done(where, f"{held.user.name}: {ROLES[form.chosen].lower()}.")


def _keeps_owners(held: Membership, form: RoleChoice) -> bool:
    return Standing.OWNER not in (held.standing, form.chosen)


@bp.post("/groups/<slug>/manage/people/<handle>/removal")
def remove(slug: str, handle: str) -> AnyReply:
    """Ends someone's membership, with a message."""
    me, group, held, form = _to_go(slug, handle, "go")
    if not form.submitted():
        return refused(_page(me, group, held, go=form))
    actions.remove(me, held.user, group, form.message.data)
    return done(url_for(".people", slug=slug), f"{held.user.name} is no longer a member, here and in every sub-group.")


@bp.post("/groups/<slug>/manage/people/<handle>/ban")
def ban(slug: str, handle: str) -> AnyReply:
    """Keeps someone out, with a message."""
    me, group, held, form = _to_go(slug, handle, "out")
    if not form.submitted():
        return refused(_page(me, group, held, out=form))
    actions.ban(me, held.user, group, form.message.data)
    return done(url_for(".people", slug=slug), f"{held.user.name} is banned from {group.name}.")


def _to_go(slug: str, handle: str, prefix: str) -> tuple[Person, Group, Membership, Decision]:
    me, group = leader(slug)
    held = _seat(group, handle)
    require(me, "remove", held)
    if held.user_id == me.id:
        raise Forbidden("To leave a group yourself, use the button on its About page.")
    return me, group, held, Decision(prefix=prefix)


@bp.post("/groups/<slug>/manage/people/<handle>/pardon")
def unban(slug: str, handle: str) -> AnyReply:
    """Lifts a ban."""
    me, group = leader(slug)
    held = _seat(group, handle)
    actions.unban(me, held.user, group)
    return done(url_for(".people", slug=slug), f"The ban on {held.user.name} is lifted.")


@bp.post("/groups/<slug>/manage/people/<handle>/ownership")
@proof_limited
def hand_over(slug: str, handle: str) -> AnyReply:
    """Makes someone else the owner in one's own place. The password is asked for again."""
    me, group = leader(slug, "own")
    held = _seat(group, handle)
    form = HandOver(prefix="proof")
    if not form.submitted() or not proved(me, form):
        return refused(_page(me, group, held, proof=form))
    actions.hand_over(me, held.user, group)
    return done(url_for(".people", slug=slug), f"{held.user.name} owns {group.name} now. You stay as a facilitator.")
