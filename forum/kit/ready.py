"""A statement in an engine's own words, with what turns our values into the driver's, and its rows into ours.

Rows are turned column by column, by functions written in C where that can be: a column's values come from few moments
and fewer words, and going through forty rows cell by cell took longer than reading them (bench/README.md).
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import BindParameter

Values = Mapping[str, Any]
Process = Callable[[Any], Any]


class Ready:
    """A statement made ready for an engine. Raises ValueError for one with a list among its parameters."""

    def __init__(self, statement: Any, dialect: Dialect, values: Values, row: type[tuple[Any, ...]] | None) -> None:
        if statement.is_insert and not list(statement.exported_columns):
            statement = statement.inline()  # else SQLAlchemy asks PostgreSQL for the new row's key, unasked
        compiled = statement.compile(dialect=dialect)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        if any(bind.expanding for bind in binds.values()):
            raise ValueError("a statement with lists is written anew each time: give it to SQLAlchemy")
        written = compiled.construct_expanded_state(dict(values))
        self.sql, self._names = written.statement, list(written.positiontup or written.parameters)
        self._positional = compiled.positional
        takers = ((name, _taker(name, binds[name], dialect)) for name in dict.fromkeys(self._names))
        self._take = [(name, take) for name, take in takers if take]
        columns = list(statement.exported_columns)
        readers = ((at, _reader(column.type, dialect)) for at, column in enumerate(columns))
        self._readers = [(at, reader) for at, reader in readers if reader]
        made = row or cast(Any, namedtuple)("Row", [str(column.key) for column in columns], rename=True)
        self._make: Any = partial(tuple.__new__, made)

    def bound(self, values: Values) -> Any:
        """The values as the driver takes them. Raises KeyError for one that is missing."""
        taken = dict(values)
        for name, take in self._take:
            taken[name] = take(values)
        if self._positional:
            return [taken[name] for name in self._names]
        return {name: taken[name] for name in self._names}

    def read(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The rows in Python's values."""
        if not self._readers:
            return list(map(self._make, rows))
        columns: list[Any] = list(zip(*rows, strict=True))
        for at, reader in self._readers if columns else ():
            columns[at] = map(reader, columns[at])
        return list(map(self._make, zip(*columns, strict=True)))


def _reader(kind: Any, dialect: Dialect) -> Process | None:
    """What turns a cell of that type into Python's value; None = it is one."""
    if isinstance(kind, sa.Enum) and kind.enum_class:
        members: dict[Any, Any] = {str(member.value): member for member in kind.enum_class}
        return (members | {None: None}).__getitem__
    return cast(Process | None, kind.dialect_impl(dialect).result_processor(dialect, None))


def _taker(name: str, bind: BindParameter[Any], dialect: Dialect) -> Process | None:
    """What takes one parameter's value out of those given; a constant has its own. None = as it is given."""
    key, callable_, process = bind.key, bind.callable, bind.type.dialect_impl(dialect).bind_processor(dialect)
    if callable_ is not None:
        return lambda _: process(callable_()) if process else callable_()
    if not bind.required:
        fixed = process(bind.value) if process else bind.value
        return lambda _: fixed
    if process:
        return lambda values: process(values[key])
    return None if key == name else itemgetter(key)
