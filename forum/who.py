"""Who asks: one person, or everyone at once. Both answer the same questions in SQL, for access.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, false, or_, select, true, update

from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.lean import Columns, some
from forum.models import SEATED, Group, Membership, Standing, Theme, User

Condition = ColumnElement[bool]
Standings = tuple[Standing, ...]
some_group = some(Group, "id", "parent_id", "kind", "public_reading", "single_files", "facilitator_count")
some_membership = some(Membership, "user_id", "group_id", "standing", "until")


class Seat(NamedTuple):
    """Where a person stands in one group, with what the list of their groups shows."""

    group_id: int
    standing: Standing
    slug: str = ""
    name: str = ""
    hue: int = 1
    emblem: str = ""
    caught_up_at: datetime | None = None
    parent_id: int | None = None
    last_post_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who reads or acts. Falsy for a visitor."""

    id: int | None = None
    registered: bool = False
    suspended: bool = False
    admin: bool = False
    seats: Mapping[int, Seat] = field(default_factory=dict)
    name: str = ""
    handle: str = ""
    hue: int = 1
    organisation: str = ""
    photo_key: str | None = None
    theme: Theme = Theme.AUTO
    timezone: str = ""
    session_id: int | None = None
    #: when they last looked at the front page: now, and on the day before
    visited_at: datetime | None = None
    visited_before_at: datetime | None = None
    #: grows with what pages show to this person alone
    version: int = 0
    #: what they were told and have not seen: "group:level:hidden", with commas between
    told: str = ""
    #: what `holding` found: a page asks for the same again and again
    _held: dict[Standings, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.registered

    def standing(self, group_id: int) -> Standing | None:
        """What is stored of this person in a group."""
        seat = self.seats.get(group_id)
        return seat.standing if seat else None

    def holding(self, standings: Standings) -> tuple[int, ...]:
        """The ids of the groups where the person stands so; seats count only with one in each parent."""
        if not self.registered or self.suspended:
            return ()
        if standings not in self._held:
            seats = self.seats.values()
            self._held[standings] = tuple(s.group_id for s in seats if s.standing in standings and self._counts(s))
        return self._held[standings]

    def sits(self, group_id: int) -> bool:
        """Whether they have a seat there that counts: what `holding(SEATED)` says of one group."""
        seat = self.seats.get(group_id)
        return (
            self.registered and not self.suspended and seat is not None
            and seat.standing in SEATED and self._counts(seat)
        )  # fmt: skip

    def _counts(self, seat: Seat) -> bool:
        if seat.standing not in SEATED or seat.parent_id is None:
            return True
        above = self.seats.get(seat.parent_id)
        return above is not None and above.standing in SEATED and self._counts(above)

    def stands(self, group: Columns, standings: Standings, depth: int = 2) -> Condition:
        """SQL: the person stands so in that group (a seat counts only with one in each parent)."""
        ids = self.holding(standings)
        return group.id.in_(ids) if ids else false()

    def inside(self, group: Columns, depth: int = 2) -> Condition:
        """SQL: the group stands alone, or the person has a seat in its parent."""
        ids = self.holding(SEATED)
        return or_(group.parent_id.is_(None), group.parent_id.in_(ids)) if ids else group.parent_id.is_(None)

    def is_registered(self) -> Condition:
        """SQL: an active, confirmed account."""
        return true() if self.registered and not self.suspended else false()

    def is_(self, column: Any) -> Condition:
        """SQL: the column names this person."""
        return column == self.id if self.id is not None else false()


VISITOR = Person()


def live(membership: Columns) -> Condition:
    """SQL of: the standing counts, being no invitation or one that has not ended."""
    return or_(
        membership.until.is_(None), membership.until > bindparam("now", callable_=now, type_=Membership.until.type)
    )


def catch_up(person: Person, moment: datetime) -> None:
    """Marks all that was posted until then as read, in every group of theirs. Does not commit."""
    db.session.execute(update(Membership).where(Membership.user_id == person.id).values(caught_up_at=moment))


SEATS = Hot(
    select(
        Membership.group_id,
        Membership.standing,
        Group.slug,
        Group.name,
        Group.hue,
        Group.emblem,
        Membership.caught_up_at,
        Group.parent_id,
        Group.last_post_at,
        Group.version,
    )
    .join(Group, Group.id == Membership.group_id)
    .where(Membership.user_id == bindparam("me"), live(Membership))
    .order_by(Group.name),
    Seat,
)
PERSON_COLUMNS = (
    User.id, User.active, User.confirmed_at, User.admin, User.name, User.handle, User.hue,
    User.organisation, User.photo_key, User.theme, User.timezone, User.visited_at, User.visited_before_at,
    User.version,
)  # fmt: skip


def seats_of(user_id: int) -> dict[int, Seat]:
    """Where a person stands, by group id, in the order of the groups' names. One statement."""
    return {seat.group_id: seat for seat in SEATS.rows({"me": user_id})}


def person_from(row: Any, session_id: int | None = None) -> Person:
    """The person of a row of PERSON_COLUMNS, with their seats."""
    suspended = not row.active
    registered = row.confirmed_at is not None and not suspended
    return Person(
        id=row.id, registered=registered, suspended=suspended, admin=row.admin and registered,
        seats=seats_of(row.id) if registered else {}, name=row.name, handle=row.handle, hue=row.hue,
        organisation=row.organisation, photo_key=row.photo_key, theme=row.theme, timezone=row.timezone,
        session_id=session_id, visited_at=row.visited_at, visited_before_at=row.visited_before_at,
        version=row.version, told=getattr(row, "told", None) or "",
    )  # fmt: skip


PERSON = Hot(select(*PERSON_COLUMNS).where(User.id == bindparam("me")))


def person(user_id: int | None) -> Person:
    """The person with that number as they stand now; a visitor for None or an unknown one."""
    row = PERSON.first({"me": user_id}) if user_id else None
    return person_from(row) if row else VISITOR
