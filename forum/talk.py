"""The rule over topics, and over what hangs on them: polls, hot seats, and the questions to these."""

from sqlalchemy import and_, or_

from forum.asking import Who
from forum.kit.lean import Columns, some
from forum.models import Asked, HotSeat, Topic
from forum.rule import FACILITATE, READ, of_group, reaches
from forum.who import Condition

some_topic = some(Topic, "id", "group_id", "deleted_at", "hidden_at")
some_seat = some(HotSeat, "id", "topic_id")


def own_topic(topic: Columns, leads: Condition) -> Condition:
    return and_(topic.deleted_at.is_(None), or_(topic.hidden_at.is_(None), leads))


def of_topic(who: Who, topic: Columns) -> Condition:
    return of_group(
        topic.group_id, lambda g: and_(reaches(who, g, READ), own_topic(topic, reaches(who, g, FACILITATE)))
    )


def in_topic(who: Who, thing: Columns) -> Condition:
    """A poll or a hot seat: read as its topic."""
    return some_topic(lambda topic: and_(topic.id == thing.topic_id, of_topic(who, topic)))


def of_question(who: Who, question: Columns) -> Condition:
    """Read as its topic; held or set aside, by facilitators and by whoever asked it."""

    def lets(topic: Columns) -> Condition:
        leads = of_group(topic.group_id, lambda group: reaches(who, group, FACILITATE))
        own = and_(who.is_registered(), who.is_(question.author_id))
        return and_(of_topic(who, topic), or_(question.state == Asked.OPEN, own, leads))

    def in_seat(seat: Columns) -> Condition:
        return and_(seat.id == question.seat_id, some_topic(lambda t: and_(t.id == seat.topic_id, lets(t))))

    return some_seat(in_seat)
