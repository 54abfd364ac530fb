"""What can be searched: an index of words beside the rows, kept by the database itself in the writing transaction.

`post_index`, `file_index` and `person_index` are no models: nobody writes them, and what is found is read from the real
rows by the rule. An edit, a move, a new version is in the index as soon as it is there at all, whoever made it. On
SQLite they are FTS5 tables, on PostgreSQL tables with a tsvector and a GIN index. Both fold accents, split at what is
no letter or digit, keep every word and cut it to its stem by Porter's rules, so that they find the same.
"""

from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.engine import Connection

from forum.kit.db import Base

INDEXES = ("post_index", "file_index", "person_index")
#: a file's entry has the number version * SLOTS + LAST, and that of its slide 12 is 12 less: so the newest version has
#: the highest numbers, and in it the file comes before its slides
SLOTS, LAST = 4096, 4095
#: begins what stands for a group or an audience on PostgreSQL. No word that is typed or written begins so
SIGN = "\ue000"
#: so many posts that follow each other bear the same mark: the newest are looked through first
BLOCK = 8192
_VERSION = f"CAST(v.id AS BIGINT) * {SLOTS} + {LAST}"


class Words(NamedTuple):
    """Where entries of an index come from. `scope`: marks that a search begins with: of the group, of one that is open
    to everybody registered, of about when; for files of the audience."""

    table: str
    number: str
    title: str
    words: str
    scope: tuple[str, ...]
    rows: str


_OPEN = "CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END"
POSTS = Words(
    "post_index", "p.id", "coalesce(t.title, '')", "p.body", ("p.group_id", _OPEN, f"'b' || (p.id / {BLOCK})"),
    'post p LEFT JOIN topic t ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id',
)  # fmt: skip
FILES = Words(
    "file_index", _VERSION, "d.title", "v.name || ' ' || d.description", ("d.group_id", "d.audience"),
    "version v JOIN document d ON d.id = v.document_id",
)  # fmt: skip
SLIDES = Words(
    "file_index", f"{_VERSION} - s.number", "s.title",
    "CASE s.described WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes", FILES.scope,
    f"{FILES.rows} JOIN slide s ON s.version_id = v.id",
)  # fmt: skip
PEOPLE = Words("person_index", "u.id", "u.name || ' ' || u.handle", "u.organisation", (), '"user" u')
ALL = (POSTS, FILES, SLIDES, PEOPLE)


class Cause(NamedTuple):
    """Rows whose writing changes entries: which entries are over (`OLD`), and which are made anew (`NEW`)."""

    table: str
    columns: str
    over: str
    anew: tuple[tuple[Words, str], ...]
    #: nothing hangs on such rows when they come and go, and only this change of theirs matters
    when: str = ""


_FILE = (
    f"SELECT {_VERSION} FROM version v WHERE v.document_id = OLD.id UNION ALL "  # noqa: S608 our own words, as all below
    f"SELECT {_VERSION} - s.number FROM version v JOIN slide s ON s.version_id = v.id WHERE v.document_id = OLD.id"
)
_SLOTS = f"CAST(OLD.id AS BIGINT) * {SLOTS} AND CAST(OLD.id AS BIGINT) * {SLOTS} + {LAST}"
_OPENING = "SELECT id FROM post WHERE topic_id = OLD.id AND no = 0"
CAUSES = (
    Cause("post", "topic_id, group_id, no, body", "post_index WHERE rowid = OLD.id", ((POSTS, "p.id = NEW.id"),)),
    Cause("topic", "title", f"post_index WHERE rowid IN ({_OPENING})", ((POSTS, "p.topic_id = NEW.id AND p.no = 0"),)),
    Cause(
        "document", "group_id, title, description, audience", f"file_index WHERE rowid IN ({_FILE})",
        ((FILES, "v.document_id = NEW.id"), (SLIDES, "v.document_id = NEW.id")),
    ),
    Cause(
        "version", "document_id, name", f"file_index WHERE rowid BETWEEN {_SLOTS}",
        ((FILES, "v.id = NEW.id"), (SLIDES, "v.id = NEW.id")),
    ),
    Cause(
        "slide", "version_id, number, title, text, notes, described",
        f"file_index WHERE rowid = CAST(OLD.version_id AS BIGINT) * {SLOTS} + {LAST} - OLD.number",
        ((SLIDES, "s.id = NEW.id"),),
    ),
    Cause(
        "group", "kind, parent_id", "post_index WHERE rowid IN (SELECT id FROM post WHERE group_id = OLD.id)",
        ((POSTS, "p.group_id = NEW.id"),),
        "(OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id IS NULL)",
    ),
    Cause("user", "name, handle, organisation", "person_index WHERE rowid = OLD.id", ((PEOPLE, "u.id = NEW.id"),)),
)  # fmt: skip

