"""Lists of groups, members and log entries: filtered by the rule, paged by key."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased, selectinload

from forum.access import CARD, Person, readable, shown
from forum.models import SEATED, AuditEntry, Group, Kind, Membership, Subject, User

DIRECTORY_PAGE = 30
MEMBERS_PAGE = 50
LOG_PAGE = 50


class After(NamedTuple):
    """Where a page begins: after this name, and among those of the same name after this key."""

    name: str
    key: str

    @classmethod
    def read(cls, text: str) -> "After | None":
        """The place that an address names; none when it names none."""
        name, slash, key = text.rpartition("/")
        return cls(name, key) if slash and key else None

    def __str__(self) -> str:
        return f"{self.name}/{self.key}"


def _beyond(after: After | None, name: Any, key: Any) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    return [tuple_(func.lower(name), key) > tuple_(func.lower(literal(after.name)), literal(after.key))]


def known_groups(
    me: Person, search: str = "", subject: str = "", kind: Kind | None = None
) -> list[ColumnElement[bool]]:
    """The conditions of the directory: what this person may know of, narrowed by what they look for."""
    found = [readable(Group, me, CARD)]
    if search:
        words = or_(Group.name.icontains(search, autoescape=True), Group.summary.icontains(search, autoescape=True))
        found.append(
            or_(words, Group.id.in_(select(Subject.group_id).where(Subject.name.icontains(search, autoescape=True))))
        )
    if subject:
        found.append(Group.id.in_(select(Subject.group_id).where(Subject.name == subject)))
    if kind is not None:
        found.append(Group.kind == kind)
    return found


def directory(conditions: Sequence[ColumnElement[bool]], after: After | None = None) -> Select[Group]:
    """Groups by name, each with its subjects and parent; one more than a page shows."""
    beyond = _beyond(after, Group.name, Group.slug)
    by_name = (func.lower(Group.name), Group.slug)
    return (
        select(Group)
        .where(*conditions, *beyond)
        .options(selectinload(Group.subjects))
        .order_by(*by_name)
        .limit(DIRECTORY_PAGE + 1)
    )


def subjects_known(me: Person) -> Select[str]:
    """The subjects of all groups this person may know of."""
    return (
        select(Subject.name)
        .join(Group, Group.id == Subject.group_id)
        .where(readable(Group, me, CARD))
        .distinct()
        .order_by(Subject.name)
    )


def members_of(
    me: Person, group: Group, search: str = "", organisation: str = "", after: After | None = None
) -> Select[*tuple[Any, ...]]:
    """The members of a group as this person may see them, by name; one more than a page shows."""
    return _seated(me, group, search, organisation, after).where(readable(User, me))


def everyone_in(me: Person, group: Group, search: str = "", after: After | None = None) -> Select[*tuple[Any, ...]]:
    """The same for the facilitators of a group, who look after those too who are suspended from the site (`active`)."""
    return _seated(me, group, search, "", after).add_columns(User.active)


def _seated(me: Person, group: Group, search: str, organisation: str, after: After | None) -> Select[*tuple[Any, ...]]:
    columns = {name: shown(me, name) for name in ("organisation", "job_title", "photo_key")}
    found = [Membership.group_id == group.id, Membership.standing.in_(SEATED)]
    if search:
        looked_at = (User.name, columns["organisation"], columns["job_title"])
        found.append(or_(*(each.icontains(search, autoescape=True) for each in looked_at)))
    if organisation:
        found.append(columns["organisation"] == organisation)
    seen = [value.label(name) for name, value in columns.items()]
    rows = select(User.name, User.handle, User.hue, Membership.standing, Membership.since, *seen)
    by_name = (func.lower(User.name), User.handle)
    rows = rows.join(Membership, Membership.user_id == User.id).where(*found, *_beyond(after, User.name, User.handle))
    return rows.order_by(*by_name).limit(MEMBERS_PAGE + 1)


def organisations_in(me: Person, group: Group) -> Select[Any]:
    """The organisations of a group's members that this person may see, with how many come from each."""
    name = shown(me, "organisation").label("name")
    members = (
        select(name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == group.id, Membership.standing.in_(SEATED), readable(User, me))
    )
    found = members.subquery()
    return (
        select(found.c.name, func.count().label("people"))
        .where(found.c.name != "")
        .group_by(found.c.name)
        .order_by(found.c.name)
    )


def log_of(group: Group, action: str = "", page: int = 1) -> Select[Any]:
    """Entries of a group's log, newest first, with the names of who did it and to whom; one more than a page shows."""
    actor, subject = aliased(User), aliased(User)
    rows = select(
        AuditEntry.at, AuditEntry.action, AuditEntry.details, actor.name.label("actor"), subject.name.label("subject")
    )  # fmt: skip
    people = rows.outerjoin(actor, actor.id == AuditEntry.actor_id).outerjoin(
        subject, subject.id == AuditEntry.subject_id
    )
    found = [AuditEntry.group_id == group.id, *([AuditEntry.action == action] if action else [])]
    return people.where(*found).order_by(AuditEntry.id.desc()).limit(LOG_PAGE + 1).offset((page - 1) * LOG_PAGE)


def actions_in(group: Group) -> Select[str]:
    """What the log of a group has entries of."""
    return select(AuditEntry.action).where(AuditEntry.group_id == group.id).distinct().order_by(AuditEntry.action)
