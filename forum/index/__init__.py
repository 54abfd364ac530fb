"""The index of words in each database's terms: what it is asked, with which values. Who asks decides by the rule."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from forum.index import matching
from forum.index.matching import Scope
from forum.index.words import Asked
from forum.models.entries import BLOCK, SIGN

#: people are looked for everywhere, and word by word
EVERYBODY = ("people_scope", "names_scope", "people_pairs", "names_pairs")


class Index(NamedTuple):
    """An index of words in an engine's terms: its table, an entry's number, and the condition of being found."""

    table: Any
    number: Any
    found: ColumnElement[bool]


def index_of(name: str, engine: str, of: str, lately: bool = False) -> Index:
    """The index, asked for the parameters `of` and, on PostgreSQL, `of`_scope and `of`_pairs.

    FTS5 finds the newest first and stops; PostgreSQL finds all before it knows which are the newest.
    `lately`: in its last blocks alone.
    """
    rows = table(name, column("rowid", BigInteger), column("words", TSVECTOR))
    if engine == "sqlite":
        found = literal_column(name).op("MATCH", is_comparison=True)(bindparam(of, type_=String))
        return Index(rows, rows.c.rowid, found)
    words = func.to_tsquery(literal_column("'guildhall'"), bindparam(of, type_=String), type_=TSQUERY)
    scope = cast(bindparam(f"{of}_scope", type_=String), TSQUERY)
    pairs = func.pairs_sought(bindparam(f"{of}_pairs", type_=String), type_=TSQUERY)
    sought: ColumnElement[Any] = words
    for also in (scope, pairs):
        sought = case((func.numnode(also) == 0, sought), else_=sought.op("&&")(also))
    sought = sought.op("&&")(_last_blocks(name)) if lately else sought
    sought = select(sought).scalar_subquery()  # else it is made anew for each row that is looked at
    return Index(rows, rows.c.rowid, and_(func.numnode(words) > 0, rows.c.words.op("@@", is_comparison=True)(sought)))


def _last_blocks(name: str) -> ColumnElement[Any]:
    """The tsquery of the marks of an index's two last blocks."""
    every = table(name, column("rowid", BigInteger)).alias()
    last = select(func.max(every.c.rowid) // BLOCK).scalar_subquery()
    marks = (func.concat(f"'{SIGN}b", number, "'") for number in (last, last - 1))
    return cast(func.concat_ws(" | ", *marks), TSQUERY)


def values_for(engine: str, asked: Asked, scopes: Mapping[str, Scope]) -> dict[str, str]:
    """The parameters of what is looked for: `talk`, `files`, and `names` and `people` for people."""
    names = matching.beginnings(asked)
    if engine == "sqlite":
        found = {kind: matching.in_sqlite(asked, scope) for kind, scope in scopes.items()}
        return {**found, "people": matching.in_sqlite(names), "names": matching.in_sqlite(names, columns="title")}
    found = {kind: matching.in_postgresql(asked) for kind in scopes}
    named = {f"{kind}_scope": matching.scope_in_postgresql(scope) for kind, scope in scopes.items()}
    paired = {f"{kind}_pairs": matching.pairs_in_postgresql(asked) for kind in scopes}
    people = {"people": matching.in_postgresql(names), "names": matching.in_postgresql(names, "A")}
    return {**found, **named, **paired, **people, **dict.fromkeys(EVERYBODY, "")}