FTS5 = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {} USING fts5"
    "(title, words, scope, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '3')"
)
TSVECTOR = (
    """DO $$ BEGIN
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
    *(f"CREATE TABLE IF NOT EXISTS {index} (rowid bigint PRIMARY KEY, words tsvector NOT NULL)" for index in INDEXES),
    *(
        f"CREATE INDEX IF NOT EXISTS ix_{index}_words ON {index} USING gin (words) WITH (gin_pending_list_limit = 256)"
        for index in INDEXES
    ),
)


def _entries(of: Words, dialect: str) -> str:
    """SQL that writes the entries of these rows."""
    if dialect == "sqlite":
        scope = " || ' ' || ".join(f"'g' || {part} || 'x'" for part in of.scope) or "''"
        columns = f"{of.number}, {of.title}, {of.words}, {scope}"
        return f"REPLACE INTO {of.table} (rowid, title, words, scope) SELECT {columns} FROM {of.rows}"  # noqa: S608
    scope = ", ".join(f"'{SIGN}' || {part}" for part in of.scope)
    scoped = f" || array_to_tsvector(ARRAY[{scope}])" if scope else ""
    words = f"setweight(words_of({of.title}), 'A') || words_of({of.words}){scoped}"
    return f"INSERT INTO {of.table} (rowid, words) SELECT {of.number}, {words} FROM {of.rows}"  # noqa: S608


def _again(dialect: str) -> str:
    """SQL that makes an entry anew which is there already."""
    return "" if dialect == "sqlite" else " ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words"


def fill(dialect: str) -> list[str]:
    """SQL that writes the entries of all rows there are."""
    return [f"{_entries(of, dialect)}{' WHERE true' if _again(dialect) else ''}{_again(dialect)}" for of in ALL]


def _triggers(cause: Cause, dialect: str) -> list[str]:
    """SQL that keeps the entries of a table's rows."""
    anew = " ".join(f"{_entries(of, dialect)} WHERE {which}{_again(dialect)};" for of, which in cause.anew)
    over, name = f"DELETE FROM {cause.over};", f"{cause.table}_words"  # noqa: S608
    if dialect == "sqlite":
        made = {f"UPDATE OF {cause.columns}": f"{over} {anew}"}
        made |= {} if cause.when else {"INSERT": anew, "DELETE": over}
        only = f" WHEN {cause.when}" if cause.when else ""
        return [
            f'CREATE TRIGGER IF NOT EXISTS {name}_{what.split()[0].lower()} AFTER {what} ON "{cause.table}"{only} '
            f"BEGIN {does} END"
            for what, does in made.items()
        ]
    does = f"IF TG_OP <> 'INSERT' THEN {over} END IF; IF TG_OP <> 'DELETE' THEN {anew} END IF; RETURN NULL;"
    when = f'AFTER {"" if cause.when else "INSERT OR DELETE OR "}UPDATE OF {cause.columns} ON "{cause.table}"'
    only = f" WHEN ({cause.when})" if cause.when else ""
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} END $$",
        f"CREATE OR REPLACE TRIGGER {name} {when} FOR EACH ROW{only} EXECUTE FUNCTION {name}()",
    ]


def made_of(dialect: str) -> list[str]:
    """SQL that makes the indexes, and what keeps them. Harmless where they are there."""
    tables = [FTS5.format(index) for index in INDEXES] if dialect == "sqlite" else list(TSVECTOR)
    return tables + [statement for cause in CAUSES for statement in _triggers(cause, dialect)]


def has_model(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a thing of the database is one that models speak of: for those who compare the two."""
    return kind != "table" or not (name or "").startswith(INDEXES)


def _make(_metadata: Any, connection: Connection, **_options: Any) -> None:
    for statement in made_of(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _drop(_metadata: Any, connection: Connection, **_options: Any) -> None:
    for index in INDEXES:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {index}")


event.listen(Base.metadata, "after_create", _make)
event.listen(Base.metadata, "after_drop", _drop)
