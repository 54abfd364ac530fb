"""Replying: below the topic with script, on a page of its own without; previewed, kept, and posted once."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum import drafts, once, uploads
from forum.access import CardOnly, Person, can, fetch, require, viewer
from forum.discussions import actions, moving
from forum.discussions.blueprint import bp
from forum.discussions.forms import ReplyForm
from forum.discussions.queries.gate import topic_at
from forum.discussions.queries.quotes import Quoted, post_at, quoted
from forum.discussions.views.arriving import arrived, files_in, marks_of_files
from forum.discussions.views.doubting import waits, weighed_by_all
from forum.discussions.views.keeping import GONE, LOCKED, REFUSED, not_sent, signed_out
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.old import moved
from forum.discussions.views.picking import Choice, choice, chosen, marks_of_picks, picked
from forum.discussions.views.topics import address_of, surroundings
from forum.discussions.writing import Written, draft_place, write
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.kit.text import TooLong
from forum.models import Document, Topic
from forum.quoting import Kept
from forum.sight import sight

TOPIC = "/groups/<slug>/topics/<number:n>"
Answer = str | Response | tuple[str, int]


@bp.get(TOPIC + "/replies")
def reply_page(slug: str, n: int) -> Answer:
    """The page to reply on: `?to=2` to post 2, `&quote=1` with its words."""
    me = viewer()
    topic = fetch(Topic, me, slug, n=n)
    require(me, "reply", topic)
    answered = quoted(me, topic, request.args.get("to", 0, type=int))
    draft = drafts.from_draft(me.id or 0, draft_place(topic))
    form = ReplyForm(None, data=draft.fields if draft else {})
    form.to.data = str(answered.no) if answered and answered.no else ""
    if answered and request.args.get("quote"):
        form.body.data = "\n\n".join(part for part in (form.body.data, answered.as_quote) if part) + "\n\n"
    return page(me, topic, form, answered, files_in(me, topic.group, draft.fields if draft else None))


@bp.post(TOPIC + "/replies")
@limiter.limit(post_limit, key_func=by_person)
def reply(slug: str, n: int) -> Answer:
    """Posts a reply, or gives its text back with what is wrong."""
    me = viewer()
    if not me:
        return signed_out(slug, n)
    try:
        topic: Any = topic_at(me, slug, n)
    except (NotFound, CardOnly) as refusal:
        there = moved(me, slug, n) if isinstance(refusal, NotFound) else None
        if there is not None:
            return moved_on(me, slug, *there)
        return not_sent("This topic is not there for you", GONE, 404 if isinstance(refusal, NotFound) else 403)
    if not can(me, "reply", topic):
        return (
            not_sent("This topic is locked", LOCKED, 409)
            if topic.locked_at
            else not_sent("Your reply was not posted", REFUSED, 403)
        )
    if can(me, "upload", topic.group):
        uploads.expect()
    form = ReplyForm()
    return sent(me, topic, form)


def sent(me: Person, topic: Topic, form: ReplyForm) -> Answer:
    """What follows from a reply that may be posted: the post, or the page again."""
    right = form.submitted()
    documents = arrived(me, topic.group, form) if can(me, "upload", topic.group) else []
    choosing = choice(me, topic.group)
    written = None if choosing else words(me, form, topic) if right and not form.errors else None
    if written is None or "preview" in request.form:
        shown = page(me, topic, form, quoted(me, topic, form.answers or 0), documents, written, choosing)
        db.session.commit()
        return shown, 200 if written or choosing else 422
    try:
        return posted(me, topic, form, written, documents)
    except actions.Closed:
        slug, n = topic.group.slug, topic.n
        db.session.rollback()
        there = moved(me, slug, n)
        return moved_on(me, slug, *there, bool(documents)) if there else not_sent("The topic was closed", LOCKED, 409)


def moved_on(me: Person, slug: str, topic: Topic, answers: int | None, files: bool = False) -> Answer:
    """The reply posted where its topic is now; first shown again, where that lets more people read it."""
    if not can(me, "reply", topic):
        return not_sent("This topic has been moved", f"It is in {topic.group.name} now, where you may not reply.", 409)
    form = ReplyForm()
    form.to.data = str(answers) if answers else ""
    went = f"The topic has been moved to {topic.group.name} meanwhile."
    behind = files or bool(request.form.getlist("kept"))
    if behind or moving.wider(topic, slug):
        asked = "Add your files again" if behind else "See who reads it there"
        flash(f"{went} {asked}, then post.", "warn")
        return page(me, topic, form, quoted(me, topic, answers or 0), []), 409
    flash(went)
    return sent(me, topic, form)


def words(me: Person, form: Any, thing: Any, kept: Sequence[Kept] = ()) -> Written | None:
    """The text rendered; None, with the reason at the field, when it is above a limit."""
    try:
        written = write(form.body.data, thing, me, picked(), kept)
    except TooLong as error:
        form.refuse("body", str(error))
        return None
    if sum(one.picked for one in written.cites) < len(picked()):
        form.refuse(
            "body", "A slide that you chose can’t be cited any more, so it is left out. Look at the text again."
        )
        return None
    return written


def posted(me: Person, topic: Topic, form: ReplyForm, written: Written, documents: list[Document]) -> Response:
    """The way to the new reply. Sent twice, the form leads to the same one."""
    slug, n = topic.group.slug, topic.n
    weighed = weighed_by_all(me, topic.group, "", written)
    if documents:  # they are drafts, whatever comes; and their group's row is let go before the topic's is taken
        db.session.commit()
    claim = once.claim(
        me.id or 0,
        form.key.data,
        "reply",
        str(topic.id),
        form.to.data or "",
        written.body,
        *marks_of_files(form),
        *marks_of_picks(),
    )
    if claim.result:
        return done_before(claim.result, documents)
    if weighed.waits:
        sent = actions.Sent(documents, marks_of_picks())
        actions.hold_reply(me, topic, written, form.answers, sent, weighed)
        drafts.discard_draft(me.id or 0, draft_place(topic))
        return waits(claim, slug, "reply", weighed)
    parent = post_at(me, topic, form.answers) if form.answers else None
    post = actions.reply(me, topic, written, parent, documents)
    address = claim.done(address_of(slug, n, post.no, post.place, post.top_id))
    said = f"Your reply is posted (number {post.no})."
    drafts.discard_draft(me.id or 0, draft_place(topic))
    db.session.commit()
    return told(address, written, said)


def done_before(address: str, documents: list[Document]) -> Response:
    """The way to what this form made the first time; files that came a second time are thrown away."""
    numbers = [document.id for document in documents]
    left = set(db.session.scalars(select(Document.id).where(Document.id.in_(numbers), Document.posted_at.is_(None))))
    for document in documents:
        if document.id in left:
            uploads.discard(document)
    db.session.commit()
    return redirect(address, 303)


def told(address: str, written: Written, said: str) -> Response:
    """The way to a new post; to the top of its page, when there is something to be said about it."""
    if not written.unheard:
        return redirect(address, 303)
    names = Markup(", ").join(f"@{handle}" for handle in written.unheard)
    takes = "take" if len(written.unheard) > 1 else "takes"
    flash(f"{said} {names} {takes} no part here, so nobody of that name was told.", "warn")
    return redirect(address.partition("#")[0], 303)


def page(
    me: Person,
    topic: Topic,
    form: ReplyForm,
    answered: Quoted | None,
    documents: list[Document],
    written: Written | None = None,
    choosing: Choice | None = None,
) -> str:
    """The page to reply on."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    return render_template(
        "discussions/reply.html", nav="groups", group=topic.group, topic=topic, form=form, answered=answered, base=base,
        documents=documents, sight=sight(topic), around=surroundings(me, topic, now()),
        choosing=choosing, picked=chosen(me, picked()), cites=written.cites if written else (),
        shown=written.shown if written else None,
    )  # fmt: skip
