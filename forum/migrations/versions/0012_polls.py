"""Polls in topics.

Revises 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=150), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("several", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_poll_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint("topic_id", name=op.f("uq_poll_topic_id")),
    )
    op.create_table(
        "ballot",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("choices", sa.Integer(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_ballot_poll_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ballot_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("poll_id", "user_id", name=op.f("pk_ballot")),
    )
    op.create_index("ix_ballot_user_id", "ballot", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("ballot")
    op.drop_table("poll")
