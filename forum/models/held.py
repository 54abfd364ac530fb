"""Posts that wait for a facilitator before they are posts at all."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.discussion import Topic, TopicKind
from forum.models.group import Group
from forum.models.member import User


class HeldState(StrEnum):
    """How a held text stands."""

    WAITING = "waiting"
    PUBLISHED = "published"
    RETURNED = "returned"
    TAKEN_BACK = "taken back"


class Held(Row, db.Model):
    """A topic (`topic_id` None) or reply that waits. Nothing counts, lists, finds or mails it: it is no post yet.

    Published, it becomes one with the time it was written at, and its own text is emptied; else its author keeps it.
    """

    __tablename__ = "held"
    __table_args__ = (
        Index("ix_held_group_id", "group_id", "state", "created_at"),
        Index("ix_held_author_id", "author_id", "state", "topic_id"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    #: names it in addresses, random
    code: Mapped[str] = mapped_column(String(24), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: number of the post it answers
    answers: Mapped[int | None]
    #: the question to a hot seat that it answers
    question_id: Mapped[int | None] = mapped_column(ForeignKey("seat_question.id", ondelete="SET NULL"))
    kind: Mapped[TopicKind | None]
    title: Mapped[str] = mapped_column(String(150), default="")
    #: as it was written, with the words that it quotes
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    #: the posts whose words it quotes
    quotes: Mapped[list[int]] = mapped_column(sa.JSON, default=list, server_default="[]")
    #: the slides chosen beside it, as forms name them
    picks: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    #: the files that came with it: drafts of its author
    documents: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    #: why it waits, each in words, and what they weigh
    reasons: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    score: Mapped[int] = mapped_column(default=0)
    state: Mapped[HeldState] = mapped_column(default=HeldState.WAITING)
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    #: what its author was told
    words: Mapped[str] = mapped_column(Text, default="")

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)
    topic: Mapped[Topic | None] = relationship(lazy="raise")
    author: Mapped[User] = relationship(lazy="raise", foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])
