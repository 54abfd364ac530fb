"""Members and About: what readers of a group see of it, and the way out."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy import select

from forum.access import Person, SignIn, can, enter, require, viewer
from forum.groups import actions, lists
from forum.groups.blueprint import bp
from forum.groups.lists import MEMBERS_PAGE, After
from forum.groups.queries import leading, subjects_in
from forum.groups.views.room import AnyReply, done, drawn, searched
from forum.groups.words import ROLES, consequences
from forum.kit.db import db
from forum.models import Group, Standing


@bp.get("/groups/<slug>/members")
@searched
def members(slug: str) -> str:
    """The members, as this reader may see them."""
    me = viewer()
    group = enter(me, slug)
    require(me, "list members", group)
    search, organisation = (request.args.get(name, "").strip()[:120] for name in ("q", "organisation"))
    asked: dict[str, Any] = {name: value for name, value in (("q", search), ("organisation", organisation)) if value}
    rows = db.session.execute(
        lists.members_of(me, group, search, organisation, After.read(request.args.get("after", "")))
    ).all()
    return drawn(
        "members",
        me,
        group,
        "members",
        rows=rows[:MEMBERS_PAGE],
        roles=ROLES,
        asked=asked,
        page=_pages(slug, rows, asked),
        organisations=db.session.execute(lists.organisations_in(me, group)).all(),
        Standing=Standing,
    )


def _pages(slug: str, rows: Sequence[Any], asked: dict[str, Any]) -> dict[str, str | None]:
    last = rows[MEMBERS_PAGE - 1] if len(rows) > MEMBERS_PAGE else None
    older = url_for(".members", slug=slug, **asked, after=str(After(last.name, last.handle))) if last else None
    return {
        "newer_url": url_for(".members", slug=slug, **asked) if "after" in request.args else None,
        "older_url": older,
        "label": None,
    }


@bp.get("/groups/<slug>/about")
def about(slug: str) -> str:
    """What the group is, how it works, who looks after it, and the way out."""
    me = viewer()
    group = enter(me, slug)
    return drawn(
        "about",
        me,
        group,
        "about",
        about=Markup(group.about_html),  # noqa: S704 (rendered by kit.text)
        says=consequences(group.kind, group.parent),
        facilitators=_facilitators(me, group),
        subjects=db.session.scalars(subjects_in(group)).all(),
        may_leave=can(me, "leave", group),
        below=_known_below(me, group),
    )


def _facilitators(me: Person, group: Group) -> list[tuple[str, str]]:
    return [(user.name, user.handle) for user in db.session.scalars(leading(group))]


def _known_below(me: Person, group: Group) -> list[Group]:
    """The sub-groups that this reader may know of."""
    found = lists.known_groups(me)
    return list(db.session.scalars(select(Group).where(Group.parent_id == group.id, *found).order_by(Group.name)))


@bp.post("/groups/<slug>/departure")
def leave(slug: str) -> AnyReply:
    """Leaves the group, and everything below it."""
    me = viewer()
    if not me:
        raise SignIn
    group = enter(me, slug)
    require(me, "leave", group)
    actions.leave(me, group)
    return done(url_for(".directory"), f"You have left {group.name}. What you wrote there stays.")
