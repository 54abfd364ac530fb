"""Hot seats: a topic that takes questions for a while, with a queue and votes.

Revises 0036.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hot_seat",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("last_n", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_hot_seat_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_hot_seat_topic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_hot_seat_workshop_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_seat")),
        sa.UniqueConstraint("topic_id", name=op.f("uq_hot_seat_topic_id")),
    )
    op.create_index("ix_hot_seat_workshop_id", "hot_seat", ["workshop_id"])
    op.create_index(
        "ix_hot_seat_untold",
        "hot_seat",
        ["starts_at"],
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "sitter",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seat_id"], ["hot_seat.id"], name=op.f("fk_sitter_seat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sitter_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seat_id", "user_id", name=op.f("pk_sitter")),
    )
    op.create_index("ix_sitter_user_id", "sitter", ["user_id"])
    op.create_table(
        "seat_question",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["post.id"], name=op.f("fk_seat_question_answer_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_seat_question_author_id")),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["hot_seat.id"], name=op.f("fk_seat_question_seat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_question")),
        sa.UniqueConstraint("seat_id", "n", name=op.f("uq_seat_question_seat_id_n")),
    )
    op.create_index("ix_seat_question_author_id", "seat_question", ["author_id"])
    op.create_index("ix_seat_question_answer_id", "seat_question", ["answer_id"])
    op.create_table(
        "seat_vote",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["seat_question.id"], name=op.f("fk_seat_vote_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_seat_vote_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("question_id", "user_id", name=op.f("pk_seat_vote")),
    )
    op.create_index("ix_seat_vote_user_id", "seat_vote", ["user_id"])
    with op.batch_alter_table("held") as held:
        held.add_column(sa.Column("question_id", sa.Integer(), nullable=True))
        held.create_foreign_key(
            op.f("fk_held_question_id"), "seat_question", ["question_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("held") as held:
        held.drop_constraint(op.f("fk_held_question_id"), type_="foreignkey")
        held.drop_column("question_id")
    for table in ("seat_vote", "seat_question", "sitter", "hot_seat"):
        op.drop_table(table)
