"""Adding files to the library directly."""

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum import once, uploads, vocabulary
from forum.access import Person, default_audience, enter, lawful_audiences, require, viewer
from forum.kit.db import db
from forum.kit.filetypes import accepted_words
from forum.kit.rates import limiter
from forum.kit.when import plural
from forum.library import actions, shelves
from forum.library.blueprint import bp
from forum.library.forms import SAID, AddFiles
from forum.models import Document, Group
from forum.sight import Sight, sight_of

Answer = str | Response | tuple[str, int]


def by_person() -> str:
    """Whom uploads are counted for."""
    me = viewer()
    return f"person:{me.id}" if me else f"address:{request.remote_addr}"


def upload_limit() -> str:
    """How many uploads a person may send."""
    return str(current_app.config["LIMIT_UPLOAD"])


@bp.route("/new", methods=["GET", "POST"])
@limiter.limit(upload_limit, key_func=by_person, methods=["POST"])
def new(slug: str) -> Answer:
    """The page on which files are added."""
    me = viewer()
    group = enter(me, slug)
    require(me, "upload", group)
    uploads.expect()
    form = AddFiles(group=group, lawful=lawful_audiences(me, group, attached=False))
    if request.method != "POST":
        form.audience.data = default_audience(group).value
        return page(me, group, form, [])
    right = form.submitted()
    arrived, refused = uploads.receive(form.files.data or [], me, group)
    documents = [*uploads.kept(me, group, request.form), *arrived]
    if not documents and not refused:
        form.refuse("files", "Choose at least one file")
    if words := uploads.too_many(documents):
        form.refuse("files", words)
    for words in refused:
        form.refuse("files", words)
    if not right or form.errors:
        numbers = [document.n for document in documents]
        db.session.commit()
        return page(me, group, form, uploads.drafts(me, group, numbers)), 422
    return added(me, group, form, documents)


def added(me: Person, group: Group, form: AddFiles, documents: list[Document]) -> Response:
    """Posts the files, once for each form, and leads to them."""
    claim = once.claim(me.id or 0, form.key.data, *content(form))
    if claim.result:
        db.session.rollback()
        return redirect(claim.result, 303)
    actions.add(me, documents, form.chosen, form.said)
    address = claim.done(place(group, documents))
    count, who = plural(documents, "file"), sight_of(form.chosen, group, "it" if len(documents) == 1 else "them")
    db.session.commit()
    flash(f"{count} added to the library. {who.sentence.striptags()}.")
    return redirect(address, 303)


def place(group: Group, documents: list[Document]) -> str:
    """Where one lands after adding: at the file, or where several are said what they are."""
    if len(documents) == 1:
        return url_for("library.document", slug=group.slug, n=documents[0].n)
    return url_for("library.details", slug=group.slug, n=[document.n for document in documents])


def content(form: AddFiles) -> list[str]:
    """What was sent, to tell a form sent twice from another one."""
    words = [form[name].data or "" for name in ("title", *SAID, "tags", "audience")]
    return [*words, *uploads.marks(request.form, form.files.data)]


def page(me: Person, group: Group, form: AddFiles, documents: list[Document]) -> str:
    """The form, with the files that already arrived."""
    config, earlier = current_app.config, uploads.waiting(me, group, besides=documents)
    return render_template(
        "library/new.html", nav="groups", group=group, form=form, documents=documents, earlier=earlier,
        sights=sights(me, group), marks=shelves.marks(me, group), most=config["MAX_FILES"],
        offered=vocabulary.offered(me, group),
        limit=uploads.megabytes(config["MAX_UPLOAD"]), types=accepted_words(),
    )  # fmt: skip


def sights(me: Person, group: Group, attached: bool = False) -> dict[str, Sight]:
    """Who would see a file, for each audience this person may give it."""
    return {audience.value: sight_of(audience, group, "it") for audience in lawful_audiences(me, group, attached)}
