"""The inbox as a page."""

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from forum import notices
from forum.access import Person, SignIn, viewer
from forum.inbox.blueprint import bp
from forum.inbox.queries import inbox_of
from forum.inbox.words import SECTIONS
from forum.kit.clock import now
from forum.kit.db import db


def reader() -> Person:
    """The person at the keyboard. Raises SignIn."""
    me = viewer()
    if not me:
        raise SignIn
    return me


@bp.get("/inbox")
def inbox() -> str:
    """What this person was told and may read."""
    rows = inbox_of(reader())
    new = sum(row.new for several in rows.values() for row in several)
    return render_template("inbox/inbox.html", nav="inbox", rows=rows, sections=SECTIONS, new=new, until=now())


@bp.post("/inbox/read")
def read_all() -> Response:
    """What stood on the page is read; what came since is not."""
    me = reader()
    notices.read_all(me, moment(request.form.get("until", "")))
    db.session.commit()
    return redirect(url_for(".inbox"), 303)


def moment(said: str) -> datetime:
    """The moment that a form names. Raises UnprocessableEntity."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise UnprocessableEntity("Open your inbox again: this page does not say until when.") from None
    return found if found.tzinfo else now()
