"""A reply put elsewhere: in its topic, in another one, or as a topic of its own."""

from typing import Any

from flask import flash, render_template, request
from werkzeug.exceptions import NotFound

from forum.access import Person, require, viewer
from forum.discussions import moving
from forum.discussions.blueprint import bp
from forum.discussions.forms import PlacePost
from forum.discussions.queries.destinations import topic_led
from forum.discussions.views.editing import POST, base_of, post_of, where
from forum.discussions.views.mending import done
from forum.discussions.views.replying import Answer
from forum.discussions.views.starting import kinds_for
from forum.held import Settled
from forum.kit.db import db
from forum.models import Post, Topic, TopicKind
from forum.sight import sight
from forum.uploads import Full


def led_reply(slug: str, n: int, k: int) -> tuple[Person, Post]:
    """A facilitator, and the reply that they look after."""
    me = viewer()
    post = post_of(me, slug, n, k)
    require(me, "facilitate", post)
    if post.no == 0:
        raise NotFound
    return me, post


@bp.get(POST + "/move")
def move_post_page(slug: str, n: int, k: int) -> Answer:
    """Where a reply could go."""
    me, post = led_reply(slug, n, k)
    kinds = kinds_for(me, post.topic.group)
    return drawn(post, PlacePost(kinds, None, data={"where": "here", "kind": TopicKind.DISCUSSION.value}), 200)


@bp.post(POST + "/move")
def move_post(slug: str, n: int, k: int) -> Answer:
    """Moves it. To another topic what it would do is shown first, in numbers."""
    me, post = led_reply(slug, n, k)
    form = PlacePost(kinds_for(me, post.topic.group))
    if not form.submitted():
        return drawn(post, form, 422)
    try:
        return PLACES[form.where.data](me, post, form)
    except (Settled, Full) as refusal:
        db.session.rollback()
        flash(getattr(refusal, "description", None) or str(refusal), "warn")
        _me, post = led_reply(slug, n, k)
        form.seen.data = ""
        return drawn(post, form, 409)


def _here(me: Person, post: Post, form: PlacePost) -> Answer:
    moving.move_post(me, post.topic, post.no, post.topic, form.number)
    return done(post.topic, f"Post {post.no} stands elsewhere now.", _anchor=f"post-{post.no}")


def _there(me: Person, post: Post, form: PlacePost) -> Answer:
    there = topic_led(me, form.into.data)
    if there is None or there.id == post.topic_id:
        form.refuse("into", "Write the address of another topic that you look after")
        return drawn(post, form, 422)
    reach = moving.of_post(moving.posts_with(post), post.topic, there)
    if form.seen.data != reach.seal:
        form.seen.data = reach.seal
        return drawn(post, form, 200, there=there, reach=reach, then=sight(there, "it"))
    moving.move_post(me, post.topic, post.no, there, form.number, form.seen.data)
    return done(there, "The post stands in this topic now.")


def _new(me: Person, post: Post, form: PlacePost) -> Answer:
    _move, made = moving.split(me, post.topic, post.no, TopicKind(form.kind.data), form.title.data)
    return done(made, "The post is a topic of its own now.")


PLACES = {"here": _here, "there": _there, "new": _new}


def drawn(post: Post, form: PlacePost, code: int, there: Topic | None = None, **values: Any) -> Answer:
    """The page on which it is chosen."""
    page = render_template(
        "discussions/move_post.html", nav="groups", group=post.topic.group, topic=post.topic, post=post, form=form,
        base=base_of(post), where=where(post), there=there, sight=sight(post), sent=request.method == "POST", **values,
    )  # fmt: skip
    return page, code
