"""What members report, and what became of it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.discussion import Post
from forum.models.group import Group
from forum.models.library import Document
from forum.models.member import User


class ReportKind(StrEnum):
    """What is wrong with a thing, as whoever reports it says."""

    PERSON = "person"
    UNKIND = "unkind"
    SPAM = "spam"
    RIGHTS = "rights"
    RULES = "rules"
    OTHER = "other"


class Verdict(StrEnum):
    """How a concern stands."""

    OPEN = "open"
    KEPT = "kept"
    HIDDEN = "hidden"
    DELETED = "deleted"


class Concern(Row, db.Model):
    """A post or a file that was reported, until it is decided and for ever after. One at a time is open for a thing."""

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint("(post_id IS NULL) <> (document_id IS NULL)", name="of_one_thing"),
        Index("ix_concern_group_id", "group_id", "verdict", "opened_at"),
        Index(
            "uq_concern_open_post", "post_id", unique=True,
            sqlite_where=sa.text("verdict = 'open'"), postgresql_where=sa.text("verdict = 'open'"),
        ),
        Index(
            "uq_concern_open_document", "document_id", unique=True,
            sqlite_where=sa.text("verdict = 'open'"), postgresql_where=sa.text("verdict = 'open'"),
        ),
    )  # fmt: skip

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    #: names it in addresses, random
    code: Mapped[str] = mapped_column(String(24), unique=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    #: whose thing it is: they do not decide
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    verdict: Mapped[Verdict] = mapped_column(default=Verdict.OPEN)
    report_count: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    #: since when the group's rule hides it, until somebody decides
    hid_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: what both sides were told
    words: Mapped[str] = mapped_column(Text, default="")
    #: the revision (of a post) or the version (of a file) that was decided about
    mark: Mapped[int] = mapped_column(default=0)
    #: the administrator who looks at it, in a group without a facilitator
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)
    post: Mapped[Post | None] = relationship(lazy="raise")
    document: Mapped[Document | None] = relationship(lazy="raise")
    author: Mapped[User] = relationship(lazy="raise", foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])
    reports: Mapped[list["Report"]] = relationship(lazy="raise", order_by="Report.at", back_populates="concern")


class Report(Row, db.Model):
    """One person's report. No page names who made it."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("concern_id", "reporter_id"),
        Index("ix_report_reporter_id", "reporter_id", "group_id", sa.text("id DESC")),
    )

    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[ReportKind]
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)

    concern: Mapped[Concern] = relationship(lazy="raise", back_populates="reports")
