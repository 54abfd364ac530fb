"""Which tags there are, and what bears one."""

from flask import render_template, request, url_for
from werkzeug.exceptions import NotFound

from forum import vocabulary
from forum.access import SignIn, can, enter, level, viewer
from forum.kit.tags import tidy
from forum.models import Group
from forum.sight import masthead_sight
from forum.tags.blueprint import bp
from forum.tags.queries import Borne, borne


@bp.get("/groups/<slug>/tags")
def index(slug: str) -> str:
    """The tags of a group, with how many topics and files bear each that this reader may read."""
    me = viewer()
    group = enter(me, slug)
    after = said("after")
    words, more = vocabulary.words(me, group, after)
    return render_template(
        "tags/index.html", nav="groups", group=group, level=level(me, group), sight=masthead_sight(group),
        words=words, followed=set(vocabulary.followed(me, group)) if me else set(),
        pages={
            "newer_url": url_for(".index", slug=slug) if after else "",
            "older_url": url_for(".index", slug=slug, after=more) if more else "",
        },
    )  # fmt: skip


def said(name: str) -> str:
    """A word of the address, as a database takes it."""
    return request.args.get(name, "").replace("\0", "")[:200]


@bp.get("/groups/<slug>/tags/<tag>")
def tag(slug: str, tag: str) -> str:
    """What bears a tag in a group. 404 where nothing does that this reader may read."""
    me = viewer()
    group = enter(me, slug)
    word = tidy(tag.replace("\0", ""))
    found = borne(me, word, group, said("topics"), said("files"))
    known = vocabulary.word(me, group, word)
    if known is None:
        raise NotFound
    return render_template(
        "tags/tag.html", nav="groups", group=group, level=level(me, group), sight=masthead_sight(group),
        tag=word, known=known, found=found, pages=pages(found, url_for(".tag", slug=slug, tag=word)),
        may_follow=can(me, "follow", group), following=known.followed,
        leads=can(me, "facilitate", group),
    )  # fmt: skip


@bp.get("/tags/<tag>")
def everywhere(tag: str) -> str:
    """What bears a tag in the reader's own groups."""
    me = viewer()
    if not me:
        raise SignIn
    word = tidy(tag.replace("\0", ""))
    found = borne(me, word, None, said("topics"), said("files"))
    if not found.topics and not found.files:
        raise NotFound
    here = pages(found, url_for(".everywhere", tag=word))
    return render_template("tags/everywhere.html", nav="home", tag=word, found=found, pages=here)


def pages(found: Borne, here: str) -> dict[str, dict[str, str]]:
    """The ways to the pages on either side, of topics and of files."""
    older = {"topics": found.older_topics, "files": found.older_files}
    return {
        what: {
            "newer_url": here if said(what) else "",
            "older_url": f"{here}?{what}={key}#{what}-h" if key else "",
        }
        for what, key in older.items()
    }


def known_tag(group: Group, tag: str) -> str:
    """The tag, if it exists for this reader. Raises NotFound."""
    word = tidy(tag.replace("\0", ""))
    if vocabulary.word(viewer(), group, word) is None:
        raise NotFound
    return word
