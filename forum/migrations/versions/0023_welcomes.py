"""Who was welcomed.

Revises 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("membership", "welcomed_at")
