"""Calendars: one workshop as a file, and the address from which a program reads all that a person booked."""

import hashlib

from flask import Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from forum import activity
from forum.access import fetch, viewer
from forum.feeds.views import limited, signed_in
from forum.kit.db import db
from forum.kit.fresh import stamped
from forum.models import Workshop
from forum.workshops import calendars, keys
from forum.workshops.blueprint import ONE, bp
from forum.workshops.calendars import whole


@bp.get(f"{ONE}.ics")
def one(slug: str, n: int) -> Response:
    """A workshop as a file for a calendar."""
    found = fetch(Workshop, viewer(), slug, n=n)
    reply = sent(calendars.calendar(found.title, [(found, False)]))
    reply.headers.set("Content-Disposition", "attachment", filename=f"{slug}-workshop-{n}.ics")
    return reply


@bp.get("/calendars/mine.ics")
@limited
def mine() -> Response:
    """What the person whose key it is booked, as they may read it now."""
    me = keys.whose(request.args.get("key", ""))
    if me is None:
        raise NotFound
    rows = [(row.Workshop, bool(row.booked and not row.seat_at)) for row in calendars.of_person(me)]
    return sent(calendars.calendar("Workshops", rows))


def sent(body: bytes) -> Response:
    """The calendar, or the answer that nothing changed. For its reader alone, and asked again each time."""
    version = hashlib.blake2b(body, digest_size=12).hexdigest()
    same = request.if_none_match.contains_weak(version)
    reply = stamped(Response(None if same else body, 304 if same else 200, mimetype=calendars.KIND), version)
    reply.headers["Referrer-Policy"], reply.headers["X-Robots-Tag"] = "no-referrer", "noindex"
    return reply


@bp.get("/settings/calendar")
def settings() -> str:
    """Whether there is a key, and what it opens."""
    return render_template("workshops/settings.html", tab="calendar", since=keys.since(signed_in()))


@bp.post("/settings/calendar")
def make_key() -> Answer:
    """A new key, said this once."""
    token = keys.make(signed_in())
    db.session.commit()
    address = whole(url_for(".mine", key=token))
    said = "Your calendar, with its key. Copy it now: it is not shown again. <br><code>{}</code>"
    flash(Markup(said).format(address))  # noqa: S704 our own words
    return redirect(url_for(".settings"), 303)


@bp.post("/settings/calendar/end")
def end_key() -> Answer:
    """The key opens nothing any more."""
    me = signed_in()
    if keys.end(me):
        activity.log("account.calendar-key-ended", me)
    db.session.commit()
    flash("The key opens nothing any more.")
    return redirect(url_for(".settings"), 303)
