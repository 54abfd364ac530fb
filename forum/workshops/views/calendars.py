"""Calendars: one workshop as a file, and the address from which a program reads all that a person booked."""

import hashlib

from flask import Response, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from forum.access import fetch, viewer
from forum.feeds.key_views import ended_key, made_key, signed_in
from forum.feeds.keys import CALENDARS
from forum.feeds.views import limited
from forum.kit.fresh import stamped
from forum.models import Workshop
from forum.workshops import calendars
from forum.workshops.blueprint import ONE, bp


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
    me = CALENDARS.whose(request.args.get("key", ""))
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
    return render_template("workshops/settings.html", tab="calendar", since=CALENDARS.since(signed_in()))


@bp.post("/settings/calendar")
def make_key() -> Answer:
    """A new key, said this once."""
    return made_key(CALENDARS, "calendar", ".mine", ".settings")


@bp.post("/settings/calendar/end")
def end_key() -> Answer:
    """The key opens nothing any more."""
    return ended_key(CALENDARS, ".settings")
