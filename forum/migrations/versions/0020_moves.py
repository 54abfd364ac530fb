"""Topics and posts are moved, and their old addresses lead on.

Revises 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _to(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "moved",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("from_group_id", sa.Integer(), nullable=True),
        sa.Column("from_topic_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("to_topic_id", sa.Integer(), nullable=True),
        sa.Column("to_post_id", sa.Integer(), nullable=True),
        sa.Column("to_document_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("moved", "from_group_id", "group"),
        _to("moved", "from_topic_id", "topic"),
        _to("moved", "to_document_id", "document"),
        _to("moved", "to_post_id", "post"),
        _to("moved", "to_topic_id", "topic"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved")),
        sa.UniqueConstraint("from_topic_id", "number", name=op.f("uq_moved_from_topic_id_number")),
        sa.UniqueConstraint("kind", "from_group_id", "number", name=op.f("uq_moved_kind_from_group_id_number")),
    )
    op.create_table(
        "move",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("from_topic_id", sa.Integer(), nullable=False),
        sa.Column("from_group_id", sa.Integer(), nullable=False),
        sa.Column("to_group_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("move", "actor_id", "user", "SET NULL"),
        _to("move", "from_group_id", "group"),
        _to("move", "from_topic_id", "topic"),
        _to("move", "to_group_id", "group"),
        _to("move", "topic_id", "topic"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    op.create_index("ix_move_topic_id", "move", ["topic_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("move")
    op.drop_table("moved")
