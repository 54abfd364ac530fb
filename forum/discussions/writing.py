"""What a person wrote, made ready to be stored: rendered once, with who is mentioned and who can't be."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.access import Person, audience
from forum.discussions.citing import cited
from forum.discussions.queries.citations import Cited, Named
from forum.kit import text
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.models import Draft, Group, User


@dataclass(frozen=True)
class Written:
    """A text with its safe HTML, the people it mentions, and the handles of those who can't read it."""

    body: str
    html: str
    mentioned: tuple[int, ...] = ()
    unheard: tuple[str, ...] = ()
    #: the slides that it shows
    cites: tuple[Cited, ...] = ()


def write(body: str, thing: Any, me: Person | None = None, picked: Sequence[Named] = ()) -> Written:
    """The text rendered for whoever reads `thing` (a topic or group). Made before anything is written.

    `me` cites slides: those `picked`, and those whose address is in the text. Raises TooLong, in words for the person
    who wrote it.
    """
    handles = text.mentions(body) if "@" in body else []
    readers = named_readers(handles, thing)
    address = {handle: f"/people/{handle}" for handle in readers}
    html = str(text.render(body, mention=address.get, doc_id=secrets.token_hex(3)))
    unheard = tuple(handle for handle in handles if handle not in readers)
    return Written(body, html, tuple(readers.values()), unheard, cited(me, html, picked) if me else ())


def named_readers(handles: list[str], thing: Any) -> dict[str, int]:
    """Of these handles (small letters) those whose people may read the thing, with their numbers."""
    if not handles:
        return {}
    looks = [skeleton(handle) for handle in handles]
    may = audience(thing).with_only_columns(User.handle, User.id).where(User.handle_skeleton.in_(looks))
    found = {handle.lower(): number for handle, number in db.session.execute(may)}
    return {handle: found[handle] for handle in handles if handle in found}


def author_of(thing: Any) -> User:
    """The account that wrote a topic or post. One statement."""
    return db.session.scalars(select(User).where(User.id == thing.author_id)).one()


def draft_place(thing: Any) -> str:
    """Where the draft of a reply to a topic, or of a topic in a group, is kept."""
    return f"topic:{thing.id}" if isinstance(thing, Group) else f"reply:{thing.id}"


def from_draft(user_id: int, place: str) -> Draft | None:
    """What a person was typing there, if anything is kept."""
    return db.session.scalar(select(Draft).where(Draft.user_id == user_id, Draft.place == place))
