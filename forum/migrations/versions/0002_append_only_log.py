"""The log only grows: the database refuses to change or delete what was written.

Revises 0001.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SAYS = "the log only grows"
SQLITE = """
CREATE TRIGGER audit_entry_{what} BEFORE {what} ON audit_entry
BEGIN SELECT RAISE(ABORT, '{says}'); END
"""
POSTGRESQL = """
CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{says}' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER audit_entry_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL.format(says=SAYS))
        return
    for what in ("UPDATE", "DELETE"):
        op.execute(SQLITE.format(what=what, says=SAYS))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_refuse ON audit_entry")
        op.execute("DROP FUNCTION audit_entry_refuse()")
        return
    for what in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER audit_entry_{what}")
