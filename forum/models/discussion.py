"""Topics, their posts, and how far each person has read."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, and_, literal_column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.group import Group
from forum.models.member import User


class TopicKind(StrEnum):
    """What a topic asks of its readers."""

    QUESTION = "question"
    DISCUSSION = "discussion"
    ANNOUNCEMENT = "announcement"


class Cites(StrEnum):
    """Whose slides the posts of a topic cite."""

    NONE = "none"
    HERE = "here"
    ELSEWHERE = "elsewhere"


class Topic(Row, db.Model):
    """A conversation in a group. Its opening post is number 0; replies count from 1.

    Counters and last-post facts are kept in the transaction of each post.
    """

    __tablename__ = "topic"
    __table_args__ = (
        UniqueConstraint("group_id", "n"),
        Index("ix_topic_list", "group_id", sa.text("pinned DESC"), sa.text("last_post_at DESC"), sa.text("id DESC")),
        Index("ix_topic_latest", "group_id", sa.text("last_post_at DESC"), sa.text("id DESC")),
        Index("ix_topic_kind", "group_id", "kind", sa.text("last_post_at DESC"), sa.text("id DESC")),
        Index("ix_topic_author_id", "author_id", sa.text("id DESC")),
        Index(
            "ix_topic_unanswered",
            "group_id",
            "created_at",
            "id",
            sqlite_where=sa.text("kind = 'question' AND answer_count = 0"),
            postgresql_where=sa.text("kind = 'question' AND answer_count = 0"),
        ),
        Index(
            "ix_topic_to_nudge",
            "created_at",
            sqlite_where=sa.text("kind = 'question' AND accepted_no IS NULL AND nudged_at IS NULL"),
            postgresql_where=sa.text("kind = 'question' AND accepted_no IS NULL AND nudged_at IS NULL"),
        ),
        Index(
            "ix_topic_review",
            "group_id",
            "review_on",
            sqlite_where=sa.text("review_on IS NOT NULL"),
            postgresql_where=sa.text("review_on IS NOT NULL"),
        ),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: its number inside its group, never reused
    n: Mapped[int]
    kind: Mapped[TopicKind]
    title: Mapped[str] = mapped_column(String(150))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    pinned: Mapped[bool] = mapped_column(default=False)
    locked_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    #: the accepted answer's number in this topic
    accepted_no: Mapped[int | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    accepted_at: Mapped[datetime | None]
    #: the same in one line, by a facilitator
    answer_summary: Mapped[str] = mapped_column(String(200), default="")
    #: somebody thinks that it may be out of date, and why
    outdated_at: Mapped[datetime | None]
    outdated_why: Mapped[str] = mapped_column(String(200), default="")
    #: when facilitators look at it again, and when they were told that this day has come
    review_on: Mapped[date | None]
    review_told_at: Mapped[datetime | None]
    #: when its author was asked whether there is an answer among the replies: once
    nudged_at: Mapped[datetime | None]
    #: when people who may know were last looked for; None = it is time to
    offered_at: Mapped[datetime | None]

    #: the highest post number given
    last_no: Mapped[int] = mapped_column(default=0)
    #: the highest place given among the replies of the first level; pages are cut by it
    last_place: Mapped[int] = mapped_column(default=0)
    #: replies a member can read (not deleted, not hidden)
    reply_count: Mapped[int] = mapped_column(default=0)
    #: of these, by someone other than the author
    answer_count: Mapped[int] = mapped_column(default=0)
    last_post_at: Mapped[datetime] = mapped_column(default=now)
    #: grows with everything a page of the topic shows: part of its ETag
    version: Mapped[int] = mapped_column(default=1)
    #: whether its posts cite slides: not, of this group, or of other groups too
    cites: Mapped[Cites] = mapped_column(default=Cites.NONE)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)
    author: Mapped[User] = relationship(lazy="raise", foreign_keys=[author_id])
    tags: Mapped[list["TopicTag"]] = relationship(lazy="raise", cascade="all, delete-orphan", order_by="TopicTag.tag")


#: what is said of an accepted answer, while there is none
NO_ANSWER: Mapping[str, Any] = {
    "accepted_no": None, "accepted_by_id": None, "accepted_at": None, "answer_summary": "", "outdated_at": None,
    "outdated_why": "", "review_on": None, "review_told_at": None,
}  # fmt: skip


def waits(topic: Any) -> sa.ColumnElement[bool]:
    """SQL of: a question that somebody could answer, and nobody but its author has said anything.

    Constants are written out, as in the index of such questions.
    """
    nobody = and_(topic.kind == literal_column("'question'"), topic.answer_count == literal_column("0"))
    return and_(nobody, topic.accepted_no.is_(None), topic.locked_at.is_(None))


class TopicTag(Row, db.Model):
    """A tag on a topic. `group_id` is carried for the tag filter's index."""

    __tablename__ = "topic_tag"
    __table_args__ = (
        UniqueConstraint("topic_id", "tag"), Index("ix_topic_tag_group_id_tag", "group_id", "tag"),
        Index("ix_topic_tag_tag", "tag"),
    )  # fmt: skip

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    tag: Mapped[str] = mapped_column(String(40))


class Post(Row, db.Model):
    """One contribution. `no` counts by time over the whole topic; `place` counts the first level only.

    A post of the first level has `top_id` None; a reply to a reply carries the place of its head (`top_id`),
    and its true parent in `parent_id`, so that reading order is (place, no).
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("topic_id", "no"),
        Index("ix_post_page", "topic_id", "place", "no"),
        # what is new to somebody is counted in this alone: rows hold the text, and are wide
        Index("ix_post_new", "topic_id", "no", "author_id", "created_at", "hidden_at", "deleted_at"),
        Index("ix_post_author_id", "author_id", sa.text("id DESC")),
        Index("ix_post_top_id", "top_id"),
    )

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    no: Mapped[int]
    place: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    top_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    #: the version of the renderer that made `html`
    renderer: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    edited_at: Mapped[datetime | None]
    #: how often it was edited; an edit names the revision it started from
    revision: Mapped[int] = mapped_column(default=0)
    hidden_at: Mapped[datetime | None]
    #: how many people it helped
    helpful_count: Mapped[int] = mapped_column(server_default="0")
    #: set = a stub: body, html and history are gone
    deleted_at: Mapped[datetime | None]

    topic: Mapped[Topic] = relationship(lazy="joined", innerjoin=True)
    author: Mapped[User] = relationship(lazy="raise")
    parent: Mapped["Post | None"] = relationship(lazy="raise", remote_side="Post.id", foreign_keys=[parent_id])


class Revision(Row, db.Model):
    """What a post said before an edit. Read by whoever may read the post."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "number"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
