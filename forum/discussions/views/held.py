"""What somebody wrote that waits for a facilitator: always seen by its author, and taken back."""

from flask import flash, redirect, render_template, url_for
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from forum.access import SignIn, enter, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.queries.held import mine, mine_named
from forum.kit.db import db
from forum.models import HeldState
from forum.sight import draft_sight


@bp.get("/groups/<slug>/waiting")
def held(slug: str) -> str:
    """What waits of one's own in a group, and what came back."""
    me = viewer()
    group = enter(me, slug)
    require(me, "preview", group)
    return render_template(
        "discussions/held.html", nav="groups", group=group, rows=mine(me, group), sight=draft_sight("what waits here")
    )


@bp.get("/waiting")
def held_anywhere() -> str:
    """The same of all groups: also of those that the author may not read any more, then without their names."""
    me = viewer()
    if not me:
        raise SignIn
    return render_template(
        "discussions/held.html", nav="home", group=None, rows=mine(me), sight=draft_sight("what waits here")
    )


@bp.post("/waiting/<code>/end")
def take_back(code: str) -> Response:
    """It waits no more, and is a draft again."""
    me = viewer()
    if not me:
        raise SignIn
    own = mine_named(me, code)
    if own is None:
        raise NotFound
    if own.held.state != HeldState.WAITING:
        raise Conflict("A facilitator has decided about this meanwhile.")
    actions.take_back(own.held)
    db.session.commit()
    mine_now = mine_named(me, code)
    where = mine_now.draft if mine_now else ""
    flash("It is a draft again." if where else "It waits no more. You find your text here.")
    return redirect(where or url_for(".held_anywhere"), 303)
