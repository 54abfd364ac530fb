"""The topics of a group: its page."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, make_response, render_template, request
from werkzeug.exceptions import NotFound

from forum.access import CardOnly, Person, can, known, level, viewer
from forum.discussions.blueprint import bp
from forum.discussions.queries.coming import Coming, coming_here
from forum.discussions.queries.groups import group_if_read
from forum.discussions.queries.lists import VIEWS, Shelf, tags_used, topics_in
from forum.kit import fresh
from forum.kit.csrf import csrf_field
from forum.sight import Sight, masthead_sight

BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
CHIPS = {"latest": "Latest", "unread": "Unread", "unanswered": "Unanswered", "announcements": "Announcements"}
#: (heading, sentence) where there is nothing to list
EMPTY = {
    "latest": ("Be the first to ask", "Nothing has been posted here yet. A half-formed question is a good start."),
    "unread": ("You are up to date", "Nothing here is new to you."),
    "unanswered": ("Every question has an answer", "No question here waits for a reply."),
    "announcements": ("No announcements yet", "News from the facilitators will stand here."),
}


@bp.get("/groups/<slug>")
def latest(slug: str) -> Response:
    """A group's topics; for someone who may only know of the group, its card."""
    me = viewer()
    found = group_if_read(me, slug)
    if found is None:
        raise CardOnly(known(me, slug))
    group, granted = found
    view = request.args.get("show", "latest")
    if view not in VIEWS or (view == "unread" and not me):
        raise NotFound
    tag = request.args.get("tag", "").strip().lower()[:40]
    shelf = topics_in(
        me, group, granted, view, tag, request.args.get("before", ""), current_app.config["TOPICS_PER_PAGE"]
    )
    tags, ahead = tags_used(group, granted), coming_here(me, group)
    reader = (me.id, me.name, me.handle, me.photo_key, me.theme, me.timezone, granted, can(me, "start topic", group))
    seen = masthead_sight(group)
    name = fresh.tag(request.full_path, reader, group, seen, shelf, tags, ahead, csrf_field(), fresh.often())
    if reply := fresh.unchanged(name):
        return reply
    return fresh.stamped(drawn(me, group, seen, view, tag, shelf, tags, ahead), name)


def drawn(
    me: Person, group: Any, seen: Sight, view: str, tag: str, shelf: Shelf, tags: list[str], ahead: list[Coming]
) -> Response:
    """The page."""
    ways = {key: label for key, label in CHIPS.items() if me or key != "unread"}
    chips = tuple((label, address(group.slug, key, tag), key == view) for key, label in ways.items())
    older = address(group.slug, view, tag, before=shelf.older) if shelf.older else ""
    newest = address(group.slug, view, tag) if request.args.get("before") else ""
    empty = EMPTY[view] if not tag else (f"Nothing about “{tag}”", "No topic with this tag is in this list.")
    page = render_template(
        "discussions/latest.html", nav="groups", group=group, level=level(me, group), sight=seen,
        rows=shelf.rows, coming=ahead,
        chips=chips, view=view, tag=tag, empty=empty,
        tags=tuple((name, address(group.slug, "latest", name), name == tag) for name in tags),
        pages={"newer_url": newest, "older_url": older}, may_start=can(me, "start topic", group),
        all_url=address(group.slug, view, ""),
        since=since(shelf) if me and view == "latest" and not (tag or newest) else 0,
    )  # fmt: skip
    return make_response(page)


def since(shelf: Shelf) -> int:
    """When the newest post of the list was written, in microseconds since 1970."""
    newest = max((row.last_post_at for row in shelf.rows), default=BEGAN)
    return (newest - BEGAN) // timedelta(microseconds=1)


@lru_cache(maxsize=4096)
def address(slug: str, view: str, tag: str, before: str = "") -> str:
    """The address of a list of the group."""
    chosen = {"show": view if view != "latest" else "", "tag": tag, "before": before}
    words = urlencode({name: value for name, value in chosen.items() if value})
    return f"/groups/{slug}" + (f"?{words}" if words else "")
