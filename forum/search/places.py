"""The groups of the site as plain rows: where a search may begin, and who can see what it finds."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select

from forum.access import CARD, NOTHING, Level, Person, level
from forum.kit.hot import Hot
from forum.models import FileAudience, Group, Kind
from forum.sight import audience_of

#: every group there is
GROUPS = Hot(
    select(
        Group.id, Group.slug, Group.name, Group.hue, Group.kind, Group.public_reading, Group.single_files,
        Group.parent_id,
    ).order_by(func.lower(Group.name))
)  # fmt: skip


@dataclass(slots=True)
class Place:
    """A group, as the rule needs it, and what the reader may in it."""

    id: int
    slug: str
    name: str
    hue: int
    kind: Kind
    public_reading: bool
    single_files: bool
    parent_id: int | None
    parent: "Place | None" = None
    level: Level = NOTHING

    @property
    def known(self) -> bool:
        """Whether the reader may know of it."""
        return self.level >= CARD

    @property
    def open_to_all(self) -> bool:
        """Whether its posts bear the mark of those that everybody registered reads."""
        return self.kind == Kind.OPEN and self.parent_id is None


class Sign(NamedTuple):
    """Who can see something, in short."""

    icon: str
    words: str


class Thing(NamedTuple):
    """What the law needs of a row to say who can see it."""

    group: Place
    hidden_at: Any


class File(NamedTuple):
    """The same of a file."""

    group: Place
    hidden_at: Any
    audience: FileAudience
    post_id: int | None


def places(me: Person) -> dict[int, Place]:
    """All groups by their numbers, by name, each with the level of this reader. Show only those that are known."""
    found = {row.id: Place(*row) for row in GROUPS.rows({})}
    for place in found.values():
        place.parent = found[place.parent_id] if place.parent_id else None
    for place in found.values():
        place.level = level(me, place)
    return found


def sign_of(row: Any, place: Place) -> Sign:
    """Who can see a row that was found."""
    filed = hasattr(row, "audience")
    audience = audience_of(
        File(place, row.hidden_at, row.audience, row.post_id) if filed else Thing(place, row.hidden_at)
    )
    if audience == FileAudience.REGISTERED and place.parent:
        return Sign("lock", f"Members of {place.parent.name}")
    return {
        FileAudience.WEB: Sign("alert", "Anyone on the web"),
        FileAudience.REGISTERED: Sign("open", "Everyone signed in"),
        FileAudience.MEMBERS: Sign("lock", "Members of the group"),
        FileAudience.FACILITATORS: Sign("shield", "Facilitators of the group"),
    }[audience]
