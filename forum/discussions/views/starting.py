"""Starting a topic. The page lives below its group, so that its sentence and its button cannot disagree."""

from datetime import datetime

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from forum import drafts, hearing, once, uploads, vocabulary
from forum.access import CardOnly, Person, can, enter, hearers, require, viewer
from forum.discussions import actions
from forum.discussions.blueprint import bp
from forum.discussions.forms import KINDS, TopicForm
from forum.discussions.views.alike import like
from forum.discussions.views.arriving import arrived, files_in, marks_of_files
from forum.discussions.views.doubting import waits, weighed_by_all
from forum.discussions.views.keeping import GONE, not_sent, signed_out
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.picking import Choice, choice, chosen, marks_of_picks, picked
from forum.discussions.views.replying import Answer, done_before, told, words
from forum.discussions.writing import Written, draft_place
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.kit.tags import tags_of
from forum.kit.when import plural, whole, zone_of
from forum.models import SEATED, Document, Draft, Group, TopicKind, User
from forum.sight import sight

NEW = "/groups/<slug>/topics/new"


def kinds_for(me: Person, group: Group) -> list[TopicKind]:
    """The kinds of topic this person may start."""
    return [kind for kind in KINDS if kind != TopicKind.ANNOUNCEMENT or can(me, "announce", group)]


@bp.get(NEW)
def new_topic(slug: str) -> Answer:
    """The page to write a topic on, with the draft that was kept."""
    me = viewer()
    group = enter(me, slug)
    require(me, "start topic", group)
    draft = drafts.from_draft(me.id or 0, draft_place(group))
    form = TopicForm(kinds_for(me, group), None, data={"kind": asked_kind(), **(draft.fields if draft else {})})
    return page(me, group, form, files_in(me, group, draft.fields if draft else None), draft)


def asked_kind() -> str:
    """The kind that the link here named; else a question."""
    return request.args.get("kind", TopicKind.QUESTION.value)


@bp.post(NEW)
@limiter.limit(post_limit, key_func=by_person)
def start_topic(slug: str) -> Answer:
    """Posts a topic, or gives its text back with what is wrong."""
    me = viewer()
    if not me:
        return signed_out(slug)
    try:
        group = enter(me, slug)
    except (NotFound, CardOnly) as refusal:
        return not_sent("This group is not there for you", GONE, 404 if isinstance(refusal, NotFound) else 403)
    if not can(me, "start topic", group):
        return not_sent("Your text was not posted", "You may not start topics in this group now.", 403)
    if can(me, "upload", group):
        uploads.expect()
    return sent(me, group, TopicForm(kinds_for(me, group)))


def sent(me: Person, group: Group, form: TopicForm) -> Answer:
    """What follows from a topic that may be posted: its page, or this one again."""
    right = form.submitted()
    documents = arrived(me, group, form) if can(me, "upload", group) else []
    choosing = choice(me, group)
    written = None if choosing else words(me, form, group) if right and not form.errors else None
    looks = "preview" in request.form or (written and asks_first(me, group, form))
    if written is None or looks:
        shown = page(me, group, form, documents, None, None if form.errors else written, choosing)
        db.session.commit()
        return shown, 200 if (written and not form.errors) or choosing else 422
    return posted(me, group, form, written, documents)


def asks_first(me: Person, group: Group, form: TopicForm) -> bool:
    """Whether it is an announcement that was not shown yet with the number of its readers, or comes too soon."""
    if form.kind.data != TopicKind.ANNOUNCEMENT or "announce" in request.form:
        return False
    if at := actions.next_announcement(group):
        refuse(me, group, form, at)
    return True


def refuse(me: Person, group: Group, form: TopicForm, at: datetime) -> None:
    """Says at the field when the next announcement may be sent, by the clock of whoever writes."""
    local = at.astimezone(zone_of(me.timezone or current_app.config["TIMEZONE"]))
    often = plural(group.announce_after, "hour")
    said = f"The last announcement here was less than {often} ago. The next can be sent from {whole(local)}"
    form.refuse("kind", f"{said}. Until then you can save it as a draft, or post it as a discussion")


def posted(me: Person, group: Group, form: TopicForm, written: Written, documents: list[Document]) -> Answer:
    """The way to the new topic. Sent twice, the form leads to the same one."""
    tags = tags_of(form.tags.data or "")
    weighed = weighed_by_all(me, group, form.title.data, written)
    content = (form.kind.data, form.title.data, written.body, *tags, *marks_of_files(form), *marks_of_picks())
    claim = once.claim(me.id or 0, form.key.data, "topic", str(group.id), *content)
    if claim.result:
        return done_before(claim.result, documents)
    if weighed.waits:
        about = (TopicKind(form.kind.data), form.title.data, tags)
        actions.hold_topic(me, group, about, written, actions.Sent(documents, marks_of_picks()), weighed)
        drafts.discard_draft(me.id or 0, draft_place(group))
        return waits(claim, group.slug, "topic", weighed)
    try:
        topic = actions.start_topic(me, group, TopicKind(form.kind.data), form.title.data, written, tags, documents)
    except actions.TooSoon as wait:
        refuse(me, group, form, wait.at)
        shown = page(me, group, form, documents)
        db.session.commit()
        return shown, 422
    address = claim.done(url_for("discussions.topic", slug=group.slug, n=topic.n, posted=1))
    drafts.discard_draft(me.id or 0, draft_place(group))
    db.session.commit()
    if request.form.get("poll"):
        return redirect(url_for("discussions.new_poll", slug=group.slug, n=topic.n), 303)
    return told(address, written, "")


def reach_of(me: Person, group: Group) -> hearing.Reached:
    """How many others an announcement goes to, and how. Names nobody."""
    return hearing.reached(hearers(group).where(User.id != (me.id or 0)), group.id)


def page(
    me: Person,
    group: Group,
    form: TopicForm,
    documents: list[Document],
    draft: Draft | None = None,
    written: Written | None = None,
    choosing: Choice | None = None,
) -> str:
    """The page to write a topic on."""
    seats = [seat for seat in me.seats.values() if seat.slug != group.slug and seat.standing in SEATED]
    return render_template(
        "discussions/new_topic.html", nav="groups", group=group, form=form, documents=documents, sight=sight(group),
        draft=draft,
        others=seats, hints={kind.value: hint for kind, (_name, hint) in KINDS.items()},
        may_upload=can(me, "upload", group), similar=like(me, request.form) if request.method == "POST" else [],
        offered=vocabulary.offered(me, group),
        choosing=choosing, picked=chosen(me, picked(draft)), cites=written.cites if written else (),
        shown=written.shown if written else None,
        reached=reach_of(me, group) if written and form.kind.data == TopicKind.ANNOUNCEMENT else None,
    )  # fmt: skip
