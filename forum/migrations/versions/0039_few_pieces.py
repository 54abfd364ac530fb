"""SQLite's indexes of words may be merged as soon as two pieces are alike.

Revises 0038.
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

INDEXES = ("post_index", "file_index", "person_index", "title_index", "page_index", "workshop_index")


def merge_from(pieces: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for index in INDEXES:
            op.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('usermerge', {pieces})")  # noqa: S608 our own words


def upgrade() -> None:
    merge_from(2)


def downgrade() -> None:
    merge_from(4)
