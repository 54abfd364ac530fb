"""Openings: readers are told before, the uploader sees them after. Counting waits in a buffer, as of downloads."""

import operator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import update
from werkzeug.exceptions import HTTPException

from forum import receipts
from forum.access import Person, fetch, require, viewer
from forum.kit.buffer import Buffer
from forum.kit.db import db
from forum.library import actions
from forum.library.blueprint import bp
from forum.library.forms import Recording
from forum.library.views.adding import Answer
from forum.models import Document, Receipts


def told(me: Person, file: Any) -> bool:
    """Whether a reader may open a file now: its uploader hears nothing of it, or the reader was told what. `file`: with
    .uploader_id and .receipts."""
    said = file.receipts == Receipts.NONE or not me or me.id == file.uploader_id
    return said or request.args.get("told") == file.receipts


def tell_first(me: Person, file: Any, slug: str, n: int) -> None:
    """Nothing; or raises what leads to the file's page, where it is said that opening is recorded."""
    if not told(me, file):
        raise HTTPException(response=redirect(url_for("library.document", slug=slug, n=n, _anchor="recorded"), 303))


def note(me: Person, document_id: int, file: Any) -> None:
    """Somebody opened a file, and was told before."""
    if key := receipts.key_of(me, document_id, file.uploader_id, file.receipts):
        openings.put(key, 1)


def looked_at(me: Person, document: Document) -> None:
    """Somebody opened the slides of a file. Call it when its page is made, if a person asked for it."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return
    number, own = document.id, me.id == document.uploader_id
    note(me, number, document)
    if request.method == "GET" and not own:
        views.put(number, 1)


@bp.route("/<int:n>/receipts", methods=["GET", "POST"])
def receipts_of(slug: str, n: int) -> Answer:
    """What the uploader wants to learn of those who open a file, and what they have learnt."""
    me = viewer()
    document = fetch(Document, me, slug, n=n)
    require(me, "see receipts", document)
    form = Recording(receipts=document.receipts.value)
    if form.submitted():
        actions.record_openings(me, document, Receipts(form.receipts.data))
        db.session.commit()
        flash("Openings are not recorded." if form.receipts.data == Receipts.NONE else "Readers are told from now on.")
        return redirect(url_for(".receipts_of", slug=slug, n=n), 303)
    page = render_template(
        "library/receipts.html", nav="groups", group=document.group, document=document, form=form,
        seen=receipts.seen(me, document), few=receipts.FEW,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _write_openings(entries: dict[receipts.Key, int]) -> None:
    receipts.keep(entries)
    db.session.commit()


def _write_views(entries: dict[int, int]) -> None:
    for number, times in entries.items():
        grown = update(Document).where(Document.id == number).values(view_count=Document.view_count + times)
        db.session.execute(grown)
    db.session.commit()


openings: Buffer[receipts.Key, int] = Buffer(_write_openings, merge=operator.add)
views: Buffer[int, int] = Buffer(_write_views, merge=operator.add)
