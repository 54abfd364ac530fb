"""When a workshop is: what people type as moments, and moments as people say them, by the workshop's clock."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from forum.kit.clock import now
from forum.kit.days import in_words
from forum.kit.when import DAYS, zone_of

CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
#: how a workshop may repeat: days between its dates, 0 = the same date of each month
STEPS = {"weekly": 7, "fortnightly": 14, "four-weekly": 28, "monthly": 0}
LONGEST = timedelta(days=31)


class Wrong(Exception):
    """A time that can't be: which field of the form is wrong, and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name, self.why = name, why


class Span(NamedTuple):
    """From one moment to another, both in UTC."""

    starts_at: datetime
    ends_at: datetime


def clock_from(typed: str) -> time | None:
    """The time of day that somebody typed: '10:00', '9.30', '2 pm'. None = no time."""
    found = CLOCK.fullmatch(typed.strip())
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return time(hour, minute) if hour < 24 and minute < 60 else None


def moment(day: date, at: time, zone: ZoneInfo, name: str) -> datetime:
    """The moment of a time on a clock, in UTC. Raises Wrong for one that the clock leaps over."""
    local = datetime.combine(day, at, zone)
    there = local.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Wrong(name, f"There is no {at:%H:%M} on {in_words(day)} in this zone: the clocks go forward")
    return there


def days(first: date, last: date, zone: ZoneInfo) -> Span:
    """Whole days, the last one included."""
    return Span(_midnight(first, zone), _midnight(last + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Where a day begins; where its midnight is leapt over, the first moment after."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def dates(first: date, repeats: str, times: int) -> Iterator[date]:
    """The dates of a workshop that repeats so, the first one included. A month without that date has its last day."""
    for at in range(times if repeats in STEPS else 1):
        if repeats != "monthly":
            yield first + timedelta(days=at * STEPS.get(repeats, 0))
            continue
        month = first.month - 1 + at
        year, month = first.year + month // 12, month % 12 + 1
        yield date(year, month, min(first.day, monthrange(year, month)[1]))


def spoken(workshop: Any, zone: str = "") -> str:
    """'Thursday 25 March 2027, 10:00 to 12:00', by the workshop's clock, or the one of another zone."""
    there = zone_of(zone or workshop.zone)
    first, last = (moment.astimezone(there) for moment in (workshop.starts_at, workshop.ends_at))
    if workshop.all_day:
        last -= timedelta(seconds=1)
        return f"{_day(first)}, all day" if first.date() == last.date() else f"{_day(first)} to {_day(last)}"
    end = f"{last:%H:%M}" if first.date() == last.date() else f"{_day(last)}, {last:%H:%M}"
    return f"{_day(first)}, {first:%H:%M} to {end}"


def beginning(workshop: Any, zone: str = "") -> str:
    """'Thursday 25 March, 10:00', for a page’s side; with its zone where the reader’s clock differs."""
    local = workshop.starts_at.astimezone(zone_of(workshop.zone))
    at = "" if workshop.all_day else f", {local:%H:%M}"
    other = f", {zone_words(workshop)}" if other_zone(workshop, zone) else ""
    return f"{_day(local).removesuffix(f' {now().astimezone(local.tzinfo).year}')}{at}{other}"


def _day(local: datetime) -> str:
    return f"{DAYS[local.weekday()]} {in_words(local.date())}"


def zone_words(workshop: Any, zone: str = "") -> str:
    """'Europe/London time (GMT)': the clock that stands on the page."""
    name = zone or workshop.zone
    short = workshop.starts_at.astimezone(zone_of(name)).tzname() or ""
    known = f" ({short})" if short.isalpha() else f" (UTC{short})" if short[:1] in "+-" else ""
    return f"{name.replace('_', ' ')} time{known}"


def other_zone(workshop: Any, zone: str) -> str:
    """The reader's zone, if its clock shows something else then; else ''."""
    clocks = [workshop.starts_at.astimezone(zone_of(name)).utcoffset() for name in (zone, workshop.zone)]
    return "" if not zone or workshop.all_day or clocks[0] == clocks[1] else zone
