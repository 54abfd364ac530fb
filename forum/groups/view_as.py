"""Looking at one's own group as somebody else would: the person is another, the rule and the pages are the real ones.

It holds for reading below that group, in this browser, for as long as one facilitates it; and nothing can be written.
"""

from flask import Flask, Response, current_app, g, request, session
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Forbidden

from forum.access import FACILITATE, VISITOR, Person, level, viewer
from forum.kit.csrf import SAFE
from forum.kit.db import db
from forum.models import Group, Standing
from forum.who import Seat

#: as whom one may look, in the words of the choice and of the banner
ROLES = {
    "visitor": "someone who is not signed in",
    "registered": "someone registered",
    "pending": "someone who has asked to join",
    "member": "a member",
}
STANDINGS = {"pending": Standing.PENDING, "member": Standing.MEMBER}


def start(group: Group, who: str) -> None:
    """From the next page on, this browser sees the group as somebody else."""
    session["view_as"] = [group.slug, who]


def stop() -> None:
    """This browser sees the group as its own person again."""
    session.pop("view_as", None)


def pretended(me: Person, group: Group, who: str) -> Person:
    """A person who stands so in the group and, if need be, in its parents; nobody's number, and no other seat."""
    if who == "visitor":
        return VISITOR
    above = [each for each in (group.parent, group.parent.parent if group.parent else None) if each is not None]
    seats = {each.id: _seat(each, Standing.MEMBER) for each in above}
    if who in STANDINGS:
        seats[group.id] = _seat(group, STANDINGS[who])
    return Person(
        registered=True, seats=seats, name=me.name, handle=me.handle, hue=me.hue, theme=me.theme, timezone=me.timezone
    )


def _seat(group: Group, standing: Standing) -> Seat:
    mine = viewer().seats.get(group.id)
    caught_up = mine.caught_up_at if mine else None
    return Seat(group.id, standing, group.slug, group.name, group.hue, group.emblem, caught_up)


def _below(slug: str) -> bool:
    """Whether this request is for the group or something in it, or for the sign-in page on the way there."""
    path = request.path
    if path == "/sign-in" and request.method in SAFE:
        path = request.args.get("next", "").partition("?")[0]
    return path == f"/groups/{slug}" or path.startswith(f"/groups/{slug}/")


def take_over() -> None:
    """Puts the pretended person in the place of the real one, for a request below the group."""
    g.pop("looks_as", None)
    me = viewer()
    asked = session.get("view_as") if me else None
    if not asked or request.endpoint == "groups.stop_viewing_as" or not _below(asked[0]):
        return
    group = db.session.scalar(select(Group).where(Group.slug == asked[0]).options(joinedload(Group.parent)))
    if group is None or asked[1] not in ROLES or level(me, group) < FACILITATE:
        stop()
        return
    g.looks_as = (group.slug, group.name, asked[1])
    g.person = pretended(me, group, asked[1])
    request.environ.pop("HTTP_IF_NONE_MATCH", None)
    if request.method not in SAFE:
        raise Forbidden(
            f"You are looking at {group.name} as {ROLES[asked[1]]}. Stop viewing as them to change anything."
        )


def announce(reply: Response) -> Response:
    """The same page with a banner as its first element. Nothing of it is kept by the browser."""
    if "looks_as" not in g:
        return reply
    reply.headers.pop("ETag", None)
    reply.headers["Cache-Control"] = "private, no-store"
    if reply.mimetype == "text/html" and not reply.is_streamed and not reply.direct_passthrough:
        slug, name, who = g.looks_as
        banner = current_app.jinja_env.get_template("groups/_view_as.html").render(slug=slug, name=name, who=ROLES[who])
        reply.set_data(reply.get_data().replace(b"<body>", b"<body>" + banner.encode(), 1))
    return reply


def init_app(app: Flask) -> None:
    """Asks before each request, after the session is open."""
    app.before_request(take_over)
    app.after_request(announce)
