"""What people say of a post with one press, and what they keep for themselves."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Helpful(db.Model):
    """A post helped somebody. How many they are is `Post.helpful_count`; who they are is shown to nobody."""

    __tablename__ = "helpful"
    __table_args__ = (Index("ix_helpful_user_id", "user_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)


class Bookmark(Row, db.Model):
    """A post or a file that somebody wants to find again. Nobody else knows of it; it opens nothing."""

    __tablename__ = "bookmark"
    __table_args__ = (
        UniqueConstraint("user_id", "post_id"),
        UniqueConstraint("user_id", "document_id"),
        CheckConstraint("(post_id IS NULL) <> (document_id IS NULL)", name="one"),
        Index("ix_bookmark_list", "user_id", sa.text("kept_at DESC"), sa.text("id DESC")),
        Index("ix_bookmark_post_id", "post_id"),
        Index("ix_bookmark_document_id", "document_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    kept_at: Mapped[datetime] = mapped_column(default=now)
