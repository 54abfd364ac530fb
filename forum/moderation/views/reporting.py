"""Reporting a post or a file."""

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, request
from werkzeug.exceptions import NotFound

from forum.access import fetch, require, viewer
from forum.kit.rates import limiter
from forum.models import Document, Post, ReportKind, Topic
from forum.moderation import actions, things
from forum.moderation.actions import Reported
from forum.moderation.blueprint import bp
from forum.moderation.forms import KINDS, ReportForm, hints
from forum.moderation.things import Thing
from forum.moderation.views.room import AnyReply, done, whose

limited: Callable[..., Any] = limiter.limit(
    lambda: current_app.config["LIMIT_REPORT"],
    key_func=whose,
    methods=["POST"],
    deduct_when=lambda r: r.status_code == 303,
)
SAID = {
    Reported.RECEIVED: "Thank you. The facilitators will look at it, and you will be told what they decide.",
    Reported.DECIDED: "Thank you. The facilitators have looked at this for the same reason already, and kept it.",
}


@bp.route("/groups/<slug>/topics/<number:n>/posts/<number:k>/report", methods=["GET", "POST"])
@limited
def report_post(slug: str, n: int, k: int) -> AnyReply:
    """The page to report a post on."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    post: Post = fetch(Post, me, slug, topic_id=topic.id, no=k)
    if post.deleted_at:
        raise NotFound
    return reported(
        post, f"/groups/{slug}/topics/{n}", f"/groups/{slug}/topics/{n}/posts/{k}", f"post {k}" if k else "this topic"
    )


@bp.route("/groups/<slug>/library/<number:n>/report", methods=["GET", "POST"])
@limited
def report_file(slug: str, n: int) -> AnyReply:
    """The page to report a file on."""
    document: Document = fetch(Document, viewer(), slug, n=n)
    if document.posted_at is None:
        raise NotFound
    here = f"/groups/{slug}/library/{n}"
    return reported(document, here, here, "this file")


def reported(thing: Thing, top: str, here: str, name: str) -> AnyReply:
    """What follows for a thing that they may read: the page, or that it is reported."""
    me = viewer()
    require(me, "report", thing)
    form = ReportForm()
    if request.method == "POST" and form.submitted():
        became = actions.report(me, thing, ReportKind(form.kind.data), form.words.data or "")
        return done(top, SAID[became])
    page = render_template(
        "moderation/report.html", nav="groups", group=things.group_of(thing), form=form, here=here, name=name,
        hints=hints(KINDS), title=thing.title if isinstance(thing, Document) else thing.topic.title, top=top,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200
