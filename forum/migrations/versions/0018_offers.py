"""Unanswered questions offered to people who may know.

Revises 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("may_be_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("group", sa.Column("offer_after", sa.Integer(), nullable=False, server_default="24"))
    op.add_column("topic", sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "offer",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_offer_topic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_offer_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_offer_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("topic_id", "user_id", name=op.f("uq_offer_topic_id_user_id")),
    )
    op.create_index("ix_offer_user_id", "offer", ["user_id", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_offer_user_id", table_name="offer")
    op.drop_table("offer")
    op.drop_column("topic", "offered_at")
    op.drop_column("group", "offer_after")
    op.drop_column("user", "may_be_asked")
