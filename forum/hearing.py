"""How people want to hear of their groups: the only door to their choices and habits.

Nothing here says who may be told: a choice only makes that less.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, false, func, or_, select

from forum.access import Person, readable
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.when import zone_of
from forum.models import Habit, Hear, Hearing, Notice, Post, Topic, TopicKind, User

#: what is chosen for those who chose nothing
DEFAULT = Hear.REPLIES
#: the past from which is reckoned what will come
WEEKS = 8
#: of fewer people it is not said how many chose what
FEWEST = 5
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
    return found or Habit(user_id=user_id, daily=True, hour=7, day=0, discreet=False, silent=False)


def keep(habit: Habit, values: Mapping[str, Any]) -> None:
    """These habits are theirs from now on; when their next summary comes is reckoned anew. Does not commit."""
    for name, value in values.items():
        setattr(habit, name, value)
    habit.digest_at = None
    db.session.add(habit)


def silence(user_id: int) -> None:
    """No mail of any group comes to them, nor of those they join later, until they say otherwise. Does not commit."""
    row = insert_or(Habit).values(user_id=user_id, silent=True)
    db.session.execute(row.on_conflict_do_update(index_elements=["user_id"], set_={"silent": True}))


def paused(habit: Habit, moment: datetime) -> bool:
    """Whether they want no mail of groups for now."""
    return habit.silent or (habit.paused_until is not None and moment < habit.paused_until)


def quiet(habit: Habit, zone: str, moment: datetime) -> bool:
    """Whether it is one of their quiet hours."""
    if habit.quiet_from is None or habit.quiet_to is None:
        return False
    hour = moment.astimezone(zone_of(zone)).hour
    if habit.quiet_from <= habit.quiet_to:
        return habit.quiet_from <= hour < habit.quiet_to
    return hour >= habit.quiet_from or hour < habit.quiet_to


def quiet_until(user: User, zone: str, moment: datetime) -> datetime | None:
    """The end of the quiet hours of theirs that it is; None when it is none. `zone`: where they named none."""
    habit, here = habit_of(user.id), user.timezone or zone
    if habit.quiet_to is None or not quiet(habit, here, moment):
        return None
    local = moment.astimezone(zone_of(here))
    end = local.replace(hour=habit.quiet_to, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)


class Reached(NamedTuple):
    """How many people an announcement goes to, and how they will hear of it."""

    everyone: int
    now: int
    later: int
    inbox: int

    @property
    def split(self) -> bool:
        """Whether the ways may be said: of four people the numbers would say who chose what."""
        return self.everyone >= FEWEST


def reached(people: Select[tuple[User]], group_id: int) -> Reached:
    """How these people hear of what is announced in a group now, as they chose. One statement.

    `people` comes from `hearers`. By mail now = it is queued now; it waits for their quiet hours, if it is one.
    """
    choice = func.coalesce(Hearing.choice, DEFAULT)
    told = people.with_only_columns(User.id, User.mail_stopped_at).subquery()
    paused = or_(func.coalesce(Habit.silent, false()), Habit.paused_until > now())
    silent = or_(choice == Hear.NOTHING, paused, told.c.mail_stopped_at.is_not(None))
    way = case((silent, "inbox"), (and_(Habit.daily.is_(False), choice != Hear.WEEKLY), "now"), else_="later")
    found = (
        select(way.label("way"))
        .select_from(told)
        .outerjoin(Hearing, and_(Hearing.user_id == told.c.id, Hearing.group_id == group_id))
        .outerjoin(Habit, Habit.user_id == told.c.id)
        .subquery()
    )
    ways = {row[0]: row[1] for row in db.session.execute(select(found.c.way, func.count()).group_by(found.c.way))}
    return Reached(sum(ways.values()), *(ways.get(name, 0) for name in ("now", "later", "inbox")))


def estimates(me: Person, groups: Iterable[int]) -> dict[int, dict[Hear, float]]:
    """How many mails a week each choice would have brought them of late, by group. Two statements."""
    numbers, since = list(groups), now() - timedelta(weeks=WEEKS)
    lately = (Post.created_at > since, Post.author_id != me.id, readable(Post, me))
    # facilitators read what is hidden, but nobody is mailed of it
    stands = [one.is_(None) for one in (Post.deleted_at, Post.hidden_at, Topic.deleted_at, Topic.hidden_at)]
    announcing = case((and_(Post.no == 0, Topic.kind == TopicKind.ANNOUNCEMENT), 1), else_=0)
    # the topics that stirred since then, by their index; the posts' own would be all there ever were
    stirred = (Topic.group_id.in_(numbers), Topic.last_post_at > since)
    posts = select(Topic.group_id, func.count(), func.sum(announcing)).join(Post, Post.topic_id == Topic.id)
    posts = posts.where(*stirred, *lately, *stands).group_by(Topic.group_id)
    told = select(Topic.group_id, func.count()).join(Post, Post.topic_id == Topic.id)
    told = told.join(Notice, Notice.post_id == Post.id).where(Notice.user_id == me.id, Notice.kind.in_(TO_ME))
    told = told.where(Topic.group_id.in_(numbers), *lately, *stands).group_by(Topic.group_id)
    every = {group: (many, news) for group, many, news in db.session.execute(posts)}
    mine = {row[0]: row[1] for row in db.session.execute(told)}
    return {
        number: {
            Hear.EVERY: every.get(number, (0, 0))[0] / WEEKS,
            Hear.REPLIES: (every.get(number, (0, 0))[1] + mine.get(number, 0)) / WEEKS,
            Hear.WEEKLY: 1.0,
            Hear.NOTHING: 0.0,
        }
        for number in numbers
    }
