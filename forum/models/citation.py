"""What posts say of slides, and what members would rather have said on them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Citation(Row, db.Model):
    """A post speaks of one slide of one version, whatever comes later. Answers as the post and the version do."""

    __tablename__ = "citation"
    __table_args__ = (
        UniqueConstraint("post_id", "version_id", "number"),
        Index("ix_citation_document_id", "document_id", "post_id"),
        Index("ix_citation_version_id", "version_id"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    #: the group of the post; the slide may be another group's
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    #: of the slide, from 1
    number: Mapped[int]
    #: chosen beside the text; else its address is typed in it
    picked: Mapped[bool] = mapped_column(default=False)


class Quotation(Row, db.Model):
    """What a post quotes of another: the words as they were chosen. Answers as both posts do; none of a deleted one."""

    __tablename__ = "quotation"
    __table_args__ = (UniqueConstraint("post_id", "number"), Index("ix_quotation_source_id", "source_id"))

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    #: the group of the post that quotes; the one quoted may be another group's
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    #: among the quotations of its post, from 1
    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)


class Suggestion(Row, db.Model):
    """Words that a member proposes for a slide, until whoever may edit the file decides. Answers as the version."""

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("version_id", "number", "author_id"),
        Index("ix_suggestion_author_id", "author_id"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
