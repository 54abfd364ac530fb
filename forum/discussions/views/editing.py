"""A post's text changed, its history, and its end."""

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import FACILITATE, Person, fetch, level, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.forms import EditForm
from forum.discussions.queries.citations import cited_by
from forum.discussions.queries.history import changes
from forum.discussions.queries.quotes import replied
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.picking import Choice, choice, chosen, picked
from forum.discussions.views.replying import Answer, told, words
from forum.discussions.views.topics import address_of
from forum.discussions.writing import Written
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.kit.text import diff
from forum.models import Post, Topic
from forum.quoting import kept_of, shown_html, written_out
from forum.sight import sight
from forum.spam import adds_links

POST = "/groups/<slug>/topics/<number:n>/posts/<number:k>"


def post_of(me: Person, slug: str, n: int, k: int) -> Post:
    """The readable post of that number, with its author; a deleted one is not there."""
    topic = fetch(Topic, me, slug, n=n)
    post: Post = fetch(Post, me, slug, joinedload(Post.author), topic_id=topic.id, no=k)
    if post.deleted_at:
        raise NotFound
    return post


def base_of(post: Post) -> str:
    """The address of its topic."""
    return url_for("discussions.topic", slug=post.topic.group.slug, n=post.topic.n)


def where(post: Post) -> str:
    """The address of the post itself."""
    return address_of(post.topic.group.slug, post.topic.n, post.no, post.place, post.top_id)


@bp.route(POST + "/edit", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def edit(slug: str, n: int, k: int) -> Answer:
    """The text, edited. When someone else was quicker, both texts are shown, and nothing is overwritten."""
    me = viewer()
    post = post_of(me, slug, n, k)
    require(me, "edit post", post)
    if request.method != "POST":
        return page(me, post, EditForm(None, data={"revision": str(post.revision), "body": written_out(me, post)}))
    form = EditForm()
    right, choosing = form.submitted(), choice(me, post.topic.group)
    written = words(me, form, post.topic, kept_of(me, post)) if right and not choosing else None
    if written and adds_links(me, post.topic.group, shown_html(post), written.shown):
        form.refuse("body", "Links by somebody new wait for a facilitator. Put this one into a reply of its own")
        written = None
    if written is None or "preview" in request.form:
        return page(me, post, form, written, choosing), 200 if written or choosing else 422
    if int(form.revision.data) != post.revision:
        return conflict(post, form)
    try:
        actions.edit(me, post, written, int(form.revision.data))
    except actions.Stale:
        db.session.rollback()
        return conflict(post_of(me, slug, n, k), form)
    address = where(post)
    db.session.commit()
    return told(address, written, "Your text is changed.")


def page(me: Person, post: Post, form: EditForm, written: Written | None = None, choosing: Choice | None = None) -> str:
    """The page to edit on, with the slides that were chosen beside the text."""
    now_picked = [one for one in cited_by(post, me) if one.picked and one.opens]
    slides = chosen(me, picked()) if request.method == "POST" else now_picked
    return render_template(
        "discussions/edit.html", nav="groups", group=post.topic.group, topic=post.topic, post=post, form=form,
        base=base_of(post),
        choosing=choosing, picked=slides, cites=written.cites if written else (),
        sight=sight(post), shown=written.shown if written else None,
    )  # fmt: skip


def conflict(post: Post, form: EditForm) -> tuple[str, int]:
    """The page with both texts: the one that is there now, and the one that was sent."""
    mine = form.body.data
    form.revision.data = str(post.revision)
    page = render_template(
        "discussions/stale.html", nav="groups", group=post.topic.group, topic=post.topic, post=post, form=form,
        base=base_of(post), sight=sight(post), changed=diff(post.body, mine), now_says=Markup(post.html),  # noqa: S704
    )  # fmt: skip
    return page, 409


@bp.get(POST + "/history")
def history(slug: str, n: int, k: int) -> str:
    """What a post said before each edit, for everyone who may read it."""
    me = viewer()
    post = post_of(me, slug, n, k)
    return render_template(
        "discussions/history.html", nav="groups", group=post.topic.group, topic=post.topic, post=post,
        base=base_of(post),
        changes=changes(post), where=where(post), sight=sight(post),
    )  # fmt: skip


@bp.route(POST + "/deletion", methods=["GET", "POST"])
def deletion(slug: str, n: int, k: int) -> Answer:
    """Asks whether a post is to be deleted, and deletes it; an opening post without replies takes its topic along."""
    me = viewer()
    post = post_of(me, slug, n, k)
    require(me, "delete post", post)
    topic, others = post.topic, replied(post.topic)
    whole, leads = k == 0 and (not others or request.args.get("whole") == "1"), level(me, topic.group) >= FACILITATE
    if whole and others:
        require(me, "facilitate", topic)
    if request.method != "POST":
        return render_template(
            "discussions/deletion.html", nav="groups", group=topic.group, topic=topic, post=post, base=base_of(post),
            where=where(post),
            whole=whole, leads=leads, sight=sight(post),
        )  # fmt: skip
    address = url_for("discussions.latest", slug=slug) if whole else where(post)
    if whole:
        actions.delete_topic(me, topic)
    else:
        actions.delete_post(me, post)
    db.session.commit()
    return gone(address)


def gone(address: str) -> Response:
    """The way back after a deletion."""
    return redirect(address, 303)
