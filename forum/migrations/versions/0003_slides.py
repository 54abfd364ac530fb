"""Slides of files, and how far their making has come. Files that are there already wait for theirs.

Revises 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = """
INSERT INTO preview (version_id, group_id, state, reason, pages, done, tries, due_at, renderer, created_at)
SELECT id, group_id, 'waiting', '', 0, 0, 0, created_at, 0, created_at FROM version
WHERE deleted_at IS NULL AND kind IN ('slides', 'document', 'sheet', 'image')
AND extension NOT IN ('csv', 'pptm', 'docm', 'xlsm')
"""


def upgrade() -> None:
    op.create_table(
        "preview",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_preview_group_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_preview_version_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview")),
        sa.UniqueConstraint("version_id", name=op.f("uq_preview_version_id")),
    )
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.create_index("ix_preview_due", ["state", "due_at"], unique=False)

    op.create_table(
        "slide",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("small_key", sa.String(length=80), nullable=True),
        sa.Column("large_key", sa.String(length=80), nullable=True),
        sa.Column("described", sa.Text(), nullable=False),
        sa.Column("described_by_id", sa.Integer(), nullable=True),
        sa.Column("described_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["described_by_id"], ["user.id"], name=op.f("fk_slide_described_by_id")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_slide_group_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_slide_version_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slide")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_slide_version_id_number")),
    )
    with op.batch_alter_table("slide", schema=None) as batch_op:
        batch_op.create_index("ix_slide_group_id", ["group_id"], unique=False)
    op.execute(WAITING)


def downgrade() -> None:
    with op.batch_alter_table("slide", schema=None) as batch_op:
        batch_op.drop_index("ix_slide_group_id")
    op.drop_table("slide")
    with op.batch_alter_table("preview", schema=None) as batch_op:
        batch_op.drop_index("ix_preview_due")
    op.drop_table("preview")
