"""Groups, and where each person stands in them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.member import User

#: A top group, its child, its grandchild
MAX_DEPTH = 2


class Kind(StrEnum):
    """The four kinds of group, from loose to tight."""

    OPEN = "open"
    RESTRICTED = "restricted"
    PRIVATE = "private"
    HIDDEN = "hidden"


class Standing(StrEnum):
    """What a person is to one group. Visitor, registered and suspended are never stored."""

    VISITOR = "visitor"
    REGISTERED = "registered"
    PENDING = "pending"
    INVITED = "invited"
    FORMER = "former"
    MEMBER = "member"
    FACILITATOR = "facilitator"
    OWNER = "owner"
    BANNED = "banned"
    SUSPENDED = "suspended"


SEATED = (Standing.MEMBER, Standing.FACILITATOR, Standing.OWNER)
LEADING = (Standing.FACILITATOR, Standing.OWNER)


class Group(Row, db.Model):
    """A practice group. Counters are kept in the transaction that changes what they count."""

    __tablename__ = "group"
    __table_args__ = (
        CheckConstraint("hue BETWEEN 1 AND 8", name="hue"),
        CheckConstraint("NOT public_reading OR kind = 'open'", name="public_reading_is_for_open_groups"),
        CheckConstraint("NOT single_files OR kind = 'restricted'", name="single_files_is_for_restricted_groups"),
        Index("ix_group_parent_id", "parent_id"),
        Index("ix_group_kind_name", "kind", "name"),
    )

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    about_html: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[Kind]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    hue: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    emblem: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime] = mapped_column(default=now)

    #: open groups: visitors read too
    public_reading: Mapped[bool] = mapped_column(default=False)
    #: restricted groups: a facilitator may open one file to everyone registered
    single_files: Mapped[bool] = mapped_column(default=False)
    facilitators_upload: Mapped[bool] = mapped_column(default=False)
    facilitators_start: Mapped[bool] = mapped_column(default=False)
    members_invite: Mapped[bool] = mapped_column(default=False)
    #: reported by so many members a thing is hidden until a facilitator decides; 0 = never
    report_limit: Mapped[int] = mapped_column(default=3)
    #: links in the first posts of somebody new wait for a facilitator
    hold_first: Mapped[bool] = mapped_column(default=True)
    #: a text that weighs so much waits (spam.py); 0 = never
    spam_limit: Mapped[int] = mapped_column(default=6)
    #: hours until an unanswered question is offered to people who may know; 0 = never
    offer_after: Mapped[int] = mapped_column(default=24)
    #: hours from one announcement to the next, at least; 0 = as often as its facilitators like
    announce_after: Mapped[int] = mapped_column(default=24, server_default="24")
    #: when the last announcement was sent, also if it was deleted since
    announced_at: Mapped[datetime | None]
    welcome: Mapped[str] = mapped_column(Text, default="")
    refusal: Mapped[str] = mapped_column(Text, default="")

    member_count: Mapped[int] = mapped_column(default=0)
    organisation_count: Mapped[int] = mapped_column(default=0)
    facilitator_count: Mapped[int] = mapped_column(default=0)
    #: requests to join that wait for a facilitator
    request_count: Mapped[int] = mapped_column(default=0)
    topic_count: Mapped[int] = mapped_column(default=0)
    post_count: Mapped[int] = mapped_column(default=0)
    document_count: Mapped[int] = mapped_column(default=0)
    #: the last number given to a topic / a document; numbers are never reused
    last_topic_n: Mapped[int] = mapped_column(default=0)
    last_document_n: Mapped[int] = mapped_column(default=0)
    last_post_at: Mapped[datetime | None]
    #: grows with everything a page of the group shows: part of every ETag below it
    version: Mapped[int] = mapped_column(default=1)

    parent: Mapped["Group | None"] = relationship(remote_side="Group.id", lazy="joined", join_depth=MAX_DEPTH)
    subjects: Mapped[list["Subject"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="Subject.name"
    )


class Subject(Row, db.Model):
    """What a group is about, for the directory's filter. Part of the card."""

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("group_id", "name"), Index("ix_subject_name", "name"))

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))


class Membership(Row, db.Model):
    """Where one person stands in one group: exactly one row, so one cannot be banned and a member at once."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "group_id"),
        Index("ix_membership_group_id_standing", "group_id", "standing"),
        CheckConstraint("standing NOT IN ('visitor', 'registered', 'suspended')", name="standing_is_stored"),
        CheckConstraint("standing <> 'invited' OR until IS NOT NULL", name="invitations_end"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    standing: Mapped[Standing]
    #: an invitation is worth nothing after this
    until: Mapped[datetime | None]
    since: Mapped[datetime] = mapped_column(default=now)
    #: what was posted before this is not new to them: when they joined, or marked all as read
    caught_up_at: Mapped[datetime] = mapped_column(default=now)
    #: when a facilitator ticked off that they were welcomed
    welcomed_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    group: Mapped[Group] = relationship(lazy="raise")
