"""Rows held while something is decided, and the rule asked once more: what a page allowed may be over by then.

One order everywhere, so that no two wait for each other: topics by their number, then groups by theirs, then what
stands in them (posts, files, reports, what waits). Whoever writes a post or a file takes its topic first.
"""

from typing import Any

from sqlalchemy import update
from werkzeug.exceptions import Conflict

from forum.access import Person, can, person
from forum.kit.db import db
from forum.models import Group, Topic


class Settled(Conflict):
    """Somebody else was quicker, or things have changed since the page was drawn."""

    description = "You may no longer do this: something has changed in the group since you were shown the page."


def take_topic(number: int | None) -> None:
    """Takes a topic's row, if there is one, until this transaction ends. Its pages stay as they are."""
    if number is None:
        return
    db.session.flush()
    same = update(Topic).where(Topic.id == number).values(version=Topic.version)
    db.session.execute(same, execution_options={"synchronize_session": False})


def hold(*groups: Group) -> None:
    """Takes the groups' rows until this transaction ends, always in the same order, and reads them anew."""
    db.session.flush()
    each = sorted({group.id: group for group in groups}.items())
    for number, _ in each:
        grown = update(Group).where(Group.id == number).values(version=Group.version + 1)
        db.session.execute(grown, execution_options={"synchronize_session": False})
    for _, group in each:
        db.session.refresh(group)


def still_may(me: Person, verb: str, thing: Any) -> None:
    """Nothing, if this person may do so as things stand now. Raises Settled."""
    if not can(person(me.id), verb, thing):
        raise Settled
