"""Entries of the log, newest first, found by who, what and when; paged by moment: no number of a row is shown."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, aliased, scoped_session

from forum.models import AuditEntry, Group, Standing, User

PAGE = 50
#: what an admin may know of any group: that it exists, how far it reaches, and who owns it
OF_ANY_GROUP = ("group.created", "group.kind changed", "group.tightened", "group.handed over")
#: what admins do in groups, or to them
BY_ADMINS = "admin."
_ACTOR, _SUBJECT = aliased(User), aliased(User)
Runs = Connection | Session | scoped_session[Any]


class Asked(NamedTuple):
    """What somebody looks for: a person (handle, or a part of the name), an action, the first and the last day."""

    who: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None


class Key(NamedTuple):
    """The end of a page: its last moment, and how many entries of that very moment were shown."""

    at: datetime
    shown: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The end that an address names; none when it names none."""
        micro, _, shown = text.partition("-")
        if not (micro.isdecimal() and shown.isdecimal() and len(micro) < 18 and len(shown) < 5):
            return None
        return cls(datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micro)), int(shown))

    def __str__(self) -> str:
        return f"{(self.at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)}-{self.shown}"


def of_group(group: Group) -> ColumnElement[bool]:
    """SQL of: stands in the log of this group."""
    return AuditEntry.group_id == group.id


def of_site() -> ColumnElement[bool]:
    """SQL of: stands in the log of the site. Of groups only what an admin may know of every group."""
    details = AuditEntry.details
    owned = or_(*(details[when].as_string() == Standing.OWNER.value for when in ("before", "after")))
    return or_(
        AuditEntry.group_id.is_(None),
        AuditEntry.action.in_(OF_ANY_GROUP),
        AuditEntry.action.startswith(BY_ADMINS, autoescape=True),
        (AuditEntry.action == "role.changed") & owned,
    )


def entries(scope: ColumnElement[bool], asked: Asked, zone: ZoneInfo, after: Key | None = None) -> Select[Any]:
    """Entries with the names of who did it and to whom, and of the group."""
    people = [each.label(name) for name, each in (("actor", _ACTOR.name), ("actor_handle", _ACTOR.handle))]
    people += [each.label(name) for name, each in (("subject", _SUBJECT.name), ("subject_handle", _SUBJECT.handle))]
    facts = (AuditEntry.at, AuditEntry.action, AuditEntry.details, AuditEntry.address)
    found = (
        select(*facts, *people, Group.name.label("group"), Group.slug)
        .outerjoin(_ACTOR, _ACTOR.id == AuditEntry.actor_id)
        .outerjoin(_SUBJECT, _SUBJECT.id == AuditEntry.subject_id)
        .outerjoin(Group, Group.id == AuditEntry.group_id)
        .where(scope, *_asked(asked, zone))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    return found.where(AuditEntry.at <= after.at).offset(after.shown) if after else found


def _asked(asked: Asked, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.who:
        named = or_(User.handle == asked.who.lower(), User.name.icontains(asked.who, autoescape=True))
        them = select(User.id).where(named)
        found.append(or_(AuditEntry.actor_id.in_(them), AuditEntry.subject_id.in_(them)))
    if asked.action:
        found.append(AuditEntry.action == asked.action)
    if asked.since:
        found.append(AuditEntry.at >= _begins(asked.since, zone))
    if asked.until:
        found.append(AuditEntry.at < _begins(asked.until + timedelta(days=1), zone))
    return found


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def page_of(
    runs: Runs, scope: ColumnElement[bool], asked: Asked, zone: ZoneInfo, after: Key | None, size: int = PAGE
) -> tuple[Sequence[Any], Key | None]:
    """One page, and its end if there is more."""
    rows = runs.execute(entries(scope, asked, zone, after).limit(size + 1)).all()
    shown = rows[:size]
    if len(rows) <= size:
        return shown, None
    last = shown[-1].at
    same = sum(row.at == last for row in shown)
    return shown, Key(last, same + (after.shown if after and after.at == last else 0))


def actions_in(scope: ColumnElement[bool]) -> Select[str]:
    """What a log has entries of."""
    return select(AuditEntry.action).where(scope).distinct().order_by(AuditEntry.action)
