"""Pages that a group writes together, with all that they said before."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.group import Group


class Page(Row, db.Model):
    """A page of a group. Read by whoever reads the group; written by its members."""

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("group_id", "n"),
        Index("ix_page_list", "group_id", sa.text("edited_at DESC"), sa.text("id DESC")),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: its number inside its group, never reused
    n: Mapped[int]
    title: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    #: the version of the renderer that made `html`
    renderer: Mapped[int]
    #: who wrote what it says now, and when
    editor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    edited_at: Mapped[datetime] = mapped_column(default=now)
    #: how many versions there are; a change names the one it started from
    revision: Mapped[int] = mapped_column(default=1)
    #: only facilitators change it
    protected: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None]

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)


class Consent(StrEnum):
    """What the author of quoted words says to it."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class PageQuote(Row, db.Model):
    """Words of a post on a page, or of an earlier version of it, never changed. Until their author agrees they are for
    that author and for who took them."""

    __tablename__ = "page_quote"
    __table_args__ = (
        UniqueConstraint("page_id", "number"),
        Index("ix_page_quote_source_id", "source_id"),
    )

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    #: among the quotations that the page ever had, from 1
    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    asker_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    consent: Mapped[Consent] = mapped_column(default=Consent.ASKED)
    answered_at: Mapped[datetime | None]


class PageVersion(Row, db.Model):
    """What a page said at one time; its newest is what it says now. Read by whoever may read the page."""

    __tablename__ = "page_version"
    __table_args__ = (UniqueConstraint("page_id", "number"),)

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)
    editor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(default=now)
    #: the version that it brought back
    restores: Mapped[int | None]
