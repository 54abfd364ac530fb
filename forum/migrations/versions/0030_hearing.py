"""How people want to hear of their groups.

Revises 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("mail_waits", sa.Boolean(), server_default=sa.false(), nullable=False))
    lite, post = sa.text("mail_waits = 1"), sa.text("mail_waits")
    op.create_index("ix_notice_mail", "notice", ["user_id"], sqlite_where=lite, postgresql_where=post)
    op.create_index("ix_mail_user_id", "mail", ["user_id", "created_at"])
    op.create_table(
        "hearing",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=24), nullable=False),
        sa.Column("stop", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_hearing_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_hearing_group_id_group"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "group_id", name=op.f("pk_hearing")),
        sa.UniqueConstraint("stop", name=op.f("uq_hearing_stop")),
    )
    op.create_index("ix_hearing_group_id", "hearing", ["group_id", "choice"])
    op.create_table(
        "habit",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_to", sa.SmallInteger(), nullable=True),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("stop", sa.String(length=64), nullable=True),
        sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("hour BETWEEN 0 AND 23 AND day BETWEEN 0 AND 6", name=op.f("ck_habit_hour_and_day")),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name=op.f("ck_habit_quiet_hours")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_habit_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_habit")),
        sa.UniqueConstraint("stop", name=op.f("uq_habit_stop")),
    )
    op.create_index("ix_habit_digest_at", "habit", ["digest_at"])


def downgrade() -> None:
    op.drop_table("habit")
    op.drop_table("hearing")
    op.drop_index("ix_mail_user_id", "mail")
    op.drop_index("ix_notice_mail", "notice")
    op.drop_column("notice", "mail_waits")
