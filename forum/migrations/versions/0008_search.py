"""An index of words for the search, kept by the database itself; what is there already is read into it.

Revises 0007.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQLITE = (
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS post_index USING fts5(title, words, scope, tokenize = 'porter "
        "unicode61 remove_diacritics 2', prefix = '3')"
    ),
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS file_index USING fts5(title, words, scope, tokenize = 'porter "
        "unicode61 remove_diacritics 2', prefix = '3')"
    ),
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS person_index USING fts5(title, words, scope, tokenize = 'porter "
        "unicode61 remove_diacritics 2', prefix = '3')"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS post_words_update AFTER UPDATE OF topic_id, group_id, no, body ON "
        '"post" BEGIN DELETE FROM post_index WHERE rowid = OLD.id; REPLACE INTO post_index (rowid, title, '
        "words, scope) SELECT p.id, coalesce(t.title, ''), p.body, 'g' || p.group_id || 'x' || ' ' || 'g' || "
        "CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END || 'x' || ' ' || 'g' "
        "|| 'b' || (p.id / 8192) || 'x' FROM post p LEFT JOIN topic t ON t.id = p.topic_id AND p.no = 0 LEFT "
        'JOIN "group" g ON g.id = p.group_id WHERE p.id = NEW.id; END'
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS post_words_insert AFTER INSERT ON "post" BEGIN REPLACE INTO post_index '
        "(rowid, title, words, scope) SELECT p.id, coalesce(t.title, ''), p.body, 'g' || p.group_id || 'x' ||"
        " ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END || 'x'"
        " || ' ' || 'g' || 'b' || (p.id / 8192) || 'x' FROM post p LEFT JOIN topic t ON t.id = p.topic_id AND"
        ' p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id WHERE p.id = NEW.id; END'
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS post_words_delete AFTER DELETE ON "post" BEGIN DELETE FROM post_index '
        "WHERE rowid = OLD.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS topic_words_update AFTER UPDATE OF title ON "topic" BEGIN DELETE FROM '
        "post_index WHERE rowid IN (SELECT id FROM post WHERE topic_id = OLD.id AND no = 0); REPLACE INTO "
        "post_index (rowid, title, words, scope) SELECT p.id, coalesce(t.title, ''), p.body, 'g' || "
        "p.group_id || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' "
        "ELSE 'other' END || 'x' || ' ' || 'g' || 'b' || (p.id / 8192) || 'x' FROM post p LEFT JOIN topic t "
        'ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id WHERE p.topic_id = NEW.id'
        " AND p.no = 0; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS topic_words_insert AFTER INSERT ON "topic" BEGIN REPLACE INTO '
        "post_index (rowid, title, words, scope) SELECT p.id, coalesce(t.title, ''), p.body, 'g' || "
        "p.group_id || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' "
        "ELSE 'other' END || 'x' || ' ' || 'g' || 'b' || (p.id / 8192) || 'x' FROM post p LEFT JOIN topic t "
        'ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id WHERE p.topic_id = NEW.id'
        " AND p.no = 0; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS topic_words_delete AFTER DELETE ON "topic" BEGIN DELETE FROM post_index'
        " WHERE rowid IN (SELECT id FROM post WHERE topic_id = OLD.id AND no = 0); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS document_words_update AFTER UPDATE OF group_id, title, description, "
        'audience ON "document" BEGIN DELETE FROM file_index WHERE rowid IN (SELECT CAST(v.id AS BIGINT) * '
        "4096 + 4095 FROM version v WHERE v.document_id = OLD.id UNION ALL SELECT CAST(v.id AS BIGINT) * 4096"
        " + 4095 - s.number FROM version v JOIN slide s ON s.version_id = v.id WHERE v.document_id = OLD.id);"
        " REPLACE INTO file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095, "
        "d.title, v.name || ' ' || d.description, 'g' || d.group_id || 'x' || ' ' || 'g' || d.audience || 'x'"
        " FROM version v JOIN document d ON d.id = v.document_id WHERE v.document_id = NEW.id; REPLACE INTO "
        "file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - s.number, "
        "s.title, CASE s.described WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes, 'g' || "
        "d.group_id || 'x' || ' ' || 'g' || d.audience || 'x' FROM version v JOIN document d ON d.id = "
        "v.document_id JOIN slide s ON s.version_id = v.id WHERE v.document_id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS document_words_insert AFTER INSERT ON "document" BEGIN REPLACE INTO '
        "file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095, d.title, v.name "
        "|| ' ' || d.description, 'g' || d.group_id || 'x' || ' ' || 'g' || d.audience || 'x' FROM version v "
        "JOIN document d ON d.id = v.document_id WHERE v.document_id = NEW.id; REPLACE INTO file_index "
        "(rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - s.number, s.title, CASE "
        "s.described WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes, 'g' || d.group_id || 'x' || "
        "' ' || 'g' || d.audience || 'x' FROM version v JOIN document d ON d.id = v.document_id JOIN slide s "
        "ON s.version_id = v.id WHERE v.document_id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS document_words_delete AFTER DELETE ON "document" BEGIN DELETE FROM '
        "file_index WHERE rowid IN (SELECT CAST(v.id AS BIGINT) * 4096 + 4095 FROM version v WHERE "
        "v.document_id = OLD.id UNION ALL SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - s.number FROM version v"
        " JOIN slide s ON s.version_id = v.id WHERE v.document_id = OLD.id); END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS version_words_update AFTER UPDATE OF document_id, name ON "version" '
        "BEGIN DELETE FROM file_index WHERE rowid BETWEEN CAST(OLD.id AS BIGINT) * 4096 AND CAST(OLD.id AS "
        "BIGINT) * 4096 + 4095; REPLACE INTO file_index (rowid, title, words, scope) SELECT CAST(v.id AS "
        "BIGINT) * 4096 + 4095, d.title, v.name || ' ' || d.description, 'g' || d.group_id || 'x' || ' ' || "
        "'g' || d.audience || 'x' FROM version v JOIN document d ON d.id = v.document_id WHERE v.id = NEW.id;"
        " REPLACE INTO file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - "
        "s.number, s.title, CASE s.described WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes, 'g' "
        "|| d.group_id || 'x' || ' ' || 'g' || d.audience || 'x' FROM version v JOIN document d ON d.id = "
        "v.document_id JOIN slide s ON s.version_id = v.id WHERE v.id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS version_words_insert AFTER INSERT ON "version" BEGIN REPLACE INTO '
        "file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095, d.title, v.name "
        "|| ' ' || d.description, 'g' || d.group_id || 'x' || ' ' || 'g' || d.audience || 'x' FROM version v "
        "JOIN document d ON d.id = v.document_id WHERE v.id = NEW.id; REPLACE INTO file_index (rowid, title, "
        "words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - s.number, s.title, CASE s.described WHEN "
        "'' THEN s.text ELSE s.described END || ' ' || s.notes, 'g' || d.group_id || 'x' || ' ' || 'g' || "
        "d.audience || 'x' FROM version v JOIN document d ON d.id = v.document_id JOIN slide s ON "
        "s.version_id = v.id WHERE v.id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS version_words_delete AFTER DELETE ON "version" BEGIN DELETE FROM '
        "file_index WHERE rowid BETWEEN CAST(OLD.id AS BIGINT) * 4096 AND CAST(OLD.id AS BIGINT) * 4096 + "
        "4095; END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS slide_words_update AFTER UPDATE OF version_id, number, title, text, "
        'notes, described ON "slide" BEGIN DELETE FROM file_index WHERE rowid = CAST(OLD.version_id AS '
        "BIGINT) * 4096 + 4095 - OLD.number; REPLACE INTO file_index (rowid, title, words, scope) SELECT "
        "CAST(v.id AS BIGINT) * 4096 + 4095 - s.number, s.title, CASE s.described WHEN '' THEN s.text ELSE "
        "s.described END || ' ' || s.notes, 'g' || d.group_id || 'x' || ' ' || 'g' || d.audience || 'x' FROM "
        "version v JOIN document d ON d.id = v.document_id JOIN slide s ON s.version_id = v.id WHERE s.id = "
        "NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS slide_words_insert AFTER INSERT ON "slide" BEGIN REPLACE INTO '
        "file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - s.number, "
        "s.title, CASE s.described WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes, 'g' || "
        "d.group_id || 'x' || ' ' || 'g' || d.audience || 'x' FROM version v JOIN document d ON d.id = "
        "v.document_id JOIN slide s ON s.version_id = v.id WHERE s.id = NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS slide_words_delete AFTER DELETE ON "slide" BEGIN DELETE FROM file_index'
        " WHERE rowid = CAST(OLD.version_id AS BIGINT) * 4096 + 4095 - OLD.number; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS group_words_update AFTER UPDATE OF kind, parent_id ON "group" WHEN '
        "(OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id IS NULL) BEGIN"
        " DELETE FROM post_index WHERE rowid IN (SELECT id FROM post WHERE group_id = OLD.id); REPLACE INTO "
        "post_index (rowid, title, words, scope) SELECT p.id, coalesce(t.title, ''), p.body, 'g' || "
        "p.group_id || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' "
        "ELSE 'other' END || 'x' || ' ' || 'g' || 'b' || (p.id / 8192) || 'x' FROM post p LEFT JOIN topic t "
        'ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id WHERE p.group_id = '
        "NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS user_words_update AFTER UPDATE OF name, handle, organisation ON "user" '
        "BEGIN DELETE FROM person_index WHERE rowid = OLD.id; REPLACE INTO person_index (rowid, title, words,"
        " scope) SELECT u.id, u.name || ' ' || u.handle, u.organisation, '' FROM \"user\" u WHERE u.id = "
        "NEW.id; END"
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS user_words_insert AFTER INSERT ON "user" BEGIN REPLACE INTO '
        "person_index (rowid, title, words, scope) SELECT u.id, u.name || ' ' || u.handle, u.organisation, ''"
        ' FROM "user" u WHERE u.id = NEW.id; END'
    ),
    (
        'CREATE TRIGGER IF NOT EXISTS user_words_delete AFTER DELETE ON "user" BEGIN DELETE FROM person_index'
        " WHERE rowid = OLD.id; END"
    ),
)

FILL_SQLITE = (
    (
        "REPLACE INTO post_index (rowid, title, words, scope) SELECT p.id, coalesce(t.title, ''), p.body, 'g'"
        " || p.group_id || 'x' || ' ' || 'g' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open'"
        " ELSE 'other' END || 'x' || ' ' || 'g' || 'b' || (p.id / 8192) || 'x' FROM post p LEFT JOIN topic t "
        'ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id'
    ),
    (
        "REPLACE INTO file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095, "
        "d.title, v.name || ' ' || d.description, 'g' || d.group_id || 'x' || ' ' || 'g' || d.audience || 'x'"
        " FROM version v JOIN document d ON d.id = v.document_id"
    ),
    (
        "REPLACE INTO file_index (rowid, title, words, scope) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - "
        "s.number, s.title, CASE s.described WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes, 'g' "
        "|| d.group_id || 'x' || ' ' || 'g' || d.audience || 'x' FROM version v JOIN document d ON d.id = "
        "v.document_id JOIN slide s ON s.version_id = v.id"
    ),
    (
        "REPLACE INTO person_index (rowid, title, words, scope) SELECT u.id, u.name || ' ' || u.handle, "
        "u.organisation, '' FROM \"user\" u"
    ),
)

POSTGRESQL = (
    r"""DO $$ BEGIN
IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'guildhall') THEN
  CREATE TEXT SEARCH DICTIONARY guildhall (TEMPLATE = snowball, LANGUAGE = porter);
  CREATE TEXT SEARCH CONFIGURATION guildhall (PARSER = "default");
  ALTER TEXT SEARCH CONFIGURATION guildhall ADD MAPPING FOR
    asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart WITH guildhall;
  ALTER TEXT SEARCH CONFIGURATION guildhall ADD MAPPING FOR int, uint, float, sfloat, version WITH simple;
END IF; END $$""",
    r"""CREATE OR REPLACE FUNCTION words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT to_tsvector('guildhall', regexp_replace(
  regexp_replace(normalize(left(said, 200000), NFD), '[\u0300-\u036f]', '', 'g'),
  '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\ue000-\uf8ff]+', ' ', 'g'))
$$""",
    "CREATE TABLE IF NOT EXISTS post_index (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE TABLE IF NOT EXISTS file_index (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE TABLE IF NOT EXISTS person_index (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
    (
        "CREATE INDEX IF NOT EXISTS ix_post_index_words ON post_index USING gin (words) WITH "
        "(gin_pending_list_limit = 256)"
    ),
    (
        "CREATE INDEX IF NOT EXISTS ix_file_index_words ON file_index USING gin (words) WITH "
        "(gin_pending_list_limit = 256)"
    ),
    (
        "CREATE INDEX IF NOT EXISTS ix_person_index_words ON person_index USING gin (words) WITH "
        "(gin_pending_list_limit = 256)"
    ),
    (
        "CREATE OR REPLACE FUNCTION post_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM post_index WHERE rowid = OLD.id; END IF; IF TG_OP <> 'DELETE' THEN INSERT "
        "INTO post_index (rowid, words) SELECT p.id, setweight(words_of(coalesce(t.title, '')), 'A') || "
        "words_of(p.body) || array_to_tsvector(ARRAY['\ue000' || p.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND "
        "g.parent_id IS NULL THEN 'open' ELSE 'other' END, '\ue000' || 'b' || (p.id / 8192)]) FROM post p LEFT "
        'JOIN topic t ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id WHERE p.id ='
        " NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words; END IF; RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER post_words AFTER INSERT OR DELETE OR UPDATE OF topic_id, group_id, no, "
        'body ON "post" FOR EACH ROW EXECUTE FUNCTION post_words()'
    ),
    (
        "CREATE OR REPLACE FUNCTION topic_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM post_index WHERE rowid IN (SELECT id FROM post WHERE topic_id = OLD.id AND"
        " no = 0); END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO post_index (rowid, words) SELECT p.id, "
        "setweight(words_of(coalesce(t.title, '')), 'A') || words_of(p.body) || array_to_tsvector(ARRAY['\ue000' "
        "|| p.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' "
        "END, '\ue000' || 'b' || (p.id / 8192)]) FROM post p LEFT JOIN topic t ON t.id = p.topic_id AND p.no = 0 "
        'LEFT JOIN "group" g ON g.id = p.group_id WHERE p.topic_id = NEW.id AND p.no = 0 ON CONFLICT (rowid) '
        "DO UPDATE SET words = EXCLUDED.words; END IF; RETURN NULL; END $$"
    ),
    (
        'CREATE OR REPLACE TRIGGER topic_words AFTER INSERT OR DELETE OR UPDATE OF title ON "topic" FOR EACH '
        "ROW EXECUTE FUNCTION topic_words()"
    ),
    (
        "CREATE OR REPLACE FUNCTION document_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <>"
        " 'INSERT' THEN DELETE FROM file_index WHERE rowid IN (SELECT CAST(v.id AS BIGINT) * 4096 + 4095 FROM"
        " version v WHERE v.document_id = OLD.id UNION ALL SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - "
        "s.number FROM version v JOIN slide s ON s.version_id = v.id WHERE v.document_id = OLD.id); END IF; "
        "IF TG_OP <> 'DELETE' THEN INSERT INTO file_index (rowid, words) SELECT CAST(v.id AS BIGINT) * 4096 +"
        " 4095, setweight(words_of(d.title), 'A') || words_of(v.name || ' ' || d.description) || "
        "array_to_tsvector(ARRAY['\ue000' || d.group_id, '\ue000' || d.audience]) FROM version v JOIN document d ON "
        "d.id = v.document_id WHERE v.document_id = NEW.id ON CONFLICT (rowid) DO UPDATE SET words = "
        "EXCLUDED.words; INSERT INTO file_index (rowid, words) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - "
        "s.number, setweight(words_of(s.title), 'A') || words_of(CASE s.described WHEN '' THEN s.text ELSE "
        "s.described END || ' ' || s.notes) || array_to_tsvector(ARRAY['\ue000' || d.group_id, '\ue000' || d.audience])"
        " FROM version v JOIN document d ON d.id = v.document_id JOIN slide s ON s.version_id = v.id WHERE "
        "v.document_id = NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words; END IF; RETURN "
        "NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER document_words AFTER INSERT OR DELETE OR UPDATE OF group_id, title, "
        'description, audience ON "document" FOR EACH ROW EXECUTE FUNCTION document_words()'
    ),
    (
        "CREATE OR REPLACE FUNCTION version_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM file_index WHERE rowid BETWEEN CAST(OLD.id AS BIGINT) * 4096 AND "
        "CAST(OLD.id AS BIGINT) * 4096 + 4095; END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO file_index "
        "(rowid, words) SELECT CAST(v.id AS BIGINT) * 4096 + 4095, setweight(words_of(d.title), 'A') || "
        "words_of(v.name || ' ' || d.description) || array_to_tsvector(ARRAY['\ue000' || d.group_id, '\ue000' || "
        "d.audience]) FROM version v JOIN document d ON d.id = v.document_id WHERE v.id = NEW.id ON CONFLICT "
        "(rowid) DO UPDATE SET words = EXCLUDED.words; INSERT INTO file_index (rowid, words) SELECT CAST(v.id"
        " AS BIGINT) * 4096 + 4095 - s.number, setweight(words_of(s.title), 'A') || words_of(CASE s.described"
        " WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes) || array_to_tsvector(ARRAY['\ue000' || "
        "d.group_id, '\ue000' || d.audience]) FROM version v JOIN document d ON d.id = v.document_id JOIN slide s "
        "ON s.version_id = v.id WHERE v.id = NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words;"
        " END IF; RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER version_words AFTER INSERT OR DELETE OR UPDATE OF document_id, name ON "
        '"version" FOR EACH ROW EXECUTE FUNCTION version_words()'
    ),
    (
        "CREATE OR REPLACE FUNCTION slide_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM file_index WHERE rowid = CAST(OLD.version_id AS BIGINT) * 4096 + 4095 - "
        "OLD.number; END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO file_index (rowid, words) SELECT CAST(v.id"
        " AS BIGINT) * 4096 + 4095 - s.number, setweight(words_of(s.title), 'A') || words_of(CASE s.described"
        " WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes) || array_to_tsvector(ARRAY['\ue000' || "
        "d.group_id, '\ue000' || d.audience]) FROM version v JOIN document d ON d.id = v.document_id JOIN slide s "
        "ON s.version_id = v.id WHERE s.id = NEW.id ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words;"
        " END IF; RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER slide_words AFTER INSERT OR DELETE OR UPDATE OF version_id, number, title,"
        ' text, notes, described ON "slide" FOR EACH ROW EXECUTE FUNCTION slide_words()'
    ),
    (
        "CREATE OR REPLACE FUNCTION group_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM post_index WHERE rowid IN (SELECT id FROM post WHERE group_id = OLD.id); "
        "END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO post_index (rowid, words) SELECT p.id, "
        "setweight(words_of(coalesce(t.title, '')), 'A') || words_of(p.body) || array_to_tsvector(ARRAY['\ue000' "
        "|| p.group_id, '\ue000' || CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' "
        "END, '\ue000' || 'b' || (p.id / 8192)]) FROM post p LEFT JOIN topic t ON t.id = p.topic_id AND p.no = 0 "
        'LEFT JOIN "group" g ON g.id = p.group_id WHERE p.group_id = NEW.id ON CONFLICT (rowid) DO UPDATE SET'
        " words = EXCLUDED.words; END IF; RETURN NULL; END $$"
    ),
    (
        'CREATE OR REPLACE TRIGGER group_words AFTER UPDATE OF kind, parent_id ON "group" FOR EACH ROW WHEN '
        "((OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id IS NULL)) "
        "EXECUTE FUNCTION group_words()"
    ),
    (
        "CREATE OR REPLACE FUNCTION user_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> "
        "'INSERT' THEN DELETE FROM person_index WHERE rowid = OLD.id; END IF; IF TG_OP <> 'DELETE' THEN "
        "INSERT INTO person_index (rowid, words) SELECT u.id, setweight(words_of(u.name || ' ' || u.handle), "
        "'A') || words_of(u.organisation) FROM \"user\" u WHERE u.id = NEW.id ON CONFLICT (rowid) DO UPDATE SET"
        " words = EXCLUDED.words; END IF; RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER user_words AFTER INSERT OR DELETE OR UPDATE OF name, handle, organisation "
        'ON "user" FOR EACH ROW EXECUTE FUNCTION user_words()'
    ),
)

FILL_POSTGRESQL = (
    (
        "INSERT INTO post_index (rowid, words) SELECT p.id, setweight(words_of(coalesce(t.title, '')), 'A') "
        "|| words_of(p.body) || array_to_tsvector(ARRAY['\ue000' || p.group_id, '\ue000' || CASE WHEN g.kind = 'open' "
        "AND g.parent_id IS NULL THEN 'open' ELSE 'other' END, '\ue000' || 'b' || (p.id / 8192)]) FROM post p LEFT"
        ' JOIN topic t ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id WHERE true '
        "ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words"
    ),
    (
        "INSERT INTO file_index (rowid, words) SELECT CAST(v.id AS BIGINT) * 4096 + 4095, "
        "setweight(words_of(d.title), 'A') || words_of(v.name || ' ' || d.description) || "
        "array_to_tsvector(ARRAY['\ue000' || d.group_id, '\ue000' || d.audience]) FROM version v JOIN document d ON "
        "d.id = v.document_id WHERE true ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words"
    ),
    (
        "INSERT INTO file_index (rowid, words) SELECT CAST(v.id AS BIGINT) * 4096 + 4095 - s.number, "
        "setweight(words_of(s.title), 'A') || words_of(CASE s.described WHEN '' THEN s.text ELSE s.described "
        "END || ' ' || s.notes) || array_to_tsvector(ARRAY['\ue000' || d.group_id, '\ue000' || d.audience]) FROM "
        "version v JOIN document d ON d.id = v.document_id JOIN slide s ON s.version_id = v.id WHERE true ON "
        "CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words"
    ),
    (
        "INSERT INTO person_index (rowid, words) SELECT u.id, setweight(words_of(u.name || ' ' || u.handle), "
        "'A') || words_of(u.organisation) FROM \"user\" u WHERE true ON CONFLICT (rowid) DO UPDATE SET words = "
        "EXCLUDED.words"
    ),
)
TABLES = ("post", "topic", "document", "version", "slide", "user", "group")


def upgrade() -> None:
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    for statement in (*POSTGRESQL, *FILL_POSTGRESQL) if postgresql else (*SQLITE, *FILL_SQLITE):
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        if postgresql:
            op.execute(f'DROP TRIGGER {table}_words ON "{table}"')
            op.execute(f"DROP FUNCTION {table}_words()")
        else:
            for what in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_words_{what}")
    for index in ("post_index", "file_index", "person_index"):
        op.execute(f"DROP TABLE {index}")
    if postgresql:
        op.execute("DROP FUNCTION words_of(text)")
        op.execute("DROP TEXT SEARCH CONFIGURATION guildhall")
        op.execute("DROP TEXT SEARCH DICTIONARY guildhall")
