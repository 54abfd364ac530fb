"""What happened, and the mail that tells of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Event(Row, db.Model):
    """Something a person did in the community. Written by activity.py alone."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_group_id", "group_id", "id"),
        Index("ix_event_post_id", "post_id"),
        Index("ix_event_subject_id", "subject_id", sa.text("id DESC")),
    )

    kind: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    #: the person it was done to
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class MailState(StrEnum):
    """How a mail stands. Dropped = at delivery its reader might no longer know of it."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


class Mail(Row, db.Model):
    """One message to one person, committed with its event; rendered, and asked again, when it is sent."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("once"),
        Index("ix_mail_due", "state", "due_at"),
        Index("ix_mail_user_id", "user_id", "created_at"),
    )

    #: templates/mail/<template>.{subject,text,html}
    template: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: for people without an account, and for proving an address; else the person's own at delivery
    address: Mapped[str] = mapped_column(String(254), default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    #: what the template says; emptied once sent, since it may hold a link that opens something
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    #: (event, person, channel): the same news is queued once
    once: Mapped[str] = mapped_column(String(120))
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    #: tries of which nobody knows whether the letter arrived; the one under way is one of them
    doubts: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")


class Bounce(db.Model):
    """A mail to an account that came back, not to be delivered ever. Each mail counts once."""

    __tablename__ = "bounce"
    __table_args__ = (Index("ix_bounce_user_id", "user_id", "at"),)

    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: as RFC 3463 has it: "5.1.1"
    status: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(default=now)
    #: false = before the person said "try again", or changed the address
    counts: Mapped[bool] = mapped_column(default=True)
