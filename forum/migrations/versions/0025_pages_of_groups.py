"""Pages of groups.

Revises 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["user.id"], name=op.f("fk_page_editor_id")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_page_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("group_id", "n", name=op.f("uq_page_group_id_n")),
    )
    op.create_index(
        "ix_page_list", "page", ["group_id", sa.literal_column("edited_at DESC"), sa.literal_column("id DESC")]
    )
    op.create_table(
        "page_version",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["user.id"], name=op.f("fk_page_version_editor_id")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_version_page_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_version")),
        sa.UniqueConstraint("page_id", "number", name=op.f("uq_page_version_page_id_number")),
    )
    op.create_table(
        "page_quote",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent", sa.String(length=24), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asker_id"], ["user.id"], name=op.f("fk_page_quote_asker_id")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_quote_page_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["post.id"], name=op.f("fk_page_quote_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_quote")),
        sa.UniqueConstraint("page_id", "number", name=op.f("uq_page_quote_page_id_number")),
        sa.UniqueConstraint("page_id", "source_id", name=op.f("uq_page_quote_page_id_source_id")),
    )
    op.create_index("ix_page_quote_source_id", "page_quote", ["source_id"], unique=False)


def downgrade() -> None:
    op.drop_table("page_quote")
    op.drop_table("page_version")
    op.drop_table("page")
