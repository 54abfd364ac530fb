"""One press on a post: it helped me, I want to find it again. And the page of what somebody keeps."""

from datetime import UTC, datetime, timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum import bookmarks
from forum.access import SignIn, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.queries.kept import kept_by
from forum.discussions.views.editing import POST, post_of, where
from forum.discussions.views.limits import by_person
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Post

#: presses in how long: a person presses now and then, a program does not
OFTEN = "60 per minute"
SIZE = 30


def back_to(post: Post) -> Response:
    """The way back to the post, once what was done is kept."""
    address = where(post)
    db.session.commit()
    return redirect(address, 303)


@bp.post(POST + "/helpful")
@limiter.limit(OFTEN, key_func=by_person)
def thank(slug: str, n: int, k: int) -> Response:
    """The post helped them."""
    me = viewer()
    post = post_of(me, slug, n, k)
    require(me, "thank", post)
    actions.thank(me, post)
    return back_to(post)


@bp.post(POST + "/helpful/end")
@limiter.limit(OFTEN, key_func=by_person)
def unthank(slug: str, n: int, k: int) -> Response:
    """They no longer say that it helped."""
    me = viewer()
    post = post_of(me, slug, n, k)
    require(me, "thank", post)
    actions.unthank(me, post)
    return back_to(post)


@bp.post(POST + "/bookmark")
@limiter.limit(OFTEN, key_func=by_person)
def keep(slug: str, n: int, k: int) -> Response:
    """The post is among their bookmarks."""
    me = viewer()
    post = post_of(me, slug, n, k)
    require(me, "keep", post)
    bookmarks.keep(me, post)
    return back_to(post)


@bp.post(POST + "/bookmark/end")
@limiter.limit(OFTEN, key_func=by_person)
def let_go(slug: str, n: int, k: int) -> Response:
    """The post is not among their bookmarks."""
    me = viewer()
    post = post_of(me, slug, n, k)
    require(me, "keep", post)
    bookmarks.let_go(me, post)
    return back_to(post)


@bp.get("/bookmarks")
def list_bookmarks() -> str:
    """What they keep, the newest first, of what they may read now."""
    me = viewer()
    if not me:
        raise SignIn
    rows = kept_by(me, moment_of(request.args.get("before", "")), SIZE + 1)
    older = url_for("discussions.list_bookmarks", before=key_of(rows[SIZE - 1].kept_at)) if len(rows) > SIZE else ""
    newest = url_for("discussions.list_bookmarks") if "before" in request.args else ""
    pages = {"newer_url": newest, "older_url": older}
    return render_template("discussions/bookmarks.html", nav="bookmarks", rows=rows[:SIZE], pages=pages)


def key_of(moment: datetime) -> str:
    """What names the end of a page in an address."""
    return str((moment - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1))


def moment_of(key: str) -> datetime | None:
    """The moment of a key; None for anything else."""
    lawful = key.isascii() and key.isdecimal() and len(key) < 18
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(key)) if lawful else None
