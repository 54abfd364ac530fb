"""Workshops as calendars read them (RFC 5545): moments in UTC, whole days as days, changes by sequence number.

The link to join is in none of them: it is for those with a place, shortly before.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from icalendar import Calendar, Event
from markupsafe import Markup
from sqlalchemy import or_, select

from forum.access import Person, readable
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.text import plain
from forum.kit.when import zone_of
from forum.models import SEATED, Booking, Workshop

KIND = "text/calendar"
#: how long one that is over stays in a personal calendar, and how many there are in one
KEPT, MOST = timedelta(days=365), 300


def of_person(me: Person) -> list[Any]:
    """The workshops in the calendar of a person: those they booked, and plan, in their groups, the last first."""
    mine = Workshop.group_id.in_(me.holding(SEATED))
    booked = or_(Booking.id.is_not(None), Workshop.organiser_id == (me.id or 0))
    own = (Booking.workshop_id == Workshop.id) & (Booking.user_id == (me.id or 0))
    found = select(Workshop, Booking.id.label("booked"), Booking.seat_at).outerjoin(Booking, own)
    here = (mine, booked, readable(Workshop, me), Workshop.ends_at > now() - KEPT)
    last = found.where(*here).order_by(Workshop.starts_at.desc(), Workshop.id).limit(MOST)
    return list(db.session.execute(last).all())


def calendar(name: str, rows: Iterable[tuple[Workshop, bool]]) -> bytes:
    """The calendar of workshops, each with whether its reader only waits for a place."""
    made = Calendar()
    made.add("prodid", "-//Guildhall//Workshops//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for workshop, waits in rows:
        made.add_component(event(workshop, waits))
    return bytes(made.to_ical())


def event(workshop: Workshop, waits: bool) -> Event:
    """A workshop as one event. Its name is the same for good; a higher sequence number replaces what was there."""
    made = Event()
    made.add("uid", f"{workshop.uid}@{urlsplit(current_app.config['BASE_URL']).hostname}")
    made.add("sequence", workshop.sequence)
    made.add("dtstamp", workshop.changed_at.replace(microsecond=0))
    made.add("created", workshop.created_at.replace(microsecond=0))
    made.add("last-modified", workshop.changed_at.replace(microsecond=0))
    for name, moment in (("dtstart", workshop.starts_at), ("dtend", workshop.ends_at)):
        made.add(name, moment.astimezone(zone_of(workshop.zone)).date() if workshop.all_day else moment)
    made.add("summary", workshop.title)
    if workshop.place:
        made.add("location", workshop.place)
    address = whole(url_for("workshops.workshop", slug=workshop.group.slug, n=workshop.n))
    agenda = plain(Markup(workshop.agenda_html))[:1_000]  # noqa: S704 cleaned when it was saved
    made.add("description", f"{agenda}\n\n{address}" if agenda else address)
    made.add("url", address)
    made.add("status", "CANCELLED" if workshop.cancelled_at else "TENTATIVE" if waits else "CONFIRMED")
    made.add("transp", "TRANSPARENT" if workshop.cancelled_at else "OPAQUE")
    return made


def whole(path: str) -> str:
    """A whole address, made from the configured one of the site."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + path
