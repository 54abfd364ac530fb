"""How often a group is sent announcements; and no more mail of any group, also of those joined later.

Revises 0032.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group", sa.Column("announce_after", sa.Integer(), nullable=False, server_default="24"))
    op.add_column("group", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("habit", sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("habit", "silent")
    op.drop_column("group", "announced_at")
    op.drop_column("group", "announce_after")
