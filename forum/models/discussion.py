"""Topics, their posts, and how far each person has read."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
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


class TopicTag(Row, db.Model):
    """A tag on a topic. `group_id` is carried for the tag filter's index."""

    __tablename__ = "topic_tag"
    __table_args__ = (UniqueConstraint("topic_id", "tag"), Index("ix_topic_tag_group_id_tag", "group_id", "tag"))

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


class Reading(db.Model):
    """How far one person has read one topic: unread is one integer.

    All posts up to `seen_no` were shown to them; `mark_no` is where it stood when this visit began, and
    `marked_at` when the visit before was.
    """

    __tablename__ = "reading"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    seen_no: Mapped[int]
    mark_no: Mapped[int]
    marked_at: Mapped[datetime | None]
    visited_at: Mapped[datetime] = mapped_column(default=now)


class Follow(db.Model):
    """A person hears of new posts in a topic."""

    __tablename__ = "follow"
    __table_args__ = (Index("ix_follow_topic_id", "topic_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=now)
