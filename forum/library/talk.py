"""Where a file is talked about, as far as one may read it: where it is attached, and where its slides are cited."""

from collections import Counter
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, cast, select

from forum.access import ASKER, Person, asked_by, readable
from forum.kit.hot import Hot
from forum.models import Citation, Document, Group, Post, Topic, TopicKind, Version

#: citations that are looked at, the newest; and topics that are listed
MOST, SHOWN = 1_000, 20


class Mention(NamedTuple):
    """A topic in which a file is talked about."""

    title: str
    kind: TopicKind
    accepted_no: int | None
    reply_count: int
    #: of the newest post that speaks of it
    address: str
    #: the group, where it is another
    group: str
    #: "slide 3 and slide 12"; '' = the file as a whole
    slides: str
    #: the version that was spoken of, where there is a newer one
    old: int | None


class Talk(NamedTuple):
    """The topics, and how often each slide of the version on show is cited."""

    rows: list[Mention]
    counts: Counter[int]


_POSTS = (
    select(Citation.post_id)
    .where(Citation.document_id == bindparam("document"))
    .union_all(select(cast(bindparam("post", type_=Integer), Integer)))
)
_TALK = Hot(
    select(
        Topic.id, Topic.n, Topic.title, Topic.kind, Topic.accepted_no, Topic.reply_count, Post.no, Group.slug,
        Group.name.label("group"), Citation.number.label("slide"), Version.number.label("version"),
    )
    .select_from(Post)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Group, Group.id == Post.group_id)
    .outerjoin(Citation, and_(Citation.post_id == Post.id, Citation.document_id == bindparam("document")))
    .outerjoin(Version, Version.id == Citation.version_id)
    .where(Post.id.in_(_POSTS), Post.deleted_at.is_(None), readable(Post, ASKER))
    .order_by(Post.created_at.desc(), Post.id.desc(), Citation.number)
    .limit(MOST)
)  # fmt: skip


def talk_of(document: Document, me: Person, noun: str = "slide", version: int | None = None) -> Talk:
    """Where a file is talked about, newest first. `version`: the one on show (the newest for None). One statement."""
    rows = _TALK.rows({**asked_by(me), "document": document.id, "post": document.post_id})
    shown = version or document.last_version
    counts = Counter(row.slide for row in rows if row.version == shown)
    topics: dict[int, list[Any]] = {}
    for row in rows:
        topics.setdefault(row.id, []).append(row)
    return Talk([_mention(document, said, noun) for said in list(topics.values())[:SHOWN]], counts)


def _mention(document: Document, said: list[Any], noun: str) -> Mention:
    newest, slides = said[0], sorted({row.slide for row in said if row.slide})
    names = [f"{noun} {number}" for number in slides]
    words = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
    old = max((row.version for row in said if row.version), default=document.last_version)
    return Mention(
        newest.title, newest.kind, newest.accepted_no, newest.reply_count,
        f"/groups/{newest.slug}/topics/{newest.n}/posts/{newest.no}",
        newest.group if newest.slug != document.group.slug else "", words,
        old if old != document.last_version else None,
    )  # fmt: skip
