"""Links to things of this site, as a page shows them: with their titles, for those who may read them."""

import html
import re
from typing import Any

from flask import current_app
from markupsafe import Markup, escape
from sqlalchemy import and_, or_, select

from forum.access import Person, mentioned, readable
from forum.kit.db import db
from forum.models import Document, Group, Page, Topic

#: an address that was typed by itself, or a link without words
BARE = re.compile(r'<a href="(?P<href>[^"]+)"(?P<more>[^>]*)>(?P<words>[^<]*)</a>')
THING = re.compile(
    r"/groups/(?P<slug>[a-z0-9-]{1,80})/(?P<room>topics|library|pages)/(?P<n>[1-9]\d{0,8})(?:-[^/#?]*)?(?P<rest>[/#?].*)?"
)
#: of one page; further ones stay addresses
MOST = 100
MODELS: dict[str, Any] = {"topics": Topic, "library": Document, "pages": Page}
NEUTRAL = "a place that may not be open to you"
SLIDE = re.compile(r"(?:/versions/\d{1,9})?(?:/slides/|#slide-)(\d{1,4})")

Key = tuple[str, str, int]


def titled(me: Person, rendered: str) -> Markup:
    """The HTML of a page, in which links without words of their own have the title of what they lead to.

    What the reader may not read has none: it looks as what does not exist. At most three statements.
    """
    here = str(current_app.config["BASE_URL"]).rstrip("/")
    keys = list(dict.fromkeys(key for found in BARE.finditer(rendered) if (key := _key(found, here))))[:MOST]
    names = _names(me, keys)

    def drawn(found: re.Match[str]) -> str:
        key = _key(found, here)
        if key is None or key not in keys:
            return found[0]
        words = escape(names[key] + _part(found, here)) if key in names else escape(NEUTRAL)
        return f'<a href="{found["href"]}"{found["more"]}>{words}</a>'

    return Markup(BARE.sub(drawn, rendered) if keys else rendered)  # noqa: S704 cleaned when it was saved


def _key(found: re.Match[str], here: str) -> Key | None:
    """What a link leads to, if that is a thing of this site and the link has no words of its own."""
    target, words = (html.unescape(found[name]) for name in ("href", "words"))
    one = THING.fullmatch(target.removeprefix(here))
    own = words and words not in (target, target.partition("://")[2])
    return None if one is None or own else (one["room"], one["slug"], int(one["n"]))


def _part(found: re.Match[str], here: str) -> str:
    """Which slide or post of it the link means, in words."""
    one = THING.fullmatch(html.unescape(found["href"]).removeprefix(here))
    rest = (one and one["rest"]) or ""
    if slide := SLIDE.fullmatch(rest):
        return f", slide {slide[1]}"
    post = re.fullmatch(r"/posts/(\d{1,9})", rest)
    return f", post {post[1]}" if post and post[1] != "0" else ""


def _names(me: Person, keys: list[Key]) -> dict[Key, str]:
    """The titles of those things that this reader may know of."""
    names: dict[Key, str] = {}
    for room, model in MODELS.items():
        wanted = [(slug, n) for where, slug, n in keys if where == room]
        if wanted:
            may = or_(readable(Document, me), mentioned(me)) if model is Document else readable(model, me)
            these = or_(*(and_(Group.slug == slug, model.n == n) for slug, n in wanted))
            found = select(Group.slug, model.n, model.title).join(Group, Group.id == model.group_id)
            for slug, n, title in db.session.execute(found.where(these, may)):
                names[room, slug, n] = title
    return names
