"""What a person wrote, made ready to be stored: rendered once, with who is mentioned and who can't be."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from forum.access import Person
from forum.discussions.citing import cited
from forum.discussions.queries.citations import Cited, Named
from forum.discussions.queries.naming import named_hearers
from forum.discussions.queries.quotations import drawn
from forum.kit import text
from forum.kit.db import db
from forum.kit.quoting import filled
from forum.models import Group, User
from forum.quoting import Kept, Taken, stubbed, taken, with_marks


@dataclass(frozen=True)
class Written:
    """A text with its safe HTML, the people it mentions, and the handles of those who hear nothing of it."""

    body: str
    html: str
    mentioned: tuple[int, ...] = ()
    unheard: tuple[str, ...] = ()
    #: the slides that it shows
    cites: tuple[Cited, ...] = ()
    #: the words of other posts that it shows
    quotes: tuple[Taken, ...] = ()
    #: the text as it was written, with the words that it quotes
    source: str = ""

    @property
    def shown(self) -> Markup:
        """The HTML as its writer sees it before it is posted."""
        return filled(self.html, lambda number: drawn(one if (one := self.quotes[number - 1]).opens else None))


def write(
    body: str, thing: Any, me: Person | None = None, picked: Sequence[Named] = (), kept: Sequence[Kept] = ()
) -> Written:
    """The text rendered for whoever reads `thing` (a topic or group). Made before anything is written.

    `me` cites slides: those `picked`, and those whose address is in the text. What it quoted before is `kept`. Raises
    TooLong, in words for the person who wrote it.
    """
    source, found = body, taken(me, thing, body, kept)
    body, quotes = stubbed(body, found), tuple(one for _, one in found)
    handles = text.mentions(body) if "@" in body else []
    readers = named_hearers(handles, thing)
    address = {handle: f"/people/{handle}" for handle in readers}
    html = str(text.render(body, mention=address.get, doc_id=secrets.token_hex(3)))
    html = with_marks(html, quotes) if quotes else html
    unheard = tuple(handle for handle in handles if handle not in readers)
    cites = cited(me, html, picked) if me else ()
    return Written(body, html, tuple(readers.values()), unheard, cites, quotes, source)


def author_of(thing: Any) -> User:
    """The account that wrote a topic or post. One statement."""
    return db.session.scalars(select(User).where(User.id == thing.author_id)).one()


def draft_place(thing: Any) -> str:
    """Where the draft of a reply to a topic, or of a topic in a group, is kept."""
    return f"topic:{thing.id}" if isinstance(thing, Group) else f"reply:{thing.id}"
