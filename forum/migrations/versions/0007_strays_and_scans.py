"""What the virus scanner says of a version, and bytes that belong to nothing.

Revises 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNSCANNED = sa.text("scan IN ('waiting', 'stalled')")


def upgrade() -> None:
    op.add_column("document", sa.Column("checked", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("version", sa.Column("scan", sa.String(length=24), nullable=False, server_default="none"))
    op.create_index(
        "ix_version_unscanned", "version", ["id"], unique=False, sqlite_where=UNSCANNED, postgresql_where=UNSCANNED
    )
    op.create_table(
        "stray",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray")),
        sa.UniqueConstraint("key", name=op.f("uq_stray_key")),
    )


def downgrade() -> None:
    op.drop_table("stray")
    op.drop_index("ix_version_unscanned", table_name="version")
    op.drop_column("version", "scan")
    op.drop_column("document", "checked")
