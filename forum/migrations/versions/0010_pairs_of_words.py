"""On PostgreSQL entries of posts and files bear a mark for each two words that follow each other: phrases are looked up.

Revises 0009.
"""

import re

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION with_pairs(said tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT said || array_to_tsvector(coalesce(array_agg(DISTINCT mark), '{}'))
FROM (SELECT '\ue000p' || left(md5(lag(lexeme) OVER w || ' ' || lexeme), 3) AS mark, place - lag(place) OVER w AS step
  FROM (SELECT lexeme, unnest(positions) AS place FROM unnest(said)) AS word WINDOW w AS (ORDER BY place)) AS pair
WHERE step = 1 $$""",
    """CREATE OR REPLACE FUNCTION pairs_sought(phrases text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(string_agg(quote_literal(mark), ' & '), '')::tsquery
FROM unnest(string_to_array(phrases, '|')) AS phrase, unnest(tsvector_to_array(with_pairs(words_of(phrase)))) AS mark
WHERE mark ~ '^\ue000p' $$""",
)
#: the functions of the triggers that write such entries
WRITERS = ("post_words", "topic_words", "document_words", "version_words", "slide_words", "group_words")
ENTRY = re.compile(r"(setweight\((?:(?!setweight).)*?\)) \|\| array_to_tsvector")
PAIRED = re.compile(r"with_pairs\((setweight\((?:(?!setweight).)*?\))\) \|\| array_to_tsvector")


def _write_anew(pattern: re.Pattern[str], entry: str) -> None:
    """Puts another expression where the triggers make an entry."""
    bind = op.get_bind()
    for name in WRITERS:
        definition = bind.exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regproc)").scalar_one()
        changed, many = pattern.subn(entry, definition)
        assert many, name
        bind.exec_driver_sql(changed.replace("%", "%%"))


def _enter_anew(words: str) -> None:
    """Puts other words into each entry. All at once are indexed sooner than one by one."""
    bind = op.get_bind()
    for index in ("post_index", "file_index"):
        bind.exec_driver_sql(f"DROP INDEX ix_{index}_words")
        bind.exec_driver_sql(f"UPDATE {index} SET words = {words}")  # noqa: S608 our own words
        bind.exec_driver_sql(
            f"CREATE INDEX ix_{index}_words ON {index} USING gin (words) WITH (gin_pending_list_limit = 256)"
        )


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    for function in FUNCTIONS:
        bind.exec_driver_sql(function)
    _write_anew(ENTRY, r"with_pairs(\1) || array_to_tsvector")
    _enter_anew("with_pairs(words)")


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    _write_anew(PAIRED, r"\1 || array_to_tsvector")
    marks = "ARRAY(SELECT mark FROM unnest(tsvector_to_array(words)) AS mark WHERE mark ~ '^\ue000p[0-9a-f]{3}$')"
    _enter_anew(f"ts_delete(words, {marks})")
    for function in ("pairs_sought(text)", "with_pairs(tsvector)"):
        bind.exec_driver_sql(f"DROP FUNCTION {function}")
