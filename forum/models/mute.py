"""Whom somebody does not want to hear."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import db


class Mute(db.Model):
    """A person folds away what another one writes, for themselves alone."""

    __tablename__ = "mute"
    __table_args__ = (CheckConstraint("user_id <> muted_id", name="of_another"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    muted_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=now)
