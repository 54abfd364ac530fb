"""Topics as rows of a list: the same columns, and the same sense of new, on every page that lists them."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import Boolean, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, shown
from forum.models import Post, Reading, Topic, TopicTag, User

#: new posts are counted up to this; beyond it the row says "20+ new"
MANY = 20

LEADS = bindparam("leads", type_=Boolean)
READING = and_(Reading.user_id == bindparam("me"), Reading.topic_id == Topic.id)


def _new_posts(caught_up: Any, topic_id: Any = Topic.id, seen_no: Any = Reading.seen_no) -> Any:
    post = aliased(Post)
    shows = and_(post.deleted_at.is_(None), or_(post.hidden_at.is_(None), LEADS))
    unread = and_(post.no > func.coalesce(seen_no, -1), post.created_at > caught_up)
    return (
        select(post.no)
        .where(post.topic_id == topic_id, unread, post.author_id != bindparam("me"), shows)
        .correlate_except(post)
    )


def unread(caught_up: Any) -> Any:
    """SQL of: something in the topic is new to them. `caught_up`: before this nothing is; NULL = nothing is ever."""
    stirred = and_(Topic.last_post_at > caught_up, Topic.last_no > func.coalesce(Reading.seen_no, -1))
    return and_(stirred, _new_posts(caught_up).exists())


def new_count(caught_up: Any) -> Any:
    """SQL of how many posts are new to them, up to MANY."""
    some = _new_posts(caught_up).limit(MANY).subquery()
    stirred = and_(Topic.last_post_at > caught_up, Topic.last_no > func.coalesce(Reading.seen_no, -1))
    return case((stirred, select(func.count()).select_from(some).scalar_subquery()), else_=0)


def counted(caught_up: Any, topic_id: Any, seen_no: Any) -> Any:
    """SQL of the same, of a topic that something is new in, by its number and how far they have read."""
    some = _new_posts(caught_up, topic_id, seen_no).limit(MANY).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


TAGS = (
    select(func.aggregate_strings(TopicTag.tag, "\n"))
    .where(TopicTag.topic_id == Topic.id)
    .correlate(Topic)
    .scalar_subquery()
)
COLUMNS = (
    Topic.n, Topic.kind, Topic.title, Topic.pinned, Topic.locked_at, Topic.hidden_at, Topic.accepted_no,
    Topic.reply_count, Topic.answer_count, Topic.answer_summary, Topic.outdated_at,
    Topic.created_at, Topic.last_post_at, User.name.label("author"),
    shown(ASKER, "organisation").label("organisation"),
)  # fmt: skip


class Row(NamedTuple):
    """A topic in a list."""

    n: int
    kind: str
    title: str
    pinned: bool
    locked: bool
    hidden: bool
    answered: bool
    replies: int
    waiting: bool
    created_at: Any
    last_post_at: Any
    author: str
    organisation: str | None
    new: int
    tags: tuple[str, ...]
    #: (slug, name, hue), where the list is of several groups
    group: tuple[str, str, int] | None = None
    excerpt: str = ""
    why: str = ""
    #: the accepted answer in one line, and whether it may be out of date
    summary: str = ""
    doubted: bool = False

    @property
    def many(self) -> str:
        """'3', '20+'."""
        return f"{self.new}+" if self.new >= MANY else str(self.new)


def row_from(
    row: Any,
    *,
    organisation: str | Literal[False] | None = False,
    new: int | None = None,
    group: tuple[str, str, int] | None = None,
    excerpt: str = "",
    why: str = "",
) -> Row:
    """A row of COLUMNS, with `new` and `tags`, for its template. What is given besides goes before what it says."""
    kind, locked, accepted = row.kind.value, row.locked_at is not None, row.accepted_no is not None
    waits = kind == "question" and not accepted and not locked and row.answer_count == 0
    tags = getattr(row, "tags", None)
    return Row(
        row.n, kind, row.title, row.pinned, locked, row.hidden_at is not None, accepted, row.reply_count, waits,
        row.created_at, row.last_post_at, row.author, row.organisation if organisation is False else organisation,
        row.new if new is None else new, tuple(sorted(tags.split("\n"))) if tags else (),
        group, excerpt, why, row.answer_summary, row.outdated_at is not None,
    )  # fmt: skip
