"""The front page of a member: what is new in their groups, and whom they could help. What is for them: mine.py.

Statements are made once. Only groups they have a seat in are looked at, as the rule says it, and of each
only the topics that stirred last: the page costs the same however much was ever written.
"""

from collections.abc import Iterable, Mapping
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, select, union_all

from forum.access import ASKER, Person, asked_by, shown
from forum.discussions.queries.coming import BOOKINGS, Coming, soon, with_mine
from forum.discussions.queries.files import new_files
from forum.discussions.queries.lately import ASKED, LAST_POST, Lately, Stirred, lately
from forum.discussions.queries.mine import OLDEST
from forum.discussions.queries.rows import Row, row_from
from forum.kit.clock import now
from forum.kit.hot import Hot, as_numbers, over_numbers
from forum.models import SEATED, Reading, TopicKind, User
from forum.who import Seat

Seats = Mapping[int, Seat]
#: a topic, and how much of it is new to the reader
Counted = tuple[Stirred, int]

#: so many rows are shown: of what is new, of questions that wait
SHOWN, TO_HELP = 20, 5
#: of so many topics it is asked first how far they are read: the rest is asked for when these don't fill the page
LOOKED = 40


def _seen(topics: Any, _engine: str) -> Any:
    """How far they have read in these topics; and the workshops they come to, which would be a statement more."""
    read = select(Reading.topic_id.label("id"), Reading.seen_no.label("mark"), literal("topic").label("what"))
    return union_all(read.where(Reading.user_id == bindparam("me"), Reading.topic_id.in_(topics)), BOOKINGS)


def _houses(people: Any, _engine: str) -> Any:
    """The organisations of these people, where the reader may see them."""
    return select(User.id, shown(ASKER, "organisation").label("organisation")).where(User.id.in_(people))


SEEN, HOUSES = Hot(over_numbers(_seen)), Hot(over_numbers(_houses))


class Front(NamedTuple):
    """What is new in their groups, newest first, one row more than is shown; and questions that wait."""

    new: list[Row]
    waiting: list[Row]
    files: list[Any]
    coming: list[Coming]

    @property
    def more(self) -> bool:
        """Whether there is more than is shown."""
        return len(self.new) > SHOWN


def stirred_for(me: Person, kind: str, but: Iterable[tuple[str, int]], away: bool = False) -> Front:
    """Unread topics of their groups but those named, questions that wait, files, workshops. Two statements, or more.

    `away`: for someone who comes back after long, those first that most was said in or that hold an answer.
    """
    seats = {group_id: me.seats[group_id] for group_id in me.holding(SEATED)}
    versions = {group_id: seat.version for group_id, seat in seats.items()}
    found, ahead = lately(versions), soon(versions)
    fresh = _fresh(found, seats)
    named = set(but)

    def elsewhere(topic: Stirred) -> bool:
        return (seats[topic.group_id].slug, topic.n) not in named

    shows = (topic for topic in fresh if (not kind or topic.kind.value == kind) and elsewhere(topic))
    first = list(shows if away else islice(shows, LOOKED))
    marks = _marks(me, first, ahead)
    new = _unread(me, first, seats, marks["topic"], len(first) if away else SHOWN + 1)
    if away:
        new = sorted(new, key=lambda one: _use(one[0]), reverse=True)[: SHOWN + 1]
    elif len(new) <= SHOWN and (later := list(shows)):
        new += _unread(me, later, seats, _marks(me, later, [])["topic"], SHOWN + 1 - len(new))
    named |= {(seats[topic.group_id].slug, topic.n) for topic, _ in new}
    asked = merge(*(group.waiting for group in found), key=ASKED, reverse=True)
    waiting = list(islice((topic for topic in asked if topic.author_id != me.id and elsewhere(topic)), TO_HELP))
    rows = _listed(me, [*new, *((topic, 0) for topic in waiting)], seats)
    meetings = with_mine(ahead, marks["workshop"])
    return Front(rows[: len(new)], rows[len(new) :], new_files(me, seats), meetings)


def _use(topic: Stirred) -> tuple[bool, bool, int]:
    """How much a topic is likely to tell someone who was away."""
    return topic.kind == TopicKind.ANNOUNCEMENT, topic.accepted_no is not None, topic.reply_count


def _fresh(found: list[Lately], seats: Seats) -> list[Stirred]:
    """The topics that stirred since they caught up, newest first."""
    oldest, fresh = now() - OLDEST, []
    for group in found:
        caught_up = seats[group.stirred[0].group_id].caught_up_at if group.stirred else None
        if caught_up is None:
            continue
        since = max(caught_up, oldest)
        for topic in group.stirred:
            if topic.last_post_at <= since:
                break
            fresh.append(topic)
    return sorted(fresh, key=LAST_POST, reverse=True)


def _marks(me: Person, fresh: list[Stirred], ahead: list[Coming]) -> dict[str, dict[int, int]]:
    """How far they have read, by topic; whether they have a place, by workshop."""
    marks: dict[str, dict[int, int]] = {"topic": {}, "workshop": {}}
    if fresh or ahead:
        numbers = as_numbers(topic.id for topic in fresh)
        for number, mark, what in SEEN.rows({"me": me.id or 0, "numbers": numbers, "at": now()}):
            marks[what][number] = mark
    return marks


def _unread(me: Person, fresh: list[Stirred], seats: Seats, seen: Mapping[int, int], most: int) -> list[Counted]:
    """The first of the topics that have something new to them."""
    reader, unread = me.id or 0, []
    for topic in fresh:
        caught_up = seats[topic.group_id].caught_up_at
        if caught_up and (new := topic.news(reader, seen.get(topic.id, -1), caught_up)):
            unread.append((topic, new))
            if len(unread) == most:
                break
    return unread


def _listed(me: Person, topics: list[Counted], seats: Seats) -> list[Row]:
    people = as_numbers({topic.author_id for topic, _ in topics})
    rows = HOUSES.rows({**asked_by(me), "numbers": people}) if topics else ()
    house = {row.id: row.organisation for row in rows}
    groups = {group_id: (seat.slug, seat.name, seat.hue) for group_id, seat in seats.items()}
    return [
        row_from(topic, organisation=house.get(topic.author_id), new=new, group=groups[topic.group_id])
        for topic, new in topics
    ]
