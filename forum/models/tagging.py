"""Who hears of new topics with a tag."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import db


class TagFollow(db.Model):
    """A person hears of new topics with a tag in one group. Nobody else sees it."""

    __tablename__ = "tag_follow"
    __table_args__ = (Index("ix_tag_follow_group_id_tag", "group_id", "tag"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=now)
