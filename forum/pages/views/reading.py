"""The list of a group's pages, and one of them."""

from flask import render_template, request, url_for

from forum.access import can, enter, fetch, level, viewer
from forum.models import Page
from forum.pages.blueprint import bp
from forum.pages.linking import titled
from forum.pages.queries import editor_of, pages_of
from forum.pages.quoting import with_words, words_on
from forum.sight import masthead_sight, sight


@bp.get("")
def index(slug: str) -> str:
    """The pages of a group, those changed last first."""
    me = viewer()
    group = enter(me, slug)
    shelf = pages_of(me, group, request.args.get("before", ""))
    ways = {
        "newer_url": url_for(".index", slug=slug) if "before" in request.args else "",
        "older_url": url_for(".index", slug=slug, before=shelf.older) if shelf.older else "",
    }
    return render_template(
        "pages/index.html", nav="groups", group=group, level=level(me, group), sight=masthead_sight(group),
        rows=shelf.rows, page=ways, may_write=can(me, "preview", group),
    )  # fmt: skip


@bp.get("/<number:n>")
def page(slug: str, n: int) -> str:
    """A page as it is now."""
    me = viewer()
    found = fetch(Page, me, slug, n=n)
    words = words_on(me, found)
    return render_template(
        "pages/page.html", nav="groups", group=found.group, page=found, html=titled(me, with_words(found, words)),
        words=sorted((one for one in words.values() if one.mine), key=lambda one: one.number),
        editor=editor_of(found, me), sight=sight(found.group, "this page"), may_edit=can(me, "edit page", found),
        leads=can(me, "facilitate", found.group),
    )  # fmt: skip
