"""What somebody wrote that waits for a facilitator: seen by its author, and taken back."""

from flask import flash, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from forum.access import enter, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.queries.held import held_named, mine_in
from forum.kit.db import db
from forum.models import HeldState
from forum.sight import draft_sight

HELD = "/groups/<slug>/waiting"


@bp.get(HELD)
def held(slug: str) -> str:
    """What waits of one's own in a group, and what came back."""
    me = viewer()
    group = enter(me, slug)
    require(me, "preview", group)
    rows = [(each, Markup(each.html)) for each in mine_in(group, me)]  # noqa: S704 (rendered by kit.text)
    return render_template(
        "discussions/held.html", nav="groups", group=group, rows=rows, sight=draft_sight("what waits here")
    )


@bp.post(HELD + "/<code>/end")
def take_back(slug: str, code: str) -> Response:
    """It waits no more, and is a draft again."""
    me = viewer()
    group = enter(me, slug)
    require(me, "preview", group)
    mine = held_named(code, group, me)
    if mine is None or mine.author_id != me.id:
        raise NotFound
    if mine.state != HeldState.WAITING:
        raise Conflict("A facilitator has decided about this meanwhile.")
    actions.take_back(mine)
    where = url_for("discussions.new_topic", slug=slug)
    if mine.topic:
        where = url_for("discussions.topic", slug=slug, n=mine.topic.n, _anchor="reply")
    db.session.commit()
    flash("It is a draft again.")
    return redirect(where, 303)
