"""The directory of groups, and a new one."""

from typing import Any

from flask import render_template, request, url_for

from forum import once
from forum.access import Person, SignIn, can, enter, require, viewer
from forum.groups import actions, lists
from forum.groups.blueprint import bp
from forum.groups.forms import NewGroup, subjects_of
from forum.groups.lists import DIRECTORY_PAGE, After
from forum.groups.refusals import Refused
from forum.groups.views.room import AnyReply, done, limited, refused, searched, waiting_since
from forum.groups.ways import joins_both, way_in
from forum.groups.words import choices, kinds_below
from forum.kit.db import db
from forum.models import Group, Kind


@bp.get("/groups")
@searched
def directory() -> str:
    """The groups this person may know of."""
    me = viewer()
    search, subject = (request.args.get(name, "").strip()[:80] for name in ("q", "subject"))
    kind = next((each for each in Kind if each.value == request.args.get("kind")), None)
    wanted = lists.known_groups(me, search, subject, kind)
    rows = list(db.session.scalars(lists.directory(wanted, After.read(request.args.get("after", "")))))
    narrowed = {"q": search, "subject": subject, "kind": kind.value if kind else ""}
    asked: dict[str, Any] = {name: value for name, value in narrowed.items() if value}
    return render_template(
        "groups/directory.html",
        nav="groups",
        rows=_rows(me, rows[:DIRECTORY_PAGE]),
        asked=asked,
        kinds=list(Kind),
        subjects=db.session.scalars(lists.subjects_known(me)).all(),
        page=_pages(rows, asked),
        may_create=can(me, "create group"),
    )


def _rows(me: Person, groups: list[Group]) -> list[dict[str, object]]:
    asked = waiting_since(me)
    return [
        {"group": each, "way": way_in(me, each), "since": asked.get(each.id), "both": joins_both(me, each)}
        for each in groups
    ]


def _pages(rows: list[Group], asked: dict[str, Any]) -> dict[str, str | None]:
    more = len(rows) > DIRECTORY_PAGE
    last = rows[DIRECTORY_PAGE - 1] if more else None
    older = url_for(".directory", **asked, after=str(After(last.name, last.slug))) if last else None
    return {
        "newer_url": url_for(".directory", **asked) if "after" in request.args else None,
        "older_url": older,
        "label": None,
    }


def _parent(me: Person) -> Group | None:
    """The group that a new one is to be below, for its owner; none was named = at the top, for whoever may."""
    slug = request.values.get("parent", "")
    if not slug:
        require(me, "create group")
        return None
    parent = enter(me, slug)
    require(me, "own", parent)
    return parent


@bp.get("/groups/new")
def new() -> str:
    """The form for a new group."""
    me = viewer()
    if not me:
        raise SignIn
    parent = _parent(me)
    return _form(NewGroup(parent=parent, hue=str((me.id or 0) % 8 + 1)), parent)


def _form(form: NewGroup, parent: Group | None) -> str:
    says = choices(kinds_below(parent), parent)
    return render_template("groups/new.html", nav="groups", form=form, parent=parent, says=says)


@bp.post("/groups")
@limited
def create() -> AnyReply:
    """Starts a group; who starts it owns it."""
    me = viewer()
    if not me:
        raise SignIn
    parent = _parent(me)
    form = NewGroup(parent=parent)
    if not form.submitted():
        return refused(_form(form, parent))
    sent = once.claim(me.id or 0, form.key.data, form.name.data, form.kind.data, parent.slug if parent else "")
    if sent.result:
        return done(sent.result)
    try:
        group = _made(me, form, parent)
    except (actions.SlugTaken, Refused) as error:
        db.session.rollback()
        parent = _parent(me)
        form.refuse("slug" if isinstance(error, actions.SlugTaken) else "kind", _why(error))
        return refused(_form(form, parent))
    address = sent.done(url_for("groups.manage", slug=group.slug))
    return done(address, f"{group.name} is open. You own it. Invite people, or write the first topic.")


def _made(me: Person, form: NewGroup, parent: Group | None) -> Group:
    wanted, kind = form.slug.data or actions.slug_from(form.name.data), Kind(form.kind.data)
    return actions.create_group(
        me,
        name=form.name.data,
        slug=actions.address_for(me, wanted, kind, parent),
        kind=kind,
        parent=parent,
        summary=form.summary.data,
        about=form.about.data,
        subjects=subjects_of(form.subjects.data),
        hue=int(form.hue.data),
        emblem=form.emblem.data,
    )


def _why(error: Exception) -> str:
    return error.description or "" if isinstance(error, Refused) else "This address can’t be used. Choose another"
