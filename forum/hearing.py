"""How people want to hear of their groups: the only door to their choices and habits.

Nothing here says who may be told: a choice only makes that less.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from forum.access import Person
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.when import zone_of
from forum.models import Habit, Hear, Hearing, Notice, Post, Topic, TopicKind

#: what is chosen for those who chose nothing
DEFAULT = Hear.REPLIES
#: the past from which is reckoned what will come
WEEKS = 8
#: notices that answer somebody
TO_ME = ("reply", "mention", "answer")


def choices_of(user_id: int | None) -> dict[int, Hear]:
    """What somebody chose, by the group's number."""
    found = select(Hearing.group_id, Hearing.choice).where(Hearing.user_id == user_id)
    return {row.group_id: row.choice for row in db.session.execute(found)}


def choose(user_id: int | None, group_id: int, choice: Hear) -> None:
    """They hear so of that group from now on. Does not commit."""
    row = insert_or(Hearing).values(user_id=user_id, group_id=group_id, choice=choice)
    keys = ["user_id", "group_id"]
    db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"choice": row.excluded.choice}))


def habit_of(user_id: int | None) -> Habit:
    """Their habits; the usual ones, not yet a row, for those who said nothing."""
    found = db.session.scalars(select(Habit).where(Habit.user_id == user_id)).first()
    return found or Habit(user_id=user_id, daily=True, hour=7, day=0, discreet=False)


def keep(habit: Habit, values: Mapping[str, Any]) -> None:
    """These habits are theirs from now on; when their next summary comes is reckoned anew. Does not commit."""
    for name, value in values.items():
        setattr(habit, name, value)
    habit.digest_at = None
    db.session.add(habit)


def paused(habit: Habit, moment: datetime) -> bool:
    """Whether they want no mail of groups for now."""
    return habit.paused_until is not None and moment < habit.paused_until


def quiet(habit: Habit, zone: str, moment: datetime) -> bool:
    """Whether it is one of their quiet hours."""
    if habit.quiet_from is None or habit.quiet_to is None:
        return False
    hour = moment.astimezone(zone_of(zone)).hour
    if habit.quiet_from <= habit.quiet_to:
        return habit.quiet_from <= hour < habit.quiet_to
    return hour >= habit.quiet_from or hour < habit.quiet_to


def estimates(me: Person, groups: Iterable[int]) -> dict[int, dict[Hear, float]]:
    """How many mails a week each choice would have brought them of late, by group. Three statements."""
    numbers, since = list(groups), now() - timedelta(weeks=WEEKS)
    lately = (Post.group_id.in_(numbers), Post.created_at > since, Post.author_id != me.id, Post.deleted_at.is_(None))
    posts = select(Post.group_id, func.count()).where(*lately, Post.hidden_at.is_(None)).group_by(Post.group_id)
    announced = posts.join(Topic, Topic.id == Post.topic_id).where(
        Post.no == 0, Topic.kind == TopicKind.ANNOUNCEMENT, Topic.deleted_at.is_(None)
    )
    to_me = (
        select(Post.group_id, func.count())
        .join(Notice, Notice.post_id == Post.id)
        .where(Notice.user_id == me.id, Notice.kind.in_(TO_ME), *lately)
        .group_by(Post.group_id)
    )
    every, news, mine = ({row[0]: row[1] for row in db.session.execute(each)} for each in (posts, announced, to_me))
    return {
        number: {
            Hear.EVERY: every.get(number, 0) / WEEKS,
            Hear.REPLIES: (news.get(number, 0) + mine.get(number, 0)) / WEEKS,
            Hear.WEEKLY: 1.0,
            Hear.NOTHING: 0.0,
        }
        for number in numbers
    }
