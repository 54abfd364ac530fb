"""What belongs to a workshop: its questions, its files, and what is left of it."""

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum import once, uploads
from forum.access import Person, default_audience, fetch, lawful_audiences, require, viewer
from forum.discussions.views.limits import by_person, post_limit
from forum.kit.db import db
from forum.kit.filetypes import accepted_words
from forum.kit.rates import limiter
from forum.kit.when import plural
from forum.library.views.adding import sights, upload_limit
from forum.models import Document, Workshop
from forum.workshops import actions
from forum.workshops.blueprint import ONE, bp
from forum.workshops.forms import Afterwards, Materials
from forum.workshops.views.planning import Answer, drawn, planned


@bp.route(f"{ONE}/afterwards", methods=["GET", "POST"])
def afterwards(slug: str, n: int) -> Answer:
    """Where it was recorded, and notes."""
    _me, workshop = planned(slug, n)
    form = Afterwards()
    if not form.is_submitted():
        form = Afterwards(None, data={"recording": workshop.recording, "notes": workshop.notes})
        return drawn("afterwards", workshop.group, workshop=workshop, form=form)
    if not form.submitted():
        return drawn("afterwards", workshop.group, workshop=workshop, form=form), 422
    actions.say_after(workshop, form.recording.data, form.notes.data)
    db.session.commit()
    return redirect(url_for(".workshop", slug=slug, n=n), 303)


@bp.post(f"{ONE}/questions")
@limiter.limit(post_limit, key_func=by_person)
def questions(slug: str, n: int) -> Response:
    """The topic in which its questions are asked: begun by whoever comes first."""
    me = viewer()
    workshop = fetch(Workshop, me, slug, n=n)
    require(me, "start topic", workshop.group)
    topic = actions.ask_questions(me, workshop, url_for(".workshop", slug=slug, n=n))
    db.session.commit()
    if topic is None:
        return redirect(url_for(".workshop", slug=slug, n=n), 303)
    return redirect(url_for("discussions.topic", slug=slug, n=topic.n), 303)


@bp.route(f"{ONE}/files", methods=["GET", "POST"])
@limiter.limit(upload_limit, key_func=by_person, methods=["POST"])
def files(slug: str, n: int) -> Answer:
    """Files for the workshop: filed in the library under it, and announced once."""
    me = viewer()
    workshop = fetch(Workshop, me, slug, n=n)
    group = workshop.group
    require(me, "upload", group)
    uploads.expect()
    form = Materials(group=group, lawful=lawful_audiences(me, group, attached=False))
    if request.method != "POST":
        form.audience.data = default_audience(group).value
        return page(me, workshop, form, [])
    right = form.submitted()
    arrived, refused = uploads.receive(form.files.data or [], me, group)
    documents = [*uploads.kept(me, group, request.form), *arrived]
    too_many = uploads.too_many(documents)
    wrong = [] if documents or refused else ["Choose at least one file"]
    for words in [*wrong, *([too_many] if too_many else []), *refused]:
        form.refuse("files", words)
    if not right or form.errors:
        numbers = [document.n for document in documents]
        db.session.commit()
        return page(me, workshop, form, uploads.drafts(me, group, numbers)), 422
    return added(me, workshop, form, documents)


def added(me: Person, workshop: Workshop, form: Materials, documents: list[Document]) -> Response:
    """Files them, once for each form, and leads back to the workshop."""
    content = [str(workshop.id), form.audience.data, *uploads.marks(request.form, form.files.data)]
    claim = once.claim(me.id or 0, form.key.data, "materials", *content)
    if claim.result:
        db.session.rollback()
        return redirect(claim.result, 303)
    actions.add_files(me, workshop, documents, form.chosen)
    address = claim.done(url_for("workshops.workshop", slug=workshop.group.slug, n=workshop.n))
    said = f"{plural(documents, 'file')} added to the workshop, and to the library. Who comes is told in a few minutes."
    db.session.commit()
    flash(said)
    return redirect(address, 303)


def page(me: Person, workshop: Workshop, form: Materials, documents: list[Document]) -> str:
    """The form, with the files that already arrived."""
    config, group = current_app.config, workshop.group
    return render_template(
        "workshops/files.html", nav="groups", group=group, workshop=workshop, form=form, documents=documents,
        base=url_for("workshops.index", slug=group.slug), earlier=uploads.waiting(me, group, besides=documents),
        sights=sights(me, group), most=config["MAX_FILES"], limit=uploads.megabytes(config["MAX_UPLOAD"]),
        types=accepted_words(),
    )  # fmt: skip
