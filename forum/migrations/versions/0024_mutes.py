"""Whom somebody does not want to hear.

Revises 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mute",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("muted_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("user_id <> muted_id", name=op.f("ck_mute_of_another")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mute_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["muted_id"], ["user.id"], name=op.f("fk_mute_muted_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "muted_id", name=op.f("pk_mute")),
    )


def downgrade() -> None:
    op.drop_table("mute")
