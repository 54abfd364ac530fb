"""Posts cite slides, and members suggest words for them.

Revises 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("topic", sa.Column("cites", sa.String(length=24), nullable=False, server_default="none"))
    op.create_table(
        "citation",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_citation_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_citation_group_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_citation_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_citation_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
        sa.UniqueConstraint("post_id", "version_id", "number", name=op.f("uq_citation_post_id_version_id_number")),
    )
    op.create_index("ix_citation_document_id", "citation", ["document_id", "post_id"], unique=False)
    op.create_index("ix_citation_version_id", "citation", ["version_id"], unique=False)
    op.create_table(
        "suggestion",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_suggestion_author_id")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_suggestion_group_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_suggestion_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint(
            "version_id", "number", "author_id", name=op.f("uq_suggestion_version_id_number_author_id")
        ),
    )
    op.create_index("ix_suggestion_author_id", "suggestion", ["author_id"], unique=False)


def downgrade() -> None:
    op.drop_table("suggestion")
    op.drop_table("citation")
    op.drop_column("topic", "cites")
