"""Files that come in pieces, and an index for each quota.

Revises 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = ("user_id", "group_id", "touched_at")


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("document_n", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_upload_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("code", name=op.f("uq_upload_code")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        for column in INDEXES:
            batch_op.create_index(f"ix_upload_{column}", [column], unique=False)
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.create_index("ix_version_uploader_id", ["uploader_id"], unique=False)
        batch_op.create_index("ix_version_group_id", ["group_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.drop_index("ix_version_group_id")
        batch_op.drop_index("ix_version_uploader_id")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        for column in reversed(INDEXES):
            batch_op.drop_index(f"ix_upload_{column}")
    op.drop_table("upload")
