"""The front page of a member: what is new in their groups, and whom they could help. What is for them: mine.py.

Statements are made once. Only groups they have a seat in are looked at, as the rule says it, and of each
only the topics that stirred last: the page costs the same however much was ever written.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, select, union_all

from forum.access import ASKER, Person, asked_by, shown
from forum.discussions.queries.coming import BOOKINGS, Coming, soon, with_mine
from forum.discussions.queries.files import new_files
from forum.discussions.queries.lately import Lately, Stirred, lately
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
    marks = _marks(me, fresh, ahead)
    named = set(but)

    def elsewhere(topic: Stirred) -> bool:
        return (seats[topic.group_id].slug, topic.n) not in named

    fresh = [topic for topic in fresh if topic.kind.value == kind] if kind else fresh
    unread = _unread(me, fresh, seats, marks["topic"])
    if away:
        unread.sort(key=lambda one: _use(one[0]), reverse=True)
    new = list(islice((one for one in unread if elsewhere(one[0])), SHOWN + 1))
    named |= {(seats[topic.group_id].slug, topic.n) for topic, _ in new}
    asked = [t for group in found for t in group.waiting if t.author_id != me.id and elsewhere(t)]
    waiting = sorted(asked, key=lambda topic: topic.created_at, reverse=True)[:TO_HELP]
    rows = _listed(me, [*new, *((topic, 0) for topic in waiting)], seats)
    meetings = with_mine(ahead, marks["workshop"])
    return Front(rows[: len(new)], rows[len(new) :], new_files(me, seats), meetings)


def _use(topic: Stirred) -> tuple[bool, bool, int]:
    """How much a topic is likely to tell someone who was away."""
    return topic.kind == TopicKind.ANNOUNCEMENT, topic.accepted_no is not None, topic.reply_count


def _fresh(found: list[Lately], seats: Seats) -> list[Stirred]:
    """The topics that stirred since they caught up."""
    oldest = now() - OLDEST
    since = {group_id: max(seat.caught_up_at, oldest) for group_id, seat in seats.items() if seat.caught_up_at}
    stirred = (topic for group in found for topic in group.stirred)
    return [topic for topic in stirred if topic.group_id in since and topic.last_post_at > since[topic.group_id]]


def _marks(me: Person, fresh: list[Stirred], ahead: list[Coming]) -> dict[str, dict[int, int]]:
    """How far they have read, by topic; whether they have a place, by workshop."""
    marks: dict[str, dict[int, int]] = {"topic": {}, "workshop": {}}
    if fresh or ahead:
        numbers = as_numbers(topic.id for topic in fresh)
        for number, mark, what in SEEN.rows({"me": me.id or 0, "numbers": numbers, "at": now()}):
            marks[what][number] = mark
    return marks


def _unread(me: Person, fresh: list[Stirred], seats: Seats, seen: Mapping[int, int]) -> list[Counted]:
    """The topics with something new to them, newest first."""
    reader = me.id or 0
    since = {group_id: seat.caught_up_at for group_id, seat in seats.items() if seat.caught_up_at}
    counted = [(topic, topic.news(reader, seen.get(topic.id, -1), since[topic.group_id])) for topic in fresh]
    unread = [one for one in counted if one[1]]
    return sorted(unread, key=lambda one: (one[0].last_post_at, one[0].id), reverse=True)


def _listed(me: Person, topics: list[Counted], seats: Seats) -> list[Row]:
    people = as_numbers({topic.author_id for topic, _ in topics})
    rows = HOUSES.rows({**asked_by(me), "numbers": people}) if topics else ()
    house = {row.id: row.organisation for row in rows}
    groups = {group_id: (seat.slug, seat.name, seat.hue) for group_id, seat in seats.items()}
    return [
        row_from(topic, organisation=house.get(topic.author_id), new=new, group=groups[topic.group_id])
        for topic, new in topics
    ]
