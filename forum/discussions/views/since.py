"""What came since a page was drawn, for a page that stays open. It is asked again and again, and says a number."""

from datetime import timedelta

from flask import Response
from werkzeug.exceptions import NotFound

from forum import notices
from forum.access import Person, SignIn, enter, viewer
from forum.discussions.blueprint import bp
from forum.discussions.queries.gate import topic_at
from forum.discussions.queries.groups import group_if_read
from forum.discussions.queries.since import posts_since, topics_since
from forum.discussions.views.lists import BEGAN
from forum.discussions.views.topics import TOPIC
from forum.kit import fresh, marks
from forum.kit.unasked import unasked


def reader() -> Person:
    """The person at the keyboard. Raises SignIn: a page whose reader signed out asks no more."""
    me = viewer()
    if not me:
        raise SignIn
    return me


@bp.get(TOPIC + "/since/<number:no>")
@unasked
def topic_since(slug: str, n: int, no: int) -> Response:
    """The posts after a number: two statements, three where something came.

    One more for whoever was told of a group in which they have no seat: what waits for them is asked.
    """
    me, unread = reader(), notices.unread_here()
    topic = topic_at(me, slug, n)
    name = marks.tag(no, unread, me.id, me.version, topic.id, topic.level, topic.version, topic.last_no)
    if reply := fresh.unchanged(name):
        return reply
    came = posts_since(me, topic, no)
    to = f"/groups/{slug}/topics/{topic.n}/posts/{came.first}"
    return marks.told(name, came.many, ("new reply", "new replies"), to, unread)


@bp.get("/groups/<slug>/since/<int:moment>")
@unasked
def group_since(slug: str, moment: int) -> Response:
    """The topics with a post from after a moment, in microseconds since 1970. Three statements, or four."""
    me, unread = reader(), notices.unread_here()
    found = group_if_read(me, slug)
    if found is None:
        enter(me, slug)
        raise NotFound
    try:
        at = BEGAN + timedelta(microseconds=moment)
    except OverflowError:
        raise NotFound from None
    many = topics_since(me, found[0], at)
    name = marks.tag(moment, unread, me.id, found[0].id, found[1], many)
    nouns = ("topic has something new", "topics have something new")
    return fresh.unchanged(name) or marks.told(name, many, nouns, f"/groups/{slug}", unread)
