"""Who can be mentioned: those who read the topic, and take part in its group."""

from typing import Any, NamedTuple

from sqlalchemy import func, or_

from forum.access import Person, hearers, shown
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.kit.folding import fold
from forum.models import User

#: how many are offered while a name is typed
OFFERED = 8


class Name(NamedTuple):
    """Somebody who can be mentioned."""

    handle: str
    name: str
    organisation: str | None


def names_like(me: Person, thing: Any, typed: str) -> list[Name]:
    """People who would hear of a mention in a topic (or in a new one of a group), whose name or handle begins so."""
    begins, inside = _like(typed), "% " + _like(typed)
    named = func.folded(User.name)
    ways = ((User.handle, begins), (named, begins), (named, inside))
    found = or_(*(column.like(start, escape="\\") for column, start in ways))
    columns = (User.handle, User.name, shown(me, "organisation"))
    rows = hearers(thing).with_only_columns(*columns).where(found, User.id != me.id).order_by(named, User.id)
    return [Name(*row) for row in db.session.execute(rows.limit(OFFERED))]


def _like(typed: str) -> str:
    escaped = fold(typed).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%"


def named_hearers(handles: list[str], thing: Any) -> dict[str, int]:
    """Of these handles (small letters) those whose people would hear of it, with their numbers."""
    if not handles:
        return {}
    looks = [skeleton(handle) for handle in handles]
    may = hearers(thing).with_only_columns(User.handle, User.id).where(User.handle_skeleton.in_(looks))
    found = {handle.lower(): number for handle, number in db.session.execute(may)}
    return {handle: found[handle] for handle in handles if handle in found}
