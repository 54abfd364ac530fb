"""Old addresses: whoever may read what stood there is led to where it is now; to others there is nothing."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum import moves, uploads
from forum.access import Person, can, fetch, viewer
from forum.discussions.forms import ReplyForm
from forum.discussions.queries.groups import group_if_read
from forum.kit import errors
from forum.kit.csrf import SAFE
from forum.models import Topic


def elsewhere(error: NotFound) -> Response:
    """The way to where it is now, for who may read it there and may read the group it was in; else the page for 404."""
    address = led()
    if address is None:
        return errors.page(error)
    if request.method not in SAFE:
        flash(
            "This has been moved here meanwhile. What you sent was not done: look at it again, and do it here.", "warn"
        )
        return redirect(address, 303)
    reply = redirect(address, 301)
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


def led() -> str | None:
    """The address that the one of this request has become."""
    asked = dict(request.view_args or {})
    if "slug" not in asked or "n" not in asked or request.blueprint not in ("discussions", "library"):
        return None
    if group_if_read(viewer(), asked["slug"]) is None:
        return None
    return _of_file(asked) if request.blueprint == "library" else _of_topic(asked)


def _of_file(asked: dict[str, Any]) -> str | None:
    place = moves.file_now(viewer(), asked["slug"], asked["n"])
    return _like_this("library.document", **{**asked, "slug": place.slug, "n": place.n}) if place else None


def _of_topic(asked: dict[str, Any]) -> str | None:
    place = moves.topic_now(viewer(), asked["slug"], asked["n"], asked.get("k"))
    if place is None:
        return None
    if place.k is not None and "k" not in asked:
        return url_for("discussions.post", slug=place.slug, n=place.n, k=place.k)
    there = {"slug": place.slug, "n": place.n} | ({"k": place.k} if "k" in asked else {})
    return _like_this("discussions.topic", **{**asked, **there})


def _like_this(page: str, **values: Any) -> str:
    """The same page at the other place; for what was sent, the page of the thing itself."""
    if request.method not in SAFE:
        return url_for(page, slug=values["slug"], n=values["n"])
    words = request.query_string.decode("ascii", "ignore")
    return url_for(request.endpoint or page, **values) + (f"?{words}" if words else "")


def moved(me: Person, slug: str, n: int) -> tuple[Topic, int | None] | None:
    """The topic in which this reply belongs since it was moved, and the number there of the post that it answers."""
    place = moves.topic_now(me, slug, n) if group_if_read(me, slug) else None
    if place and can(me, "upload", fetch(Topic, me, place.slug, n=place.n).group):
        uploads.expect()
    answers = ReplyForm().answers
    place = (moves.topic_now(me, slug, n, answers) if answers else None) or place
    if place is None or (place.slug, place.n) == (slug, n):
        return None
    return fetch(Topic, me, place.slug, n=place.n), place.k if answers else None
