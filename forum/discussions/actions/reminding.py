"""What comes by itself: one question to the asker whether there is an answer; answers whose day to look again has come.

Nothing here commits. Each is marked in the same transaction as its mail, so that two workers send one.
"""

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, literal_column, select, update

from forum import outbox
from forum.access import EVERYONE, FACILITATE, can, person, readable
from forum.discussions.actions.counting import UNSEEN
from forum.discussions.cards import today_in
from forum.discussions.writing import author_of
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Topic, User

#: the asker is asked so long after the question, when nobody has said anything for a while; older ones are left alone
AFTER, QUIET, OLDEST = timedelta(days=3), timedelta(days=1), timedelta(days=30)
#: at one time
MOST = 200

#: constants are written out, as in the index of such questions
_OPEN = (
    Topic.kind == literal_column("'question'"), Topic.accepted_no.is_(None), Topic.nudged_at.is_(None),
    Topic.answer_count > 0, Topic.deleted_at.is_(None), Topic.hidden_at.is_(None), Topic.locked_at.is_(None),
)  # fmt: skip


def to_nudge() -> list[int]:
    """The questions whose asker is to be asked now which reply answers it."""
    moment = now()
    ripe = (
        Topic.created_at <= moment - AFTER,
        Topic.created_at > moment - OLDEST,
        Topic.last_post_at <= moment - QUIET,
    )
    found = select(Topic.id).where(*_OPEN, *ripe).order_by(Topic.created_at).limit(MOST)
    return list(db.session.scalars(found))


def nudge(topic_id: int) -> bool:
    """Whether its asker is mailed by this call: once for each question, by whoever comes first."""
    mark = update(Topic).where(Topic.id == topic_id, *_OPEN).values(nudged_at=now())
    marked: Any = db.session.execute(mark, execution_options=UNSEEN)
    if marked.rowcount != 1:
        return False
    topic = db.session.scalars(select(Topic).where(Topic.id == topic_id)).one()
    if not can(person(topic.author_id), "accept", topic):
        return False
    outbox.queue("answer-nudge", author_of(topic), f"nudge:{topic.id}", topic.group, topic_id=topic.id)
    return True


def _due() -> tuple[Any, ...]:
    today = today_in(current_app.config["TIMEZONE"], now())
    return (
        Topic.review_on.is_not(None), Topic.review_on <= today, Topic.review_told_at.is_(None),
        Topic.accepted_no.is_not(None), Topic.deleted_at.is_(None),
    )  # fmt: skip


def groups_due() -> list[int]:
    """The groups whose facilitators have not been told yet of answers to look at again."""
    return list(db.session.scalars(select(Topic.group_id).where(*_due()).distinct().limit(MOST)))


def tell_due(group_id: int) -> int:
    """How many answers of a group its facilitators are told of by this call, in one mail to each."""
    mark = update(Topic).where(Topic.group_id == group_id, *_due()).values(review_told_at=now()).returning(Topic.id)
    marked = sorted(db.session.scalars(mark, execution_options=UNSEEN))
    if not marked:
        return 0
    group = db.session.scalars(select(Group).where(Group.id == group_id)).one()
    for user in db.session.scalars(facilitators(group)).all():
        once = f"answers:{marked[0]}:{now():%Y%m%d%H%M}:{user.id}"
        outbox.queue("answers-due", user, once, group, many=len(marked))
    return len(marked)


def facilitators(group: Group) -> Select[User]:
    """Who may facilitate a group."""
    leads = select(1).select_from(Group).where(Group.id == group.id, readable(Group, EVERYONE, FACILITATE))
    active = (User.active, User.confirmed_at.is_not(None))
    return select(User).where(*active, leads.correlate(User).exists()).order_by(User.id)
