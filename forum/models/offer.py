"""Questions that nobody has answered, offered to people who may know."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Offer(Row, db.Model):
    """One person is asked to help with one question, once. `by_id`: the facilitator who asked them; None = the site."""

    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("topic_id", "user_id"), Index("ix_offer_user_id", "user_id", "created_at"))

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: they said that it is nothing for them
    declined_at: Mapped[datetime | None]
