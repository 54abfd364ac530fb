"""Older versions of a file: looked at, made the newest again, deleted."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import Person, can, fetch, readable, require, viewer
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.library import actions, decks
from forum.library.blueprint import bp
from forum.library.forms import Reason
from forum.library.talk import talk_of
from forum.library.views.adding import Answer, by_person, upload_limit
from forum.library.views.document import to
from forum.library.views.receiving import looked_at, tell_first
from forum.library.views.slides import citing
from forum.models import Document, User, Version
from forum.sight import draft_sight, sight
from forum.uploads import Full


def version_of(me: Person, document: Document, v: int) -> Version:
    """A version of a file that was let out by the rule, if the rule lets that one out too. Raises NotFound."""
    known = (Version.document_id == document.id, Version.number == v, readable(Version, me))
    found: Version | None = db.session.scalar(select(Version).where(*known))
    if found is None:
        raise NotFound
    return found


@bp.get("/<int:n>/versions/<int:v>")
def version(slug: str, n: int, v: int) -> Answer:
    """One version with its slides. The newest has the address of the file itself."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    one = version_of(me, document, v)
    if v == document.last_version:
        return redirect(url_for("library.document", slug=slug, n=n), 302)
    tell_first(me, document, slug, n)
    deck = decks.deck_of(document, v)
    by = db.session.scalars(select(User).where(User.id == one.uploader_id)).one()
    page = render_template(
        "library/version.html", nav="groups", group=document.group, document=document, version=one, by=by,
        deck=deck, talk=talk_of(document, me, version=v), may_edit=can(me, "edit document", document),
        may_restore=can(me, "edit document", document) and can(me, "upload", document.group),
        sight=sight(document, "this file") if document.posted_at else draft_sight("this file"),
        cite=citing(me, document, v),
    )  # fmt: skip
    if deck and deck.slides:
        looked_at(me, document)
    return page


@bp.post("/<int:n>/versions/<int:v>/restoration")
@limiter.limit(upload_limit, key_func=by_person)
def restore_version(slug: str, n: int, v: int) -> Response:
    """An old version is the newest again. The one that was stays below it."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    require(me, "upload", document.group)
    one = version_of(me, document, v)
    if v == document.last_version or one.sha256 == version_of(me, document, document.last_version).sha256:
        return to(slug, n)  # also when the button is pressed twice
    try:
        made = actions.restore_version(me, document, one)
    except Full as error:
        db.session.rollback()
        flash(str(error), "warn")
        return redirect(url_for("library.version", slug=slug, n=n, v=v), 303)
    number = made.number
    db.session.commit()
    flash(f"Version {v} is the newest again, as version {number}. The others are listed below.")
    return to(slug, n)


@bp.route("/<int:n>/versions/<int:v>/removal", methods=["GET", "POST"])
def remove_version(slug: str, n: int, v: int) -> Answer:
    """One version is deleted for good, after the page has said what that means."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    one = version_of(me, document, v)
    form = Reason()
    if form.submitted():
        actions.remove_version(me, document, one, form.reason.data)
        db.session.commit()
        flash(f"Version {v} is deleted.")
        return to(slug, n)
    page = render_template(
        "library/remove_version.html", nav="groups", group=document.group, document=document, version=one, form=form
    )
    return page, 422 if request.method == "POST" else 200
