"""How far people have read: worked out from what a page shows, written a moment after the page is sent.

Unread is one integer. Everything up to `seen` was shown to the person; `mark` is where that stood when the
visit began, so that what was new stays marked until they come back another time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, case, update

from forum.access import Person
from forum.kit.buffer import Buffer
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.hot import Change, given
from forum.models import Reading

Key = tuple[int, int]  # a person, a topic


@dataclass(frozen=True, slots=True)
class Marks:
    """A person's place in a topic: all up to `seen` was shown; after `mark` is new in this visit."""

    seen: int
    mark: int
    #: when the visit before this one was; None = never
    since: datetime | None
    visited_at: datetime | None


def visit(kept: Marks, gap: int, moment: datetime) -> Marks:
    """Where they stand as they open the topic: a new visit begins when the last opening is `gap` seconds ago."""
    last = kept.visited_at
    if last is not None and moment - last < timedelta(seconds=gap):
        return kept
    return Marks(kept.seen, kept.seen, last or kept.since, None)


def moved(marks: Marks, seen: int, gap: int, moment: datetime) -> Marks | None:
    """What is to be written after a page showed all up to `seen`: only progress, or the stretching of a visit."""
    seen = max(seen, marks.seen)
    stretched = marks.mark < seen and (
        marks.visited_at is None or moment - marks.visited_at > timedelta(seconds=gap / 6)
    )
    return replace(marks, seen=seen, visited_at=moment) if seen > marks.seen or stretched else None


def _further(one: Marks, other: Marks) -> Marks:
    return replace(other, seen=max(one.seen, other.seen))


def _write(entries: dict[Key, Marks]) -> None:
    """Writes and commits: it runs after the request, on its own, or as its last act."""
    rows = [
        {
            "user_id": user,
            "topic_id": topic,
            "seen_no": m.seen,
            "mark_no": m.mark,
            "marked_at": m.since,
            "visited_at": m.visited_at or now(),
        }
        for (user, topic), m in entries.items()
    ]
    new = insert_or(Reading)
    seen = case((new.excluded.seen_no > Reading.seen_no, new.excluded.seen_no), else_=Reading.seen_no)
    rest = {name: new.excluded[name] for name in ("mark_no", "marked_at", "visited_at")}
    db.session.connection().execute(
        new.on_conflict_do_update(index_elements=["user_id", "topic_id"], set_={"seen_no": seen, **rest}), rows
    )
    db.session.commit()


#: read markers on their way to the database
markers: Buffer[Key, Marks] = Buffer(_write, merge=_further)


OWN = Change(
    update(Reading)
    .where(
        Reading.user_id == bindparam("me"), Reading.topic_id == bindparam("topic"),
        Reading.seen_no == bindparam("before"),
    )
    .values(given(Reading, "seen_no"))
)  # fmt: skip


def read_own(me: Person, topic_id: int, no: int) -> None:
    """One's own post is not new to oneself, if all before it was read. Does not commit."""
    if no:
        OWN.run({"me": me.id, "topic": topic_id, "before": no - 1, "to_seen_no": no})
    else:
        db.session.add(Reading(user_id=me.id, topic_id=topic_id, seen_no=0, mark_no=0))


def init_app(app: Flask) -> None:
    """Markers are written after BUFFER_DELAY seconds."""
    markers.configure(app.config["BUFFER_DELAY"], app.app_context)


def marks_of(me: Person, topic: Any) -> Marks:
    """How far they had read before this request; for a first visit, up to when they last caught up with the group."""
    key: Key = (me.id or 0, topic.id)
    caught_up = topic.last_no if topic.caught_up_at is None else -1 if topic.before is None else topic.before
    kept = markers.get(key)
    if kept is None and topic.seen is not None and topic.mark is not None:
        kept = Marks(topic.seen, topic.mark, topic.since, topic.visited_at)
    if kept is None:
        return Marks(caught_up, caught_up, topic.caught_up_at, None)
    if topic.caught_up_at is None:
        return kept
    return Marks(max(kept.seen, caught_up), max(kept.mark, caught_up), kept.since, kept.visited_at)
