"""Reports of posts and files.

Revises 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("verdict = 'open'")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("group", sa.Column("report_limit", sa.Integer(), nullable=False, server_default="3"))
    op.create_table(
        "concern",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("report_count", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("hid_at", MOMENT, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(post_id IS NULL) <> (document_id IS NULL)", name=op.f("ck_concern_of_one_thing")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_concern_group_id_group"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_concern_post_id_post"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_concern_document_id_document"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_concern_author_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_concern_decided_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["user.id"], name=op.f("fk_concern_handler_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("code", name=op.f("uq_concern_code")),
    )
    op.create_index("ix_concern_group_id", "concern", ["group_id", "verdict", "opened_at"])
    for thing in ("post", "document"):
        op.create_index(
            f"uq_concern_open_{thing}",
            "concern",
            [f"{thing}_id"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )
    op.create_table(
        "report",
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name=op.f("fk_report_concern_id_concern"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_report_group_id_group"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["user.id"], name=op.f("fk_report_reporter_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("concern_id", "reporter_id", name=op.f("uq_report_concern_id_reporter_id")),
    )
    op.create_index("ix_report_reporter_id", "report", ["reporter_id", "group_id", sa.text("id DESC")])


def downgrade() -> None:
    op.drop_table("report")
    op.drop_table("concern")
    op.drop_column("group", "report_limit")
