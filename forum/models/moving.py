"""Where things stood before a facilitator moved them, and how to put them back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Moved(Row, db.Model):
    """A number that leads elsewhere now: of a topic or file in a group, or of a post in a topic.

    Answers as what it leads to, for those who may read the place that it was in.
    """

    __tablename__ = "moved"
    __table_args__ = (
        UniqueConstraint("kind", "from_group_id", "number"),
        UniqueConstraint("from_topic_id", "number"),
    )

    #: topic, post, file
    kind: Mapped[str] = mapped_column(String(8))
    from_group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    #: for a post
    from_topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    number: Mapped[int]
    to_topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    #: for a post, and for a topic that became part of another: its opening post
    to_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    to_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))


class Move(Row, db.Model):
    """What a facilitator moved, and what is needed to put it back. Seen by facilitators of where it is now."""

    __tablename__ = "move"
    __table_args__ = (Index("ix_move_topic_id", "topic_id", "id"), Index("ix_move_from_topic_id", "from_topic_id"))

    #: topic, post, split, merge
    kind: Mapped[str] = mapped_column(String(8))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: where it is since
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    from_topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    from_group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    to_group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    #: numbers and places as they were; no words of anybody
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]
