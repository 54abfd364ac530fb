"""From when until when, by a clock: what people type as moments, and moments as people say them."""

import re
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from forum.kit.days import in_words
from forum.kit.when import DAYS, zone_of

CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)


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


def spoken(span: Any, zone: str) -> str:
    """'Thursday 25 March 2027, 10:00 to 12:00', by the clock of a zone."""
    first, last = (one.astimezone(zone_of(zone)) for one in (span.starts_at, span.ends_at))
    end = f"{last:%H:%M}" if first.date() == last.date() else f"{on_day(last)}, {last:%H:%M}"
    return f"{on_day(first)}, {first:%H:%M} to {end}"


def on_day(local: datetime) -> str:
    """'Thursday 25 March 2027'."""
    return f"{DAYS[local.weekday()]} {in_words(local.date())}"


def zone_words(starts_at: datetime, zone: str) -> str:
    """'Europe/London time (GMT)': the clock that stands on the page."""
    short = starts_at.astimezone(zone_of(zone)).tzname() or ""
    known = f" ({short})" if short.isalpha() else f" (UTC{short})" if short[:1] in "+-" else ""
    return f"{zone.replace('_', ' ')} time{known}"


def other_clock(starts_at: datetime, zone: str, here: str) -> str:
    """The reader's zone, if its clock shows something else then; else ''."""
    clocks = [starts_at.astimezone(zone_of(name)).utcoffset() for name in (zone, here)]
    return "" if not zone or clocks[0] == clocks[1] else zone
