"""Workshops in the search.

Revises 0033.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SQLITE = (
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS workshop_index USING fts5(title, words, scope, tokenize = "
        "'porter unicode61 remove_diacritics 2', prefix = '3')"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS workshop_words_update AFTER UPDATE OF group_id, title, agenda ON "
        '"workshop" BEGIN DELETE FROM workshop_index WHERE rowid = OLD.id; REPLACE INTO workshop_index '
        "(rowid, title, words, scope) SELECT k.id, k.title, k.agenda, 'g' || k.group_id || 'x' || ' ' || "
        "'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END || 'x' "
        'FROM workshop k LEFT JOIN "group" g ON g.id = k.group_id WHERE k.id = NEW.id; END'
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS workshop_words_insert AFTER INSERT ON "workshop" BEGIN REPLACE INTO '
        "workshop_index (rowid, title, words, scope) SELECT k.id, k.title, k.agenda, 'g' || k.group_id || "
        "'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' "
        "END || 'x' FROM workshop k LEFT JOIN \"group\" g ON g.id = k.group_id WHERE k.id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS workshop_words_delete AFTER DELETE ON "workshop" BEGIN DELETE FROM '
        "workshop_index WHERE rowid = OLD.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS workshops_words_update AFTER UPDATE OF kind, parent_id ON "group" '
        "WHEN (OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id IS "
        "NULL) BEGIN DELETE FROM workshop_index WHERE rowid IN (SELECT id FROM workshop WHERE group_id = "
        "OLD.id); REPLACE INTO workshop_index (rowid, title, words, scope) SELECT k.id, k.title, "
        "k.agenda, 'g' || k.group_id || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS "
        "NULL THEN 'open' ELSE 'other' END || 'x' FROM workshop k LEFT JOIN \"group\" g ON g.id = "
        "k.group_id WHERE k.group_id = NEW.id; END"
    ),
    (
        "REPLACE INTO workshop_index (rowid, title, words, scope) SELECT k.id, k.title, k.agenda, 'g' || "
        "k.group_id || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' "
        "ELSE 'other' END || 'x' FROM workshop k LEFT JOIN \"group\" g ON g.id = k.group_id"
    ),
)
POSTGRESQL = (
    ("CREATE TABLE IF NOT EXISTS workshop_index (rowid bigint PRIMARY KEY, words tsvector NOT NULL)"),
    (
        "CREATE INDEX IF NOT EXISTS ix_workshop_index_words ON workshop_index USING gin (words) WITH "
        "(gin_pending_list_limit = 256)"
    ),
    (
        "CREATE OR REPLACE FUNCTION workshop_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
        "TG_OP <> 'INSERT' THEN DELETE FROM workshop_index WHERE rowid = OLD.id; END IF; IF TG_OP <> "
        "'DELETE' THEN INSERT INTO workshop_index (rowid, words) SELECT k.id, "
        "with_pairs(setweight(words_of(k.title), 'A') || words_of(k.agenda)) || "
        "array_to_tsvector(ARRAY['\ue000' || k.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND g.parent_id IS "
        "NULL THEN 'open' ELSE 'other' END]) FROM workshop k LEFT JOIN \"group\" g ON g.id = k.group_id "
        "WHERE k.id = NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words; END IF; RETURN "
        "NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER workshop_words AFTER INSERT OR DELETE OR UPDATE OF group_id, title, "
        'agenda ON "workshop" FOR EACH ROW EXECUTE FUNCTION workshop_words()'
    ),
    (
        "CREATE OR REPLACE FUNCTION workshops_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
        "TG_OP <> 'INSERT' THEN DELETE FROM workshop_index WHERE rowid IN (SELECT id FROM workshop WHERE "
        "group_id = OLD.id); END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO workshop_index (rowid, words) "
        "SELECT k.id, with_pairs(setweight(words_of(k.title), 'A') || words_of(k.agenda)) || "
        "array_to_tsvector(ARRAY['\ue000' || k.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND g.parent_id IS "
        "NULL THEN 'open' ELSE 'other' END]) FROM workshop k LEFT JOIN \"group\" g ON g.id = k.group_id "
        "WHERE k.group_id = NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words; END IF; "
        "RETURN NULL; END $$"
    ),
    (
        'CREATE OR REPLACE TRIGGER workshops_words AFTER UPDATE OF kind, parent_id ON "group" FOR EACH '
        "ROW WHEN ((OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id "
        "IS NULL)) EXECUTE FUNCTION workshops_words()"
    ),
    (
        "INSERT INTO workshop_index (rowid, words) SELECT k.id, with_pairs(setweight(words_of(k.title), "
        "'A') || words_of(k.agenda)) || array_to_tsvector(ARRAY['\ue000' || k.group_id, '\ue000' || CASE WHEN "
        "g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END]) FROM workshop k LEFT JOIN "
        '"group" g ON g.id = k.group_id WHERE true ON CONFLICT (rowid) DO UPDATE SET words = '
        "EXCLUDED.words"
    ),
)


def upgrade() -> None:
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, name in (("workshop", "workshop"), ("group", "workshops")):
            op.execute(f'DROP TRIGGER {name}_words ON "{table}"')
            op.execute(f"DROP FUNCTION {name}_words()")
    else:
        for name in (
            "workshop_words_insert",
            "workshop_words_update",
            "workshop_words_delete",
            "workshops_words_update",
        ):
            op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE workshop_index")
