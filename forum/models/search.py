"""What can be searched: an index of words beside the rows, kept by the database itself in the writing transaction.

The tables of `INDEXES` (`title_index` is of topics by their titles alone) are no models:
nobody writes them, and what is found is read from the real rows by the rule. An edit, a move, a new version is in the
index as soon as it is there at all, whoever made it. On
SQLite they are FTS5 tables, on PostgreSQL tables with a tsvector and a GIN index. Both fold accents, split at what is
no letter or digit, keep every word and cut it to its stem by Porter's rules, so that they find the same. FTS5 knows
where words stand; GIN does not, so that each two that follow each other leave one of 4,096 marks for it to look up.
"""

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from forum.kit.db import Base
from forum.models.entries import ALL, CAUSES, INDEXES, SIGN, Cause, Words

FTS5 = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {} USING fts5"
    "(title, words, scope, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '3')"
)
#: pieces of an index that are alike are merged as soon as there are two (jobs/tidying.py)
MERGED = "INSERT INTO {0} ({0}, rank) VALUES ('usermerge', 2)"
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
    f"""CREATE OR REPLACE FUNCTION with_pairs(said tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT said || array_to_tsvector(coalesce(array_agg(DISTINCT mark), '{{}}'))
FROM (SELECT '{SIGN}p' || left(md5(lag(lexeme) OVER w || ' ' || lexeme), 3) AS mark, place - lag(place) OVER w AS step
  FROM (SELECT lexeme, unnest(positions) AS place FROM unnest(said)) AS word WINDOW w AS (ORDER BY place)) AS pair
WHERE step = 1 $$""",  # noqa: S608 our own words
    f"""CREATE OR REPLACE FUNCTION pairs_sought(phrases text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(string_agg(quote_literal(mark), ' & '), '')::tsquery
FROM unnest(string_to_array(phrases, '|')) AS phrase, unnest(tsvector_to_array(with_pairs(words_of(phrase)))) AS mark
WHERE mark ~ '^{SIGN}p' $$""",  # noqa: S608 our own words
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
    words = f"setweight(words_of({of.title}), 'A') || words_of({of.words})"
    words = f"with_pairs({words}){scoped}" if of.scope else words
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
    over, name = f"DELETE FROM {cause.over};", f"{cause.name or cause.table}_words"  # noqa: S608
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
    tables = [words.format(index) for index in INDEXES for words in (FTS5, MERGED)]
    tables = tables if dialect == "sqlite" else list(TSVECTOR)
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
