"""What is being written: kept on the server while it is typed, and shown as it will look."""

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum import drafts
from forum.access import enter, fetch, require, viewer
from forum.discussions.blueprint import bp
from forum.discussions.views.keeping import typed
from forum.discussions.views.limits import by_person
from forum.discussions.views.picking import picked
from forum.discussions.writing import draft_place, write
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.kit.text import TooLong
from forum.models import Topic

#: drafts and previews in how long: a person types for hours, a program does not
OFTEN = "60 per minute"


@bp.post("/groups/<slug>/preview")
@limiter.limit(OFTEN, key_func=by_person)
def preview(slug: str) -> tuple[str, int]:
    """The text as it will look: a piece of HTML for the page that asks. Nothing is kept."""
    me = viewer()
    group = enter(me, slug)
    require(me, "preview", group)
    body = request.form.get("body", "")
    if not body.strip():
        return "<p>There is nothing to preview yet.</p>", 200
    try:
        written = write(body, group, me, picked())
        return render_template("discussions/preview.html", html=written.shown, cites=written.cites), 200
    except TooLong as error:
        return Markup("<p>{}</p>").format(str(error)), 200


@bp.post("/groups/<slug>/topics/draft")
@limiter.limit(OFTEN, key_func=by_person)
def keep_topic_draft(slug: str) -> Response:
    """Keeps what was typed of a topic."""
    me = viewer()
    group = enter(me, slug)
    require(me, "start topic", group)
    return saved(me.id or 0, draft_place(group), url_for("discussions.new_topic", slug=slug))


@bp.post("/groups/<slug>/topics/<number:n>/draft")
@limiter.limit(OFTEN, key_func=by_person)
def keep_reply_draft(slug: str, n: int) -> Response:
    """Keeps what was typed of a reply."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "reply", topic)
    return saved(me.id or 0, draft_place(topic), url_for("discussions.topic", slug=slug, n=n, _anchor="reply"))


def saved(user_id: int, place: str, back: str) -> Response:
    """Keeps or discards the draft, and commits. A page is led back; a script is told that it is done."""
    if "discard" in request.form:
        drafts.discard_draft(user_id, place)
    else:
        drafts.keep_draft(user_id, place, typed())
    db.session.commit()
    asked_by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return Response(status=204) if asked_by_script else redirect(back, 303)
