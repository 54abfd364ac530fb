"""Workshops: one page before, during and after; who comes; and the files that belong to them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.group import Group


class SeenBy(StrEnum):
    """Who sees who is coming, as the organiser chose. Facilitators always do."""

    FACILITATORS = "facilitators"
    COMING = "coming"
    MEMBERS = "members"


class Workshop(Row, db.Model):
    """A meeting of a group. Read by whoever reads the group; planned by its facilitators."""

    __tablename__ = "workshop"
    __table_args__ = (
        UniqueConstraint("group_id", "n"),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        Index("ix_workshop_group_id_starts_at", "group_id", "starts_at"),
        Index("ix_workshop_ends_at", "ends_at"),
        Index("ix_workshop_topic_id", "topic_id"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: its number inside its group, never reused
    n: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    #: whole days: midnight after the last one
    ends_at: Mapped[datetime]
    #: where its clock stands (IANA name)
    zone: Mapped[str] = mapped_column(String(64))
    all_day: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(String(200), default="")
    #: where one joins online: for those with a place, from a quarter of an hour before
    link: Mapped[str] = mapped_column(String(500), default="")
    meant_for: Mapped[str] = mapped_column(String(300), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    agenda_html: Mapped[str] = mapped_column(Text, default="")
    #: how many places there are; none = as many as come
    capacity: Mapped[int | None]
    seen_by: Mapped[SeenBy] = mapped_column(default=SeenBy.MEMBERS)
    #: whether they see names, or organisations alone
    names: Mapped[bool] = mapped_column(default=True)
    recording: Mapped[str] = mapped_column(String(500), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    notes_html: Mapped[str] = mapped_column(Text, default="")

    organiser_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: where its questions are asked
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    #: its name in calendars, random and for good; and how often what a calendar shows of it was changed (RFC 5545)
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    #: the dates of one that repeats have this in common
    series: Mapped[str] = mapped_column(String(24), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    #: grows with each change; a change names the one it started from
    revision: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(String(300), default="")
    #: when those with a place were reminded
    reminded_at: Mapped[datetime | None]

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)


class Booking(Row, db.Model):
    """Somebody comes, or waits for a place: who booked first gets the next. Rows are in the order of booking."""

    __tablename__ = "booking"
    __table_args__ = (UniqueConstraint("workshop_id", "user_id"), Index("ix_booking_user_id", "user_id"))

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    booked_at: Mapped[datetime] = mapped_column(default=now)
    #: since when they have a place; none = they wait
    seat_at: Mapped[datetime | None]


class Material(db.Model):
    """A file that was added to a workshop. Read as the file."""

    __tablename__ = "material"
    __table_args__ = (
        Index("ix_material_document_id", "document_id"),
        Index(
            "ix_material_untold",
            "workshop_id",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        ),
    )

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    added_at: Mapped[datetime] = mapped_column(default=now)
    #: when those who come, and who follow its questions, were told
    told_at: Mapped[datetime | None]


class CalendarKey(Row, db.Model):
    """One a person. Its token stands in the address of their calendar and opens nothing else; this holds its digest."""

    __tablename__ = "calendar_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
