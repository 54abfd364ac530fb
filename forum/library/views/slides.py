"""Slides one by one: a page, two pictures, and what a person writes of it. The rule is asked for each of them."""

import hashlib
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answered

from forum.access import fetch, require, viewer
from forum.kit import ids
from forum.kit.db import db
from forum.library import actions, decks
from forum.library.blueprint import bp
from forum.library.forms import SlideWords
from forum.library.views.adding import Answer
from forum.library.views.downloads import POLICY, given
from forum.models import Document
from forum.sight import draft_sight, sight


@bp.get("/<int:n>/slides/<int:k>")
def slide(slug: str, n: int, k: int) -> str:
    """One slide by itself, with the ways to those beside it."""
    document = fetch(Document, viewer(), slug, n=n)
    row, seen, pages = known(document, k)
    return render_template(
        "library/slide.html", nav="groups", group=document.group, document=document, slide=seen, pages=pages,
        noun=decks.noun_of(document, seen), version=row.version_id,
        sight=sight(document, "this file") if document.posted_at else draft_sight("this file"),
    )  # fmt: skip


def known(document: Document, k: int) -> tuple[Any, decks.Seen, int]:
    """A slide of a file that was let out by the rule. Raises NotFound."""
    found = decks.slide_of(document, k)
    if found is None:
        raise NotFound
    return found


@bp.get("/<int:n>/slides/<int:k>/picture")
def picture(slug: str, n: int, k: int) -> Response:
    """A slide as large as it is kept."""
    return drawn(slug, n, k, "large_key")


@bp.get("/<int:n>/slides/<int:k>/thumbnail")
def thumbnail(slug: str, n: int, k: int) -> Response:
    """A slide for lists and small screens."""
    return drawn(slug, n, k, "small_key")


def drawn(slug: str, n: int, k: int, which: str) -> Response:
    """The picture, or the word that this reader has it already. Refuses as every page of the file does."""
    me = viewer()
    found = decks.picture_of(me, slug, n, k)
    if found is None or getattr(found, which) is None:
        fetch(Document, me, slug, n=n)
        raise NotFound
    key = getattr(found, which)
    name = hashlib.blake2b(repr((me.id, found.id, key)).encode(), digest_size=12).hexdigest()
    reply = given(found, key, "image/webp", name, None)
    reply.headers["Cache-Control"] = "private, no-cache"
    reply.headers["Content-Security-Policy"] = POLICY
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply


@bp.route("/<int:n>/slides/<int:k>/text", methods=["GET", "POST"])
def describe(slug: str, n: int, k: int) -> Answer:
    """What is read out in place of a slide, written by a person."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "edit document", document)
    row, seen, _ = known(document, k)
    form, mark = SlideWords(described=seen.words, before=mark_of(seen)), mark_of(seen)
    theirs = None
    if form.submitted():
        if form.before.data == mark and actions.describe(me, document, row, form.described.data):
            db.session.commit()
            flash(f"The words of {decks.noun_of(document, seen).lower()} {k} are changed.")
            return back(slug, n, k)
        db.session.rollback()
        theirs, form.before.data = seen.words, mark
    page = render_template(
        "library/describe.html", nav="groups", group=document.group, document=document, slide=seen, form=form,
        noun=decks.noun_of(document, seen), theirs=theirs,
    )  # fmt: skip
    return page, 409 if theirs is not None else 422 if request.method == "POST" else 200


def mark_of(seen: decks.Seen) -> str:
    """What tells whether a slide's words are still those that somebody began to change."""
    return ids.digest(seen.described) if seen.described else ""


def back(slug: str, n: int, k: int) -> Answered:
    """The way to a slide on the file's page."""
    return redirect(url_for("library.document", slug=slug, n=n, _anchor=f"slide-{k}"), 303)
