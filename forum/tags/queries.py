"""What bears a tag: topics and files, in one group or over one's groups, cut by the rule and paged by key."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Integer, String, and_, bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable, shown
from forum.kit.hot import Hot
from forum.models import Document, DocumentTag, Group, Topic, TopicTag, User

PAGE = 20
NUMBER = re.compile(r"[0-9]{1,17}")
_AT = bindparam("at", type_=Topic.created_at.type)
_SLUG, _N = bindparam("slug", type_=String), bindparam("n", type_=Integer)
_BESIDE = (
    Group.slug, Group.name.label("group_name"), Group.hue.label("group_hue"), User.name.label("author"),
    shown(ASKER, "organisation").label("organisation"),
)  # fmt: skip


class Key(NamedTuple):
    """Where a page of a list begins: after this moment, and among what is of that moment after this thing."""

    at: datetime
    slug: str
    n: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The place that an address names; None when it names none."""
        micro, _, rest = text.partition("-")
        slug, _, n = rest.rpartition("-")
        if not (NUMBER.fullmatch(micro) and NUMBER.fullmatch(n) and len(n) < 10):
            return None
        return cls(datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micro)), slug.replace("\0", ""), int(n))

    def __str__(self) -> str:
        return f"{int(self.at.timestamp() * 1_000_000 + 0.5)}-{self.slug}-{self.n}"


class Row(NamedTuple):
    """A topic in a list, as its macro shows it."""

    n: int
    kind: str
    title: str
    locked: bool
    hidden: bool
    answered: bool
    replies: int
    waiting: bool
    created_at: datetime
    last_post_at: datetime
    author: str
    organisation: str | None
    tags: tuple[str, ...]
    #: (slug, name, hue), where the list is of several groups
    group: tuple[str, str, int] | None
    pinned: bool = False
    new: int = 0
    many: str = ""
    excerpt: str = ""
    why: str = ""


class Borne(NamedTuple):
    """A page of what bears a tag, and the keys of the pages after it ('' = there is none)."""

    topics: list[Row]
    files: list[Any]
    older_topics: str
    older_files: str


_OTHERS = (
    select(func.aggregate_strings(TopicTag.tag, "\n"))
    .where(TopicTag.topic_id == Topic.id)
    .correlate(Topic)
    .scalar_subquery()
)
_bearing, _marking = aliased(TopicTag), aliased(DocumentTag)


def _edge(model: Any) -> Any:
    """The number of the thing that a key names; 0 where there is none any more."""
    named = select(model.id).join(Group, Group.id == model.group_id).where(Group.slug == _SLUG, model.n == _N)
    return func.coalesce(named.correlate(None).scalar_subquery(), 0)


def _scope(group_id: Any, wide: bool) -> Any:
    return group_id.in_(ASKER.seats()) if wide else group_id == bindparam("group")


def _topics(wide: bool, later: bool) -> Hot:
    of = (
        Topic.n, Topic.kind, Topic.title, Topic.locked_at, Topic.hidden_at, Topic.accepted_no, Topic.reply_count,
        Topic.answer_count, Topic.created_at, Topic.last_post_at, _OTHERS.label("tags"),
    )  # fmt: skip
    borne = and_(_bearing.topic_id == Topic.id, _bearing.tag == bindparam("tag"), _scope(_bearing.group_id, wide))
    found = select(*of, *_BESIDE).select_from(Topic).join(_bearing, borne).join(User, User.id == Topic.author_id)
    found = found.join(Group, Group.id == Topic.group_id).where(readable(Topic, ASKER))
    key = (Topic.last_post_at, Topic.id)
    found = found.where(tuple_(*key) < tuple_(_AT, _edge(aliased(Topic)))) if later else found
    return Hot(found.order_by(*(each.desc() for each in key)).limit(PAGE + 1))


def _files(wide: bool, later: bool) -> Hot:
    of = (Document.n, Document.title, Document.kind, Document.extension, Document.size, Document.last_version)
    borne = and_(_marking.document_id == Document.id, _marking.tag == bindparam("tag"), _scope(_marking.group_id, wide))
    found = select(*of, Document.posted_at, Document.receipts, *_BESIDE, User.handle).select_from(Document)
    found = (
        found.join(_marking, borne)
        .join(User, User.id == Document.uploader_id)
        .join(Group, Group.id == Document.group_id)
    )
    found = found.where(Document.posted_at.is_not(None), readable(Document, ASKER))
    key = (Document.posted_at, Document.id)
    found = found.where(tuple_(*key) < tuple_(_AT, _edge(aliased(Document)))) if later else found
    return Hot(found.order_by(*(each.desc() for each in key)).limit(PAGE + 1))


_WAYS = tuple((wide, later) for wide in (False, True) for later in (False, True))
TOPICS = {way: _topics(*way) for way in _WAYS}
FILES = {way: _files(*way) for way in _WAYS}


def borne(me: Person, tag: str, group: Group | None, topics: str = "", files: str = "") -> Borne:
    """What bears a tag in a group, or (None) in one's own groups. `topics`, `files`: keys of pages. Two statements."""
    asked = {**asked_by(me), "tag": tag, "group": group.id if group else 0}
    talk, docs = (_page(each, asked, group is None, key) for each, key in ((TOPICS, topics), (FILES, files)))
    rows = [_row(row, group is None) for row in talk[:PAGE]]
    return Borne(rows, docs[:PAGE], _older(talk, "last_post_at"), _older(docs, "posted_at"))


def _page(made: Any, asked: dict[str, Any], wide: bool, key: str) -> list[Any]:
    place = Key.read(key)
    values = {"at": place.at, "slug": place.slug, "n": place.n} if place else {}
    return list(made[wide, place is not None].rows({**asked, **values}))


def _older(rows: Sequence[Any], moment: str) -> str:
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return str(Key(getattr(last, moment), last.slug, last.n)) if last else ""


def _row(row: Any, wide: bool) -> Row:
    answered, question = row.accepted_no is not None, row.kind == "question"
    return Row(
        row.n, row.kind.value, row.title, row.locked_at is not None, row.hidden_at is not None, answered,
        row.reply_count, question and row.answer_count == 0 and not answered, row.created_at, row.last_post_at,
        row.author, row.organisation, tuple(sorted(row.tags.split("\n"))),
        (row.slug, row.group_name, row.group_hue) if wide else None,
    )  # fmt: skip
