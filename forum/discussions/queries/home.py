"""The front page of a member: what is for them, what is new in their groups, and whom they could help.

Statements are made once. Only groups they have a seat in are looked at, as the rule says it, and of each
only the topics that stirred last: the page costs the same however much was ever written.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select, union_all
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, shown
from forum.discussions.queries.answers import in_short
from forum.discussions.queries.files import new_files
from forum.discussions.queries.lately import Lately, Stirred, lately
from forum.discussions.queries.offers import OF_HOME, OFFERED
from forum.discussions.queries.posts import first_name
from forum.discussions.queries.rows import COLUMNS, READING, Row, new_count, row_from
from forum.kit.clock import now
from forum.kit.hot import Hot, as_numbers, over_numbers
from forum.kit.lean import one_of
from forum.models import SEATED, Event, Group, Mute, Post, Reading, Topic, TopicKind, User
from forum.rule import seated
from forum.who import Seat

Seats = Mapping[int, Seat]

#: so many rows are shown: of what is new, of news for them, of questions that wait
SHOWN, NEWS_FOR_ME, TO_HELP = 20, 30, 5
#: why a row is for them, but for replies
SAID = {"post.mentioned": "mentioned you", "topic.tagged": "has a tag that you follow"}
#: older news is found in its group
OLDEST = timedelta(days=60)

_SHOWN = and_(Topic.deleted_at.is_(None), Topic.hidden_at.is_(None))
_MINE = seated(ASKER, Group)
_OF_GROUP = (Group.slug.label("slug"), Group.name.label("group_name"), Group.hue.label("group_hue"))

_MUTED = exists(select(1).where(Mute.user_id == bindparam("me"), Mute.muted_id == Event.actor_id).correlate(Event))
_lately = (
    select(Event.id, Event.kind, Event.post_id, Event.created_at, ASKER.caught_up_in(Event.group_id).label("caught_up"))
    .where(
        Event.subject_id == bindparam("me"),
        one_of(Event.kind, ("post.answered", "post.mentioned", "topic.tagged")),
        ~_MUTED,
    )
    .order_by(Event.id.desc())
    .limit(NEWS_FOR_ME)
    .subquery()
)
_news = select(_lately).where(_lately.c.created_at > _lately.c.caught_up).subquery()
_seen_no = func.coalesce(Reading.seen_no, -1)
#: of these the unread, found with few look-ups: the limit keeps engines from joining everything else first
_unread_news = (
    select(_news.c.id, _news.c.kind, _news.c.post_id, _news.c.caught_up)
    .join(Post, Post.id == _news.c.post_id)
    .outerjoin(Reading, and_(Reading.user_id == bindparam("me"), Reading.topic_id == Post.topic_id))
    .where(Post.no > _seen_no, Post.deleted_at.is_(None), Post.hidden_at.is_(None))
    .limit(NEWS_FOR_ME)
    .subquery()
)
_ACTOR = aliased(User)
_FOR_ME = (
    select(
        *COLUMNS, new_count(_unread_news.c.caught_up).label("new"), *_OF_GROUP,
        Topic.id.label("topic_id"), Topic.author_id, Post.no,
        func.substr(Post.html, 1, 2000).label("html"), _unread_news.c.id.label("news"),
        _unread_news.c.kind.label("why"), _ACTOR.name.label("actor"),
        shown(ASKER, "organisation", _ACTOR).label("actor_organisation"),
    )
    .select_from(_unread_news)
    .join(Post, Post.id == _unread_news.c.post_id)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Group, Group.id == Topic.group_id)
    .join(User, User.id == Topic.author_id)
    .join(_ACTOR, _ACTOR.id == Post.author_id)
    .outerjoin(Reading, READING)
    .where(_MINE, _SHOWN)
)  # fmt: skip
#: and the questions that they were asked about, as rows of the same kind
FOR_ME = Hot(union_all(_FOR_ME, OF_HOME))


class News(NamedTuple):
    """What is for them."""

    rows: list[Row]
    #: first names of those who replied or mentioned them, newest first
    names: list[str]
    topics: set[tuple[str, int]]
    #: questions that wait, and that they were asked to help with, the last one first
    asked: list[Row]


def news_for(me: Person) -> News:
    """Unread replies to them and mentions of them, one row a topic, newest first. One statement."""
    rows = FOR_ME.rows({**asked_by(me), "leads": False, "lately": now() - OLDEST})
    found = sorted((row for row in rows if row.why != OFFERED), key=lambda row: -row.news)
    asked = sorted((row for row in rows if row.why == OFFERED), key=lambda row: -row.news)
    newest: dict[int, Any] = {}
    for row in found:
        newest.setdefault(row.topic_id, row)
    names = list(dict.fromkeys(first_name(row.actor) for row in found))
    topics = {(row.slug, row.n) for row in newest.values()}
    return News([_mine(row) for row in newest.values()], names, topics, [_row(row) for row in asked])


def _row(row: Any) -> Row:
    return row_from(row, group=(row.slug, row.group_name, row.group_hue))


def _mine(row: Any) -> Row:
    said = SAID.get(row.why, "replied to you")
    excerpt = in_short(row.html)
    found = row_from(row, group=(row.slug, row.group_name, row.group_hue), excerpt=excerpt, why=said)
    return found._replace(author=row.actor, organisation=row.actor_organisation)


def _seen(topics: Any, _engine: str) -> Any:
    """How far they have read in these topics."""
    return select(Reading.topic_id, Reading.seen_no).where(
        Reading.user_id == bindparam("me"), Reading.topic_id.in_(topics)
    )


def _houses(people: Any, _engine: str) -> Any:
    """The organisations of these people, where the reader may see them."""
    return select(User.id, shown(ASKER, "organisation").label("organisation")).where(User.id.in_(people))


SEEN, HOUSES = Hot(over_numbers(_seen)), Hot(over_numbers(_houses))


class Front(NamedTuple):
    """What is new in their groups, newest first, one row more than is shown; and questions that wait."""

    new: list[Row]
    waiting: list[Row]
    files: list[Any]

    @property
    def more(self) -> bool:
        """Whether there is more than is shown."""
        return len(self.new) > SHOWN


def stirred_for(me: Person, kind: str, but: Iterable[tuple[str, int]], away: bool = False) -> Front:
    """Unread topics of their groups but those named, questions that wait, new files. Two statements, or more.

    `away`: for someone who comes back after long, those first that most was said in or that hold an answer.
    """
    seats = {group_id: me.seats[group_id] for group_id in me.holding(SEATED)}
    found = lately({group_id: seat.version for group_id, seat in seats.items()})
    named = set(but)

    def elsewhere(topic: Stirred) -> bool:
        return (seats[topic.group_id].slug, topic.n) not in named

    unread = [t for t in _unread(me, found, seats) if not kind or t.kind.value == kind]
    unread = sorted(unread, key=_use, reverse=True) if away else unread
    new = list(islice(filter(elsewhere, unread), SHOWN + 1))
    named |= {(seats[topic.group_id].slug, topic.n) for topic in new}
    asked = [t for group in found for t in group.waiting if t.author_id != me.id and elsewhere(t)]
    waiting = sorted(asked, key=lambda topic: topic.created_at, reverse=True)[:TO_HELP]
    rows = _listed(me, [*new, *waiting], seats)
    return Front(rows[: len(new)], rows[len(new) :], new_files(me, seats))


def _use(topic: Stirred) -> tuple[bool, bool, int]:
    """How much a topic is likely to tell someone who was away."""
    return topic.kind == TopicKind.ANNOUNCEMENT, topic.accepted_no is not None, topic.reply_count


def _unread(me: Person, found: list[Lately], seats: Seats) -> list[Stirred]:
    """The topics with something new to them, newest first."""
    oldest, reader = now() - OLDEST, me.id or 0
    since = {group_id: seat.caught_up_at for group_id, seat in seats.items() if seat.caught_up_at}
    stirred = [
        topic
        for group in found
        for topic in group.stirred
        if topic.group_id in since and topic.last_post_at > max(since[topic.group_id], oldest)
    ]
    rows = SEEN.rows({"me": reader, "numbers": as_numbers(topic.id for topic in stirred)}) if stirred else ()
    seen = {row.topic_id: row.seen_no for row in rows}
    counted = [(t, t.news(reader, seen.get(t.id, -1), since[t.group_id])) for t in stirred]
    unread = [topic._replace(new=new) for topic, new in counted if new]
    return sorted(unread, key=lambda topic: (topic.last_post_at, topic.id), reverse=True)


def _listed(me: Person, topics: list[Stirred], seats: Seats) -> list[Row]:
    people = as_numbers({topic.author_id for topic in topics})
    rows = HOUSES.rows({**asked_by(me), "numbers": people}) if topics else ()
    house = {row.id: row.organisation for row in rows}
    groups = {group_id: (seat.slug, seat.name, seat.hue) for group_id, seat in seats.items()}
    return [row_from(t._replace(organisation=house.get(t.author_id)), group=groups[t.group_id]) for t in topics]
