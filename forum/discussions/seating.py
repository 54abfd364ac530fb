"""The forms of a hot seat: who sits in it and when, a question, an answer, and why one is set aside."""

import re
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from forum.discussions.forms import NUMBER, in_limits
from forum.kit.clock import now
from forum.kit.days import day_from
from forum.kit.forms import AtMost, Form, Keyed, required
from forum.kit.quoting import quotes_in
from forum.kit.spans import Span, Wrong, clock_from, moment
from forum.kit.when import zone_of

#: people in one hot seat, how long it may last, how far ahead it may begin, and characters of a question
PEOPLE, LONGEST, FARTHEST, SHORT = 5, timedelta(days=14), timedelta(days=366), 500
HANDLES = re.compile(r"[\s,;]+")


def handles_in(typed: str) -> list[str]:
    """The handles that somebody typed, in small letters, each once."""
    return list(dict.fromkeys(word.lstrip("@").lower() for word in HANDLES.split(typed) if word.lstrip("@")))


class SeatForm(Form):
    """Who sits in it, and when, by the clock of `zone`. `revision` is the one that was on the screen."""

    who = StringField("Who sits in it", [required("Write the handle of at least one member"), AtMost(300)])
    day = StringField("Date", [required("Write the date")])
    last_day = StringField("Last day")
    starts = StringField("Starts at", [required("Write a time, like 10:00")])
    ends = StringField("Ends at", [required("Write a time, like 11:00")])
    workshop = SelectField("Workshop")
    revision = HiddenField(filters=[lambda value: value if value and NUMBER.fullmatch(value) else "0"])
    span: Span | None = None

    def __init__(self, zone: str, workshops: Sequence[Any], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone = zone
        named = [SelectChoice(str(one.id), one.title) for one in workshops]
        self.workshop.choices = [SelectChoice("", "It belongs to none"), *named]

    def validate_who(self, field: Any) -> None:
        """A few people."""
        if len(handles_in(field.data or "")) > PEOPLE:
            raise ValidationError(f"At most {PEOPLE} people sit in one hot seat")

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is right, and the times can be."""
        right = super().validate(extra_validators)
        try:
            self.span = self._span() if not (self.day.errors or self.starts.errors or self.ends.errors) else None
        except Wrong as wrong:
            self.refuse(wrong.name, wrong.why)
        return right and not self.errors

    def _span(self) -> Span:
        """From when until when. Raises Wrong."""
        zone = zone_of(self.zone)
        first = day_from(self.day.data or "")
        last = day_from(self.last_day.data) if self.last_day.data else first
        if first is None or not 1990 <= first.year <= 2200:
            raise Wrong("day", "Write a date, like 12 March 2027")
        if last is None or not first <= last <= first + LONGEST:
            raise Wrong("last_day", f"The last day is the first one, or one of the {LONGEST.days} after it")
        span = Span(
            moment(first, self._clock("starts"), zone, "starts"), moment(last, self._clock("ends"), zone, "ends")
        )
        if span.ends_at <= span.starts_at:
            raise Wrong("ends", "It must end after it starts")
        if span.starts_at > now() + FARTHEST:
            raise Wrong("day", "Choose a day at most a year ahead")
        return span

    def _clock(self, name: str) -> time:
        if (found := clock_from(self[name].data or "")) is None:
            raise Wrong(name, "Write a time, like 10:00")
        return found

    @property
    def said(self) -> dict[str, Any]:
        """What was said, by the names of columns."""
        span = self.span
        times = {"starts_at": span.starts_at, "ends_at": span.ends_at} if span else {}
        return {**times, "zone": self.zone, "workshop_id": int(self.workshop.data) if self.workshop.data else None}


def typed(seat: Any, workshop: str) -> dict[str, Any]:
    """What the form shows of a hot seat that is there."""
    zone = zone_of(seat.zone)
    first, last = (one.astimezone(zone) for one in (seat.starts_at, seat.ends_at))
    return {
        "who": ", ".join(f"@{one.handle}" for one in seat.sitters), "day": f"{first:%Y-%m-%d}",
        "last_day": f"{last:%Y-%m-%d}" if first.date() != last.date() else "", "starts": f"{first:%H:%M}",
        "ends": f"{last:%H:%M}", "workshop": workshop, "revision": str(seat.revision),
    }  # fmt: skip


class QuestionForm(Keyed):
    """A question to a hot seat."""

    body = TextAreaField("Your question", [required("Write your question"), AtMost(SHORT), in_limits])

    def validate_body(self, field: Any) -> None:
        """Its own words: the words of posts stand in posts."""
        if quotes_in(field.data or ""):
            raise ValidationError("A question can’t quote a post. Write it in your own words, or link to the post")


class AnswerForm(Keyed):
    """An answer to a question: it becomes a post of the topic."""

    body = TextAreaField("Your answer", [required("Write your answer"), in_limits])


class Aside(Form):
    """Why a question is set aside."""

    why = StringField("Why is it set aside?", [required("Say why, in a few words"), AtMost(300)])
