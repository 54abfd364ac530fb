"""Ending mail by the address in it: signed out, with one press, also by a mail program (RFC 8058)."""

from flask import make_response, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum import hearing
from forum.inbox.blueprint import bp
from forum.kit.csrf import proves_itself
from forum.kit.db import db
from forum.models import Hear
from forum.outbox import stopping


def whose(token: str) -> tuple[int, int | None]:
    """The person and the group of that address. Raises NotFound."""
    found = stopping.whose(token)
    if found is None:
        raise NotFound
    return found


def page(done: bool, group: int | None) -> Response:
    """What is to happen, or did. It names nobody and no group: whoever holds the mail knows."""
    reply = make_response(render_template("inbox/stop.html", done=done, every=group is None))
    reply.headers["Referrer-Policy"], reply.headers["Cache-Control"] = "no-referrer", "private, no-store"
    return reply


@bp.get("/mail/stop/<token>")
def stop(token: str) -> Response:
    """The button. Opening the page changes nothing."""
    return page(False, whose(token)[1])


@bp.post("/mail/stop/<token>")
@proves_itself
def stop_now(token: str) -> Response:
    """No more mail of that group, or of any."""
    user_id, group = whose(token)
    if group:
        hearing.choose(user_id, group, Hear.NOTHING)
    else:
        hearing.silence(user_id)
    db.session.commit()
    return page(True, group)
