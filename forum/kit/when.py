"""Dates as people here say them: relative within a day or so, British beyond, the whole date always at hand."""

import re
from collections.abc import Sized
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WITH_YEAR = timedelta(weeks=12)  # older than this, a date says its year
HOME = "Europe/London"


def init_app(app: Flask) -> None:
    """Templates know when, stamp, mid, full_date, waiting, filesize and plural, each as function and filter.

    The zone is the argument, else `timezone` in the template, else the setting TIMEZONE.
    """
    app.jinja_env.globals["timezone"] = app.config.get("TIMEZONE") or HOME
    words: dict[str, Any] = {"when": when, "stamp": stamp, "mid": mid, "full_date": full_date}
    words |= {"waiting": waiting, "filesize": filesize, "plural": plural}
    app.jinja_env.globals.update(words)
    app.jinja_env.filters.update(words)


@pass_context
def when(context: Context, moment: datetime, tz: str | None = None) -> Markup:
    """A <time> element: '20 min ago', 'Yesterday', 'Tuesday', '27 Feb', '27 Feb 2025'; its title is the whole date."""
    return said(moment, tz or context.get("timezone") or HOME)


def said(moment: datetime, tz: str) -> Markup:
    """The same, for a reader in that zone."""
    return _said(moment, tz, int(datetime.now(UTC).timestamp()) // 60)


@lru_cache(maxsize=8192)
def _said(moment: datetime, tz: str, minute: int) -> Markup:
    """The same in every page of that minute: a list of 25 rows took a third of a millisecond to say its dates."""
    zone = zone_of(tz)
    local = moment.astimezone(zone)
    words = relative(local, datetime.fromtimestamp(60 * minute, zone))
    return Markup(f'<time datetime="{machine(moment)}" title="{whole(local)}">{words}</time>')  # noqa: S704 numbers and our words


@pass_context
def stamp(context: Context, moment: datetime, tz: str | None = None) -> Markup:
    """A <time> element that holds all day: 'Today, 08:55', 'Yesterday, 17:30', '2 March, 13:40', with an old year."""
    zone = zone_of(tz or context.get("timezone") or HOME)
    local = moment.astimezone(zone)
    return Markup(f'<time datetime="{machine(moment)}">{on_day(local, datetime.now(zone))}</time>')  # noqa: S704 numbers and our words


def mid(said: Markup) -> Markup:
    """The same date in the middle of a sentence: 'today, 08:55', 'yesterday'. Names of days and months stay."""
    return Markup(re.sub(">(Today|Yesterday)", lambda found: found[0].lower(), said))  # noqa: S704 as it was


@pass_context
def full_date(context: Context, moment: datetime, tz: str | None = None) -> Markup:
    """A <time> element: '2 March 2026, 13:40'."""
    local = moment.astimezone(zone_of(tz or context.get("timezone") or HOME))
    return Markup(f'<time datetime="{machine(moment)}">{whole(local)}</time>')  # noqa: S704 numbers and our words


def waiting(since: datetime) -> str:
    """How long something has waited, in whole units: '3 days', '5 hours', '1 minute'."""
    seconds = int((datetime.now(UTC) - since).total_seconds())
    for size, one in ((86_400, "day"), (3_600, "hour")):
        if seconds >= size:
            return plural(seconds // size, one)
    return plural(max(1, seconds // 60), "minute")


def filesize(size: int) -> str:
    """Bytes as people say them: '4.2 MB', '38 KB', '1 byte'."""
    if size < 1_000:
        return plural(size, "byte")
    if size < 999_500:
        return f"{size / 1_000:.0f} KB"
    if size < 999_950_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{size / 1_000_000_000:.1f} GB"


def plural(number: int | Sized, one: str, many: str | None = None) -> str:
    """A number with its noun: '1 reply', '3,904 people'. A list counts as its length."""
    n = number if isinstance(number, int) else len(number)
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def relative(local: datetime, now: datetime) -> str:
    """The short words for a moment, both in the reader's zone."""
    age = (now - local).total_seconds()
    if age < -60:
        return f"{local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"
    if age < 3_600:
        return f"{int(age // 60)} min ago" if age >= 60 else "just now"
    days = now.toordinal() - local.toordinal()
    if days == 0 or age < 6 * 3_600:
        return plural(int(age // 3_600), "hour") + " ago"
    if days < 7:
        return "Yesterday" if days == 1 else DAYS[local.weekday()]
    year = f" {local.year}" if now - local > WITH_YEAR else ""
    return f"{local.day} {MONTHS[local.month - 1][:3]}{year}"


def on_day(local: datetime, now: datetime) -> str:
    """The day and the time of a moment, both in the reader's zone."""
    days = now.toordinal() - local.toordinal()
    year = f" {local.year}" if now - local > WITH_YEAR else ""
    day = {0: "Today", 1: "Yesterday"}.get(days) or f"{local.day} {MONTHS[local.month - 1]}{year}"
    return f"{day}, {local.hour:02}:{local.minute:02}"


def whole(local: datetime) -> str:
    """'2 March 2026, 13:40', in the zone of the moment."""
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local.hour:02}:{local.minute:02}"


def machine(moment: datetime) -> str:
    """The moment for programs: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of this name; the home zone when the machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(HOME)
