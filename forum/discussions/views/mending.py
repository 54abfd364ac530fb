"""What facilitators put where it belongs: topics into other groups or other topics, and moves taken back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import Person, fetch, require, viewer
from forum.discussions import moving
from forum.discussions.blueprint import bp
from forum.discussions.forms import IntoGroup, IntoTopic
from forum.discussions.moving import Reach
from forum.discussions.queries.destinations import group_led, groups_led, topic_led
from forum.discussions.views.replying import Answer
from forum.held import Settled
from forum.kit.db import db
from forum.kit.forms import Form
from forum.models import Group, Topic
from forum.sight import sight
from forum.uploads import Full

TOPIC = "/groups/<slug>/topics/<number:n>"
BACK = "You can take that back for a day: under “More”, “What was moved here”."


def led_topic(slug: str, n: int) -> tuple[Person, Topic]:
    """A facilitator, and the topic that they look after."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "facilitate", topic)
    return me, topic


def done(topic: Topic, said: str, **anchor: Any) -> Response:
    """Keeps it, and leads to the topic, which says so."""
    address = url_for("discussions.topic", slug=topic.group.slug, n=topic.n, **anchor)
    db.session.commit()
    flash(f"{said} {BACK}")
    return redirect(address, 303)


def drawn(topic: Topic, form: Form, code: int, **values: Any) -> Answer:
    """The page on which something is chosen, shown in numbers, and confirmed."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    page = render_template(
        "discussions/move.html", nav="groups", group=topic.group, topic=topic, base=base, form=form,
        sight=sight(topic), **values,
    )  # fmt: skip
    return page, code


@bp.get(TOPIC + "/move")
def move_page(slug: str, n: int) -> Answer:
    """Where a topic could go; with `?to=`, what that would do. Nothing changes by looking."""
    me, topic = led_topic(slug, n)
    return choice(me, topic, IntoGroup(groups_led(me, topic.group), request.args if "to" in request.args else None))


@bp.post(TOPIC + "/move")
def move(slug: str, n: int) -> Answer:
    """Moves it, if what was shown is what would happen; else shows it anew."""
    me, topic = led_topic(slug, n)
    form = IntoGroup(groups_led(me, topic.group))
    there = group_led(me, form.to.data) if form.submitted() else None
    if there is None or there.id == topic.group_id:
        return choice(me, topic, form, sent=True)
    try:
        moving.move_topic(me, topic, there, form.seen.data)
    except (Settled, Full) as refusal:
        return refused(slug, n, refusal, form.to.data)
    return done(topic, f"The topic stands in {topic.group.name} now.")


def refused(slug: str, n: int, refusal: Exception, to: str) -> Answer:
    """Says why it was not done, with what would happen now."""
    db.session.rollback()
    flash(getattr(refusal, "description", None) or str(refusal), "warn")
    me, topic = led_topic(slug, n)
    form = IntoGroup(groups_led(me, topic.group), None, data={"to": to})
    there = group_led(me, to)
    return shown(topic, form, there, 409) if there and there.id != topic.group_id else choice(me, topic, form, 409)


def choice(me: Person, topic: Topic, form: IntoGroup, code: int = 200, sent: bool = False) -> Answer:
    """The page of a choice, and of what it would do once it is made."""
    chosen = form.formdata_sent and form.validate()
    there = group_led(me, form.to.data) if chosen else None
    if there is not None:
        return shown(topic, form, there, 422 if sent else code)
    return drawn(topic, form, 422 if sent or form.errors else code, what="move")


def shown(topic: Topic, form: IntoGroup, there: Group, code: int) -> Answer:
    """What a move would do, in numbers."""
    reach: Reach = moving.of_topic(topic, there)
    form.seen.data = reach.seal
    return drawn(topic, form, code, what="move", there=there, reach=reach, then=sight(there, "it"))


@bp.get(TOPIC + "/merge")
def merge_page(slug: str, n: int) -> Answer:
    """Which topic it could become a part of; with `?into=`, what that would do."""
    me, topic = led_topic(slug, n)
    form = IntoTopic(request.args if "into" in request.args else None)
    if not form.formdata_sent:
        return drawn(topic, form, 200, what="merge")
    into = topic_led(me, form.into.data) if form.validate() else None
    return would_merge(topic, form, into, 200)


def would_merge(topic: Topic, form: IntoTopic, into: Topic | None, code: int) -> Answer:
    """What merging would do, in numbers; or what is wrong with the choice."""
    if into is None or into.id == topic.id:
        if not form.errors:
            form.refuse("into", "Write the address of another topic that you look after")
        return drawn(topic, form, 422, what="merge")
    reach = moving.of_post(moving.posts_of(topic), topic, into)
    form.seen.data = reach.seal
    return drawn(topic, form, code, what="merge", into=into, there=into.group, reach=reach, then=sight(into, "it"))


@bp.post(TOPIC + "/merge")
def merge(slug: str, n: int) -> Answer:
    """Merges, if what was shown is what would happen; else shows it anew."""
    me, topic = led_topic(slug, n)
    form = IntoTopic()
    into = topic_led(me, form.into.data) if form.submitted() else None
    if into is None or into.id == topic.id or not form.seen.data:
        return would_merge(topic, form, into, 422)
    try:
        moving.merge(me, topic, into, form.seen.data)
    except (Settled, Full) as refusal:
        db.session.rollback()
        flash(getattr(refusal, "description", None) or str(refusal), "warn")
        me, topic = led_topic(slug, n)
        return would_merge(topic, form, topic_led(me, form.into.data), 409)
    return done(into, "The two topics are one now.")


@bp.get(TOPIC + "/moves")
def moves_page(slug: str, n: int) -> Answer:
    """What was moved here in the last day."""
    _me, topic = led_topic(slug, n)
    base = url_for("discussions.topic", slug=slug, n=n)
    return render_template(
        "discussions/moves.html", nav="groups", group=topic.group, topic=topic, base=base,
        moves=moving.moves_of(topic),
    )  # fmt: skip


@bp.post(TOPIC + "/moves/end")
def undo(slug: str, n: int) -> Answer:
    """Takes the last move back, if it is the one that was shown."""
    me, topic = led_topic(slug, n)
    last = next(iter(moving.moves_of(topic)), None)
    if last is None or request.form.get("at") != str(int(last.at.timestamp() * 1_000_000)):
        raise Settled("This was taken back already, or is more than a day old.")
    was = moving.stood(last)
    if not moving.may_undo(me, last):
        raise NotFound
    moving.undo(me, last, topic)
    address = url_for("discussions.topic", slug=was.group.slug, n=was.n)
    db.session.commit()
    flash("It stands where it stood before.")
    return redirect(address, 303)
