"""Bytes that belong to nothing, and since when that is known."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class Stray(Row, db.Model):
    """A key of the store that no row named when somebody looked. Removed after a second look, days later."""

    __tablename__ = "stray"

    #: as the store calls them
    key: Mapped[str] = mapped_column(String(120), unique=True)
    seen_at: Mapped[datetime] = mapped_column(default=now)
