"""Posts that helped somebody, and bookmarks.

Revises 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("helpful_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("user", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "helpful",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_helpful_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_helpful_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_helpful")),
    )
    op.create_index("ix_helpful_user_id", "helpful", ["user_id"], unique=False)
    op.create_table(
        "bookmark",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(post_id IS NULL) <> (document_id IS NULL)", name=op.f("ck_bookmark_one")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_bookmark_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_bookmark_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_bookmark_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmark")),
        sa.UniqueConstraint("user_id", "document_id", name=op.f("uq_bookmark_user_id_document_id")),
        sa.UniqueConstraint("user_id", "post_id", name=op.f("uq_bookmark_user_id_post_id")),
    )
    op.create_index("ix_bookmark_document_id", "bookmark", ["document_id"], unique=False)
    op.create_index(
        "ix_bookmark_list", "bookmark", ["user_id", sa.literal_column("kept_at DESC"), sa.literal_column("id DESC")]
    )
    op.create_index("ix_bookmark_post_id", "bookmark", ["post_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bookmark")
    op.drop_table("helpful")
    op.drop_column("user", "version")
    op.drop_column("post", "helpful_count")
