"""Tags renamed and merged by facilitators."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum import vocabulary
from forum.access import FACILITATE, OWN, Person, enter, level, viewer
from forum.held import Settled
from forum.kit.db import db
from forum.models import Group
from forum.sight import masthead_sight
from forum.tags import actions
from forum.tags.blueprint import bp
from forum.tags.forms import NewName
from forum.tags.views.pages import known_tag, said

Answer = str | Response | tuple[str, int]
MANAGE = "/groups/<slug>/manage/tags"


def leader(slug: str) -> tuple[Person, Group]:
    """A facilitator and their group. For everybody else these pages do not exist."""
    me = viewer()
    group = enter(me, slug)
    if level(me, group) < FACILITATE:
        raise NotFound
    return me, group


def drawn(template: str, me: Person, group: Group, **values: Any) -> str:
    """A page below Manage."""
    granted = level(me, group)
    head = {"nav": "groups", "tab": "manage", "page": "tags", "level": granted, "owns": granted >= OWN}
    return render_template(f"tags/{template}.html", **head, group=group, sight=masthead_sight(group), **values)


@bp.get(MANAGE)
def mend(slug: str) -> str:
    """The tags of the group, each with the way to rename it."""
    me, group = leader(slug)
    after = said("after")
    words, more = vocabulary.words(me, group, after)
    pages = {
        "newer_url": url_for(".mend", slug=slug) if after else "",
        "older_url": url_for(".mend", slug=slug, after=more) if more else "",
    }
    return drawn("mend", me, group, words=words, pages=pages)


@bp.route(f"{MANAGE}/<tag>", methods=["GET", "POST"])
def rename(slug: str, tag: str) -> Answer:
    """A tag called otherwise. Where there is one of that name, that is said first, and confirmed."""
    me, group = leader(slug)
    if request.method == "POST":
        return sent(me, group, tag)
    word = known_tag(group, tag)
    return page(me, group, word, NewName(None, data={"to": word}))


def sent(me: Person, group: Group, tag: str) -> Answer:
    """What comes of the form: the tag's page, or this one again."""
    slug, form = group.slug, NewName()
    right = form.submitted()
    if right and form.to.data == tag:
        form.refuse("to", "It is called so already")
    if not right or form.errors:
        return page(me, group, known_tag(group, tag), form), 422
    other = vocabulary.word(me, group, form.to.data)
    if other is not None and form.merge.data != form.to.data:
        word = known_tag(group, tag)
        form.merge.data = form.to.data
        return page(me, group, word, form, other), 422
    try:
        merged = actions.rename(me, group, tag, form.to.data, merging=form.merge.data == form.to.data)
    except Settled as settled:
        db.session.rollback()
        flash(settled.description or "", "warn")
        return mend(slug), 409
    db.session.commit()
    flash(f"“{tag}” is part of “{form.to.data}” now." if merged else f"“{tag}” is called “{form.to.data}” now.")
    return redirect(url_for(".mend", slug=slug), 303)


def page(me: Person, group: Group, tag: str, form: NewName, other: vocabulary.Word | None = None) -> str:
    """The page of one tag. `other`: the tag that it would be merged with."""
    known = vocabulary.word(me, group, tag)
    return drawn("rename", me, group, tag=tag, form=form, known=known, other=other, offered=_others(me, group, tag))


def _others(me: Person, group: Group, tag: str) -> list[str]:
    return [word for word in vocabulary.offered(me, group) if word != tag]
