"""A file that comes in pieces: what was said of it before its first byte, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Upload(Row, db.Model):
    """A file on its way in, or a draft since less than a day. Nobody but the person who began it knows of it.

    How far it has come stands on the disk alone, in the file in `incoming/` that has this row's code as its name.
    """

    __tablename__ = "upload"
    __table_args__ = (
        Index("ix_upload_user_id", "user_id"),
        Index("ix_upload_group_id", "group_id"),
        Index("ix_upload_touched_at", "touched_at"),
    )

    #: random, 128 bits in hexadecimal
    code: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: the file's name as given, cleaned
    name: Mapped[str] = mapped_column(String(255))
    #: bytes it will have, all told
    size: Mapped[int] = mapped_column(BigInteger)
    #: the draft it has become
    document_n: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: when its last bytes came
    touched_at: Mapped[datetime] = mapped_column(default=now)
