"""The addresses that end mail: of one group, or of all. They work without signing in, and open nothing else.

The token is made of the account, its address and the group, so that every mail can name it; only its digest is kept.
"""

import hashlib
import hmac

from flask import current_app
from sqlalchemy import bindparam, select, update

from forum.kit import ids
from forum.kit.db import db, insert_or
from forum.kit.hot import Hot
from forum.models import Group, Habit, Hearing, User

OF_ONE = Hot(select(Hearing.user_id).where(Hearing.stop == bindparam("stop")))
OF_ALL = Hot(select(Habit.user_id).where(Habit.stop == bindparam("stop")))


def token_for(user: User, group: Group | None) -> str:
    """What ends the mail of a group to somebody, or (None) of all groups."""
    of = f"stop {user.id} {group.id if group else 'all'} {user.email}"
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), of.encode(), hashlib.sha256).hexdigest()


def keep(user: User, group: Group | None) -> str:
    """The same, which works from now on. Commits, on a connection of its own."""
    token = token_for(user, group)
    digest = ids.digest(token)
    if (OF_ONE if group else OF_ALL).first({"stop": digest}):
        return token
    model, keys = (Hearing, {"user_id": user.id, "group_id": group.id}) if group else (Habit, {"user_id": user.id})
    row = insert_or(model).values(**keys, stop=digest)
    with db.engine.begin() as connection:
        connection.execute(row.on_conflict_do_update(index_elements=list(keys), set_={"stop": digest}))
    return token


def whose(token: str) -> tuple[int, int | None] | None:
    """The person and the group (None: all) whose mail a token ends; None for one that ends nothing."""
    digest = ids.digest(token)
    one = db.session.execute(select(Hearing.user_id, Hearing.group_id).where(Hearing.stop == digest)).first()
    if one:
        return one.user_id, one.group_id
    everything = db.session.scalar(select(Habit.user_id).where(Habit.stop == digest))
    return (everything, None) if everything else None


def forget(user: User) -> None:
    """The addresses in mail to a former address of theirs end nothing any more. Does not commit."""
    for model in (Hearing, Habit):
        db.session.execute(update(model).where(model.user_id == user.id).values(stop=None))
