"""What people are told: the only door to their notices. A notice is a row that names a thing; it holds no words of it.

`tell` is one INSERT … SELECT: each is told the same news once, and nobody of what they did themselves.
Who was told is asked again whenever notices are counted, listed or sent (rows.py).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy import Select, and_, bindparam, case, func, literal, or_, select, update

from forum.access import ASKER, FACILITATE, TAKE_PART, Level, Person, asked_by, by_seat, readable, viewer
from forum.kit import fresh
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.hot import Hot
from forum.models import Group, Mute, Notice, Post, Reading, Topic, User

#: what is told by people, and so not by those whom somebody has muted
TALK = ("mention", "reply", "post", "tag")
#: what a mail tells of, if its reader wants one, unless there is a mail of its own; mentions have theirs
MAILED = ("reply", "post", "announcement", "answer")
#: how many unread ones are counted, and how long all of them are kept
MANY, LAST = 99, timedelta(days=120)
UNSEEN = {"synchronize_session": False}
#: what a statement is about is given in its place: `Any` is a text, or SQL of one
Words = Any


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: of a post, or of something in a group, which `code` names as addresses do."""

    #: 'reply', 'announcement' …, as forum/inbox/words.py says it; or SQL of that, for each of the people
    kind: Words
    of: Post | Group
    #: whose doing it is
    by: int | None = None
    code: str = ""
    #: what its reader must be there, whenever they read it
    needs: Level = TAKE_PART
    #: the news, where it is not the post itself: 'request:12'
    once: str = ""

    @property
    def key(self) -> str:
        """What is told to nobody twice."""
        return self.once or f"post:{self.of.id}"


def tell(news: News, people: Select[tuple[User]]) -> None:
    """Those people are told, but for whoever did it; of talk, but for those who muted them. Does not commit.

    `people` comes from `audience`, `hearers` or `some`. Told already = told no more.
    """
    of_post = isinstance(news.of, Post)
    values = {
        "kind": news.kind if not isinstance(news.kind, str) else literal(news.kind),
        "actor_id": literal(news.by, Notice.actor_id.type),
        "post_id": literal(news.of.id if of_post else None, Notice.post_id.type),
        "group_id": literal(None if of_post else news.of.id, Notice.group_id.type),
        "code": literal(news.code), "needs": literal(news.needs.value), "once": literal(news.key),
        "created_at": literal(now(), Notice.created_at.type), "mail_waits": _mailed(news.kind),
    }  # fmt: skip
    found = people.with_only_columns(User.id, *values.values()).where(User.id != (news.by or 0))
    if news.by and (not isinstance(news.kind, str) or news.kind in TALK):
        found = found.where(listening(news.by))
    told = insert_or(Notice).from_select(["user_id", *values], found, include_defaults=False)
    db.session.flush()
    db.session.execute(told.on_conflict_do_nothing(index_elements=["user_id", "once"]), execution_options=UNSEEN)


def listening(to: Any) -> Any:
    """SQL of: this person has not muted that one."""
    return ~sa.exists(select(1).where(Mute.user_id == User.id, Mute.muted_id == to).correlate(User))


def _mailed(kind: Words) -> Any:
    """SQL of whether a mail is to tell of it."""
    return (
        literal(kind in MAILED)
        if isinstance(kind, str)
        else kind.in_([sa.literal_column(f"'{one}'") for one in MAILED])
    )


def some(people: Iterable[int]) -> Select[tuple[User]]:
    """These people, for `tell`, who may be below those that hear of everything: the rule is asked when they read it."""
    return select(User).where(User.id.in_(list(people)), User.active, User.confirmed_at.is_not(None))


#: SQL of: they have neither marked it as read nor seen the post
_SEEN = and_(Reading.user_id == Notice.user_id, Reading.topic_id == Post.topic_id)
UNREAD = and_(Notice.read_at.is_(None), or_(Notice.post_id.is_(None), Post.no > func.coalesce(Reading.seen_no, -1)))


def with_posts(statement: Any) -> Any:
    """A statement over notices, with the post that each is of, and how far its reader has read there."""
    return statement.outerjoin(Post, Post.id == Notice.post_id).outerjoin(Reading, _SEEN)


_few = (
    with_posts(select(Notice.id).select_from(Notice))
    .where(Notice.user_id == bindparam("me"), Notice.read_at.is_(None), UNREAD, readable(Notice, ASKER))
    .limit(MANY + 1)
)
COUNT = Hot(select(func.count().label("many")).select_from(_few.subquery()))

