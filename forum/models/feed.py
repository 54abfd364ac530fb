"""The key with which a program reads somebody's feeds."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class FeedKey(Row, db.Model):
    """One a person. Its token stands in the address of their feeds and opens nothing else; this holds its digest."""

    __tablename__ = "feed_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
