"""Manage: what needs the facilitators, and sub-groups."""

from flask import request, url_for
from sqlalchemy import func, select

from forum.access import Person
from forum.groups import actions, lists
from forum.groups.blueprint import bp
from forum.groups.forms import NewOwner
from forum.groups.needs import needs_of
from forum.groups.needs import welcome as greet
from forum.groups.queries import children_of, live, member_named, ownerless
from forum.groups.refusals import Settled
from forum.groups.views.room import AnyReply, done, drawn, found, leader, proof_limited, proved, refused
from forum.kit.db import db
from forum.models import MAX_DEPTH, Group, Invitation, Topic


@bp.get("/groups/<slug>/manage")
def manage(slug: str) -> str:
    """What needs a facilitator now."""
    me, group = leader(slug)
    links = select(func.count()).select_from(Invitation).where(Invitation.group_id == group.id, live())
    return drawn("manage", me, group, page="needs", needs=needs_of(me, group), invited=db.session.scalar(links) or 0)


@bp.post("/groups/<slug>/manage/welcome")
def welcome(slug: str) -> AnyReply:
    """Somebody new was welcomed, here or elsewhere."""
    _, group = leader(slug)
    if not greet(request.form.get("handle", "")[:40], group):
        raise Settled("Nobody of that name waits for a welcome any more.")
    return done(url_for(".manage", slug=slug))


@bp.get("/groups/<slug>/manage/answers")
def answers_due(slug: str) -> str:
    """The accepted answers that facilitators are to look at again, the one that has waited longest first."""
    me, group = leader(slug)
    due = select(Topic).where(*lists.answer_due(me, group)).order_by(Topic.review_on, Topic.id).limit(lists.DUE)
    return drawn("answers", me, group, page="needs", rows=db.session.scalars(due).all())


@bp.get("/groups/<slug>/manage/sub-groups")
def sub_groups(slug: str) -> str:
    """Every sub-group: owners of a group may know that they exist."""
    me, group = leader(slug, "own")
    return _below(me, group)


def _below(me: Person, group: Group, **sent: NewOwner) -> str:
    """The page of the sub-groups; `sent` is the form that was sent, by its sub-group's address."""
    children = db.session.scalars(children_of(group)).all()
    orphans = {child.slug: _owner_form(child, None) for child in db.session.scalars(ownerless(group))}
    return drawn(
        "sub_groups",
        me,
        group,
        page="sub-groups",
        children=children,
        orphans=orphans | sent,
        sent=list(sent.values()),
        room_below=_room_below(group),
    )


def _owner_form(child: Group, *formdata: None) -> NewOwner:
    """The form for one of several on a page. `formdata` None: an empty one."""
    return NewOwner(*formdata, prefix=f"owner-{child.slug}")


def _room_below(group: Group) -> bool:
    above = [group.parent, group.parent.parent if group.parent else None]
    return sum(each is not None for each in above) < MAX_DEPTH


@bp.post("/groups/<slug>/manage/sub-groups/<child>/owner")
@proof_limited
def appoint_owner(slug: str, child: str) -> AnyReply:
    """Gives a sub-group without an owner a new one. The password is asked for again."""
    me, group = leader(slug, "own")
    below = found(db.session.scalar(children_of(group).where(Group.slug == child)))
    form = _owner_form(below)
    if not form.submitted() or not proved(me, form):
        return refused(_below(me, group, **{child: form}))
    user = db.session.scalar(member_named(form.handle.data, group))
    if user is None:
        form.refuse("handle", f"Nobody of that handle is a member of {group.name}")
        return refused(_below(me, group, **{child: form}))
    actions.appoint_owner(me, user, below)
    return done(url_for(".sub_groups", slug=slug), f"{user.name} owns {below.name} now.")
