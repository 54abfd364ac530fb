"""Workshops, who comes, and their files.

Revises 0030.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "workshop",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("meant_for", sa.String(length=300), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("agenda_html", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("seen_by", sa.String(length=24), nullable=False),
        sa.Column("names", sa.Boolean(), nullable=False),
        sa.Column("recording", sa.String(length=500), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("notes_html", sa.Text(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=24), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("cancelled_why", sa.String(length=300), nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_workshop_capacity")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_workshop_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_workshop_group_id")),
        sa.ForeignKeyConstraint(["organiser_id"], ["user.id"], name=op.f("fk_workshop_organiser_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_workshop_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sa.UniqueConstraint("group_id", "n", name=op.f("uq_workshop_group_id_n")),
        sa.UniqueConstraint("uid", name=op.f("uq_workshop_uid")),
    )
    op.create_index("ix_workshop_group_id_starts_at", "workshop", ["group_id", "starts_at"])
    op.create_index("ix_workshop_ends_at", "workshop", ["ends_at"])
    op.create_index("ix_workshop_topic_id", "workshop", ["topic_id"])
    op.create_table(
        "booking",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("seat_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_booking_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_booking_workshop_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("workshop_id", "user_id", name=op.f("uq_booking_workshop_id_user_id")),
    )
    op.create_index("ix_booking_user_id", "booking", ["user_id"])
    op.create_table(
        "material",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_material_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_material_workshop_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workshop_id", "document_id", name=op.f("pk_material")),
    )
    op.create_index("ix_material_document_id", "material", ["document_id"])
    untold = sa.text("told_at IS NULL")
    op.create_index("ix_material_untold", "material", ["workshop_id"], sqlite_where=untold, postgresql_where=untold)
    op.create_table(
        "calendar_key",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_key_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_key_digest")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_key_user_id")),
    )


def downgrade() -> None:
    for table in ("calendar_key", "material", "booking", "workshop"):
        op.drop_table(table)
