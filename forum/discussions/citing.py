"""Which slides a text cites: those chosen beside it, and those whose address is a link in it."""

import html
import re
from collections.abc import Iterable, Sequence

from flask import current_app

from forum.access import Person
from forum.discussions.queries.citations import Cited, Named, slides_named
from forum.kit.text import TooLong

#: slides that one post can cite
MOST = 10
LINK = re.compile(r'<a href="([^"]+)"')
ADDRESS = re.compile(
    r"/groups/(?P<slug>[a-z0-9-]{1,80})/library/(?P<n>\d{1,9})(?:/versions/(?P<v>\d{1,9}))?(?:/slides/|#slide-)(?P<k>\d{1,4})"
)
PICK = re.compile(r"([a-z0-9-]{1,80})/(\d{1,9})/(\d{1,9})/(\d{1,4})")


def picks(values: Iterable[str]) -> list[Named]:
    """The slides that a form names, as `Cited.value` writes them; what names none is left out."""
    found = (PICK.fullmatch(value) for value in list(values)[: 2 * MOST])
    return [Named(one[1], int(one[2]), int(one[3]), int(one[4])) for one in found if one]


def links(rendered: str) -> list[Named]:
    """The slides that links of a rendered text lead to: on this site, by their whole address or from its root."""
    if "/library/" not in rendered:
        return []
    here = str(current_app.config["BASE_URL"]).rstrip("/")
    targets = (html.unescape(target).removeprefix(here) for target in LINK.findall(rendered))
    found = (ADDRESS.fullmatch(target) for target in targets)
    return [
        Named(one["slug"], int(one["n"]), int(one["v"]) if one["v"] else None, int(one["k"])) for one in found if one
    ]


def cited(me: Person, rendered: str, picked: Sequence[Named]) -> tuple[Cited, ...]:
    """What a text cites of what its writer may open; other addresses stay plain links. Raises TooLong above MOST."""
    named = list(dict.fromkeys([*picked, *links(rendered)]))
    if len(named) > 5 * MOST:
        raise TooLong(f"A post can cite up to {MOST} slides, and this one cites {len(named)}. Leave some out.")
    found = slides_named(me, named, picked)
    if len(found) > MOST:
        raise TooLong(f"A post can cite up to {MOST} slides, and this one cites {len(found)}. Leave some out.")
    return tuple(found)
