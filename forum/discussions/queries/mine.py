"""What is for a member on their front page: replies to them, mentions of them, questions they were asked about."""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, shown
from forum.discussions.queries.answers import in_short
from forum.discussions.queries.offers import ANY_OFFER, OF_HOME, OFFERED
from forum.discussions.queries.posts import first_name
from forum.discussions.queries.rows import COLUMNS, READING, Row, new_count, row_from
from forum.kit.clock import now
from forum.kit.hot import Hot
from forum.kit.lean import one_of
from forum.models import Event, Group, Mute, Post, Reading, Topic, User
from forum.rule import seated

#: so much news is looked at
NEWS_FOR_ME = 30
#: why a row is for them, but for replies
SAID = {"post.mentioned": "mentioned you", "topic.tagged": "has a tag that you follow"}
#: older news is found in its group
OLDEST = timedelta(days=60)

_SHOWN = and_(Topic.deleted_at.is_(None), Topic.hidden_at.is_(None))
_MINE = seated(ASKER, Group)
_OF_GROUP = (Group.slug.label("slug"), Group.name.label("group_name"), Group.hue.label("group_hue"))

_MUTED = exists(select(1).where(Mute.user_id == bindparam("me"), Mute.muted_id == Event.actor_id).correlate(Event))
_lately = (
    select(Event.id, Event.kind, Event.post_id, Event.group_id, Event.created_at)
    .where(
        Event.subject_id == bindparam("me"),
        one_of(Event.kind, ("post.answered", "post.mentioned", "topic.tagged")),
        ~_MUTED,
    )
    .order_by(Event.id.desc())
    .limit(NEWS_FOR_ME)
    .subquery()
)
_seen_no = func.coalesce(Reading.seen_no, -1)
#: of these the unread, found with few look-ups: the limit keeps engines from joining everything else first
_unread_news = (
    select(*_lately.c)
    .join(Post, Post.id == _lately.c.post_id)
    .outerjoin(Reading, and_(Reading.user_id == bindparam("me"), Reading.topic_id == Post.topic_id))
    .where(Post.no > _seen_no, Post.deleted_at.is_(None), Post.hidden_at.is_(None))
    .limit(NEWS_FOR_ME)
    .subquery()
)
_caught_up = ASKER.caught_up_in(_unread_news.c.group_id).label("caught_up")
_news = select(_unread_news, _caught_up).limit(NEWS_FOR_ME).subquery()
_ACTOR = aliased(User)
_FOR_ME = (
    select(
        *COLUMNS, new_count(_news.c.caught_up).label("new"), *_OF_GROUP,
        Topic.id.label("topic_id"), Topic.author_id, Post.no,
        func.substr(Post.html, 1, 2000).label("html"), _news.c.id.label("news"),
        _news.c.kind.label("why"), _ACTOR.name.label("actor"),
        shown(ASKER, "organisation", _ACTOR).label("actor_organisation"),
    )
    .select_from(_news)
    .join(Post, Post.id == _news.c.post_id)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Group, Group.id == Topic.group_id)
    .join(User, User.id == Topic.author_id)
    .join(_ACTOR, _ACTOR.id == Post.author_id)
    .outerjoin(Reading, READING)
    .where(_news.c.created_at > _news.c.caught_up, _MINE, _SHOWN)
)  # fmt: skip
_may_be_asked = (literal(OFFERED) if one.key == "why" else null() for one in _FOR_ME.selected_columns)
FOR_ME = Hot(union_all(_FOR_ME, select(*_may_be_asked).where(ANY_OFFER)))
#: and the questions that they were asked about, as rows of the same kind
ASKED_ME = Hot(OF_HOME)


class News(NamedTuple):
    """What is for them."""

    rows: list[Row]
    #: first names of those who replied or mentioned them, newest first
    names: list[str]
    topics: set[tuple[str, int]]
    #: questions that wait, and that they were asked to help with, the last one first
    asked: list[Row]


def news_for(me: Person) -> News:
    """Unread replies to them and mentions of them, one row a topic, newest first.

    One statement, or two if they were asked for help.
    """
    values = {**asked_by(me), "leads": False, "lately": now() - OLDEST}
    rows = FOR_ME.rows(values)
    found = sorted((row for row in rows if row.why != OFFERED), key=lambda row: -row.news)
    asked = sorted(ASKED_ME.rows(values), key=lambda row: -row.news) if len(found) < len(rows) else []
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
