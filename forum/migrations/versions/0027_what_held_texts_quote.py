"""What texts that wait quote; and moves, found by where something stood.

Revises 0026.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("held", sa.Column("quotes", sa.JSON(), server_default="[]", nullable=False))
    op.create_index("ix_move_from_topic_id", "move", ["from_topic_id"])


def downgrade() -> None:
    op.drop_index("ix_move_from_topic_id", "move")
    op.drop_column("held", "quotes")
