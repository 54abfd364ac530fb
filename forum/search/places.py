"""The groups of the site as one reader knows them: where a search may begin, and who can see what it finds."""

import json
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import String, cast, func, select

from forum.access import CARD, READ, TAKE_PART, Level, Person, level
from forum.index.matching import Scope, scope_of
from forum.kit.cache import Lru
from forum.kit.hot import Hot
from forum.models import SEATED, FileAudience, Group, Kind
from forum.sight import audience_of

_FACTS = (
    Group.id, Group.slug, Group.name, Group.hue, Group.kind, Group.public_reading, Group.single_files, Group.parent_id
)  # fmt: skip
#: every group there is, in one text: a row for each took three times as long
GROUPS = Hot(
    {
        "sqlite": select(func.json_group_array(func.json_array(*_FACTS))),
        "postgresql": select(cast(func.json_agg(func.json_build_array(*_FACTS)), String)),
    }
)
#: so many readers' knowledge is kept in each process, a twentieth of a megabyte for 300 groups
KEPT = 50


class Place(NamedTuple):
    """A group, as the rule needs it."""

    id: int
    slug: str
    name: str
    hue: int
    kind: Kind
    public_reading: bool
    single_files: bool
    parent: "Place | None"

    @property
    def open_to_all(self) -> bool:
        """Whether its posts bear the mark of those that everybody registered reads."""
        return self.kind == Kind.OPEN and self.parent is None


class Around:
    """All groups by their numbers, by name, and what a reader may in each. Show only those that are `known`."""

    def __init__(self, found: dict[int, Place], me: Person) -> None:
        self.found, self._signed_in = found, bool(me)
        self.levels: dict[int, Level] = {place.id: level(me, place) for place in found.values()}
        self.known = [place for place in found.values() if self.levels[place.id] >= CARD]
        seats = set(me.holding(SEATED))
        self.own = [place for place in self.known if place.id in seats]
        self.others = [place for place in self.known if place.id not in seats]

    @cached_property
    def scopes(self) -> tuple[Scope, Scope]:
        """Where to begin to look for what is written, and for files."""
        reads = (place.id for place in self.found.values() if self.levels[place.id] >= self._needed(place))
        sits = (number for number, level in self.levels.items() if level >= TAKE_PART)
        written = scope_of(reads, *(("open",) if self._signed_in else ()))
        return written, scope_of(sits, *(("web", "registered") if self._signed_in else ("web",)))

    def _needed(self, place: Place) -> Level:
        return TAKE_PART if place.open_to_all and self._signed_in else READ

    def named(self, slug: str) -> Place | None:
        """The group of that address, if the reader may know of it."""
        return next((place for place in self.known if place.slug == slug), None)


class Sign(NamedTuple):
    """Who can see something, in short."""

    icon: str
    words: str


class Thing(NamedTuple):
    """What the law needs of a row to say who can see it."""

    group: Place
    hidden_at: bool


class File(NamedTuple):
    """The same of a file."""

    group: Place
    hidden_at: bool
    audience: FileAudience
    post_id: int | None


_known: Lru[Any, Around] = Lru(KEPT)


def places(me: Person) -> Around:
    """What this reader knows of the groups. All that it depends on is its key: groups as they are now, and seats."""
    text = GROUPS.rows({})[0][0] or "[]"
    seats = tuple((seat.group_id, seat.standing) for seat in me.seats.values())
    return _known.get_or_make((text, me.registered, me.suspended, seats), lambda: Around(_read(text), me))


def _read(text: str) -> dict[int, Place]:
    rows = {row[0]: row for row in sorted(json.loads(text), key=lambda row: row[2].lower())}
    found: dict[int, Place] = {}

    def place(number: int) -> Place:
        if number not in found:
            _id, slug, name, hue, kind, public, single, parent = rows[number]
            above = place(parent) if parent else None
            found[number] = Place(number, slug, name, hue, Kind(kind), bool(public), bool(single), above)
        return found[number]

    return {number: place(number) for number in rows}


def sign_of(row: Any, place: Place) -> Sign:
    """Who can see a row that was found."""
    if hasattr(row, "audience"):
        return _sign(File(place, row.hidden_at is not None, row.audience, row.post_id and 1))
    return _sign(Thing(place, row.hidden_at is not None))


@lru_cache(maxsize=2_000)
def _sign(thing: Thing | File) -> Sign:
    audience, parent = audience_of(thing), thing.group.parent
    if audience == FileAudience.REGISTERED and parent:
        return Sign("lock", f"Members of {parent.name}")
    return {
        FileAudience.WEB: Sign("alert", "Anyone on the web"),
        FileAudience.REGISTERED: Sign("open", "Everyone signed in"),
        FileAudience.MEMBERS: Sign("lock", "Members of the group"),
        FileAudience.FACILITATORS: Sign("shield", "Facilitators of the group"),
    }[audience]
