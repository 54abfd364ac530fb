"""New versions, hiding, restoring, deleting."""

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from forum import once, uploads
from forum.access import Person, fetch, require, viewer
from forum.kit.db import db
from forum.kit.filetypes import Refused, accepted_words
from forum.kit.rates import limiter
from forum.library import actions
from forum.library.blueprint import bp
from forum.library.forms import NewVersion, Reason
from forum.library.views.adding import Answer, by_person, upload_limit
from forum.library.views.document import to
from forum.models import Document
from forum.sight import sight


@bp.route("/<int:n>/versions", methods=["GET", "POST"])
@limiter.limit(upload_limit, key_func=by_person, methods=["POST"])
def replace(slug: str, n: int) -> Answer:
    """A new version of a file, at the same address."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    require(me, "upload", document.group)
    uploads.expect()
    form = NewVersion()
    if form.submitted() and (answer := replaced(me, document, form)):
        return answer
    drafts = uploads.drafts(me, document.group, request.form.getlist("kept", type=int))
    limit = uploads.megabytes(current_app.config["MAX_UPLOAD"])
    page = render_template(
        "library/replace.html", nav="groups", group=document.group, document=document, form=form, drafts=drafts,
        sight=sight(document, "it"), limit=limit, types=accepted_words(),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def replaced(me: Person, document: Document, form: NewVersion) -> Response | None:
    """The way to the file with its new version; None when it was refused, and the form says why."""
    slug, n, file = document.group.slug, document.n, form.file.data
    marks = uploads.marks(request.form, [file] if file else [])
    claim = once.claim(me.id or 0, form.key.data, "version", slug, str(n), *marks)
    if claim.result:
        db.session.rollback()
        return to(slug, n)
    try:
        actions.replace(me, document, only(uploads.kept(me, document.group, request.form), file))
    except Refused as error:
        db.session.rollback()
        form.refuse("file", f"{file.filename}: {error}" if file else str(error))
        return None
    claim.done(url_for("library.document", slug=slug, n=n))
    db.session.commit()
    flash("The new version is here. The address stays the same, and older versions are listed below.")
    return to(slug, n)


def only(drafts: list[Document], file: FileStorage | None) -> FileStorage | Document:
    """The one file that was sent, with the form or in pieces before it. Raises Refused."""
    if len(drafts) + bool(file) > 1:
        raise Refused("Choose one file: the new version of this one.")
    if file:
        return file
    if not drafts:
        raise Refused("Choose a file")
    return drafts[0]


@bp.post("/<int:n>/slides")
@limiter.limit(upload_limit, key_func=by_person)
def try_again(slug: str, n: int) -> Response:
    """Slides that could not be made are tried once more."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    if actions.try_again(document):
        db.session.commit()
        flash("We try again. It takes a minute or two.")
    return to(slug, n)


@bp.route("/<int:n>/hiding", methods=["GET", "POST"])
def hiding(slug: str, n: int) -> Answer:
    """A file is taken out of sight, by a facilitator, with a reason for the log."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "facilitate", document)
    form = Reason()
    if form.submitted():
        actions.hide(me, document, form.reason.data)
        db.session.commit()
        return to(slug, n)
    page = render_template("library/hide.html", nav="groups", group=document.group, document=document, form=form)
    return page, 422 if request.method == "POST" else 200


@bp.post("/<int:n>/restoration")
def restoration(slug: str, n: int) -> Response:
    """A hidden file is seen again."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "facilitate", document)
    actions.restore(me, document)
    db.session.commit()
    return to(slug, n)


@bp.route("/<int:n>/removal", methods=["GET", "POST"])
def removal(slug: str, n: int) -> Answer:
    """A file is deleted for good, after the page has said what that means."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    form = Reason()
    if form.submitted():
        title = document.title
        actions.remove(me, document, form.reason.data)
        db.session.commit()
        flash(f"“{title}” is deleted.")
        return redirect(url_for("library.index", slug=slug), 303)
    page = render_template("library/remove.html", nav="groups", group=document.group, document=document, form=form)
    return page, 422 if request.method == "POST" else 200
