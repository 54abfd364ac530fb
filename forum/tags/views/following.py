"""Hearing of new topics with a tag, or not."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from forum import vocabulary
from forum.access import enter, require, viewer
from forum.kit.db import db
from forum.kit.tags import tidy
from forum.tags.blueprint import bp
from forum.tags.views.pages import known_tag


@bp.post("/groups/<slug>/tags/<tag>/follow")
def follow(slug: str, tag: str) -> Response:
    """They follow the tag."""
    me = viewer()
    group = enter(me, slug)
    require(me, "follow", group)
    word = known_tag(group, tag)
    vocabulary.follow(me, group, word)
    db.session.commit()
    return redirect(url_for(".tag", slug=slug, tag=word), 303)


@bp.post("/groups/<slug>/tags/<tag>/follow/end")
def unfollow(slug: str, tag: str) -> Response:
    """They no longer follow the tag, whether anything bears it still or not."""
    me = viewer()
    group = enter(me, slug)
    require(me, "follow", group)
    vocabulary.unfollow(me, group, tidy(tag.replace("\0", "")))
    db.session.commit()
    return redirect(url_for(".index", slug=slug), 303)
