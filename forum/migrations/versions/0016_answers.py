"""What is said of an accepted answer, when it is looked at again, and whether its asker was reminded.

Revises 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_topic_to_nudge": (["created_at"], "kind = 'question' AND accepted_no IS NULL AND nudged_at IS NULL"),
    "ix_topic_review": (["group_id", "review_on"], "review_on IS NOT NULL"),
}


def upgrade() -> None:
    for name in ("answer_summary", "outdated_why"):
        op.add_column("topic", sa.Column(name, sa.String(length=200), nullable=False, server_default=""))
    for name in ("outdated_at", "review_told_at", "nudged_at"):
        op.add_column("topic", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("topic", sa.Column("review_on", sa.Date(), nullable=True))
    for name, (columns, only) in INDEXES.items():
        where = sa.text(only)
        op.create_index(name, "topic", columns, unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="topic")
    for name in ("review_on", "nudged_at", "review_told_at", "outdated_at", "outdated_why", "answer_summary"):
        op.drop_column("topic", name)
