"""People: accounts, what they say of themselves, their sessions."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_security import AsaList, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, and_
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db


class FieldAudience(StrEnum):
    """Who sees one field of a profile."""

    REGISTERED = "registered"
    GROUPS = "groups"
    NOBODY = "nobody"


class Theme(StrEnum):
    """How a member wants the site to look."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class User(Row, UserMixin, db.Model):
    """An account. Registered = confirmed and active; `handle` is its public name, never given to another."""

    __tablename__ = "user"

    handle: Mapped[str] = mapped_column(String(40), unique=True)
    #: confusable skeleton of the handle (UTS 39), so that no two look alike
    handle_skeleton: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    #: false = suspended: cannot sign in, and every session, token and mail stops
    active: Mapped[bool] = mapped_column(default=True)
    admin: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    suspended_at: Mapped[datetime | None]
    suspended_why: Mapped[str] = mapped_column(String(500), default="")

    name: Mapped[str] = mapped_column(String(80))
    hue: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    organisation: Mapped[str] = mapped_column(String(120), default="")
    job_title: Mapped[str] = mapped_column(String(120), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    about_html: Mapped[str] = mapped_column(Text, default="")
    #: random key of the stored portrait; it changes with every new photo
    photo_key: Mapped[str | None] = mapped_column(String(40))
    organisation_for: Mapped[FieldAudience] = mapped_column(default=FieldAudience.REGISTERED)
    job_title_for: Mapped[FieldAudience] = mapped_column(default=FieldAudience.REGISTERED)
    about_for: Mapped[FieldAudience] = mapped_column(default=FieldAudience.REGISTERED)
    expertise_for: Mapped[FieldAudience] = mapped_column(default=FieldAudience.REGISTERED)
    photo_for: Mapped[FieldAudience] = mapped_column(default=FieldAudience.REGISTERED)
    #: may be asked about questions that nobody has answered
    may_be_asked: Mapped[bool] = mapped_column(default=False)
    #: people who share no group with them find them among people, too
    findable: Mapped[bool] = mapped_column(default=True)
    theme: Mapped[Theme] = mapped_column(default=Theme.AUTO)
    timezone: Mapped[str] = mapped_column(String(64), default="")

    #: when they last opened the front page, and when on a day before that one
    visited_at: Mapped[datetime | None]
    visited_before_at: Mapped[datetime | None]
    #: whether a mail tells them when somebody mentions them
    mail_mentions: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    #: since when they are sent no mail, as it came back
    mail_stopped_at: Mapped[datetime | None]
    #: grows with what pages show to them alone, such as bookmarks: part of the ETag of their pages
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    # What Flask-Security keeps of its own
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))

    expertise: Mapped[list["Expertise"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="Expertise.tag"
    )

    #: Flask-Security asks for roles; the community has none site-wide (standing is per group)
    roles: tuple[str, ...] = ()  # type: ignore[assignment]

    __table_args__ = (CheckConstraint("hue BETWEEN 1 AND 8", name="hue"),)


#: SQL of: works somewhere, and does not keep it from everybody. Such organisations are counted in groups
NAMES_ORGANISATION = and_(User.organisation != "", User.organisation_for != FieldAudience.NOBODY)


class Expertise(Row, db.Model):
    """One thing a person says they can be asked about."""

    __tablename__ = "expertise"
    __table_args__ = (UniqueConstraint("user_id", "tag"), Index("ix_expertise_tag", "tag"))

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(40))


class Session(Row, db.Model):
    """One signed-in browser. The cookie holds the token, this row only its digest; ended = worth nothing."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_user_id", "user_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class Draft(Row, db.Model):
    """What a person was typing, kept under the place it is meant for ("reply:<topic id>", "topic:<group id>")."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(60))
    fields: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    saved_at: Mapped[datetime] = mapped_column(default=now)


class Submission(Row, db.Model):
    """A form that was sent once: sending it again leads to the first result (idempotency key)."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("user_id", "digest"), Index("ix_submission_created_at", "created_at"))

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: SHA-256 of the key and of what was sent, so an old key never swallows a new text
    digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
