"""How far people have read, and what they follow."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import db


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
