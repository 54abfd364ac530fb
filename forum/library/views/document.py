"""The page of a file, and what is said of it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum import bookmarks, vocabulary
from forum.access import FACILITATE, READ, Person, can, fetch, lawful_audiences, level, require, viewer
from forum.kit.db import db
from forum.library import actions, decks, queries, shelves, suggesting
from forum.library.blueprint import bp
from forum.library.forms import AudienceChoice, Details
from forum.library.talk import talk_of
from forum.library.views.adding import Answer, sights
from forum.library.views.receiving import looked_at, told
from forum.library.views.slides import citing
from forum.models import Document, FileAudience
from forum.sight import audience_of, draft_sight, sight, sight_of
from forum.uploads import opens_inline, state_of

WIDE = list(FileAudience)


@bp.get("/<int:n>", endpoint="document")
def show(slug: str, n: int) -> str:
    """What a file is, who sees it, its versions, and where it is talked about."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    if not document.checked:
        return render_template(
            "library/unchecked.html", nav="groups", group=document.group, document=document,
            scan=state_of(document), reads=level(me, document.group) >= READ,
        )  # fmt: skip
    group, versions = document.group, queries.versions_of(document, me)
    if not versions:
        raise NotFound
    deck, edits = decks.deck_of(document), can(me, "edit document", document)
    opens = told(me, document)
    page = render_template(
        "library/document.html", nav="groups", group=group, document=document, versions=versions, added=versions[-1],
        deck=deck, cite=citing(me, document, document.last_version), may_suggest=can(me, "describe", document),
        tags=queries.tags_in(versions), told=opens,
        own=can(me, "see receipts", document),
        suggested=suggesting.waiting(me, document) if edits and deck else (),
        sight=sight(document, "this file") if document.posted_at else draft_sight("this file"),
        talk=talk_of(document, me, deck.noun.lower() if deck else "slide"), may_edit=edits,
        keeps=can(me, "keep", group), kept=versions[0].kept,
        may_report=document.posted_at is not None and can(me, "report", document),
        leads=level(me, group) >= FACILITATE, reads=level(me, group) >= READ, inline=opens_inline(document.extension),
    )  # fmt: skip
    if opens and deck and deck.slides:
        looked_at(me, document)
    return page


@bp.post("/<int:n>/bookmark")
def keep(slug: str, n: int) -> Response:
    """The file is among their bookmarks."""
    return marked(slug, n, bookmarks.keep)


@bp.post("/<int:n>/bookmark/end")
def let_go(slug: str, n: int) -> Response:
    """The file is not among their bookmarks."""
    return marked(slug, n, bookmarks.let_go)


def marked(slug: str, n: int, how: Callable[[Person, Document], None]) -> Response:
    """The way back to a file that they keep, or no longer keep."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "keep", document.group)
    how(me, document)
    db.session.commit()
    return to(slug, n)


@bp.route("/<int:n>/edit", methods=["GET", "POST"])
def edit(slug: str, n: int) -> Answer:
    """Title, description, folder and licence, changed."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    form = Details(obj=document, tags=", ".join(queries.tags_of_file(document)))
    if form.submitted():
        actions.edit(me, document, form.said)
        db.session.commit()
        flash("What is said of this file is changed.")
        return to(slug, n)
    page = render_template(
        "library/edit.html", nav="groups", group=document.group, document=document, form=form,
        marks=shelves.marks(me, document.group), offered=vocabulary.offered(me, document.group),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@bp.route("/<int:n>/audience", methods=["GET", "POST"])
def audience(slug: str, n: int) -> Answer:
    """Who opens a file, changed. Opening it to more people is asked again, with their number."""
    me = viewer()
    document = fetch(Document, me, slug, *[joinedload(Document.post)], n=n)
    require(me, "edit document", document)
    attached = document.post_id is not None
    form = AudienceChoice(group=document.group, lawful=lawful_audiences(me, document.group, attached))
    if request.method != "POST":
        form.audience.data = audience_of_file(document).value
    sent = form.submitted()
    wider = sent and WIDE.index(form.chosen) < WIDE.index(audience_of_file(document))
    if sent and (not wider or request.form.get("sure") == form.chosen.value):
        actions.change_audience(me, document, form.chosen)
        db.session.commit()
        flash(f"{sight(document, 'this file').sentence.striptags()}.")
        return to(slug, n)
    group, before = document.group, audience_of_file(document)
    page = render_template(
        "library/audience.html", nav="groups", group=group, document=document, form=form,
        sights=sights(me, group, attached), now=sight_of(before, group, "this file"),
        then=sight_of(form.chosen, group, "this file") if wider else None,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def audience_of_file(document: Document) -> FileAudience:
    """Its own audience, as wide as the rule lets it be now; hidden or not."""
    return document.audience if document.hidden_at else audience_of(document)


def to(slug: str, n: int) -> Response:
    """The way to a file's page."""
    return redirect(url_for("library.document", slug=slug, n=n), 303)
