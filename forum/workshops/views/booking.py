"""Booking a place, and giving it back."""

from flask import flash, redirect, url_for
from werkzeug.exceptions import Conflict
from werkzeug.wrappers import Response

from forum.access import fetch, require, viewer
from forum.discussions.views.limits import by_person, post_limit
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Workshop
from forum.workshops import places
from forum.workshops.blueprint import ONE, bp


@bp.post(f"{ONE}/booking")
@limiter.limit(post_limit, key_func=by_person)
def book(slug: str, n: int) -> Response:
    """They come, or wait for a place. Booked twice is booked once."""
    me = viewer()
    workshop = fetch(Workshop, me, slug, n=n)
    require(me, "book", workshop)
    try:
        seated = places.book(me, workshop)
    except places.Closed:
        db.session.rollback()
        raise Conflict("No more places are given: it was cancelled, or is over.") from None
    db.session.commit()
    flash("You have a place." if seated else "All places are taken. You wait for one, and hear of it by mail.")
    return redirect(url_for(".workshop", slug=slug, n=n), 303)


@bp.post(f"{ONE}/booking/end")
def give_back(slug: str, n: int) -> Response:
    """They do not come; whoever waits longest does."""
    me = viewer()
    workshop = fetch(Workshop, me, slug, n=n)
    require(me, "book", workshop)
    if places.give_back(me, workshop):
        flash("You are not on the list any more.")
    db.session.commit()
    return redirect(url_for(".workshop", slug=slug, n=n), 303)
