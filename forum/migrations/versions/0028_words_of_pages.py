"""Pages in the search; and a page may quote a post several times: its HTML names a quotation by its number, no longer
by the post's id.

Revises 0027.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
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

SQLITE = (
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS page_index USING fts5(title, words, scope, tokenize = 'porter "
        "unicode61 remove_diacritics 2', prefix = '3')"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS page_words_update AFTER UPDATE OF group_id, title, body ON "page" BEGIN'
        " DELETE FROM page_index WHERE rowid = OLD.id; REPLACE INTO page_index (rowid, title, words, scope) "
        "SELECT w.id, w.title, w.body, 'g' || w.group_id || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' "
        "AND g.parent_id IS NULL THEN 'open' ELSE 'other' END || 'x' FROM page w LEFT JOIN \"group\" g ON g.id "
        "= w.group_id WHERE w.id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS page_words_insert AFTER INSERT ON "page" BEGIN REPLACE INTO page_index '
        "(rowid, title, words, scope) SELECT w.id, w.title, w.body, 'g' || w.group_id || 'x' || ' ' || 'g' ||"
        " CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END || 'x' FROM page w "
        'LEFT JOIN "group" g ON g.id = w.group_id WHERE w.id = NEW.id; END'
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS page_words_delete AFTER DELETE ON "page" BEGIN DELETE FROM page_index '
        "WHERE rowid = OLD.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS pages_words_update AFTER UPDATE OF kind, parent_id ON "group" WHEN '
        "(OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id IS NULL) BEGIN"
        " DELETE FROM page_index WHERE rowid IN (SELECT id FROM page WHERE group_id = OLD.id); REPLACE INTO "
        "page_index (rowid, title, words, scope) SELECT w.id, w.title, w.body, 'g' || w.group_id || 'x' || ' "
        "' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END || 'x' "
        'FROM page w LEFT JOIN "group" g ON g.id = w.group_id WHERE w.group_id = NEW.id; END'
    ),
    (
        "REPLACE INTO page_index (rowid, title, words, scope) SELECT w.id, w.title, w.body, 'g' || w.group_id"
        " || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' "
        "END || 'x' FROM page w LEFT JOIN \"group\" g ON g.id = w.group_id"
    ),
)
POSTGRESQL = (
    ("CREATE TABLE IF NOT EXISTS page_index (rowid bigint PRIMARY KEY, words tsvector NOT NULL)"),
    (
        "CREATE INDEX IF NOT EXISTS ix_page_index_words ON page_index USING gin (words) WITH "
        "(gin_pending_list_limit = 256)"
    ),
    (
        "CREATE OR REPLACE FUNCTION page_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM page_index WHERE rowid = OLD.id; END IF; IF TG_OP <> 'DELETE' THEN INSERT "
        "INTO page_index (rowid, words) SELECT w.id, with_pairs(setweight(words_of(w.title), 'A') || "
        "words_of(w.body)) || array_to_tsvector(ARRAY['\ue000' || w.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND"
        " g.parent_id IS NULL THEN 'open' ELSE 'other' END]) FROM page w LEFT JOIN \"group\" g ON g.id = "
        "w.group_id WHERE w.id = NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words; END IF; "
        "RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER page_words AFTER INSERT OR DELETE OR UPDATE OF group_id, title, body ON "
        '"page" FOR EACH ROW EXECUTE FUNCTION page_words()'
    ),
    (
        "CREATE OR REPLACE FUNCTION pages_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM page_index WHERE rowid IN (SELECT id FROM page WHERE group_id = OLD.id); "
        "END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO page_index (rowid, words) SELECT w.id, "
        "with_pairs(setweight(words_of(w.title), 'A') || words_of(w.body)) || array_to_tsvector(ARRAY['\ue000' || "
        "w.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END]) "
        'FROM page w LEFT JOIN "group" g ON g.id = w.group_id WHERE w.group_id = NEW.id ON CONFLICT (rowid) '
        "DO UPDATE SET words = EXCLUDED.words; END IF; RETURN NULL; END $$"
    ),
    (
        'CREATE OR REPLACE TRIGGER pages_words AFTER UPDATE OF kind, parent_id ON "group" FOR EACH ROW WHEN '
        "((OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id IS NULL)) "
        "EXECUTE FUNCTION pages_words()"
    ),
    (
        "INSERT INTO page_index (rowid, words) SELECT w.id, with_pairs(setweight(words_of(w.title), 'A') || "
        "words_of(w.body)) || array_to_tsvector(ARRAY['\ue000' || w.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND"
        " g.parent_id IS NULL THEN 'open' ELSE 'other' END]) FROM page w LEFT JOIN \"group\" g ON g.id = "
        "w.group_id WHERE true ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words"
    ),
)


def upgrade() -> None:
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.get_bind().exec_driver_sql(statement)
    _mark_by("source_id", "number")
    with op.batch_alter_table("page_quote") as batch:
        batch.drop_constraint(op.f("uq_page_quote_page_id_source_id"), type_="unique")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, name in (("page", "page"), ("group", "pages")):
            op.execute(f'DROP TRIGGER {name}_words ON "{table}"')
            op.execute(f"DROP FUNCTION {name}_words()")
    else:
        for name in ("page_words_insert", "page_words_update", "page_words_delete", "pages_words_update"):
            op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE page_index")
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
