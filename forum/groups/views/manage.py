"""Manage: what needs the facilitators, sub-groups, and the log."""

from typing import Any

from flask import request, url_for
from sqlalchemy import func, select

from forum.access import Person, can
from forum.groups import actions, lists
from forum.groups.blueprint import bp
from forum.groups.forms import NewOwner
from forum.groups.lists import LOG_PAGE
from forum.groups.queries import children_of, live, member_named, ownerless, requests_in
from forum.groups.views.room import AnyReply, done, drawn, found, leader, proof_limited, proved, refused
from forum.groups.words import ACTIONS
from forum.kit.db import db
from forum.models import MAX_DEPTH, Group, Invitation, Topic, TopicKind


@bp.get("/groups/<slug>/manage")
def manage(slug: str) -> str:
    """What needs a facilitator now."""
    me, group = leader(slug)
    owns = can(me, "own", group)
    waiting = (Topic.group_id == group.id, Topic.kind == TopicKind.QUESTION, Topic.answer_count == 0)
    shown = (Topic.deleted_at.is_(None), Topic.hidden_at.is_(None), Topic.locked_at.is_(None))
    return drawn(
        "manage",
        me,
        group,
        page="needs",
        requests=db.session.scalars(requests_in(group).limit(3)).all(),
        unanswered=db.session.execute(select(func.count(), func.min(Topic.created_at)).where(*waiting, *shown)).one(),
        ownerless=db.session.scalars(ownerless(group)).all() if owns else [],
        invited=db.session.scalar(
            select(func.count()).select_from(Invitation).where(Invitation.group_id == group.id, live())
        )
        or 0,
    )


@bp.get("/groups/<slug>/manage/log")
def log(slug: str) -> str:
    """The log of the group, for its owners."""
    me, group = leader(slug, "own")
    action = request.args.get("action", "")
    page = max(1, min(request.args.get("page", 1, type=int), 10_000))
    rows = db.session.execute(lists.log_of(group, action, page)).all()
    asked: dict[str, Any] = {"action": action} if action else {}
    older = url_for(".log", slug=slug, **asked, page=page + 1) if len(rows) > LOG_PAGE else None
    newer = url_for(".log", slug=slug, **asked, page=page - 1) if page > 1 else None
    return drawn(
        "log",
        me,
        group,
        page="log",
        rows=rows[:LOG_PAGE],
        words=ACTIONS,
        action=action,
        actions=db.session.scalars(lists.actions_in(group)).all(),
        pages={"newer_url": newer, "older_url": older, "label": f"Page {page}" if page > 1 or older else None},
    )


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
