"""How often a mail was handed over without an answer.

Revises 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail", sa.Column("doubts", sa.SmallInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("mail", "doubts")
