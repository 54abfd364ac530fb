"""When a person was last here on another day: what the front page means by "since"."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import bindparam, case, update

from forum.kit.buffer import Buffer
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.when import DAYS, MONTHS, WITH_YEAR, zone_of
from forum.models import User

#: a visit later the same day is noted when the last is older than this
NEWS = timedelta(minutes=15)
#: after so long, the front page says "while you were away"
AWAY = timedelta(days=60)

_NOTE = (
    update(User)
    .where(User.id == bindparam("who"))
    .values(
        visited_before_at=case(
            (User.visited_at < bindparam("day", type_=User.visited_at.type), User.visited_at),
            else_=User.visited_before_at,
        ),
        visited_at=bindparam("moment", type_=User.visited_at.type),
    )
)


def since(visited_at: datetime | None, before: datetime | None, zone: str) -> datetime | None:
    """The last visit on a day before today's, in the person's zone; None = there was none."""
    if visited_at is None:
        return None
    return visited_at if visited_at < day_of(now(), zone) else before


def day_of(moment: datetime, zone: str) -> datetime:
    """When the day of a moment began, in a zone."""
    return moment.astimezone(zone_of(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def note(user_id: int, visited_at: datetime | None, zone: str) -> None:
    """They are here. Written a moment later, and only when that is news."""
    moment = now()
    if visited_at is None or visited_at < day_of(moment, zone) or moment - visited_at > NEWS:
        visits.put(user_id, (moment, day_of(moment, zone)))


def in_words(moment: datetime, zone: str) -> str:
    """'yesterday', 'Tuesday', '27 February', '27 February 2025'."""
    local, today = moment.astimezone(zone_of(zone)), now().astimezone(zone_of(zone))
    days = today.toordinal() - local.toordinal()
    if days < 7:
        return "yesterday" if days <= 1 else DAYS[local.weekday()]
    year = f" {local.year}" if today - local > WITH_YEAR else ""
    return f"{local.day} {MONTHS[local.month - 1]}{year}"


def _write(entries: dict[int, tuple[datetime, datetime]]) -> None:
    rows = [{"who": who, "moment": moment, "day": day} for who, (moment, day) in entries.items()]
    db.session.connection().execute(_NOTE, rows)
    db.session.commit()


visits: Buffer[int, tuple[datetime, datetime]] = Buffer(_write)


def init_app(app: Flask) -> None:
    """Visits are written after BUFFER_DELAY seconds."""
    visits.configure(app.config["BUFFER_DELAY"], app.app_context)