_live = (
    with_posts(select(Notice.needs.label("needs"), func.coalesce(Notice.group_id, Post.group_id).label("place")))
    .outerjoin(Topic, Topic.id == Post.topic_id)
    .add_columns(case((or_(Post.hidden_at.is_not(None), Topic.hidden_at.is_not(None)), 1), else_=0).label("hidden"))
    .where(Notice.user_id == User.id, UNREAD, Post.deleted_at.is_(None), Topic.deleted_at.is_(None))
    .limit(MANY + 1)
    .correlate(User)
    .subquery()
)
_parts = (sa.cast(_live.c.place, sa.String), sa.cast(_live.c.needs, sa.String), sa.cast(_live.c.hidden, sa.String))
#: SQL of what a person was told and has not seen, for the statement that looks for them anyway
WAITING = select(
    func.aggregate_strings(_parts[0].concat(":").concat(_parts[1]).concat(":").concat(_parts[2]), ",")
).scalar_subquery()


def unread(me: Person) -> int:
    """How many notices wait for this person that they may read now; at most MANY + 1.

    Where they have seats that is known without asking; one statement if some are of groups where they have none.
    """
    told = Counter(me.told.split(",")) if me.told else {}
    known = [(_reads(me, *map(int, one.split(":"))), many) for one, many in told.items()]
    if any(reads is None for reads, _ in known):
        return int(COUNT.first(asked_by(me)).many)
    return sum(many for reads, many in known if reads)


def _reads(me: Person, group_id: int, needs: int, hidden: int) -> bool | None:
    """Whether they read a notice of a group, by their seat in it; None without one."""
    high = by_seat(me, group_id)
    return None if high is None else high >= max(needs, FACILITATE if hidden else 0)


def unread_here() -> int:
    """The same, of this request's reader."""
    me = viewer()
    kept: tuple[Person, int] | None = g.get("unread")
    if kept is None or kept[0] is not me:
        kept = g.unread = me, unread(me)
    return kept[1]


def read_all(me: Person, until: datetime) -> None:
    """What they were told until then is read. Does not commit."""
    mine = (Notice.user_id == me.id, Notice.read_at.is_(None), Notice.created_at <= until)
    db.session.execute(update(Notice).where(*mine).values(read_at=now()), execution_options=UNSEEN)


def read_some(me: Person, numbers: Iterable[int]) -> None:
    """These notices are read, as far as they are theirs. Does not commit."""
    mine = (Notice.user_id == me.id, Notice.id.in_(list(numbers)), Notice.read_at.is_(None))
    db.session.execute(update(Notice).where(*mine).values(read_at=now()), execution_options=UNSEEN)


def seen(user_id: int, group_id: int, kinds: Iterable[str], code: str, until: datetime) -> None:
    """What they were told until then of one thing in a group is read. Does not commit."""
    it = (Notice.group_id == group_id, Notice.kind.in_(kinds), Notice.code == code, Notice.created_at <= until)
    mine = (Notice.user_id == user_id, Notice.read_at.is_(None), *it)
    db.session.execute(update(Notice).where(*mine).values(read_at=now()), execution_options=UNSEEN)


def unmailed(user_id: int) -> None:
    """No mail tells them of what they were told so far: they wanted none then. Does not commit."""
    mine = (Notice.user_id == user_id, Notice.mail_waits)
    db.session.execute(update(Notice).where(*mine).values(mail_waits=False), execution_options=UNSEEN)


def settle(kind: str, group: Group, code: str) -> None:
    """What was asked of people there is done: it waits for nobody any more. Does not commit."""
    it = (Notice.group_id == group.id, Notice.kind == kind, Notice.code == code, Notice.read_at.is_(None))
    db.session.execute(update(Notice).where(*it).values(read_at=now()), execution_options=UNSEEN)


def sweep() -> None:
    """Marks those as read whose posts were seen, and forgets the old ones. Does not commit."""
    passed = and_(Reading.user_id == Notice.user_id, Post.id == Notice.post_id, Reading.seen_no >= Post.no)
    seen = select(1).select_from(Reading).join(Post, Post.topic_id == Reading.topic_id).where(passed)
    mark = update(Notice).where(Notice.read_at.is_(None), sa.exists(seen.correlate(Notice))).values(read_at=now())
    db.session.execute(mark, execution_options=UNSEEN)
    db.session.execute(sa.delete(Notice).where(Notice.created_at < now() - LAST), execution_options=UNSEEN)


def init_app(app: Flask) -> None:
    """Every page says how many wait; when that changes, pages are sent anew."""
    app.context_processor(lambda: {"unread": unread_here()})
    fresh.on_every_page(app, unread_here)
