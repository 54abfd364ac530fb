"""What is new in the libraries of a member's groups, for the side of the front page.

Remembered for each group until something in it changes, as the rule says it for a member of no other name: so what
only facilitators may open is not among them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select, true
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.kit.cache import Lru
from forum.kit.hot import Hot, as_numbers, over_numbers
from forum.models import Document, Group, Standing
from forum.who import Seat

#: of each group so many files are looked at; of all, so many shown
NEWEST, SHOWN = 3, 3
#: how many groups are remembered in each process
KEPT = 200


def _made(lateral: bool, groups: Any) -> Any:
    last = aliased(Document)
    newest = (
        select(last.id)
        .where(last.group_id == Group.id, last.posted_at.is_not(None), last.deleted_at.is_(None))
        .order_by(last.posted_at.desc(), last.id.desc())
        .limit(NEWEST)
        .correlate(Group)
    )
    shown = (Document.n, Document.title, Document.kind, Document.extension, Document.size, Document.posted_at)
    found = select(Group.id.label("group_id"), *shown, Group.slug, Group.name.label("group_name")).select_from(Group)
    if lateral:
        each = newest.lateral()
        found = found.join(each, true()).join(Document, Document.id == each.c.id)
    else:
        found = found.join(Document, Document.id.in_(newest))
    return found.where(Group.id.in_(groups), readable(Document, ASKER))


FILES = Hot(over_numbers(lambda groups, engine: _made(engine == "postgresql", groups)))


def new_files(me: Person, seats: Mapping[int, Seat]) -> list[Any]:
    """The newest files of the groups where they have these seats, newest first. One statement, for what changed."""
    kept: Lru[tuple[int, int], list[Any]] = current_app.extensions["new files"]
    keys = {group_id: (group_id, seat.version) for group_id, seat in seats.items()}
    found = kept.all_or_make(keys, lambda missing: _load(missing, seats.values()))
    files = [file for known in found.values() for file in known]
    return sorted(files, key=attrgetter("posted_at"), reverse=True)[:SHOWN]


def _load(groups: list[int], seats: Iterable[Seat]) -> dict[int, list[Any]]:
    anyone = Person(registered=True, seats={seat.group_id: seat._replace(standing=Standing.MEMBER) for seat in seats})
    found = defaultdict(list)
    for row in FILES.rows({**asked_by(anyone), "numbers": as_numbers(groups)}):
        found[row.group_id].append(row)
    return {group_id: found[group_id] for group_id in groups}


def init_app(app: Flask) -> None:
    """The app remembers the new files of its groups."""
    app.extensions["new files"] = Lru(KEPT)
