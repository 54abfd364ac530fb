"""Replies that wait for a facilitator go where the posts go that they answer, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update

from forum.discussions.actions.counting import UNSEEN
from forum.kit.db import db
from forum.models import Held, HeldState, Topic


def follow(topic: Topic, there: Topic, numbers: Mapping[int, int], whole: bool = False) -> list[list[int | None]]:
    """Replies to posts that move wait in the other topic: [id, number it answered] of each. Does not commit.

    `numbers`: those of the posts before and since. `whole`: replies to the topic itself, too.
    """
    answering: Any = Held.answers.in_(list(numbers))
    here = (Held.topic_id == topic.id, or_(answering, Held.answers.is_(None)) if whole else answering)
    found = db.session.execute(select(Held.id, Held.answers).where(*here)).all()
    for one, answers in found:
        stand(one, there, numbers.get(answers) if answers else None)
    return [[one, answers] for one, answers in found]


def go_back(kept: Sequence[Sequence[Any]], topic: Topic) -> None:
    """They wait where they waited. Does not commit."""
    for one, answers in kept:
        stand(one, topic, answers)


def stand(one: int, topic: Topic, answers: int | None) -> None:
    """A reply waits in this topic, to answer this post. Does not commit."""
    values = {"topic_id": topic.id, "group_id": topic.group_id, "answers": answers}
    db.session.execute(update(Held).where(Held.id == one).values(values), execution_options=UNSEEN)


def waiting_in(topic: Topic) -> Any:
    """SELECT of what waits to be a reply there."""
    return select(Held).where(Held.topic_id == topic.id, Held.state == HeldState.WAITING)


def files_of(topic: Topic) -> list[int]:
    """The files that came with what waits there."""
    found = db.session.scalars(waiting_in(topic).with_only_columns(Held.documents))
    return [number for numbers in found for number in numbers]
