"""The library: every file is one document with versions, wherever it is attached."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.discussion import Post
from forum.models.group import Group
from forum.models.member import User


class FileAudience(StrEnum):
    """Who may open a file, from wide to narrow; never wider than its group allows."""

    WEB = "web"
    REGISTERED = "registered"
    MEMBERS = "members"
    FACILITATORS = "facilitators"


class Receipts(StrEnum):
    """What the uploader of a file learns of those who open it; they are told so before they do."""

    NONE = "none"
    COUNTS = "counts"
    NAMES = "names"


class Scan(StrEnum):
    """What a virus scanner says of a version. Stalled = it could not be asked, and will be."""

    NONE = "none"
    WAITING = "waiting"
    STALLED = "stalled"
    CLEAN = "clean"
    INFECTED = "infected"


class Document(Row, db.Model):
    """A file of a group's library. Not posted yet (`posted_at` None) = its uploader's alone."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("group_id", "n"),
        Index("ix_document_newest", "group_id", sa.text("posted_at DESC"), sa.text("id DESC")),
        Index("ix_document_kind", "group_id", "kind", sa.text("posted_at DESC"), sa.text("id DESC")),
        Index("ix_document_title", "group_id", sa.text("lower(title)"), "id"),
        Index("ix_document_folder", "group_id", "folder", sa.text("posted_at DESC"), sa.text("id DESC")),
        Index("ix_document_workshop", "group_id", "workshop", sa.text("posted_at DESC"), sa.text("id DESC")),
        Index("ix_document_added_by", "group_id", "uploader_id", sa.text("posted_at DESC"), sa.text("id DESC")),
        Index("ix_document_downloads", "group_id", sa.text("download_count DESC"), sa.text("id DESC")),
        Index("ix_document_post_id", "post_id"),
        Index("ix_document_uploader_id", "uploader_id", sa.text("id DESC")),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    n: Mapped[int]
    title: Mapped[str] = mapped_column(String(150))
    description: Mapped[str] = mapped_column(Text, default="")
    folder: Mapped[str] = mapped_column(String(60), default="")
    #: the workshop it comes from, in a person's words
    workshop: Mapped[str] = mapped_column(String(120), default="")
    #: licence or permission, in a person's words
    licence: Mapped[str] = mapped_column(String(200), default="")
    audience: Mapped[FileAudience]
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: the post it is attached to; none = added to the library directly
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    posted_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    #: false = none of its versions was found free of viruses yet: it is its uploader's alone
    checked: Mapped[bool] = mapped_column(default=True)
    download_count: Mapped[int] = mapped_column(default=0)
    #: how often its slides were opened, but by its uploader
    view_count: Mapped[int] = mapped_column(default=0)
    receipts: Mapped[Receipts] = mapped_column(default=Receipts.NONE)

    # Facts of the newest version, carried for the lists; one that waits for the virus scanner is not it yet
    #: slides, document, sheet, image, video, audio, archive, calendar, text
    kind: Mapped[str] = mapped_column(String(16))
    extension: Mapped[str] = mapped_column(String(8))
    #: bytes
    size: Mapped[int] = mapped_column(BigInteger)
    last_version: Mapped[int] = mapped_column(default=1)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)
    uploader: Mapped[User] = relationship(lazy="raise")
    post: Mapped[Post | None] = relationship(lazy="raise")
    versions: Mapped[list["Version"]] = relationship(
        lazy="raise", order_by="Version.number.desc()", back_populates="document"
    )


class DocumentTag(Row, db.Model):
    """A tag on a document. `group_id` is carried for the tag filter's index."""

    __tablename__ = "document_tag"
    __table_args__ = (UniqueConstraint("document_id", "tag"), Index("ix_document_tag_group_id_tag", "group_id", "tag"))

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    tag: Mapped[str] = mapped_column(String(40))


class Version(Row, db.Model):
    """The bytes of a document at one time. Only uploads.py writes these rows and what they name."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        Index("ix_version_uploader_id", "uploader_id"),
        Index("ix_version_group_id", "group_id"),
        Index(
            "ix_version_unscanned",
            "id",
            sqlite_where=sa.text("scan IN ('waiting', 'stalled')"),
            postgresql_where=sa.text("scan IN ('waiting', 'stalled')"),
        ),
    )

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    number: Mapped[int]
    #: the file's name as given, cleaned
    name: Mapped[str] = mapped_column(String(255))
    extension: Mapped[str] = mapped_column(String(8))
    media_type: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    #: bytes
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    #: where the bytes are: random, tells nothing of the content
    storage_key: Mapped[str] = mapped_column(String(80), unique=True)
    #: waiting and stalled ones are their uploader's alone
    scan: Mapped[Scan] = mapped_column(default=Scan.NONE)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship(lazy="joined", innerjoin=True, back_populates="versions")
