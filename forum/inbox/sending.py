"""Mail of notices: as it happens or together, never more than MOST an hour. Nothing here commits.

A notice that waits is taken in the same transaction as its mail is queued, so that it is mailed once, whoever else is
at it and whatever dies. What the mail says is asked and read when it is sent (outbox/news.py).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select, update

from forum import hearing, outbox
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Habit, Hear, Mail, Notice, Post, User

#: mails of groups to one person in an hour; what is more comes together in one
MOST, HOUR = 6, timedelta(hours=1)
OF_GROUPS = ("post", "news", "mentioned")
#: what is mailed to those who want announcements and replies to them
FEW = ("reply", "announcement", "answer", "mention")
UNSEEN = {"synchronize_session": False}
#: people at one time
BATCH = 500


def at_once(after: int = 0) -> list[int]:
    """People for whom something waits, and who want mail as it happens: the next BATCH by number."""
    moment = now()
    found = (
        select(Notice.user_id)
        .join(Habit, Habit.user_id == Notice.user_id)
        .where(Notice.mail_waits, Habit.daily.is_(False), Notice.user_id > after)
        .where(~Habit.silent, or_(Habit.paused_until.is_(None), Habit.paused_until <= moment))
    )
    return list(db.session.scalars(found.distinct().order_by(Notice.user_id).limit(BATCH)))


def write_to(user_id: int) -> int:
    """How many mails are queued for somebody by this call."""
    user = db.session.scalars(select(User).where(User.id == user_id)).one()
    room = MOST - sent_lately(user_id)
    zone = user.timezone or str(current_app.config["TIMEZONE"])
    if room <= 0 or hearing.quiet(hearing.habit_of(user_id), zone, now()):
        return 0
    taken = take(user_id)
    if len(taken) > room:
        return together(user, taken, {})
    for one in taken:
        facts = {"notice": one.id, "post": one.post_id, "why": one.kind, "by": one.actor or ""}
        group = db.session.scalars(select(Group).where(Group.id == one.group_id)).one()
        outbox.queue("post", user, f"post:{one.id}:{user_id}", group, **facts)
    return len(taken)


def sent_lately(user_id: int) -> int:
    """How many mails of groups were queued for them in the last hour."""
    lately = (Mail.user_id == user_id, Mail.created_at > now() - HOUR, Mail.template.in_(OF_GROUPS))
    return db.session.scalar(select(func.count()).where(*lately)) or 0


def take(user_id: int) -> Sequence[Any]:
    """What waited for them and their choices let through, oldest first. None of it waits any more.

    What came before the end of a pause stays in the inbox.
    """
    mine = (Notice.user_id == user_id, Notice.mail_waits)
    done = update(Notice).where(*mine).values(mail_waits=False).returning(Notice.id)
    numbers = list(db.session.scalars(done, execution_options=UNSEEN))
    actor = select(User.name).where(User.id == Notice.actor_id).correlate(Notice).scalar_subquery()
    found = select(Notice.id, Notice.kind, Notice.post_id, Post.group_id, actor.label("actor"))
    found = found.join(Post, Post.id == Notice.post_id).outerjoin(Habit, Habit.user_id == Notice.user_id)
    awake = or_(Habit.paused_until.is_(None), Habit.paused_until <= Notice.created_at)
    rows = db.session.execute(found.where(Notice.id.in_(numbers), awake).order_by(Notice.id)).all()
    choices = hearing.choices_of(user_id)
    return [row for row in rows if _lets(choices.get(row.group_id, hearing.DEFAULT), row.kind)]


def _lets(choice: Hear, kind: str) -> bool:
    return choice == Hear.EVERY or (choice == Hear.REPLIES and kind in FEW)


def together(user: User, taken: Sequence[Any], facts: dict[str, Any]) -> int:
    """One mail of all of these is queued: 1."""
    numbers = [one.id for one in taken]
    outbox.queue("news", user, f"news:{user.id}:{max(numbers)}", notices=numbers, **facts)
    return 1
