"""Summaries, daily and weekly: one in each period, at each person's hour, however many schedulers run. No commits.

Whose hour it is is a moment in their row; who moves it on, in the transaction that queues the mail, is the one who
sends it. What it says is asked and read when it is sent; one that has nothing to say is not (outbox/news.py).
"""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, false, func, or_, select, union, update

from forum import hearing, outbox
from forum.inbox.sending import BATCH, UNSEEN, take
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.when import zone_of
from forum.models import Habit, Hear, Hearing, Notice, User

WEEK = timedelta(days=7)


def due(after: int = 0) -> list[int]:
    """People whose hour has come, or was never reckoned, and for whom there may be something: the next BATCH."""
    some = union(
        select(Notice.user_id).where(Notice.mail_waits, Notice.user_id > after),
        select(Hearing.user_id).where(Hearing.choice == Hear.WEEKLY, Hearing.user_id > after),
    ).subquery()
    moment = now()
    found = select(some.c.user_id).outerjoin(Habit, Habit.user_id == some.c.user_id)
    ripe = or_(Habit.digest_at.is_(None), Habit.digest_at <= moment)
    awake = and_(
        func.coalesce(Habit.silent, false()).is_(False),
        or_(Habit.paused_until.is_(None), Habit.paused_until <= moment),
    )
    return list(db.session.scalars(found.where(ripe, awake).order_by(some.c.user_id).limit(BATCH)))


def sum_up(user_id: int) -> int:
    """How many summaries are queued for somebody by this call."""
    user = db.session.scalars(select(User).where(User.id == user_id)).one()
    zone = user.timezone or str(current_app.config["TIMEZONE"])
    db.session.execute(insert_or(Habit).values(user_id=user_id).on_conflict_do_nothing(), execution_options=UNSEEN)
    habit = hearing.habit_of(user_id)
    was, upcoming = habit.digest_at, next_at(habit, zone, now())
    if was is not None and was > now():
        return 0
    theirs = Habit.digest_at.is_(None) if was is None else Habit.digest_at == was
    moved: Any = db.session.execute(
        update(Habit).where(Habit.user_id == user_id, theirs).values(digest_at=upcoming), execution_options=UNSEEN
    )
    if was is None or moved.rowcount != 1:
        return 0
    return _queue(user, habit, was, zone)


def _queue(user: User, habit: Habit, at: datetime, zone: str) -> int:
    weekly = _in_the_week(habit, zone, at)
    taken = take(user.id) if habit.daily else []
    if not taken and not weekly:
        return 0
    facts: dict[str, Any] = {"notices": [one.id for one in taken], "period": "week" if weekly else "day"}
    facts |= {"since": (at - WEEK).isoformat()} if weekly else {}
    outbox.queue("news", user, f"digest:{user.id}:{at:%Y%m%d%H%M}", **facts)
    return 1


def _in_the_week(habit: Habit, zone: str, at: datetime) -> bool:
    """Whether the day of their week was since: it counts too when nobody summed up at its hour."""
    first = at.astimezone(zone_of(zone)).weekday()
    return (habit.day - first) % 7 <= (now() - at).days


def next_at(habit: Habit, zone: str, after: datetime) -> datetime:
    """The next time that it is their hour, in their zone: on a day when clocks change, too."""
    local = after.astimezone(zone_of(zone))
    at = local.replace(hour=habit.hour, minute=0, second=0, microsecond=0)
    return at if at > local else (at + timedelta(days=1))
