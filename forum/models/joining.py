"""Ways into a group: requests to join, and invitations."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.kit.clock import now
from forum.kit.db import Row, db
from forum.models.group import Group
from forum.models.member import User


class RequestState(StrEnum):
    """How a request to join stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class JoinRequest(Row, db.Model):
    """A person asked to join. At most one open request per person and group."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_open",
            "user_id",
            "group_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        Index("ix_join_request_group_id_state", "group_id", "state"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    #: names this request in addresses, random
    code: Mapped[str] = mapped_column(String(24), unique=True)
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise", foreign_keys=[user_id])
    decided_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])
    group: Mapped[Group] = relationship(lazy="raise")


class Invitation(Row, db.Model):
    """A way into one group: by mail for one address (single use), or an open link with a limit of uses."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_group_id", "group_id"),
        Index("ix_invitation_email", "email"),
        CheckConstraint("uses <= max_uses", name="use_limit"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    inviter_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: names this invitation in the facilitators' list, random
    code: Mapped[str] = mapped_column(String(24), unique=True)
    #: SHA-256 of the token in the link
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: the address it is bound to; empty = an open link
    email: Mapped[str] = mapped_column(String(254), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    max_uses: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]

    group: Mapped[Group] = relationship(lazy="raise")
    inviter: Mapped[User] = relationship(lazy="raise")
