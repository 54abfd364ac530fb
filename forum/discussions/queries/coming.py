"""The workshops that come next, for the side of the front page and of a group's.

Remembered for each group and day until something in the group changes: who reads the group reads them. Whether the
reader comes is asked each time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import bindparam, case, func, literal, select, true
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.kit.cache import Lru
from forum.kit.clock import now
from forum.kit.hot import Hot, as_numbers, over_numbers
from forum.models import Booking, Group, Standing, Workshop
from forum.who import Seat

#: of each group so many are remembered; of all, so many shown; the front page looks so far ahead
NEXT, SHOWN, AHEAD = 8, 3, timedelta(weeks=4)
#: how many groups are remembered in each process
KEPT = 200


class Coming(NamedTuple):
    """A workshop that is not over. `state`: 'going', 'waiting', or neither."""

    group_id: int
    slug: str
    group_name: str
    id: int
    n: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    place: str
    online: bool
    state: str = ""
    on: bool = False


def _made(lateral: bool, groups: Any) -> Any:
    ahead, moment = aliased(Workshop), bindparam("at", type_=Workshop.ends_at.type)
    following = (
        select(ahead.id)
        .where(ahead.group_id == Group.id, ahead.cancelled_at.is_(None), ahead.ends_at > moment)
        .order_by(ahead.starts_at, ahead.id)
        .limit(NEXT)
        .correlate(Group)
    )
    shown = (
        Workshop.id, Workshop.n, Workshop.title, Workshop.starts_at, Workshop.ends_at, Workshop.zone,
        Workshop.all_day, Workshop.place, (func.length(Workshop.link) > 0).label("online"),
    )  # fmt: skip
    named = (Group.id.label("group_id"), Group.slug, Group.name.label("group_name"))
    found = select(*named, *shown).select_from(Group)
    if lateral:
        each = following.lateral()
        found = found.join(each, true()).join(Workshop, Workshop.id == each.c.id)
    else:
        found = found.join(Workshop, Workshop.id.in_(following))
    return found.where(Group.id.in_(groups), readable(Workshop, ASKER))


WORKSHOPS = Hot(over_numbers(lambda groups, engine: _made(engine == "postgresql", groups)))
BOOKED = Hot(
    over_numbers(
        lambda workshops, _engine: select(Booking.workshop_id, Booking.seat_at.is_not(None).label("seated")).where(
            Booking.user_id == bindparam("me"), Booking.workshop_id.in_(workshops)
        )
    )
)
#: all that they come to or wait for, as rows (workshop's id, 1 with a place, `what`): beside how far they have read
BOOKINGS = (
    select(Booking.workshop_id, case((Booking.seat_at.is_(None), 0), else_=1), literal("workshop").label("what"))
    .join(Workshop, Workshop.id == Booking.workshop_id)
    .where(Booking.user_id == bindparam("me"), Workshop.ends_at > bindparam("at", type_=Workshop.ends_at.type))
)


def coming_in(groups: Mapping[int, int]) -> list[Coming]:
    """What comes next in these groups (their versions by their ids). One statement, for those that changed."""
    kept: Lru[Any, list[Coming]] = current_app.extensions["coming"]
    moment = now()
    today = moment.date()
    keys = {group_id: (group_id, version, today) for group_id, version in groups.items()}
    found = kept.all_or_make(keys, lambda missing: _load(missing, moment))
    ahead = (one for known in found.values() for one in known if one.ends_at > moment)
    return sorted(ahead, key=attrgetter("starts_at", "id"))


def soon(groups: Mapping[int, int]) -> list[Coming]:
    """The same within AHEAD: what may stand on the front page."""
    end = now() + AHEAD
    return [one for one in coming_in(groups) if one.starts_at < end][:SHOWN]


def coming_here(me: Person, group: Any) -> list[Coming]:
    """What comes next in a group that the reader reads, and whether they come. At most two statements."""
    ahead = coming_in({group.id: group.version})[:SHOWN]
    if not ahead or not me:
        return with_mine(ahead, {})
    rows = BOOKED.rows({"me": me.id, "numbers": as_numbers(one.id for one in ahead)})
    return with_mine(ahead, {row.workshop_id: row.seated for row in rows})


def with_mine(ahead: Iterable[Coming], booked: Mapping[int, bool | int]) -> list[Coming]:
    """The same with what the reader booked: by the workshop's id, whether they have a place."""
    states = {number: "going" if seated else "waiting" for number, seated in booked.items()}
    return [one._replace(state=states.get(one.id, ""), on=one.starts_at <= now()) for one in ahead]


def _load(groups: list[int], moment: datetime) -> dict[int, list[Coming]]:
    anyone = Person(registered=True, seats={group_id: Seat(group_id, Standing.MEMBER) for group_id in groups})
    found = defaultdict(list)
    for row in WORKSHOPS.rows({**asked_by(anyone), "numbers": as_numbers(groups), "at": moment}):
        found[row.group_id].append(Coming(*row))
    return {group_id: found[group_id] for group_id in groups}


def init_app(app: Flask) -> None:
    """The app remembers what comes in its groups."""
    app.extensions["coming"] = Lru(KEPT)
