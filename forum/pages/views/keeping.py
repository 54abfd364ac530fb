"""What facilitators do with a page: protect it, delete it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from forum.access import fetch, require, viewer
from forum.kit.db import db
from forum.models import Consent, Page
from forum.pages import actions
from forum.pages.blueprint import bp
from forum.pages.consent import Gone, Quoted, answer, own_quote
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


QUOTE = "/<number:n>/quotes/<number:k>"


def asked(slug: str, n: int, k: int) -> Quoted:
    """What a page quotes of this person. For anybody else there is no such thing."""
    found = own_quote(viewer(), slug, n, k)
    if found is None:
        fetch(Page, viewer(), slug, n=n)
        raise NotFound
    return found


@bp.get(QUOTE)
def quotation(slug: str, n: int, k: int) -> str:
    """Their own words, and what they say to their being quoted. Of a page that they may not read nothing else."""
    found = asked(slug, n, k)
    here = {"group": found.page.group, "page": found.page} if found.opens else {}
    return render_template(
        "pages/quotation.html", nav="groups", quote=found.quote, words=found.words, stands=found.stands,
        here=request.path, **here,
    )  # fmt: skip


@bp.post(QUOTE + "/consent")
def agree(slug: str, n: int, k: int) -> Response:
    """Everyone who reads the page may read what this person wrote."""
    if not asked(slug, n, k).opens:
        raise NotFound
    return answered(slug, n, k, Consent.GIVEN)


@bp.post(QUOTE + "/refusal")
def refuse(slug: str, n: int, k: int) -> Response:
    """They would rather not be quoted there."""
    return answered(slug, n, k, Consent.REFUSED)


def answered(slug: str, n: int, k: int, consent: Consent) -> Response:
    """The way back to the page, once the author of what it quotes has said yes or no; or to their words alone."""
    found = asked(slug, n, k)
    try:
        answer(found, consent)
    except Gone:
        raise Conflict("The page was changed: it does not quote these words any more.") from None
    db.session.commit()
    if found.opens:
        return to_page(slug, n)
    return redirect(url_for("pages.quotation", slug=slug, n=n, k=k), 303)
