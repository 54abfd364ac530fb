"""What facilitators do with a page: protect it, delete it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import fetch, require, viewer
from forum.kit.db import db
from forum.models import Consent, Page
from forum.pages import actions
from forum.pages.blueprint import bp
from forum.pages.quoting import answer, quote_of
from forum.pages.views.writing import Answer, to_page
from forum.sight import sight


def led(slug: str, n: int) -> Page:
    """The page, for a facilitator."""
    page: Page = fetch(Page, viewer(), slug, n=n)
    require(viewer(), "facilitate", page.group)
    return page


@bp.post("/<number:n>/protection")
def protect(slug: str, n: int) -> Response:
    """Only facilitators change it from now on."""
    actions.protect(viewer(), led(slug, n), on=True)
    db.session.commit()
    return to_page(slug, n)


@bp.post("/<number:n>/protection/end")
def unprotect(slug: str, n: int) -> Response:
    """Members change it again."""
    actions.protect(viewer(), led(slug, n), on=False)
    db.session.commit()
    return to_page(slug, n)


@bp.route("/<number:n>/removal", methods=["GET", "POST"])
def removal(slug: str, n: int) -> Answer:
    """Asks whether a page is to be deleted, and deletes it."""
    page = led(slug, n)
    if request.method != "POST":
        return render_template(
            "pages/removal.html", nav="groups", group=page.group, page=page, base=url_for("pages.index", slug=slug),
            sight=sight(page.group, "this page"),
        )  # fmt: skip
    actions.remove(viewer(), page)
    db.session.commit()
    flash("The page is deleted.")
    return redirect(url_for("pages.index", slug=slug), 303)


@bp.post("/<number:n>/quotes/<number:k>/consent")
def agree(slug: str, n: int, k: int) -> Response:
    """Everyone who reads the page may read what this person wrote."""
    return answered(slug, n, k, Consent.GIVEN)


@bp.post("/<number:n>/quotes/<number:k>/refusal")
def refuse(slug: str, n: int, k: int) -> Response:
    """They would rather not be quoted there."""
    return answered(slug, n, k, Consent.REFUSED)


def answered(slug: str, n: int, k: int, consent: Consent) -> Response:
    """The way back to the page, once the author of what it quotes has said yes or no."""
    me = viewer()
    page = fetch(Page, me, slug, n=n)
    require(me, "preview", page.group)
    quote = quote_of(me, page, k)
    if quote is None:
        raise NotFound
    answer(me, quote, consent)
    db.session.commit()
    return to_page(slug, n)
