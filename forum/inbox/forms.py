"""The forms of this room: when mail comes, and how much it says."""

from datetime import UTC, datetime, time
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from forum.kit.clock import now
from forum.kit.days import day_from
from forum.kit.forms import Form
from forum.kit.when import DAYS, zone_of
from forum.models import Habit

HOURS = [SelectChoice(str(hour), f"{hour:02}:00") for hour in range(24)]
NEVER = SelectChoice("", "No quiet hours")
PACE = [SelectChoice("daily", "Once a day, all together"), SelectChoice("now", "As it happens, at most six an hour")]


class Habits(Form):
    """When somebody wants mail about groups."""

    pace = RadioField("When do you want mail from your groups?", choices=PACE)
    hour = SelectField("Summaries come at", choices=HOURS)
    day = SelectField("The weekly one comes on", choices=[SelectChoice(str(n), name) for n, name in enumerate(DAYS)])
    silent = BooleanField("No mail from any group")
    paused_until = StringField("No mail from groups until")
    quiet_from = SelectField("Nothing from", choices=[NEVER, *HOURS])
    quiet_to = SelectField("to", choices=[NEVER, *HOURS])
    discreet = BooleanField("Say only that there is something new")

    def __init__(self, zone: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone = zone

    def validate_paused_until(self, field: Any) -> None:
        """A day that there is, or nothing."""
        day = day_from(field.data or "")
        if field.data and (day is None or not 2000 <= day.year <= 2200):
            raise ValidationError("Write a date, like 2026-03-02")

    def validate_quiet_to(self, field: Any) -> None:
        """Both hours, or neither."""
        if bool(field.data) != bool(self.quiet_from.data):
            raise ValidationError("Say from when to when, or neither")

    @property
    def values(self) -> dict[str, Any]:
        """The habits, as they are kept."""
        quiet = [int(field.data) if field.data else None for field in (self.quiet_from, self.quiet_to)]
        return {
            "silent": bool(self.silent.data),
            "daily": self.pace.data == "daily", "hour": int(self.hour.data), "day": int(self.day.data),
            "paused_until": self._until(), "quiet_from": quiet[0], "quiet_to": quiet[1],
            "discreet": bool(self.discreet.data),
        }  # fmt: skip

    def _until(self) -> datetime | None:
        """The first moment of that day in their zone, if it is to come."""
        day = day_from(self.paused_until.data or "")
        if day is None:
            return None
        until = datetime.combine(day, time(), zone_of(self.zone)).astimezone(UTC)
        return until if until > now() else None


def shown(habit: Habit, zone: str) -> dict[str, Any]:
    """Somebody's habits, as the form shows them."""
    until = habit.paused_until
    return {
        "silent": habit.silent,
        "pace": "daily" if habit.daily else "now", "hour": str(habit.hour), "day": str(habit.day),
        "paused_until": until.astimezone(zone_of(zone)).date().isoformat() if until and until > now() else "",
        "quiet_from": "" if habit.quiet_from is None else str(habit.quiet_from),
        "quiet_to": "" if habit.quiet_to is None else str(habit.quiet_to), "discreet": habit.discreet,
    }  # fmt: skip
