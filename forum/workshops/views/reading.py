"""The workshops of a group, and the page of one: the same before, during and after."""

from typing import Any

from flask import render_template, request, url_for

from forum.access import Person, can, default_audience, enter, fetch, level, viewer
from forum.kit.clock import now
from forum.kit.when import MONTHS, zone_of
from forum.models import Workshop
from forum.sight import audience_of, masthead_sight, sight
from forum.uploads import way_to_open
from forum.workshops import queries, seeing
from forum.workshops.blueprint import ONE, ROOT, bp
from forum.workshops.times import beginning, other_zone, spoken, zone_words


@bp.app_template_global("workshop_when")
def workshop_when(workshop: Workshop, zone: str = "") -> str:
    """When a workshop is, in words, with the zone."""
    return f"{spoken(workshop, zone)}, {zone_words(workshop, zone)}"


bp.add_app_template_global(beginning, "workshop_beginning")


@bp.app_template_global("workshop_tile")
def workshop_tile(workshop: Workshop) -> tuple[int, str]:
    """The day and the month on which it begins, for a small calendar leaf."""
    first = workshop.starts_at.astimezone(zone_of(workshop.zone))
    return first.day, MONTHS[first.month - 1][:3]


def phase_of(workshop: Workshop) -> str:
    """Where it stands: cancelled, before, during or after."""
    if workshop.cancelled_at:
        return "cancelled"
    moment = now()
    return "before" if moment < workshop.starts_at else "during" if moment < workshop.ends_at else "after"


@bp.get(ROOT)
def index(slug: str) -> str:
    """The workshops of a group: those ahead, then those that are over."""
    me = viewer()
    group = enter(me, slug)
    before = request.args.get("before", "")
    shelf = queries.past(me, group, before)
    ways = {
        "newer_url": url_for(".index", slug=slug) if before else "",
        "older_url": url_for(".index", slug=slug, before=shelf.older) if shelf.older else "",
    }
    return render_template(
        "workshops/index.html", nav="groups", group=group, level=level(me, group), sight=masthead_sight(group),
        coming=[] if before else queries.coming(me, group), past=shelf.rows, page=ways, further=bool(before),
        may_plan=can(me, "plan", group), may_suggest=can(me, "start topic", group),
    )  # fmt: skip


@bp.get(ONE)
def workshop(slug: str, n: int) -> str:
    """The page of a workshop. What its reader was told of it is read from then on: that is written a moment later."""
    me = viewer()
    found = fetch(Workshop, me, slug, n=n)
    seeing.opened(me, found)
    return render_template("workshops/workshop.html", **shown(me, found))


def shown(me: Person, found: Workshop) -> dict[str, Any]:
    """What the page of a workshop shows to this reader."""
    group, stand, phase = found.group, queries.standing_of(me, found), phase_of(found)
    books, plans = can(me, "book", found), can(me, "plan", found)
    return {
        "nav": "groups", "group": group, "workshop": found, "phase": phase, "stand": stand,
        "sight": sight(group, "this workshop"), "other_zone": other_zone(found, me.timezone),
        "people": queries.people_at(me, found) if books else [], "plans": plans,
        "books": books and phase in ("before", "during"), "joins": queries.joins_now(found, bool(stand.seated)),
        "files": [(row, audience_of(row.Document)) for row in queries.files_of(me, found)],
        "usual": default_audience(group), "way": way_to_open(me, group), "may_add": can(me, "upload", group),
        "may_ask": can(me, "start topic", group), "may_reply": can(me, "preview", group),
    }  # fmt: skip
