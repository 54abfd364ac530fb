"""Polls: a question with a few answers to choose from, in a topic."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Poll(Row, db.Model):
    """What a topic asks everyone to choose. Read as its topic. Its options stay once somebody has voted."""

    __tablename__ = "poll"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), unique=True)
    question: Mapped[str] = mapped_column(String(150))
    options: Mapped[list[str]] = mapped_column(sa.JSON)
    #: whether one may choose more than one
    several: Mapped[bool]
    #: whether nobody is shown who chose what
    anonymous: Mapped[bool]
    closes_at: Mapped[datetime | None]
    #: grows with each change of what is asked; a vote names the one it answers
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Ballot(db.Model):
    """What one person chose: one row, so one vote. Shown with a name only where the poll said so before."""

    __tablename__ = "ballot"
    __table_args__ = (Index("ix_ballot_user_id", "user_id"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    #: the options by their place, as bits: 1, 2, 4 …
    choices: Mapped[int]
    cast_at: Mapped[datetime] = mapped_column(default=now)
