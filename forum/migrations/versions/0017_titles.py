"""An index of the titles of topics alone, for questions like one that is being asked; kept as the others are.

Revises 0016.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SQLITE = (
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS title_index USING fts5(title, words, scope, tokenize = 'porter "
        "unicode61 remove_diacritics 2', prefix = '3')"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS title_words_update AFTER UPDATE OF title, kind, group_id ON "topic" '
        "BEGIN DELETE FROM title_index WHERE rowid = OLD.id; REPLACE INTO title_index (rowid, title, words, "
        "scope) SELECT t.id, t.title, '', 'g' || t.group_id || 'x' || ' ' || 'g' || t.kind || 'x' FROM topic "
        "t WHERE t.id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS title_words_insert AFTER INSERT ON "topic" BEGIN REPLACE INTO '
        "title_index (rowid, title, words, scope) SELECT t.id, t.title, '', 'g' || t.group_id || 'x' || ' ' "
        "|| 'g' || t.kind || 'x' FROM topic t WHERE t.id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS title_words_delete AFTER DELETE ON "topic" BEGIN DELETE FROM '
        "title_index WHERE rowid = OLD.id; END"
    ),
    (
        "REPLACE INTO title_index (rowid, title, words, scope) SELECT t.id, t.title, '', 'g' || t.group_id ||"
        " 'x' || ' ' || 'g' || t.kind || 'x' FROM topic t"
    ),
)
POSTGRESQL = (
    ("CREATE TABLE IF NOT EXISTS title_index (rowid bigint PRIMARY KEY, words tsvector NOT NULL)"),
    (
        "CREATE INDEX IF NOT EXISTS ix_title_index_words ON title_index USING gin (words) WITH "
        "(gin_pending_list_limit = 256)"
    ),
    (
        "CREATE OR REPLACE FUNCTION title_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM title_index WHERE rowid = OLD.id; END IF; IF TG_OP <> 'DELETE' THEN INSERT"
        " INTO title_index (rowid, words) SELECT t.id, with_pairs(setweight(words_of(t.title), 'A') || "
        "words_of('')) || array_to_tsvector(ARRAY['\ue000' || t.group_id, '\ue000' || t.kind]) FROM topic t WHERE t.id "
        "= NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words; END IF; RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER title_words AFTER INSERT OR DELETE OR UPDATE OF title, kind, group_id ON "
        '"topic" FOR EACH ROW EXECUTE FUNCTION title_words()'
    ),
    (
        "INSERT INTO title_index (rowid, words) SELECT t.id, with_pairs(setweight(words_of(t.title), 'A') || "
        "words_of('')) || array_to_tsvector(ARRAY['\ue000' || t.group_id, '\ue000' || t.kind]) FROM topic t WHERE true "
        "ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words"
    ),
)


def upgrade() -> None:
    bind = op.get_bind()
    for statement in POSTGRESQL if bind.dialect.name == "postgresql" else SQLITE:
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER title_words ON topic")
        op.execute("DROP FUNCTION title_words()")
    else:
        for what in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER title_words_{what}")
    op.execute("DROP TABLE title_index")
