"""The hot seat of the story: open for some days, with questions, votes, and one that is answered."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import partial

from sqlalchemy import select, update

from forum.demo.community import Community, Row, Step, read
from forum.discussions.actions import asking, seats
from forum.discussions.writing import write
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.spans import moment
from forum.kit.when import HOME, zone_of
from forum.models import HotSeat, SeatQuestion, Workshop
from forum.spam import FINE

#: when the answers that stand in the topic are tied to their questions
SINCE = 0.05


def steps(community: Community) -> Iterator[Step]:
    """Everything about hot seats."""
    for row in read("seats"):
        yield Step(row["days_ago"], partial(set_up, community, row))
        for n, question in enumerate(row["question"], start=1):
            yield Step(question["days_ago"], partial(ask, community, row, question))
            yield Step(SINCE, partial(weigh, community, row, n, question))


def set_up(community: Community, row: Row) -> None:
    """Who sits in it set it up; who follows was told."""
    me, topic = community.person(row["by"]), community.topics[row["topic"]]
    workshop = select(Workshop.id).where(Workshop.group_id == topic.group_id, Workshop.title == row["workshop"])
    zone, ends = zone_of(HOME), now() + timedelta(days=row["days_ago"] + row["in_days"])
    times = (("starts", now(), time(9)), ("ends", ends, time(17)))
    said = {f"{name}_at": moment(day.astimezone(zone).date(), at, zone, name) for name, day, at in times}
    seats.set_up(me, topic, {**said, "zone": HOME, "workshop_id": db.session.scalar(workshop)}, [me.id or 0])
    db.session.execute(update(HotSeat).where(HotSeat.topic_id == topic.id).values(told_at=now()))


def ask(community: Community, row: Row, question: Row) -> None:
    """Somebody asks."""
    me, topic = community.person(question["author"]), community.topics[row["topic"]]
    asking.ask(me, topic, _seat(topic.id), write(question["body"], topic), FINE)


def weigh(community: Community, row: Row, n: int, question: Row) -> None:
    """Some vote for it, and it is answered."""
    found = select(SeatQuestion).where(SeatQuestion.seat_id == _seat(community.topics[row["topic"]].id))
    asked = db.session.scalars(found.where(SeatQuestion.n == n)).one()
    for key in question["votes"]:
        asking.vote(community.person(key), asked)
    if "answer" in question:
        asked.answer_id = community.posts[row["topic"], question["answer"]].id


def _seat(topic_id: int) -> int:
    return db.session.scalars(select(HotSeat.id).where(HotSeat.topic_id == topic_id)).one()
