"""Hot seats: somebody answers the questions of a topic for a while, and the questions wait in a queue."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Asked(StrEnum):
    """How a question stands: in the queue, held for a facilitator, or set aside by one."""

    OPEN = "open"
    HELD = "held"
    ASIDE = "aside"


class HotSeat(Row, db.Model):
    """From when until when a topic takes questions. Read as its topic."""

    __tablename__ = "hot_seat"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        Index("ix_hot_seat_workshop_id", "workshop_id"),
        Index(
            "ix_hot_seat_untold", "starts_at",
            sqlite_where=sa.text("told_at IS NULL"), postgresql_where=sa.text("told_at IS NULL"),
        ),
    )  # fmt: skip

    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), unique=True)
    #: the workshop that it belongs to
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="SET NULL"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: where its clock stands (IANA name)
    zone: Mapped[str] = mapped_column(String(64))
    #: the highest number given to a question
    last_n: Mapped[int] = mapped_column(default=0)
    #: grows with each change; a change names the one it started from
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: when people were told that it has opened: once
    told_at: Mapped[datetime | None]


class Sitter(db.Model):
    """Somebody who sits in a hot seat."""

    __tablename__ = "sitter"
    __table_args__ = (Index("ix_sitter_user_id", "user_id"),)

    seat_id: Mapped[int] = mapped_column(ForeignKey("hot_seat.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)


class SeatQuestion(Row, db.Model):
    """A question to a hot seat. Held or set aside, it is read by facilitators and by whoever asked it."""

    __tablename__ = "seat_question"
    __table_args__ = (
        UniqueConstraint("seat_id", "n"),
        Index("ix_seat_question_author_id", "author_id"),
        Index("ix_seat_question_answer_id", "answer_id"),
    )

    seat_id: Mapped[int] = mapped_column(ForeignKey("hot_seat.id", ondelete="CASCADE"))
    #: its number in its seat, never reused
    n: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    state: Mapped[Asked] = mapped_column(default=Asked.OPEN)
    #: why it was set aside, or held
    why: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: the post that answers it
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))


class SeatVote(db.Model):
    """Somebody wants to hear the answer: one row, so one vote. Nobody is shown whose it is."""

    __tablename__ = "seat_vote"
    __table_args__ = (Index("ix_seat_vote_user_id", "user_id"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("seat_question.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
