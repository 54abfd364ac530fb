"""The log is paged by its moments.

Revises 0012.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_audit_entry_group_id", table_name="audit_entry")
    op.create_index("ix_audit_entry_group", "audit_entry", ["group_id", "at", "id"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    op.drop_index("ix_audit_entry_group", table_name="audit_entry")
    op.create_index("ix_audit_entry_group_id", "audit_entry", ["group_id", "id"])
