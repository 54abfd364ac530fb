"""People who do not want to be found by those they share no group with; accepted answers are counted by their tag.

Revises 0020.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("findable", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("ix_topic_tag_tag", "topic_tag", ["tag"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_topic_tag_tag", table_name="topic_tag")
    op.drop_column("user", "findable")
