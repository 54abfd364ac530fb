"""The forms of a poll: what is asked, and what is chosen."""

from datetime import date, datetime, time, timedelta
from typing import Any

from wtforms import BooleanField, DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from forum.discussions.forms import NUMBER
from forum.kit.forms import AtMost, Form, required
from forum.kit.when import zone_of

#: options of one poll, characters of one of them, and how far ahead a poll may close
FEWEST, MOST, LONGEST, FARTHEST = 2, 20, 120, timedelta(days=366)


def lines_of(text: str) -> list[str]:
    """The options that a text lists, one a line."""
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def some_options(_form: Form, field: Any) -> None:
    """Validator: a few different options."""
    options = lines_of(field.data or "")
    if not FEWEST <= len(options) <= MOST:
        raise ValidationError(f"Write {FEWEST} to {MOST} options, each on a line of its own. These are {len(options)}")
    if long := next((option for option in options if len(option) > LONGEST), ""):
        raise ValidationError(f"An option can have {LONGEST} characters. “{long[:40]}…” has {len(long)}")
    if len({option.casefold() for option in options}) < len(options):
        raise ValidationError("Two options are the same. Each must be different")


def ahead(form: Any, field: Any) -> None:
    """Validator: a day from today on, within a year."""
    if field.data and not form.today <= field.data <= form.today + FARTHEST:
        raise ValidationError("Choose a day from today on, at most a year ahead")


class Dated(Form):
    """A form of days; `today` is the day it is for whoever sends it."""

    def __init__(self, today: date, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today


class Question(Dated):
    """What a poll asks. `revision` is the one that was on the screen."""

    question = StringField("Question", [required("Write the question"), AtMost(150)])
    options = TextAreaField("Options", [required("Write the options, each on a line of its own"), some_options])
    several = BooleanField("People may choose several")
    anonymous = BooleanField("Nobody sees who chose what")
    until = DateField("Open until the end of", [Optional(), ahead])
    revision = HiddenField(filters=[lambda value: value if value and NUMBER.fullmatch(value) else "0"])

    def asked(self, zone: str) -> dict[str, Any]:
        """The poll in the words of its model, for a person in that time zone."""
        said = {name: self[name].data for name in ("question", "several", "anonymous")}
        return {**said, "options": lines_of(self.options.data), "closes_at": end_of(self.until.data, zone)}


class Until(Dated):
    """When a poll closes."""

    until = DateField("Open until the end of", [Optional(), ahead])


def end_of(day: date | None, zone: str) -> datetime | None:
    """The moment at which that day ends there."""
    return datetime.combine(day, time(23, 59), zone_of(zone)) if day else None


def last_day(moment: datetime | None, zone: str) -> date | None:
    """The day on which that moment is, there."""
    return moment.astimezone(zone_of(zone)).date() if moment else None
