"""The append-only log of what changed who may do or see what."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.kit.clock import now
from forum.kit.db import Row, db


class AuditEntry(Row, db.Model):
    """Who did what, when, from where. The database refuses to change or delete a row (triggers in the migration)."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_group", "group_id", "at", "id"),
        Index("ix_audit_entry_at", "at", "id"),
        Index("ix_audit_entry_subject_id", "subject_id"),
    )

    action: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    #: the person it was done to
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    address: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(32), default="")
    at: Mapped[datetime] = mapped_column(default=now)
