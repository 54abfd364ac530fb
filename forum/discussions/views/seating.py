"""A hot seat: set up in a topic, changed, taken away. For facilitators."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import Person, fetch, require, viewer
from forum.discussions.actions import seats
from forum.discussions.blueprint import bp
from forum.discussions.queries.naming import named_hearers
from forum.discussions.queries.seats import SeatView, seat_of, workshops_for
from forum.discussions.seating import SeatForm, handles_in, typed
from forum.discussions.views.changing import TOPIC, to_topic
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.polling import zone_here
from forum.discussions.views.replying import Answer
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.kit.spans import zone_words
from forum.models import Topic
from forum.sight import sight

NOBODY = "No member of the handle {} may read this topic"
CHANGED = "Somebody else changed this hot seat meanwhile. What you typed is not saved: look at it, then save again"
BEGUN = "Somebody has asked a question, so the hot seat stays. You can end it: change when it is over."
DONE = ("The hot seat is set up. Who sits in it is told, and again when it opens.", "The hot seat is changed.")


def to_questions(slug: str, n: int) -> Response:
    """303 to the questions."""
    return redirect(url_for("discussions.questions", slug=slug, n=n), 303)


@bp.route(TOPIC + "/seat", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def seat(slug: str, n: int) -> Answer:
    """The hot seat of a topic, set up or changed."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "seat", topic)
    found = seat_of(me, topic)
    zone = found.zone if found else zone_here(me)
    workshops = workshops_for(topic, me)
    if request.method != "POST":
        here = next((str(one.id) for one in workshops if found and found.workshop and one.n == found.workshop[0]), "")
        told = {"data": typed(found, here)} if found else {}
        return page(topic, SeatForm(zone, workshops, None, **told), found)
    form = SeatForm(zone, workshops)
    people = sitters(topic, form) if form.submitted() else []
    if form.errors:
        return page(topic, form, found), 422
    return kept(me, topic, form, people, found)


def sitters(topic: Topic, form: SeatForm) -> list[int]:
    """The numbers of the people that were named; a handle that is nobody's who takes part here is said at the field."""
    handles = handles_in(form.who.data or "")
    people = named_hearers(handles, topic)
    if missing := [handle for handle in handles if handle not in people]:
        form.refuse("who", NOBODY.format(", ".join(f"@{handle}" for handle in missing)))
    elif not handles:
        form.refuse("who", "Write the handle of at least one member")
    return sorted(set(people.values()))


def kept(me: Person, topic: Topic, form: SeatForm, people: list[int], found: SeatView | None) -> Answer:
    """What was said of the hot seat, done."""
    slug, n = topic.group.slug, topic.n
    try:
        if found is not None:
            seats.change(me, topic, found.id, int(form.revision.data), form.said, people)
        elif not seats.set_up(me, topic, form.said, people):
            raise seats.Changed
    except seats.Changed:
        db.session.rollback()
        topic = fetch(Topic, me, slug, n=n)
        found = seat_of(me, topic)
        form.refuse("day", CHANGED)
        form.revision.data = str(found.revision) if found else "0"
        return page(topic, form, found), 409
    db.session.commit()
    flash(
        "The hot seat is changed."
        if found
        else "The hot seat is set up. Who sits in it is told, and again when it opens."
    )
    return to_questions(slug, n)


@bp.post(TOPIC + "/seat/removal")
def remove_seat(slug: str, n: int) -> Response:
    """The topic has no hot seat any more, if nobody has asked anything."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "seat", topic)
    found = seat_of(me, topic)
    if found is None:
        raise NotFound
    try:
        seats.remove(me, topic, found.id)
    except seats.Begun:
        db.session.rollback()
        flash(BEGUN, "warn")
        return to_questions(slug, n)
    db.session.commit()
    flash("The hot seat is gone.")
    return to_topic(slug, n)


def page(topic: Topic, form: SeatForm, found: Any) -> str:
    """The page on which a hot seat is set up."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    return render_template(
        "discussions/edit_seat.html", nav="groups", group=topic.group, topic=topic, form=form, seat=found, base=base,
        zone=zone_words(found.starts_at if found else topic.created_at, form.zone).partition(" (")[0],
        sight=sight(topic),
    )  # fmt: skip
