"""The accepted answer: chosen, cleared, said in one line, looked at again."""

from datetime import date

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from forum.access import Person, can, fetch, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.cards import today_in
from forum.discussions.forms import Care, Doubt
from forum.discussions.queries.answers import accepted_in
from forum.discussions.queries.quotes import post_at
from forum.discussions.views.changing import TOPIC, to_topic
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.replying import Answer
from forum.kit.clock import now
from forum.kit.days import in_words
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Post, Topic
from forum.sight import sight


def shown() -> int:
    """The number of the answer that was accepted on the page that the form comes from."""
    return request.values.get("shown", actions.ANY, type=int)


@bp.post(TOPIC + "/answer")
def accept(slug: str, n: int) -> Response:
    """A reply is the accepted answer."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "accept", topic)
    no = request.form.get("no", 0, type=int)
    if not 0 < no <= topic.last_no:
        raise NotFound
    post = post_at(me, topic, no)
    if post is None:
        raise Conflict(actions.gone(no))
    try:
        actions.accept(me, topic, post, shown())
    except actions.Settled as settled:
        raise Conflict(str(settled)) from None
    db.session.commit()
    return to_topic(slug, n, "answer-h")


@bp.post(TOPIC + "/answer/end")
def clear_answer(slug: str, n: int) -> Response:
    """The question is open again."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "accept", topic)
    try:
        actions.clear_answer(me, topic, shown())
    except actions.Settled as settled:
        raise Conflict(str(settled)) from None
    db.session.commit()
    return to_topic(slug, n)


def today_here(me: Person) -> date:
    """The day it is for them."""
    return today_in(me.timezone or current_app.config["TIMEZONE"], now())


def today_there() -> date:
    """The day it is for the site, by which answers come back to facilitators."""
    return today_in(current_app.config["TIMEZONE"], now())


def answered(me: Person, slug: str, n: int, verb: str) -> tuple[Topic, Post]:
    """A question and its accepted answer, for who may do that to it. Raises NotFound where none is accepted."""
    topic = fetch(Topic, me, slug, n=n)
    require(me, verb, topic)
    post = accepted_in(me, topic)
    if post is None:
        raise NotFound
    return topic, post


@bp.route(TOPIC + "/answer/care", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def care(slug: str, n: int) -> Answer:
    """What facilitators say of an accepted answer, and when they look at it again."""
    me = viewer()
    topic, post = answered(me, slug, n, "facilitate")
    today = today_here(me)
    if request.method != "POST":
        said = {
            "seen": actions.mark_of_doubt(topic),
            "summary": topic.answer_summary,
            "doubted": topic.outdated_at is not None,
            "why": topic.outdated_why,
        }
        ahead = topic.review_on if topic.review_on and topic.review_on > today else None
        return page("care", topic, post, Care(today, None, data={**said, "review": in_words(ahead) if ahead else ""}))
    form = Care(today)
    if not form.submitted():
        return page("care", topic, post, form), 422
    doubt = form.why.data if form.doubted.data else None
    try:
        care = actions.Said(form.summary.data, doubt, form.review_on, form.seen.data or "")
        actions.look_after(me, topic, shown(), care)
    except actions.Settled as settled:
        return conflict("care", me, slug, n, form, settled)
    db.session.commit()
    flash("What the group says of this answer is saved.")
    return to_topic(slug, n, "answer-h")


@bp.route(TOPIC + "/answer/doubt", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def doubt(slug: str, n: int) -> Answer:
    """A member thinks that the accepted answer may be out of date; the facilitators decide."""
    me = viewer()
    topic, post = answered(me, slug, n, "doubt")
    if can(me, "facilitate", topic):
        return redirect(url_for(".care", slug=slug, n=n), 303)
    form = Doubt() if request.method == "POST" else Doubt(None)
    if request.method != "POST":
        return page("doubt", topic, post, form)
    if not form.submitted():
        return page("doubt", topic, post, form), 422
    try:
        first = actions.doubt(me, topic, shown(), form.why.data, min(today_here(me), today_there()))
    except actions.Settled as settled:
        return conflict("doubt", me, slug, n, form, settled)
    db.session.commit()
    flash("The facilitators look at it again." if first else "Someone said so before you: the facilitators know.")
    return to_topic(slug, n, "answer-h")


def conflict(name: str, me: Person, slug: str, n: int, form: Care | Doubt, settled: Exception) -> Answer:
    """The page again, with what was typed and what happened; where no answer is left, the sentence alone."""
    db.session.rollback()
    topic = fetch(Topic, me, slug, n=n)
    post = accepted_in(me, topic)
    if post is None:
        raise Conflict(str(settled))
    form.form_errors.append(str(settled))
    if isinstance(form, Care):
        form.seen.data = actions.mark_of_doubt(topic)
    return page(name, topic, post, form), 409


def page(name: str, topic: Topic, post: Post, form: Care | Doubt) -> str:
    """One of the two pages about an answer."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    return render_template(
        f"discussions/{name}.html", nav="groups", group=topic.group, topic=topic, post=post, form=form, base=base,
        sight=sight(topic),
    )  # fmt: skip
