"""The tags of a group, as far as a reader may know of what bears them; and who follows one.

A tag exists for a reader if a topic or file that they may read bears it: names, counts and suggestions come from there.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import String, and_, bindparam, cast, delete, exists, func, literal, select, union_all

from forum.access import ASKER, Person, asked_by, followers, readable
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Change, Hot, on_conflict_nothing
from forum.models import Document, DocumentTag, Group, Mail, TagFollow, Topic, TopicTag, User

#: tags on a page; tags offered while one types
PAGE, OFFERED = 100, 100


class Word(NamedTuple):
    """A tag, and how many topics and files bear it that this reader may read."""

    tag: str
    topics: int
    files: int
    #: whether this reader follows it, where that was asked
    followed: bool = False


def _borne() -> Any:
    """SQL of each tag of a group with what bears it, as far as the reader may read that."""
    one, none = literal(1), literal(0)
    topics = (
        select(TopicTag.tag.label("tag"), one.label("topics"), none.label("files"))
        .join(Topic, Topic.id == TopicTag.topic_id)
        .where(TopicTag.group_id == bindparam("group"), readable(Topic, ASKER))
    )
    files = (
        select(DocumentTag.tag, none, one)
        .join(Document, Document.id == DocumentTag.document_id)
        .where(DocumentTag.group_id == bindparam("group"), Document.posted_at.is_not(None), readable(Document, ASKER))
    )
    return union_all(topics, files).subquery()


_ROWS = _borne()
_COUNTED = select(
    _ROWS.c.tag, func.sum(_ROWS.c.topics).label("topics"), func.sum(_ROWS.c.files).label("files")
).group_by(_ROWS.c.tag)  # fmt: skip
WORDS = Hot(_COUNTED.where(_ROWS.c.tag > bindparam("after", type_=String)).order_by(_ROWS.c.tag).limit(PAGE + 1))
MOST_USED = Hot(_COUNTED.order_by(func.count().desc(), _ROWS.c.tag).limit(OFFERED))
_MINE = (TagFollow.user_id == bindparam("me"), TagFollow.group_id == bindparam("group"))
_FOLLOWS = exists(select(1).where(*_MINE, TagFollow.tag == bindparam("tag", type_=String)))
WORD = Hot(_COUNTED.add_columns(_FOLLOWS).where(_ROWS.c.tag == bindparam("tag", type_=String)))
FOLLOWED = Hot(select(TagFollow.tag).where(*_MINE).order_by(TagFollow.tag))
FOLLOW = Change(on_conflict_nothing(TagFollow, "user_id", "group_id", "tag", "since"))
UNFOLLOW = Change(delete(TagFollow).where(*_MINE, TagFollow.tag == bindparam("tag")))


def words(me: Person, group: Group, after: str = "") -> tuple[list[Word], str]:
    """A page of a group's tags by name, and the tag that the next one begins after ('' = there is none)."""
    rows = [Word(*row) for row in WORDS.rows({**asked_by(me), "group": group.id, "after": after})]
    return rows[:PAGE], rows[PAGE - 1].tag if len(rows) > PAGE else ""


def word(me: Person, group: Group, tag: str) -> Word | None:
    """One tag of a group, if it exists for this reader."""
    row = WORD.first({**asked_by(me), "group": group.id, "tag": tag})
    return Word(*row) if row else None


def offered(me: Person, group: Group) -> list[str]:
    """The tags to offer while somebody types some: those used most, first."""
    return [row.tag for row in MOST_USED.rows({**asked_by(me), "group": group.id})]


def followed(me: Person, group: Group) -> list[str]:
    """The tags that a person follows in a group."""
    return [row.tag for row in FOLLOWED.rows({"me": me.id or 0, "group": group.id})]


def follow(me: Person, group: Group, tag: str) -> None:
    """They hear of new topics with the tag. Does not commit."""
    FOLLOW.run({"to_user_id": me.id, "to_group_id": group.id, "to_tag": tag, "to_since": now()})


def unfollow(me: Person, group: Group, tag: str) -> None:
    """They no longer do. Does not commit."""
    UNFOLLOW.run({"me": me.id, "group": group.id, "tag": tag})


def listeners(topic: Topic, tags: Iterable[str], but: Iterable[int]) -> list[int]:
    """Who is to hear that a topic bears these tags: followers who may read it, and had no mail of it for another."""
    follows = and_(
        TagFollow.user_id == User.id, TagFollow.group_id == topic.group_id, TagFollow.tag.in_(list(tags))
    )  # fmt: skip
    told = Mail.once == literal(f"{news(topic)}:").concat(cast(User.id, String))
    found = followers(topic).with_only_columns(User.id).join(TagFollow, follows).distinct()
    untold = (~exists(select(1).where(told).correlate(User)), User.id.not_in(list(but)))
    return list(db.session.scalars(found.where(*untold).order_by(User.id)))


def news(topic: Topic) -> str:
    """The key of the news that a topic bears a tag: told once to each, whichever tag it was for."""
    return f"topic-tagged:{topic.id}"
