"""The database: one typed base for every model, and how each engine is opened.

Reads run in autocommit; a write transaction begins (`BEGIN`, on SQLite `BEGIN IMMEDIATE`) at the first
statement that writes, and ends at commit. So the write lock is never held while a page reads,
hashes a password or receives an upload, and a transaction never has to be upgraded
(docs/decisions/0002).
"""

from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from forum.kit.folding import fold
from forum.kit.plans import Compiler
from forum.kit.turns import BUSY_MS, sqlite
from forum.kit.turns import Connection as Queued

READS = ("SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA")
#: psycopg: no transaction is under way (libpq PQTRANS_IDLE)
IDLE = 0
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


@lru_cache(maxsize=8192)
def moment_from(words: str | None) -> datetime | None:
    """The moment that SQLite keeps in these words. Remembered: a list of groups shows few moments, again and again."""
    return None if words is None else datetime.fromisoformat(f"{words}+00:00")


class Moment(TypeDecorator[datetime]):
    """A point in time: aware and UTC in Python, UTC in the database."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """SQLite's words become a moment in one step: SQLAlchemy's three took a thirtieth of a page's time."""
        if dialect.name == "sqlite":
            return moment_from
        return super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.astimezone(UTC)


def stored_by_value(kind: type[Enum]) -> list[str]:
    """What an enum's members are called in the database."""
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """What every model inherits: types by annotation, named constraints."""

    metadata = sa.MetaData(naming_convention=NAMES)
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            datetime: Moment(),
            Enum: sa.Enum(Enum, native_enum=False, length=24, create_constraint=False, values_callable=stored_by_value),
        },
    )


class Row:
    """A row with a number that never leaves the database."""

    id: Mapped[int] = mapped_column(primary_key=True)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def insert_or(model: type[Base]) -> Any:
    """An INSERT that may say what to do when the row is there already, in the words of this engine."""
    return (postgresql if db.engine.dialect.name == "postgresql" else sqlite_dialect).insert(model)


def safe_wal(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset corruption (sqlite.org/wal.html, 3.51.3 and back-ports)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def engine_options(url: str) -> dict[str, Any]:
    """How SQLAlchemy is to open this database."""
    if url.startswith("sqlite"):
        options = {"check_same_thread": False, "timeout": BUSY_MS / 1000, "factory": Queued}
        return {"module": sqlite, "connect_args": options, "pool_use_lifo": True}
    return {"isolation_level": "AUTOCOMMIT", "pool_size": 5, "max_overflow": 5, "pool_use_lifo": True}


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.create_function("folded", 1, fold, deterministic=True)
    journal = "WAL" if safe_wal(sqlite.sqlite_version_info) else "DELETE"
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "mmap_size=0",
        "cache_size=-4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_to_write(conn: Connection, _cursor: Any, statement: str, _params: Any, _context: Any, _many: bool) -> None:
    """Begins a transaction before the first statement that writes; on SQLite it takes the write lock at once."""
    if not statement.lstrip()[:8].upper().startswith(READS):
        begin_to_write(conn)


def begin_to_write(connection: Connection) -> None:
    """Begins the transaction of what is written next, unless it has begun."""
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        if not raw.in_transaction:
            raw.begin()
    elif raw.info.transaction_status == IDLE:
        raw.execute("BEGIN")


def prepare(engine: Engine) -> None:
    """Listens to an engine so that its connections are opened, and write, as this module says."""
    event.listen(engine, "before_cursor_execute", _begin_to_write)
    if engine.dialect.name == "sqlite":
        engine.dialect.statement_compiler = Compiler
        event.listen(engine, "connect", _open_sqlite)


def init_app(app: Flask) -> None:
    """Ties the database to an app whose DATABASE_URL is set."""
    url = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
