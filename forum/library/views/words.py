"""What is read out of a slide, when a person writes it: those who may edit the file put it there, others suggest it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.access import Person, can, fetch, require, viewer
from forum.kit import ids
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.library import actions, decks, suggesting
from forum.library.blueprint import bp
from forum.library.forms import SlideWords
from forum.library.views.adding import Answer, by_person, upload_limit
from forum.library.views.slides import known
from forum.models import Document


@bp.route("/<int:n>/slides/<int:k>/text", methods=["GET", "POST"])
@limiter.limit(upload_limit, key_func=by_person, methods=["POST"])
def describe(slug: str, n: int, k: int) -> Answer:
    """The words of a slide, to be changed, or to be suggested otherwise."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "describe", document)
    edits = can(me, "edit document", document)
    row, seen, _ = known(document, k)
    mine = "" if edits else suggesting.own(me, row)
    form, mark = SlideWords(described=mine or seen.words, before=mark_of(seen)), mark_of(seen)
    theirs = None
    if form.submitted():
        if not edits:
            return suggested(me, document, row, seen, form.described.data)
        if form.before.data == mark and actions.describe(me, document, row, form.described.data):
            db.session.commit()
            flash(f"The words of {decks.noun_of(document, seen).lower()} {k} are changed.")
            return back(slug, n, k)
        db.session.rollback()
        theirs, form.before.data = seen.words, mark
    page = render_template(
        "library/describe.html", nav="groups", group=document.group, document=document, slide=seen, form=form,
        noun=decks.noun_of(document, seen), theirs=theirs, edits=edits,
        suggestions=suggesting.for_slide(me, row) if edits else (), waits=bool(mine),
    )  # fmt: skip
    return page, 409 if theirs is not None else 422 if request.method == "POST" else 200


def suggested(me: Person, document: Document, row: object, seen: decks.Seen, words: str) -> Response:
    """The way back, once somebody's words wait for those who may edit the file."""
    slug, n, k = document.group.slug, document.n, seen.number
    left = suggesting.suggest(me, document, row, words if words.strip() != seen.words.strip() else "")
    db.session.commit()
    who = "whoever added the file and the facilitators"
    flash(f"Thank you. Your words wait for {who}." if left else "You suggest nothing for this slide any more.")
    return back(slug, n, k)


@bp.post("/<int:n>/slides/<int:k>/suggestions")
def decide(slug: str, n: int, k: int) -> Response:
    """Somebody's words take the place of a slide's, or are set aside."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    row, seen, _ = known(document, k)
    used = suggesting.decide(me, document, row, request.form.get("suggestion", 0, type=int), "use" in request.form)
    db.session.commit()
    noun = decks.noun_of(document, seen).lower()
    flash(f"The words of {noun} {k} are changed." if used else "The suggestion is set aside.")
    return back(slug, n, k)


def mark_of(seen: decks.Seen) -> str:
    """What tells whether a slide's words are still those that somebody began to change."""
    return ids.digest(seen.described) if seen.described else ""


def back(slug: str, n: int, k: int) -> Response:
    """The way to a slide on the file's page."""
    return redirect(url_for("library.document", slug=slug, n=n, _anchor=f"slide-{k}"), 303)
