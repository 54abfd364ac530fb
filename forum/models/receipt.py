"""Who opened a file whose readers are told that this is recorded."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.db import db


class Opening(db.Model):
    """That a person opened a file on a day, and how often. Its uploader alone learns of it, and not for ever.

    `named`: they were told that their name is shown. Without that they are only counted, whatever the file says later.
    """

    __tablename__ = "opening"
    __table_args__ = (Index("ix_opening_day", "day"), Index("ix_opening_user_id", "user_id"))

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    named: Mapped[bool] = mapped_column(primary_key=True)
    #: in UTC
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    times: Mapped[int] = mapped_column(default=1)
