"""A topic's title, tags and kind; the answer; following."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum import vocabulary
from forum.access import fetch, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.forms import AboutTopic
from forum.discussions.queries.answers import tags_in
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.replying import Answer
from forum.discussions.views.starting import kinds_for
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.kit.tags import tags_of
from forum.models import Post, Topic, TopicKind
from forum.sight import sight

TOPIC = "/groups/<slug>/topics/<number:n>"


def to_topic(slug: str, n: int, anchor: str | None = None) -> Response:
    """303 to the topic."""
    return redirect(url_for("discussions.topic", slug=slug, n=n, _anchor=anchor), 303)


@bp.route(TOPIC + "/edit", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def edit_topic(slug: str, n: int) -> Answer:
    """Title, tags and kind, changed."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "edit topic", topic)
    kinds = [kind for kind in TopicKind if kind in kinds_for(me, topic.group) or kind == topic.kind]
    if request.method != "POST":
        now_ = {"kind": topic.kind.value, "title": topic.title, "tags": ", ".join(tags_in(topic))}
        return page(topic, AboutTopic(kinds, None, data=now_))
    form = AboutTopic(kinds)
    opening = fetch(Post, me, slug, topic_id=topic.id, no=0)
    if not form.submitted():
        return page(topic, form), 422
    try:
        tags = tags_of(form.tags.data or "")
        actions.change_topic(me, topic, opening, TopicKind(form.kind.data), form.title.data, tags)
    except actions.Stale:
        db.session.rollback()
        form.refuse("title", "Someone changed this topic in the same moment. Look at it again, then save")
        return page(fetch(Topic, me, slug, n=n), form), 409
    db.session.commit()
    return to_topic(slug, n)


def page(topic: Topic, form: AboutTopic) -> str:
    """The page on which a topic is renamed and filed."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    return render_template(
        "discussions/edit_topic.html",
        nav="groups",
        group=topic.group,
        topic=topic,
        form=form,
        base=base,
        sight=sight(topic),
        offered=vocabulary.offered(viewer(), topic.group),
    )


@bp.post(TOPIC + "/follow")
def follow(slug: str, n: int) -> Response:
    """They follow the topic."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "follow", topic)
    actions.follow(me, topic)
    db.session.commit()
    return to_topic(slug, n)


@bp.post(TOPIC + "/follow/end")
def unfollow(slug: str, n: int) -> Response:
    """They no longer follow the topic."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "follow", topic)
    actions.unfollow(me, topic)
    db.session.commit()
    return to_topic(slug, n)
