"""When a workshop is: at which dates, and how people say so, by the workshop's clock."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forum.kit import spans
from forum.kit.clock import now
from forum.kit.spans import Span, Wrong, clock_from, moment, on_day
from forum.kit.when import zone_of

__all__ = [
    "Span", "Wrong", "beginning", "clock_from", "dates", "days", "moment", "other_zone", "spoken", "zone_words",
]  # fmt: skip

#: how a workshop may repeat: days between its dates, 0 = the same date of each month
STEPS = {"weekly": 7, "fortnightly": 14, "four-weekly": 28, "monthly": 0}
LONGEST = timedelta(days=31)


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
    if not workshop.all_day:
        return spans.spoken(workshop, zone or workshop.zone)
    there = zone_of(zone or workshop.zone)
    first, last = workshop.starts_at.astimezone(there), workshop.ends_at.astimezone(there) - timedelta(seconds=1)
    return f"{on_day(first)}, all day" if first.date() == last.date() else f"{on_day(first)} to {on_day(last)}"


def beginning(workshop: Any, zone: str = "") -> str:
    """'Thursday 25 March, 10:00', for a page’s side; with its zone where the reader’s clock differs."""
    local = workshop.starts_at.astimezone(zone_of(workshop.zone))
    at = "" if workshop.all_day else f", {local:%H:%M}"
    other = f", {zone_words(workshop)}" if other_zone(workshop, zone) else ""
    return f"{on_day(local).removesuffix(f' {now().astimezone(local.tzinfo).year}')}{at}{other}"


def zone_words(workshop: Any, zone: str = "") -> str:
    """'Europe/London time (GMT)': the clock that stands on the page."""
    return spans.zone_words(workshop.starts_at, zone or workshop.zone)


def other_zone(workshop: Any, zone: str) -> str:
    """The reader's zone, if its clock shows something else then; else ''."""
    return "" if workshop.all_day else spans.other_clock(workshop.starts_at, zone, workshop.zone)
