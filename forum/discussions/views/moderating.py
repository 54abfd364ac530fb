"""What facilitators do with topics and posts. Each state is a place: posting there begins it, `/end` ends it."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect
from werkzeug.wrappers import Response

from forum.access import Person, fetch, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.views.changing import to_topic
from forum.discussions.views.editing import POST, post_of, where
from forum.kit.db import db
from forum.models import Post, Topic

TOPIC = "/groups/<slug>/topics/<number:n>"
Thing = TypeVar("Thing", Topic, Post)


def led(slug: str, n: int, action: Callable[[Person, Topic], None]) -> Response:
    """Does it to the topic, for a facilitator, and leads back to it."""
    do(fetch(Topic, viewer(), slug, n=n), action)
    return to_topic(slug, n)


def led_post(slug: str, n: int, k: int, action: Callable[[Person, Post], None]) -> Response:
    """Does it to the post, for a facilitator, and leads back to it."""
    post = post_of(viewer(), slug, n, k)
    address = where(post)
    do(post, action)
    return redirect(address, 303)


def do(thing: Thing, action: Callable[[Person, Thing], None]) -> None:
    """Does it, for a facilitator, and keeps it."""
    me = viewer()
    require(me, "facilitate", thing)
    try:
        action(me, thing)
    except actions.TooManyPins:
        flash("Ten topics are pinned in this group already. Unpin one first.", "warn")
    db.session.commit()


@bp.post(TOPIC + "/closure")
def lock(slug: str, n: int) -> Response:
    """Only facilitators reply from now on."""
    return led(slug, n, actions.lock)


@bp.post(TOPIC + "/closure/end")
def unlock(slug: str, n: int) -> Response:
    """Members reply again."""
    return led(slug, n, actions.unlock)


@bp.post(TOPIC + "/pin")
def pin(slug: str, n: int) -> Response:
    """It stands first in its group."""
    return led(slug, n, actions.pin)


@bp.post(TOPIC + "/pin/end")
def unpin(slug: str, n: int) -> Response:
    """It stands where its last post puts it."""
    return led(slug, n, actions.unpin)


@bp.post(TOPIC + "/hiding")
def hide_topic(slug: str, n: int) -> Response:
    """Only facilitators find it."""
    return led(slug, n, actions.hide_topic)


@bp.post(TOPIC + "/hiding/end")
def restore_topic(slug: str, n: int) -> Response:
    """Everyone finds it again."""
    return led(slug, n, actions.restore_topic)


@bp.post(POST + "/hiding")
def hide_post(slug: str, n: int, k: int) -> Response:
    """Only facilitators read it."""
    return led_post(slug, n, k, actions.hide_post)


@bp.post(POST + "/hiding/end")
def restore_post(slug: str, n: int, k: int) -> Response:
    """Everyone reads it again."""
    return led_post(slug, n, k, actions.restore_post)
