"""What a page said before, and the way back to it."""

from flask import flash, redirect, render_template, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import can, fetch, require, viewer
from forum.kit import text
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Page, PageVersion
from forum.pages import actions
from forum.pages.blueprint import bp
from forum.pages.queries import version_at, versions_of
from forum.pages.views.writing import by_person, to_page, write_limit
from forum.sight import sight


def version(page: Page, k: int) -> PageVersion:
    """What the page said then."""
    found = version_at(page, k)
    if found is None:
        raise NotFound
    return found


@bp.get("/<number:n>/history")
def history(slug: str, n: int) -> str:
    """Every version of a page: when, by whom."""
    me = viewer()
    page = fetch(Page, me, slug, n=n)
    return render_template(
        "pages/history.html", nav="groups", group=page.group, page=page, versions=versions_of(page, me),
        base=url_for("pages.index", slug=slug), sight=sight(page.group, "this page"),
    )  # fmt: skip


@bp.get("/<number:n>/history/<number:k>")
def change(slug: str, n: int, k: int) -> str:
    """What one version changed, and all that it said."""
    me = viewer()
    page = fetch(Page, me, slug, n=n)
    now_, before = version(page, k), version_at(page, k - 1)
    title = text.diff(before.title, now_.title) if before and before.title != now_.title else None
    return render_template(
        "pages/change.html", nav="groups", group=page.group, page=page, version=now_, title=title,
        changed=text.diff(before.body if before else "", now_.body), first=before is None,
        base=url_for("pages.index", slug=slug), sight=sight(page.group, "this page"),
        may_revert=can(me, "edit page", page) and k != page.revision,
    )  # fmt: skip


@bp.post("/<number:n>/history/<number:k>/return")
@limiter.limit(write_limit, key_func=by_person)
def revert(slug: str, n: int, k: int) -> Response:
    """The page says again what it said then, as a new version."""
    me = viewer()
    page = fetch(Page, me, slug, n=n)
    require(me, "edit page", page)
    then = version(page, k)
    try:
        actions.save(me, page, page.revision, then.title, then.body, restores=k)
    except actions.Stale:
        db.session.rollback()
        flash("Somebody saved this page in the same moment. Look at it again first.", "warn")
        return redirect(url_for("pages.history", slug=slug, n=n), 303)
    except text.TooLong as error:
        db.session.rollback()
        flash(f"That version can’t be brought back as it was. {error}", "warn")
        return redirect(url_for("pages.history", slug=slug, n=n), 303)
    db.session.commit()
    flash(f"The page says again what it said in version {k}.")
    return to_page(slug, n)
