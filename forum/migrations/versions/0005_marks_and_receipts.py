"""What files are found by (workshop, tags, who added them), and who opened those that say so.

Revises 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEWEST = (sa.text("posted_at DESC"), sa.text("id DESC"))
INDEXES = {
    "ix_document_folder": "folder", "ix_document_workshop": "workshop", "ix_document_added_by": "uploader_id",
}  # fmt: skip


def upgrade() -> None:
    op.add_column("document", sa.Column("workshop", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("document", sa.Column("view_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("document", sa.Column("receipts", sa.String(length=24), nullable=False, server_default="none"))
    for name, column in INDEXES.items():
        op.create_index(name, "document", ["group_id", column, *NEWEST], unique=False)
    op.create_table(
        "document_tag",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_tag_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_document_tag_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_tag")),
        sa.UniqueConstraint("document_id", "tag", name=op.f("uq_document_tag_document_id_tag")),
    )
    op.create_index("ix_document_tag_group_id_tag", "document_tag", ["group_id", "tag"], unique=False)
    op.create_table(
        "opening",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_opening_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_opening_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "user_id", "named", "day", name=op.f("pk_opening")),
    )
    op.create_index("ix_opening_day", "opening", ["day"], unique=False)
    op.create_index("ix_opening_user_id", "opening", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_opening_user_id", table_name="opening")
    op.drop_index("ix_opening_day", table_name="opening")
    op.drop_table("opening")
    op.drop_index("ix_document_tag_group_id_tag", table_name="document_tag")
    op.drop_table("document_tag")
    for name in reversed(INDEXES):
        op.drop_index(name, table_name="document")
    for column in ("receipts", "view_count", "workshop"):
        op.drop_column("document", column)
