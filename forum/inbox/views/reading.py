"""The inbox as a page."""

import re
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound, UnprocessableEntity
from werkzeug.wrappers import Response

from forum import notices
from forum.access import Person, SignIn, viewer
from forum.inbox.blueprint import bp
from forum.inbox.queries import inbox_of
from forum.inbox.words import SECTIONS
from forum.kit import fresh, marks
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.unasked import unasked
from forum.outbox import bounces

NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
#: the numbers of notices, as many as stand on one page
SEVERAL = re.compile(r"[1-9]\d{0,8}( [1-9]\d{0,8}){0,239}", re.ASCII)


def reader() -> Person:
    """The person at the keyboard. Raises SignIn."""
    me = viewer()
    if not me:
        raise SignIn
    return me


@bp.get("/inbox")
def inbox() -> str:
    """What this person was told and may read."""
    before = request.args.get("before", "")
    if before and not NUMBER.fullmatch(before):
        raise NotFound
    me = reader()
    found = inbox_of(me, int(before or 0))
    return render_template(
        "inbox/inbox.html", nav="inbox", rows=found.rows, sections=SECTIONS, until=now(), older=found.older,
        before=before, most=notices.MANY, stopped=bounces.stopped(me.id),
    )  # fmt: skip


@bp.get("/inbox/since/<int:waited>")
@unasked
def inbox_since(waited: int) -> Response:
    """How many notices came, for a page on which so many waited. At most two statements."""
    me, unread = reader(), notices.unread_here()
    name = marks.tag(waited, unread, me.id)
    many = max(0, unread - waited)
    nouns = ("new in your inbox", "new in your inbox")
    return fresh.unchanged(name) or marks.told(name, many, nouns, "/inbox", unread)


@bp.post("/inbox/mail-again")
def mail_again() -> Response:
    """Mail to their address is sent again, though it came back."""
    me = reader()
    address = bounces.stopped(me.id)
    bounces.clear(me.id)
    db.session.commit()
    if address:
        flash(f"We send mail to {address} again.")
    return redirect(url_for(".inbox"), 303)


@bp.post("/inbox/read")
def read_all() -> Response:
    """What stood on the page is read; what came since is not."""
    me = reader()
    notices.read_all(me, moment(request.form.get("until", "")))
    db.session.commit()
    return redirect(url_for(".inbox"), 303)


@bp.post("/inbox/read/some")
def read_some() -> Response:
    """The notices of one row are read; what came since is not."""
    me = reader()
    said, before = request.form.get("notices", ""), request.form.get("before", "")
    if not SEVERAL.fullmatch(said):
        raise UnprocessableEntity("Open your inbox again: this page does not say which.")
    notices.read_some(me, [int(one) for one in said.split()])
    db.session.commit()
    return redirect(url_for(".inbox", before=before if NUMBER.fullmatch(before) else None), 303)


def moment(said: str) -> datetime:
    """The moment that a form names. Raises UnprocessableEntity."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise UnprocessableEntity("Open your inbox again: this page does not say until when.") from None
    return found if found.tzinfo else now()
