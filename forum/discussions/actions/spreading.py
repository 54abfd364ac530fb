"""News of a post to those who follow its topic or hear of all its group: at once to a few, by a job to many.

So what a reply costs does not grow with its listeners. A post that waits for the job is a row, and commits with it.
"""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from sqlalchemy import Integer, String, bindparam, case, delete, func, literal, select, union_all

from forum.access import TAKE_PART, hearers_of
from forum.kit import fate
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Change, Hot, as_numbers, insert_found, over_numbers
from forum.kit.signals import news_waits
from forum.models import Follow, Hear, Hearing, Notice, Post, Untold, User
from forum.notices import News, listening

#: so many listeners hear within the request that posts
FEW = 12
#: posts that one job tells of, at most
MANY = 500

_POST, _AT = bindparam("thing", type_=Integer), bindparam("at", type_=Notice.created_at.type)
_FOLLOW = select(Follow.user_id).where(Follow.topic_id == bindparam("topic"))
_HEAR = select(Hearing.user_id).where(Hearing.group_id == bindparam("within"), Hearing.choice == Hear.EVERY)


def _told(named: Any, engine: str, *listeners: Any) -> Any:
    """SQL that tells of a post those whom it mentions (`numbers`) or answers, and its listeners."""
    answered, writer = bindparam("answered", type_=Integer), bindparam("writer", type_=Integer)
    wanting, mentions = union_all(named, select(answered), *listeners), User.id.in_(named)
    kind = case((mentions, literal("mention")), (User.id == answered, literal("reply")), else_=literal("post"))
    values: dict[str, Any] = {
        "user_id": User.id, "kind": kind, "actor_id": writer, "post_id": _POST,
        "code": literal(""), "needs": literal(TAKE_PART.value), "once": bindparam("once", type_=String),
        "created_at": _AT, "mail_waits": ~mentions,
    }  # fmt: skip
    people = hearers_of(Post).where(User.id.in_(wanting), User.id != writer, listening(writer))
    found = people.with_only_columns(*(value.label(name) for name, value in values.items()))
    return insert_found(engine, Notice, found)


def _waits(engine: str) -> Any:
    """SQL that leaves a post with more than a few listeners to the job."""
    some = union_all(_FOLLOW, _HEAR).limit(FEW + 1).subquery()
    many = select(func.count()).select_from(some).scalar_subquery() > FEW
    return insert_found(engine, Untold, select(_POST.label("post_id"), _AT.label("since")).where(many))


#: `notices.tell` for a post, made once: building it took longer than all else that a reply does
NAMED = Change(over_numbers(_told))
ALL = Change(over_numbers(lambda named, engine: _told(named, engine, _FOLLOW, _HEAR)))
TOLD = Change(delete(Untold).where(Untold.post_id == _POST))
STANDS = Hot(
    select(Post.id, Post.topic_id, Post.group_id, Post.author_id).where(Post.id == _POST, Post.deleted_at.is_(None))
)
WAITS = Change({engine: _waits(engine).returning(Untold.post_id) for engine in ("sqlite", "postgresql")})


def spread(post: Post, mentioned: Iterable[int], answered: int | None) -> None:
    """Those whom a post mentions or answers are told, and its listeners, be it a moment later. Does not commit."""
    values = _values(post, mentioned, answered)
    if WAITS.run(values):
        NAMED.run(values)
        fate.once_done(_ask)
    else:
        ALL.run(values)


def _values(post: Any, mentioned: Iterable[int] = (), answered: int | None = None) -> dict[str, Any]:
    about = {"thing": post.id, "topic": post.topic_id, "within": post.group_id, "writer": post.author_id}
    return about | {
        "once": News("post", post).key, "at": now(), "answered": answered, "numbers": as_numbers(mentioned)
    }  # fmt: skip


def _ask() -> None:
    news_waits.send(current_app._get_current_object())  # type: ignore[attr-defined]


def untold() -> list[int]:
    """The posts whose listeners are still to be told."""
    return list(db.session.scalars(select(Untold.post_id).order_by(Untold.post_id).limit(MANY)))


def tell_the_rest(post_id: int) -> None:
    """The listeners of a post are told, as they are now, who were not told before. Does not commit."""
    TOLD.run({"thing": post_id})
    if post := STANDS.first({"thing": post_id}):
        ALL.run(_values(post))
