"""A poll as a reader sees it: what is asked, what they chose, and what all chose once they may know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from forum.access import Person, can
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Ballot, Poll, Topic, User

#: names that are listed below one option
LISTED = 200
COUNTS = Hot(
    select(Ballot.choices, func.count().label("people"))
    .where(Ballot.poll_id == bindparam("poll"))
    .group_by(Ballot.choices)
)


class Option(NamedTuple):
    """One answer: its place, its words, whether the reader chose it, and how many did, once they may know."""

    at: int
    words: str
    mine: bool
    people: int
    share: int


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll for one reader. `voters` None = they may not know yet how it stands."""

    id: int
    question: str
    several: bool
    anonymous: bool
    closes_at: datetime | None
    revision: int
    closed: bool
    voted: bool
    options: list[Option]
    voters: int | None


def poll_of(row: Any) -> PollView | None:
    """The poll of a topic's row (gate.TopicRow). One statement, where its results are for this reader."""
    if row.poll_id is None:
        return None
    closed = over(row.poll_closes_at)
    known = closed or row.ballot is not None
    counts = {found.choices: found.people for found in COUNTS.rows({"poll": row.poll_id})} if known else {}
    voters, mine = sum(counts.values()), row.ballot or 0
    options = []
    for at, words in enumerate(row.poll_options):
        people = sum(count for choices, count in counts.items() if choices >> at & 1)
        options.append(Option(at, words, bool(mine >> at & 1), people, round(100 * people / voters) if voters else 0))
    return PollView(
        row.poll_id, row.poll_question, row.poll_several, row.poll_anonymous, row.poll_closes_at, row.poll_revision,
        closed, row.ballot is not None, options, voters if known else None,
    )  # fmt: skip


def over(closes_at: datetime | None) -> bool:
    """Whether a poll that closes then is closed now."""
    return closes_at is not None and closes_at <= now()


def poll_in(topic: Topic) -> Poll | None:
    """The poll of a topic that they were let into."""
    return db.session.scalar(select(Poll).where(Poll.topic_id == topic.id))


def who_chose(me: Person, topic: Any, poll: PollView) -> dict[int, list[Any]]:
    """Who chose each option, by name, where the poll is not anonymous and the reader may know how it stands.

    Only for those who may see who is in the group.
    """
    if poll.anonymous or poll.voters is None or not can(me, "list members", topic):
        return {}
    found = select(User.name, User.handle, Ballot.choices).join(User, User.id == Ballot.user_id)
    rows = db.session.execute(found.where(Ballot.poll_id == poll.id).order_by(func.lower(User.name), User.id)).all()
    return {one.at: [row for row in rows if row.choices >> one.at & 1][:LISTED] for one in poll.options}
