"""Lists of groups and members: filtered by the rule, paged by key."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import selectinload

from forum.access import CARD, Person, readable, shown
from forum.kit.clock import now
from forum.kit.when import zone_of
from forum.models import SEATED, Group, Kind, Membership, Subject, Topic, User

DIRECTORY_PAGE = 30
MEMBERS_PAGE = 50
#: accepted answers to look at again, on one page
DUE = 50


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


def answer_due(me: Person, group: Group) -> tuple[ColumnElement[bool], ...]:
    """The conditions of an accepted answer in a group whose day to be looked at again has come."""
    today = now().astimezone(zone_of(current_app.config["TIMEZONE"])).date()
    came = (Topic.review_on.is_not(None), Topic.review_on <= today, Topic.accepted_no.is_not(None))
    return (Topic.group_id == group.id, *came, readable(Topic, me))
