"""What stirred lately in a group: remembered until something in that group changes.

It is the same for every member, so nobody's rights are in it: which groups are asked for is the rule's word, and how
far somebody has read, and whose organisations they see, is asked each time. `Group.version` grows with every change
to a topic, a post, a seat or a name in the group, and comes with the reader's seats: nothing stale is ever shown.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import and_, bindparam, literal, select, true, union_all
from sqlalchemy.orm import aliased

from forum.kit.cache import Lru
from forum.kit.db import db
from forum.models import Group, Post, Topic, User, waits

#: of each group so many topics are looked at, and so many questions that wait; of a topic, so many of its last posts
NEWEST, WAITING, LAST = 10, 10, 40
#: what topics are in the order of, and questions that wait
LAST_POST, ASKED = attrgetter("last_post_at", "id"), attrgetter("created_at", "id")
#: how many groups are remembered in each process
KEPT = 200


class Stirred(NamedTuple):
    """A topic, as everyone in its group sees it; the last of its posts, newest first: (no, author’s id, moment)."""

    id: int
    group_id: int
    n: int
    kind: Any
    title: str
    pinned: bool
    locked_at: datetime | None
    hidden_at: datetime | None
    accepted_no: int | None
    reply_count: int
    answer_count: int
    answer_summary: str
    outdated_at: datetime | None
    created_at: datetime
    last_post_at: datetime
    author_id: int
    author: str
    tail: tuple[tuple[int, int, datetime], ...] = ()
    #: who wrote these, and the earliest of their moments
    writers: frozenset[int] = frozenset()
    since: datetime | None = None

    def news(self, reader: int, seen: int, caught_up: datetime) -> int:
        """How many of its last posts are by others, after those seen, and from after they caught up."""
        if self.since and caught_up < self.since and seen < self.tail[-1][0] and reader not in self.writers:
            return len(self.tail)
        new = 0
        for no, by, at in self.tail:
            if no <= seen:
                break
            new += by != reader and at > caught_up  # what waited for a facilitator has an earlier moment
        return new


class Lately(NamedTuple):
    """A group's topics that stirred last, newest first; and its newest questions that wait for an answer."""

    stirred: tuple[Stirred, ...] = ()
    waiting: tuple[Stirred, ...] = ()


_SAID = (
    Topic.id, Topic.group_id, Topic.n, Topic.kind, Topic.title, Topic.pinned, Topic.locked_at, Topic.hidden_at,
    Topic.accepted_no, Topic.reply_count, Topic.answer_count, Topic.answer_summary, Topic.outdated_at,
    Topic.created_at, Topic.last_post_at, Topic.author_id,
    User.name.label("author"),
)  # fmt: skip
_GROUPS = Group.id.in_(bindparam("groups", expanding=True))
_last = aliased(Topic)
_of_group = and_(_last.group_id == Group.id, _last.deleted_at.is_(None), _last.hidden_at.is_(None))
_STIRRED = (
    select(_last.id).where(_of_group).order_by(_last.last_post_at.desc(), _last.id.desc()).limit(NEWEST)
).correlate(Group)
_ASKED = (
    select(_last.id).where(_of_group, waits(_last)).order_by(_last.created_at.desc(), _last.id.desc()).limit(WAITING)
).correlate(Group)


def _made(newest: Any, lateral: bool, asked: bool) -> Any:
    """The few topics that `newest` finds in each group. SQLite has no LATERAL, PostgreSQL needs it."""
    found = select(*_SAID, literal(asked).label("asked")).select_from(Group)
    if lateral:
        each = newest.lateral()
        found = found.join(each, true()).join(Topic, Topic.id == each.c.id)
    else:
        found = found.join(Topic, Topic.id.in_(newest))
    return found.join(User, User.id == Topic.author_id).where(_GROUPS)


TOPICS = {
    engine: union_all(_made(_STIRRED, lateral, asked=False), _made(_ASKED, lateral, asked=True))
    for engine, lateral in (("sqlite", False), ("postgresql", True))
}
TAILS = (
    select(Post.topic_id, Post.no, Post.author_id, Post.created_at)
    .join(Topic, Topic.id == Post.topic_id)
    .where(
        Topic.id.in_(bindparam("topics", expanding=True)),
        Post.no > Topic.last_no - LAST, Post.deleted_at.is_(None), Post.hidden_at.is_(None),
    )
)  # fmt: skip


def lately(groups: Mapping[int, int]) -> list[Lately]:
    """What stirred in these groups (their versions by their ids). Two statements, for those that changed."""
    kept: Lru[tuple[int, int], Lately] = current_app.extensions["lately"]
    return list(kept.all_or_make({number: (number, version) for number, version in groups.items()}, _load).values())


def _load(groups: list[int]) -> dict[int, Lately]:
    connection = db.session.connection()
    rows = connection.execute(TOPICS[connection.dialect.name], {"groups": groups}).all()
    tails = defaultdict(list)
    for topic_id, *post in connection.execute(TAILS, {"topics": [row.id for row in rows if not row.asked]}):
        tails[topic_id].append(tuple(post))
    return {group_id: _of(group_id, rows, tails) for group_id in groups}


def _of(group_id: int, rows: Iterable[Any], tails: Mapping[int, list[Any]]) -> Lately:
    mine = [row for row in rows if row.group_id == group_id]
    stirred = [Stirred._make((*row[:-1], *summed(tails.get(row.id, ())))) for row in mine if not row.asked]
    waiting = [Stirred._make((*row[:-1], *summed(()))) for row in mine if row.asked]
    return Lately(tuple(sorted(stirred, key=LAST_POST, reverse=True)), tuple(sorted(waiting, key=ASKED, reverse=True)))


def summed(posts: Collection[tuple[int, int, datetime]]) -> tuple[Any, ...]:
    """The last posts of a topic, newest first, who wrote them, and since when they are."""
    since = min((at for _, _, at in posts), default=None)
    return tuple(sorted(posts, reverse=True)), frozenset(by for _, by, _ in posts), since


def init_app(app: Flask) -> None:
    """The app remembers what stirred in its groups."""
    app.extensions["lately"] = Lru(KEPT)
