"""Slides one by one, of the newest version or of another: a page and two pictures. The rule is asked for each."""

import hashlib
from typing import Any

from flask import Response, render_template
from werkzeug.exceptions import NotFound

from forum.access import Person, can, fetch, viewer
from forum.library import decks
from forum.library.blueprint import bp
from forum.library.views.downloads import POLICY, given
from forum.library.views.receiving import looked_at, tell_first
from forum.models import Document
from forum.sight import draft_sight, sight


@bp.get("/<int:n>/slides/<int:k>")
@bp.get("/<int:n>/versions/<int:v>/slides/<int:k>", endpoint="slide_of_version")
def slide(slug: str, n: int, k: int, v: int | None = None) -> str:
    """One slide by itself, with the ways to those beside it."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    _, seen, pages = known(document, k, v)
    tell_first(me, document, slug, n)
    page = render_template(
        "library/slide.html", nav="groups", group=document.group, document=document, slide=seen, pages=pages,
        noun=decks.noun_of(document, seen), version=v, cite=citing(me, document, v or document.last_version),
        sight=sight(document, "this file") if document.posted_at else draft_sight("this file"),
    )  # fmt: skip
    looked_at(me, document)
    return page


def known(document: Document, k: int, v: int | None = None) -> tuple[Any, decks.Seen, int]:
    """A slide of a file that was let out by the rule. Raises NotFound."""
    found = decks.slide_of(document, k, v)
    if found is None:
        raise NotFound
    return found


def citing(me: Person, document: Document, v: int) -> str:
    """Where a topic about slides of a version is begun: what is missing is a slide's number. '' for whoever may not."""
    if document.posted_at is None or not can(me, "start topic", document.group):
        return ""
    slug = document.group.slug
    return f"/groups/{slug}/topics/new?cite={slug}/{document.n}/{v}/"


@bp.get("/<int:n>/slides/<int:k>/picture")
@bp.get("/<int:n>/versions/<int:v>/slides/<int:k>/picture", endpoint="picture_of_version")
def picture(slug: str, n: int, k: int, v: int | None = None) -> Response:
    """A slide as large as it is kept."""
    return drawn(slug, n, k, v, "large_key")


@bp.get("/<int:n>/slides/<int:k>/thumbnail")
@bp.get("/<int:n>/versions/<int:v>/slides/<int:k>/thumbnail", endpoint="thumbnail_of_version")
def thumbnail(slug: str, n: int, k: int, v: int | None = None) -> Response:
    """A slide for lists and small screens."""
    return drawn(slug, n, k, v, "small_key")


def drawn(slug: str, n: int, k: int, v: int | None, which: str) -> Response:
    """The picture, or the word that this reader has it already. Refuses as every page of the file does."""
    me = viewer()
    found = decks.picture_of(me, slug, n, k, v)
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
