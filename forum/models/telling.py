"""What people are told, and how each wants to hear of a group."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Notice(Row, db.Model):
    """One thing that one person is told: of a post, or of something in a group. It holds no words of either."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "once"),
        CheckConstraint("(post_id IS NULL) <> (group_id IS NULL)", name="of_one"),
        Index("ix_notice_list", "user_id", sa.text("id DESC")),
        Index(
            "ix_notice_unread",
            "user_id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        Index(
            "ix_notice_mail",
            "user_id",
            sqlite_where=sa.text("mail_waits = 1"),
            postgresql_where=sa.text("mail_waits"),
        ),
        Index("ix_notice_post_id", "post_id"),
        Index("ix_notice_group_id", "group_id", "kind"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: 'reply', 'mention', 'request' …: notices.KINDS says all of them
    kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    #: for what is not of a post
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    #: what in the group it is, as addresses there name it
    code: Mapped[str] = mapped_column(String(40), default="")
    #: the level (rule.Level) that its reader must have there, at any moment
    needs: Mapped[int] = mapped_column(sa.SmallInteger)
    #: the news: nobody is told the same twice
    once: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: when they marked it as read; of a post that they have seen it need not be set
    read_at: Mapped[datetime | None]
    #: a mail may still tell of it
    mail_waits: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Untold(db.Model):
    """A post whose many listeners a job is to tell of it."""

    __tablename__ = "untold"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]


class PushDevice(Row, db.Model):
    """A browser that shows its owner when something lands in their inbox, for as long as it is signed in."""

    __tablename__ = "push_device"
    __table_args__ = (Index("ix_push_device_user_id", "user_id"), Index("ix_push_device_session_id", "session_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    #: where its maker's service takes messages for it: a secret, since whoever has it can send
    endpoint: Mapped[str] = mapped_column(sa.Text)
    #: SHA-256 of the endpoint: a browser is one row, whoever signs in there
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: its public key and its secret (base64url)
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    #: it shows who wrote and where, not only that something is new
    names: Mapped[bool] = mapped_column(default=False)
    #: notices up to this number need no message any more
    told_id: Mapped[int] = mapped_column(default=0)
    #: no message before this moment
    rests_until: Mapped[datetime | None]
    #: how many messages its service has refused, one after the other
    refused: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Hear(StrEnum):
    """What of a group comes to a member by mail."""

    EVERY = "every"
    REPLIES = "replies"
    WEEKLY = "weekly"
    NOTHING = "nothing"


class Hearing(db.Model):
    """How somebody wants to hear of one group. No row = announcements and replies to them."""

    __tablename__ = "hearing"
    __table_args__ = (Index("ix_hearing_group_id", "group_id", "choice"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    choice: Mapped[Hear] = mapped_column(default=Hear.REPLIES)
    #: SHA-256 of the token in the address that ends the mail of this group
    stop: Mapped[str | None] = mapped_column(String(64), unique=True)


class Habit(db.Model):
    """When somebody wants mail about groups, and how much it says. No row = all together once a day."""

    __tablename__ = "habit"
    __table_args__ = (
        CheckConstraint("hour BETWEEN 0 AND 23 AND day BETWEEN 0 AND 6", name="hour_and_day"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_hours"),
        Index("ix_habit_digest_at", "digest_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    #: together once a day; else as it happens
    daily: Mapped[bool] = mapped_column(default=True)
    #: in their zone; Monday is day 0
    hour: Mapped[int] = mapped_column(sa.SmallInteger, default=7)
    day: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    paused_until: Mapped[datetime | None]
    #: no mail of any group, whatever was chosen for it; of those joined later neither
    silent: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    #: from this full hour to that one nothing is sent, in their zone
    quiet_from: Mapped[int | None] = mapped_column(sa.SmallInteger)
    quiet_to: Mapped[int | None] = mapped_column(sa.SmallInteger)
    #: mail says only that there is something new
    discreet: Mapped[bool] = mapped_column(default=False)
    #: SHA-256 of the token in the address that ends the mail of all groups
    stop: Mapped[str | None] = mapped_column(String(64), unique=True)
    #: when they get the next summary; None = not reckoned yet
    digest_at: Mapped[datetime | None]
