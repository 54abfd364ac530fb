"""Who was asked to help with a question; asking somebody by hand; saying that it is nothing for oneself."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import Person, fetch, require, viewer
from forum.discussions import actions
from forum.discussions.actions import offering
from forum.discussions.blueprint import bp
from forum.discussions.forms import Helper
from forum.discussions.queries.offers import MOST, askings, candidates, free_from, member_to_ask, open_question
from forum.discussions.views.changing import TOPIC
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.replying import Answer
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Topic, User
from forum.sight import sight

NOBODY = "No member of that handle may read this question, besides the person who asked"
BEFORE = "{} was asked about this question before"


@bp.route(TOPIC + "/asked", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def asked(slug: str, n: int) -> Answer:
    """Who was asked about a question, for its facilitators, who may ask others."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "facilitate", topic)
    if not open_question(topic):
        raise NotFound
    form = Helper() if request.method == "POST" else Helper(None)
    if request.method != "POST":
        return page(topic, form)
    user = member_to_ask(topic, form.handle.data.lstrip("@")) if form.submitted() else None
    if user is None:
        if not form.errors:
            form.refuse("handle", NOBODY)
        return page(topic, form), 422
    return ask(me, topic, user, form)


def ask(me: Person, topic: Topic, user: User, form: Helper) -> Answer:
    """Asks them, unless that is too much."""
    slug, n, name = topic.group.slug, topic.n, user.name
    try:
        offering.ask(me, topic, user)
    except offering.AskedEnough:
        db.session.rollback()
        topic, again = fetch(Topic, me, slug, n=n), f"{free_from(user):%A}"
        before = any(one.handle == user.handle for one in askings(topic))
        too_often = f"{name} was asked twice in seven days, and nobody is asked more often. You can ask from {again} on"
        form.refuse("handle", BEFORE.format(name) if before else too_often)
        return page(topic, form), 409
    except actions.Settled as settled:
        db.session.rollback()
        flash(str(settled), "warn")
        return redirect(url_for("discussions.topic", slug=slug, n=n), 303)
    db.session.commit()
    flash(f"{name} is asked, by mail and on the home page.")
    return redirect(url_for(".asked", slug=slug, n=n), 303)


def page(topic: Topic, form: Helper) -> str:
    """The page, with people who may know."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    return render_template(
        "discussions/asked.html", nav="groups", group=topic.group, topic=topic, form=form, base=base,
        asked=askings(topic), likely=candidates(topic, MOST), sight=sight(topic),
    )  # fmt: skip


@bp.post(TOPIC + "/asked/end")
def decline(slug: str, n: int) -> Response:
    """It is nothing for them."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "follow", topic)
    if offering.decline(me, topic):
        flash("You will not be asked about this question again.")
    db.session.commit()
    return redirect(url_for("discussions.home"), 303)
