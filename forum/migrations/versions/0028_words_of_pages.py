"""A page may quote a post several times: its HTML names a quotation by its number, no longer by the post's id.

Revises 0026.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

MARK = re.compile(r"<!--quote (\d+)-->")
page = sa.table("page", sa.column("id", sa.Integer), sa.column("html", sa.Text))
quote = sa.table(
    "page_quote",
    sa.column("id", sa.Integer),
    sa.column("page_id", sa.Integer),
    sa.column("source_id", sa.Integer),
    sa.column("number", sa.Integer),
)


def upgrade() -> None:
    _mark_by("source_id", "number")
    with op.batch_alter_table("page_quote") as batch:
        batch.drop_constraint(op.f("uq_page_quote_page_id_source_id"), type_="unique")


def downgrade() -> None:
    again = quote.alias()
    earlier = (again.c.page_id == quote.c.page_id, again.c.source_id == quote.c.source_id)
    _mark_by("number", "source_id")
    op.execute(sa.delete(quote).where(sa.exists().where(*earlier, again.c.number < quote.c.number)))
    with op.batch_alter_table("page_quote") as batch:
        batch.create_unique_constraint(op.f("uq_page_quote_page_id_source_id"), ["page_id", "source_id"])


def _mark_by(old: str, new: str) -> None:
    """Gives the marks of all pages the other name of what they mark."""
    connection = op.get_bind()
    names: dict[int, dict[str, int]] = {}
    for row in connection.execute(sa.select(quote)).mappings():
        names.setdefault(row["page_id"], {})[str(row[old])] = row[new]
    for page_id, of_page in names.items():
        html = connection.scalar(sa.select(page.c.html).where(page.c.id == page_id)) or ""
        named = MARK.sub(lambda found, to=of_page: f"<!--quote {to.get(found[1], 0)}-->", html)
        connection.execute(sa.update(page).where(page.c.id == page_id).values(html=named))
