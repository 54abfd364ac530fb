"""What posts quote; and the events of a post are found by it.

Revises 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_post_id", "event", ["post_id"], unique=False)
    op.create_table(
        "quotation",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_quotation_group_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_quotation_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["post.id"], name=op.f("fk_quotation_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotation")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_quotation_post_id_number")),
    )
    op.create_index("ix_quotation_source_id", "quotation", ["source_id"], unique=False)


def downgrade() -> None:
    op.drop_table("quotation")
    op.drop_index("ix_event_post_id", table_name="event")
