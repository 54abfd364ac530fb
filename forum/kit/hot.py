"""Statements of what is asked for most: put into the engine's words once, then run by the driver itself.

Measured on a topic's page, looking a statement up in SQLAlchemy's cache and making its rows took longer than running
it. Rows are named tuples of the same Python values as Core's, read inside the session's open transaction, if there is
one; else on a connection of the request's own, for a page that only reads needs no session (a fifth of a millisecond).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError

from forum.kit.db import begin_to_write, db
from forum.kit.ready import Ready, Values
from forum.kit.signals import statement_run


class Hot:
    """A SELECT that runs often, without lists among its parameters; or one for each engine, by name.

    Its rows are of the class `row`, a named tuple with a field for each column, or of one made of the columns' names.
    """

    def __init__(self, statement: Any, row: type[tuple[Any, ...]] | None = None) -> None:
        self.statement, self.row = statement, row
        self._ready: dict[str, Ready] = {}

    def on(self, dialect: Dialect) -> Any:
        """The statement for this engine, as SQLAlchemy knows it."""
        return self.statement[dialect.name] if isinstance(self.statement, Mapping) else self.statement

    def rows(self, values: Values) -> list[Any]:
        """Every row, for these values of its named parameters."""
        return self._run(reading(), values)[0]

    def head(self, values: Values, most: int) -> tuple[list[Any], int]:
        """The first of its rows, and how many there are."""
        return self._run(reading(), values, most)

    def _run(self, connection: Connection, values: Values, most: int | None = None) -> tuple[list[Any], int]:
        ready = self._ready.get(connection.dialect.name) or self._prepare(connection.dialect, values)
        statement_run.send(ready.sql)
        raw, kind = connection.connection, connection.dialect.loaded_dbapi.Error
        try:
            with closing(raw.cursor()) as cursor:
                self._before(connection)
                cursor.execute(ready.sql, ready.bound(values))
                found = cursor.fetchall() if cursor.description else []
                return ready.read(found[:most]), len(found)
        except kind as error:
            if connection.dialect.is_disconnect(error, raw.dbapi_connection, None):
                connection.invalidate(error)  # the server went away, and with it all that is in the pool
                db.engine.dispose()
            raise DBAPIError.instance(ready.sql, None, error, kind, hide_parameters=True) from error

    def first(self, values: Values) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(values)), None)

    @staticmethod
    def _before(connection: Connection) -> None:
        """What is done on the connection first."""

    def _prepare(self, dialect: Dialect, values: Values) -> "Ready":
        ready = self._ready[dialect.name] = Ready(self.on(dialect), dialect, values, self.row)
        return ready


class Change(Hot):
    """An INSERT, UPDATE or DELETE that runs often, in the session's transaction.

    Columns that it does not name stay empty: models' own defaults are not filled in.
    """

    def run(self, values: Values) -> list[Any]:
        """The rows of its RETURNING, if it has one. What the session holds back is written before. Does not commit."""
        session = db.session()
        session.flush()
        return self._run(_connection_of(session), values)[0]

    _before = staticmethod(begin_to_write)


def over_numbers(made: Callable[[Any, str], Any]) -> dict[str, Any]:
    """What `made` makes of a list of numbers, for each engine (its second argument).

    The list is the parameter `numbers`; `as_numbers` makes its value.
    """
    given = sa.bindparam("numbers", type_=sa.String)
    one = {
        "sqlite": sa.func.json_each(given).table_valued("value"),
        "postgresql": sa.func.jsonb_array_elements_text(sa.cast(given, postgresql.JSONB)).table_valued("value"),
    }
    return {engine: made(sa.select(sa.cast(rows.c.value, sa.Integer)), engine) for engine, rows in one.items()}


def as_numbers(numbers: Iterable[int]) -> str:
    """The list, as one parameter."""
    return f"[{','.join(map(str, numbers))}]"


def given(model: Any, *columns: str) -> dict[str, Any]:
    """These columns of a model, each set to the parameter `to_` and its name."""
    return {name: sa.bindparam(f"to_{name}", type_=model.__table__.c[name].type) for name in columns}


INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def on_conflict_nothing(model: Any, *columns: str) -> dict[str, Any]:
    """An INSERT of these columns that does nothing where the row is there already, for each engine."""
    values = given(model, *columns)
    return {engine: insert(model).values(values).on_conflict_do_nothing() for engine, insert in INSERTS.items()}


def insert_found(engine: str, model: Any, found: sa.Select[Any]) -> Any:
    """An INSERT of what a SELECT finds, whose columns are named as the model's; what is there already stays."""
    names = [column.key for column in found.selected_columns]
    return INSERTS[engine](model).from_select(names, found, include_defaults=False).on_conflict_do_nothing()


def reading() -> Connection:
    """The connection to read on."""
    own: Connection | None = g.get("reading")  # there is none while a transaction of the session is open
    if own is None and db.session.registry.has() and (session := db.session()).in_transaction():
        return _connection_of(session)
    if own is None:
        own = g.reading = db.engine.connect()
    return own


def _connection_of(session: Any) -> Connection:
    """The connection of its transaction. Asking the session for it each time took a twentieth of a reply's."""
    kept: Connection | None = session.info.get("connection")
    return kept or session.connection()


def let_go(_error: BaseException | None = None) -> None:
    """Gives back the connection that was read on, if there is one."""
    if own := g.pop("reading", None):
        own.close()


@sa.event.listens_for(db.session, "after_transaction_create")
def _one_at_a_time(_session: Any, transaction: Any) -> None:
    """A request holds one connection: threads that each hold one and wait for a second would wait for each other."""
    if transaction.parent is None:
        let_go()


@sa.event.listens_for(db.session, "after_begin")
def _begun(session: Any, _transaction: Any, connection: Connection) -> None:
    session.info["connection"] = connection


@sa.event.listens_for(db.session, "after_transaction_end")
def _ended(session: Any, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("connection", None)


def init_app(app: Flask) -> None:
    """Gives back what a request read on."""
    app.teardown_appcontext(let_go)
