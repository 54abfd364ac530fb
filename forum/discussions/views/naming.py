"""Names while one types: what the composer offers after an @."""

from typing import Any

from flask import Response, jsonify, request

from forum.access import enter, fetch, require, viewer
from forum.discussions.blueprint import bp
from forum.discussions.queries.naming import names_like
from forum.discussions.views.limits import by_person
from forum.kit.rates import limiter
from forum.models import Topic

#: a name is a few letters, and each asks once
OFTEN = "120 per minute"
LONGEST = 40


@bp.get("/groups/<slug>/topics/<number:n>/names")
@limiter.limit(OFTEN, key_func=by_person)
def names_in_topic(slug: str, n: int) -> Response:
    """People who may be mentioned in a topic."""
    topic = fetch(Topic, viewer(), slug, n=n)
    require(viewer(), "preview", topic)
    return offered(topic)


@bp.get("/groups/<slug>/names")
@limiter.limit(OFTEN, key_func=by_person)
def names_in_group(slug: str) -> Response:
    """People who may be mentioned in a new topic of a group."""
    group = enter(viewer(), slug)
    require(viewer(), "preview", group)
    return offered(group)


def offered(thing: Any) -> Response:
    """Those whose name begins as `q` says, as the composer's script takes them."""
    typed = request.args.get("q", "").strip().replace("\0", "")[:LONGEST]
    found = names_like(viewer(), thing, typed) if typed else []
    reply = jsonify([one._asdict() for one in found])
    reply.headers["Cache-Control"] = "private, no-store"
    return reply
