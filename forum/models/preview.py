"""What can be looked at without downloading: the slides of a version, and how far their making has come."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db

#: what a page is called, by the kind of its file; of others, those that stand upright are pages
NOUNS = {"slides": "Slide", "image": "Picture", "sheet": "Page"}


def page_noun(kind: str, width: int | None, height: int | None) -> str:
    """What one page of a file is called: a PDF that lies on its side is a deck of slides."""
    return NOUNS.get(kind, "Page" if (height or 0) >= (width or 0) else "Slide")


class PreviewState(StrEnum):
    """How the making of a version's slides stands."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class Preview(Row, db.Model):
    """The making of one version's slides. Answers as the version does.

    `due_at`: when a waiting one is to be tried; when a working one is free again, should its maker have died.
    """

    __tablename__ = "preview"
    __table_args__ = (UniqueConstraint("version_id"), Index("ix_preview_due", "state", "due_at"))

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    state: Mapped[PreviewState] = mapped_column(default=PreviewState.WAITING)
    #: why it failed, or what is missing: a sentence for a person
    reason: Mapped[str] = mapped_column(String(300), default="")
    #: slides there are, and how many of them have their pictures
    pages: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    #: how often it was begun; whoever works on it names this number
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    #: the number of what made it; 0 = made with less than there could be, to be tried again
    renderer: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Slide(Row, db.Model):
    """One slide or page of a version: its words, and two pictures of it. Answers as the version does."""

    __tablename__ = "slide"
    __table_args__ = (UniqueConstraint("version_id", "number"), Index("ix_slide_group_id", "group_id"))

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: from 1
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300), default="")
    #: lines; those that begin with a bullet are items of a list
    text: Mapped[str] = mapped_column(Text, default="")
    #: what the speaker wrote below it
    notes: Mapped[str] = mapped_column(Text, default="")
    #: of the large picture, in points; 0 = there is none
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    small_key: Mapped[str | None] = mapped_column(String(80))
    large_key: Mapped[str | None] = mapped_column(String(80))
    #: what a person wrote in place of `text`
    described: Mapped[str] = mapped_column(Text, default="")
    described_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    described_at: Mapped[datetime | None]
