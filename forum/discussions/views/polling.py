"""Polls: asked, voted in, closed."""

from datetime import date

from flask import current_app, flash, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import Person, can, fetch, require, viewer
from forum.discussions.actions import polling
from forum.discussions.blueprint import bp
from forum.discussions.cards import today_in
from forum.discussions.polling import Question, Until, end_of, last_day
from forum.discussions.queries.gate import topic_at
from forum.discussions.queries.polls import poll_in, poll_of, who_chose
from forum.discussions.views.changing import to_topic
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.replying import Answer
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Poll, Topic
from forum.sight import sight

POLL = "/groups/<slug>/topics/<number:n>/poll"
#: votes in how long: a person changes their mind now and then
OFTEN = "60 per minute"
ENDED = "The poll closed before your vote arrived, so it was not counted."
CHANGED = "The poll was changed while you looked at it. Look at it again, then vote."
VOTED = "Somebody has voted meanwhile, so the question and its options stay as they are."


def zone_here(me: Person) -> str:
    """The time zone of whoever asks."""
    return me.timezone or str(current_app.config["TIMEZONE"])


def today_of(me: Person) -> date:
    """The day it is for whoever asks."""
    return today_in(zone_here(me), now())


def to_poll(slug: str, n: int) -> Response:
    """303 to the poll, in its topic."""
    return to_topic(slug, n, "poll-h")


def held(slug: str, n: int) -> tuple[Topic, Poll]:
    """The topic and its poll, for who may change them."""
    topic = fetch(Topic, viewer(), slug, n=n)
    require(viewer(), "edit topic", topic)
    poll = poll_in(topic)
    if poll is None:
        raise NotFound
    return topic, poll


@bp.route(POLL + "/new", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def new_poll(slug: str, n: int) -> Answer:
    """A poll, added to a topic by its author or a facilitator."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "edit topic", topic)
    form = Question(today_of(me))
    if request.method != "POST":
        return page(topic, form)
    if not form.submitted():
        return page(topic, form), 422
    if not polling.ask(topic, form.asked(zone_here(me))):
        flash("This topic has a poll already.", "warn")
    db.session.commit()
    return to_poll(slug, n)


@bp.get(POLL)
def poll(slug: str, n: int) -> str:
    """The poll by itself: how it stands, and who chose what where that is shown."""
    return shown(slug, n)


def shown(slug: str, n: int, wrong: str = "") -> str:
    """The page of a poll. `wrong`: what is the matter with the vote that was sent."""
    me = viewer()
    topic = topic_at(me, slug, n)
    found = poll_of(topic)
    if found is None:
        raise NotFound
    base = url_for("discussions.topic", slug=slug, n=n)
    return render_template(
        "discussions/poll.html", nav="groups", group=topic.group, topic=topic, poll=found, base=base, wrong=wrong,
        may_vote=can(me, "vote", topic), names=who_chose(me, topic, found), sight=sight(topic),
    )  # fmt: skip


@bp.post(POLL + "/votes")
@limiter.limit(OFTEN, key_func=by_person)
def vote(slug: str, n: int) -> Answer:
    """What they choose, instead of what they chose before."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "vote", topic)
    asked = poll_in(topic)
    if asked is None:
        raise NotFound
    chosen = [int(one) for one in request.form.getlist("choice") if one in map(str, range(len(asked.options)))]
    if not chosen or (len(set(chosen)) > 1 and not asked.several):
        return shown(slug, n, "Choose at least one option" if asked.several else "Choose one option"), 422
    try:
        polling.vote(me, asked, request.form.get("revision", 0, type=int), chosen)
    except (polling.Ended, polling.Changed) as refusal:
        db.session.rollback()
        flash(ENDED if isinstance(refusal, polling.Ended) else CHANGED, "warn")
    db.session.commit()
    return to_poll(slug, n)


@bp.route(POLL + "/edit", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def edit_poll(slug: str, n: int) -> Answer:
    """What it asks, changed, as long as nobody has voted."""
    me = viewer()
    topic, asked = held(slug, n)
    if request.method != "POST":
        zone = zone_here(me)
        said = {name: getattr(asked, name) for name in ("question", "several", "anonymous", "revision")}
        until = last_day(asked.closes_at, zone)
        said |= {"options": "\n".join(asked.options), "until": until}
        return page(topic, Question(today_of(me), None, data=said), asked)
    form = Question(today_of(me))
    if not form.submitted():
        return page(topic, form, asked), 422
    try:
        polling.change(topic, asked, int(form.revision.data), form.asked(zone_here(me)))
    except (polling.Voted, polling.Changed) as refusal:
        db.session.rollback()
        form.refuse("options", VOTED if isinstance(refusal, polling.Voted) else CHANGED)
        return page(fetch(Topic, me, slug, n=n), form, asked), 409
    db.session.commit()
    return to_poll(slug, n)


@bp.post(POLL + "/closure")
def close_poll(slug: str, n: int) -> Response:
    """It closes now, or at the end of the day that is said."""
    topic, asked = held(slug, n)
    form = Until(today_of(viewer()))
    if not form.submitted():
        flash("Choose a day from today on, at most a year ahead.", "warn")
        return to_poll(slug, n)
    polling.close(topic, asked, end_of(form.until.data, zone_here(viewer())) or now())
    db.session.commit()
    return to_poll(slug, n)


@bp.post(POLL + "/removal")
def remove_poll(slug: str, n: int) -> Response:
    """The poll is gone, with all votes."""
    topic, asked = held(slug, n)
    polling.remove(viewer(), topic, asked)
    db.session.commit()
    flash("The poll is gone.")
    return to_topic(slug, n)


def page(topic: Topic, form: Question, asked: Poll | None = None) -> str:
    """The page on which a poll is written."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    return render_template(
        "discussions/edit_poll.html", nav="groups", group=topic.group, topic=topic, form=form, base=base, poll=asked,
        sight=sight(topic),
    )  # fmt: skip
