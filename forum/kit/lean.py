"""Sub-selects over a few columns of a table: an ORM alias carries every column, and costs a millisecond to make."""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

Columns = Any
Some = Callable[[Callable[[Columns], sa.ColumnElement[bool]]], sa.ColumnElement[bool]]


def some(model: Any, *names: str) -> Some:
    """A maker of EXISTS conditions over a model's rows, of which only the named columns are used.

    `some(Group, "id")(lambda g: g.id == Topic.group_id)`. The sub-select is tied to whatever query stands
    around it, however far out (SQLAlchemy by itself ties it only to the nearest).
    """
    bare = sa.table(model.__tablename__, *(sa.column(name, model.__table__.c[name].type) for name in names))

    def exists(condition: Callable[[Columns], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
        row = bare.alias()
        return sa.exists(
            sa.select(sa.literal_column("1")).select_from(row).where(condition(row.c)).correlate_except(row)
        )

    return exists


def one_of(column: Any, values: Iterable[str]) -> sa.ColumnElement[bool]:
    """`column IN ('a', 'b')` with the words written out: for constants of ours (letters, `_`, `.`), never for input.

    A list of bound values is written into the statement anew each time that it runs.
    """
    words = [str(value) for value in values]
    if not all(word.replace("_", "").replace(".", "").isalpha() for word in words):
        raise ValueError("only our own words may stand in a statement")
    if not words:
        return sa.false()
    found: sa.ColumnElement[bool] = column.in_([sa.literal_column(f"'{word}'") for word in words])
    return found
