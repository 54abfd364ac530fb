"""The forms of the room: shape and limits, and times that can be."""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from forum.kit.clock import now
from forum.kit.days import day_from
from forum.kit.forms import AtMost, Form, Keyed, required
from forum.kit.when import zone_of
from forum.library.forms import FILES, AudienceChoice
from forum.members.forms import zone_choices
from forum.models import SeenBy, Workshop
from forum.pages.forms import NUMBER, in_limits
from forum.workshops.times import LONGEST, Span, Wrong, clock_from, dates, days, moment

SEEN_BY = [
    SelectChoice(SeenBy.MEMBERS.value, "Members of the group"),
    SelectChoice(SeenBy.COMING.value, "Those who are coming"),
    SelectChoice(SeenBy.FACILITATORS.value, "Facilitators alone"),
]
NAMES = [SelectChoice("names", "Names, with organisations"), SelectChoice("organisations", "Organisations alone")]
REPEATS = [
    SelectChoice("", "It does not repeat"),
    SelectChoice("weekly", "Every week"),
    SelectChoice("fortnightly", "Every two weeks"),
    SelectChoice("four-weekly", "Every four weeks"),
    SelectChoice("monthly", "Every month, on the same date"),
]
MOST_DATES, MOST_PLACES = 26, 5_000
#: columns that the form fills as they were typed
PLAIN = ("title", "zone", "place", "link", "meant_for", "agenda", "all_day")


def a_link(_form: Form, field: Any) -> None:
    """Validator: nothing, or a web address."""
    if not field.data:
        return
    try:
        parts = urlsplit(field.data)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in field.data
    except ValueError:
        right = False
    if not right:
        raise ValidationError("Write a web address, like https://meet.example.org/room")


class Number:
    """Validator: nothing, or a whole number up to a limit."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, _form: Form, field: Any) -> None:
        typed = field.data or ""
        whole = typed.isascii() and typed.isdecimal() and len(typed) < 10
        if typed and not (whole and self.least <= int(typed) <= self.most):
            raise ValidationError(f"Write a whole number from {self.least} to {self.most:,}")


class WorkshopForm(Keyed):
    """A workshop, new or changed. `revision` is the one that was on the screen."""

    title = StringField("Title", [required("Write a title"), AtMost(120)])
    day = StringField("Date", [required("Write the date")])
    last_day = StringField("Last day")
    all_day = BooleanField("Whole days")
    starts = StringField("Starts at")
    ends = StringField("Ends at")
    zone = SelectField("Time zone", choices=lambda: [choice for choice in zone_choices() if choice.value])
    place = StringField("Place", [AtMost(200)])
    link = StringField("Link to join online", [AtMost(500), a_link])
    meant_for = StringField("Who is it for?", [AtMost(300)])
    agenda = TextAreaField("Agenda", [in_limits])
    capacity = StringField("Places", [Number(1, MOST_PLACES)])
    seen_by = RadioField("Who sees who is coming?", choices=SEEN_BY, default=SeenBy.MEMBERS.value)
    shown = RadioField("What do they see?", choices=NAMES, default="names")
    repeats = SelectField("Repeats", choices=REPEATS, default="")
    times = StringField("How many times", [Number(2, MOST_DATES)])
    revision = HiddenField(filters=[lambda value: value if value and NUMBER.fullmatch(value) else "0"])
    spans: tuple[Span, ...] = ()
    new = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is right, and the times can be."""
        right = super().validate(extra_validators)
        try:
            self.spans = self._spans() if not (self.day.errors or self.zone.errors or self.times.errors) else ()
        except Wrong as wrong:
            self.refuse(wrong.name, wrong.why)
        return right and not self.errors

    def _spans(self) -> tuple[Span, ...]:
        """When it is: once, or at each of its dates. Raises Wrong."""
        zone = zone_of(self.zone.data)
        first = day_from(self.day.data)
        last = day_from(self.last_day.data) if self.last_day.data else first
        if first is None or not 1990 <= first.year <= 2200:
            raise Wrong("day", "Write a date, like 12 March 2027")
        if last is None or last < first or last - first > LONGEST:
            raise Wrong("last_day", "The last day is the first one, or one of the 31 after it")
        if self.new and first < now().astimezone(zone).date():
            raise Wrong("day", "The date must be today or later")
        if self.repeats.data and not self.times.data:
            raise Wrong("times", "Write how many times, the first one included")
        clock = None if self.all_day.data else (self._clock("starts"), self._clock("ends"))
        found = []
        for day in dates(first, self.repeats.data, int(self.times.data or 1)):
            until = day + (last - first)
            if clock is None:
                found.append(days(day, until, zone))
                continue
            span = Span(moment(day, clock[0], zone, "starts"), moment(until, clock[1], zone, "ends"))
            if span.ends_at <= span.starts_at:
                raise Wrong("ends", "It must end after it starts")
            found.append(span)
        return tuple(found)

    def _clock(self, name: str) -> time:
        if (found := clock_from(self[name].data or "")) is None:
            raise Wrong(name, "Write a time, like 10:00")
        return found

    @property
    def said(self) -> dict[str, Any]:
        """What was said, by the names of columns; without when it is."""
        capacity = int(self.capacity.data) if self.capacity.data else None
        plain = {name: self[name].data for name in PLAIN}
        return {
            **plain,
            "capacity": capacity,
            "seen_by": SeenBy(self.seen_by.data),
            "names": self.shown.data == "names",
        }


def typed(workshop: Workshop) -> dict[str, Any]:
    """What the form shows of a workshop that is there."""
    zone = zone_of(workshop.zone)
    first, last = (one.astimezone(zone) for one in (workshop.starts_at, workshop.ends_at))
    if workshop.all_day:
        last = datetime.fromtimestamp(workshop.ends_at.timestamp() - 1, zone)
    plain = {name: getattr(workshop, name) for name in PLAIN}
    until = f"{last:%Y-%m-%d}" if first.date() != last.date() else ""
    clock = {} if workshop.all_day else {"starts": f"{first:%H:%M}", "ends": f"{last:%H:%M}"}
    return {
        **plain, **clock, "day": f"{first:%Y-%m-%d}", "last_day": until,
        "capacity": str(workshop.capacity or ""), "seen_by": workshop.seen_by.value,
        "shown": "names" if workshop.names else "organisations", "revision": str(workshop.revision),
    }  # fmt: skip


class Cancellation(Form):
    """Why it does not take place."""

    why = StringField("Why?", [AtMost(300)])


class Afterwards(Form):
    """What is left of it."""

    recording = StringField("Recording", [AtMost(500), a_link])
    notes = TextAreaField("Notes", [in_limits])


class Materials(Keyed, AudienceChoice):
    """Files that belong to a workshop."""

    files = MultipleFileField("Files", render_kw=FILES)
