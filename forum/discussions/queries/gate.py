"""The door of a topic's page: the topic and its group as plain rows, with all that the page says of the reader.

One statement, made once. `level` decides over the row as it does over a Group; who may not read is sent
through `enter`, which answers as the law on refusals says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import String, and_, bindparam, case, cast, exists, func, literal, literal_column, or_, select
from sqlalchemy.orm import aliased
from werkzeug.exceptions import NotFound

from forum.access import ASKER, FACILITATE, READ, Level, Person, asked_by, enter, level, shown
from forum.discussions.queries.groups import GRAND, GROUP_COLUMNS, PARENT, group_from
from forum.discussions.queries.offers import OFFERED_TO
from forum.discussions.queries.seats import SEAT_OF
from forum.discussions.queries.went import MOVED_AT, PARTED
from forum.kit.hot import Hot
from forum.models import (
    Ballot,
    Cites,
    Draft,
    Follow,
    Group,
    Held,
    Poll,
    Post,
    Reading,
    Topic,
    TopicKind,
    TopicTag,
    User,
)

_ANSWER, _ANSWERER, _EARLIER = aliased(Post), aliased(User), aliased(Post)
#: when they last caught up with this group; NULL without a seat
_CAUGHT_UP = bindparam("caught_up", type_=Topic.created_at.type)
_WALK = (
    select(_EARLIER.no - 1)
    .where(
        _EARLIER.topic_id == Topic.id,
        _EARLIER.created_at > _CAUGHT_UP,
        _EARLIER.no > func.coalesce(Reading.seen_no, -1),
    )
    .order_by(_EARLIER.no)
    .limit(1)
    .correlate(Topic, Reading)
    .scalar_subquery()
)
#: the last post before the first that came after they caught up; walked to only in a topic that was half read then
_BEFORE = case(
    (or_(_CAUGHT_UP.is_(None), Topic.created_at > _CAUGHT_UP), None),
    (Topic.last_post_at <= _CAUGHT_UP, Topic.last_no),
    else_=_WALK,
)
_TAGS = (
    select(func.aggregate_strings(TopicTag.tag, "\n"))
    .where(TopicTag.topic_id == Topic.id)
    .correlate(Topic)
    .scalar_subquery()
)
_WAITS = exists(
    select(1)
    .where(Held.author_id == bindparam("me"), Held.state == literal_column("'waiting'"), Held.topic_id == Topic.id)
    .correlate(Topic)
)
_FOLLOWS = exists(select(1).where(Follow.user_id == bindparam("me"), Follow.topic_id == Topic.id).correlate(Topic))
_FACTS = {
    "id": Topic.id, "n": Topic.n, "kind": Topic.kind, "title": Topic.title, "author_id": Topic.author_id,
    "created_at": Topic.created_at, "pinned": Topic.pinned, "locked_at": Topic.locked_at, "hidden_at": Topic.hidden_at,
    "accepted_no": Topic.accepted_no, "accepted_at": Topic.accepted_at, "accepted_by_id": Topic.accepted_by_id,
    "last_no": Topic.last_no, "last_place": Topic.last_place, "reply_count": Topic.reply_count,
    "last_post_at": Topic.last_post_at, "version": Topic.version, "cites": Topic.cites,
    "tags": _TAGS, "author_name": User.name, "author_handle": User.handle,
    "author_organisation": shown(ASKER, "organisation"),
    "seen": Reading.seen_no, "mark": Reading.mark_no, "since": Reading.marked_at, "visited_at": Reading.visited_at,
    "before": _BEFORE,
    "following": _FOLLOWS, "waits": _WAITS,
    "draft": Draft.fields, "draft_at": Draft.saved_at,
    "answer": case((_ANSWER.hidden_at.is_(None), func.substr(_ANSWER.html, 1, 3000))),
    "answerer": _ANSWERER.name,
    "poll_id": Poll.id, "poll_question": Poll.question, "poll_options": Poll.options, "poll_several": Poll.several,
    "poll_anonymous": Poll.anonymous, "poll_closes_at": Poll.closes_at, "poll_revision": Poll.revision,
    "ballot": Ballot.choices,
    "answer_summary": Topic.answer_summary, "outdated_at": Topic.outdated_at, "outdated_why": Topic.outdated_why,
    "asked": OFFERED_TO, "moved_at": MOVED_AT, "parted": PARTED, "seat": SEAT_OF,
}  # fmt: skip
OF_TOPIC = Hot(
    select(*GROUP_COLUMNS, *(column.label("t_" + name) for name, column in _FACTS.items()))
    .select_from(Topic)
    .join(Group, Group.id == Topic.group_id)
    .outerjoin(PARENT, PARENT.id == Group.parent_id)
    .outerjoin(GRAND, GRAND.id == PARENT.parent_id)
    .join(User, User.id == Topic.author_id)
    .outerjoin(Reading, and_(Reading.user_id == bindparam("me"), Reading.topic_id == Topic.id))
    .outerjoin(Draft, and_(Draft.user_id == bindparam("me"), Draft.place == literal("reply:") + cast(Topic.id, String)))
    .outerjoin(
        _ANSWER, and_(_ANSWER.topic_id == Topic.id, _ANSWER.no == Topic.accepted_no, _ANSWER.deleted_at.is_(None))
    )
    .outerjoin(_ANSWERER, _ANSWERER.id == _ANSWER.author_id)
    .outerjoin(Poll, Poll.topic_id == Topic.id)
    .outerjoin(Ballot, and_(Ballot.poll_id == Poll.id, Ballot.user_id == bindparam("me")))
    .where(Group.slug == bindparam("slug"), Topic.n == bindparam("n"), Topic.deleted_at.is_(None))
)


@dataclass(slots=True)
class TopicRow:
    """A topic with its group, and what it is to this reader: where a Topic is read, this stands for one."""

    stands_for: ClassVar[type[Topic]] = Topic

    #: a GroupRow, standing for its Group
    group: Any
    level: Level
    id: int
    n: int
    kind: TopicKind
    title: str
    author_id: int
    created_at: datetime
    pinned: bool
    locked_at: datetime | None
    hidden_at: datetime | None
    accepted_no: int | None
    accepted_at: datetime | None
    accepted_by_id: int | None
    last_no: int
    last_place: int
    reply_count: int
    last_post_at: datetime
    version: int
    cites: Cites
    tags: Any
    author_name: str
    author_handle: str
    author_organisation: str | None
    seen: int | None
    mark: int | None
    since: datetime | None
    visited_at: datetime | None
    before: int | None
    following: bool
    #: whether a reply of theirs waits for a facilitator
    waits: bool
    draft: dict[str, str] | None
    draft_at: datetime | None
    answer: str | None
    answerer: str | None
    poll_id: int | None
    poll_question: str
    poll_options: list[str]
    poll_several: bool
    poll_anonymous: bool
    poll_closes_at: datetime | None
    poll_revision: int
    ballot: int | None
    answer_summary: str
    outdated_at: datetime | None
    outdated_why: str
    asked: str | None
    moved_at: datetime | None
    parted: bool
    seat: Any
    caught_up_at: datetime | None = None

    @property
    def group_id(self) -> int:
        """The number of its group."""
        return int(self.group.id)


def topic_at(me: Person, slug: str, n: int) -> TopicRow:
    """The topic, for someone who may read it; else what `enter` raises, or NotFound inside the group."""
    caught_up = next((seat.caught_up_at for seat in me.seats.values() if seat.slug == slug), None)
    row = OF_TOPIC.first({**asked_by(me), "slug": slug, "n": n, "caught_up": caught_up})
    if row is None:
        enter(me, slug)
        raise NotFound
    group = group_from(row)
    granted = level(me, group)
    facts: tuple[Any, ...] = tuple(row)[-len(_FACTS) :]
    topic = TopicRow(group, granted, *facts)
    topic.caught_up_at = caught_up
    topic.tags = sorted(topic.tags.split("\n")) if topic.tags else []
    if granted < READ:
        enter(me, slug)
    if granted < READ or (topic.hidden_at and granted < FACILITATE):
        raise NotFound
    return topic
