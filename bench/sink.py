"""Rows straight into the database, by its own driver: INSERT on SQLite, COPY on PostgreSQL."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg
import sqlalchemy as sa

from forum.models import User

BATCH = 5_000
TABLES = User.metadata.tables


class Columns:
    """The columns of a table that rows bring, and the values of those they don't, as the model says."""

    def __init__(self, table: str, given: Sequence[str], moment: str) -> None:
        rest = [c for c in TABLES[table].columns if c.name not in given and not _needless(c)]
        self.names = [*given, *(column.name for column in rest)]
        self.rest = tuple(_default(column, moment) for column in rest)


def _needless(column: sa.Column[Any]) -> bool:
    """Whether the database fills it in by itself."""
    return bool(column.nullable or column.primary_key or column.server_default is not None)


def _default(column: sa.Column[Any], moment: str) -> Any:
    if column.default is None:
        raise LookupError(f"{column} has no default, and the generator gives it no value")
    value: Any = column.default.arg
    if callable(value):
        return moment if isinstance(column.type.python_type(2000, 1, 1), datetime) else json.dumps({})
    return getattr(value, "value", value)


class Sqlite:
    """A database in a file."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("BEGIN")

    def take(self, table: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Writes the rows."""
        names = ", ".join(f'"{name}"' for name in columns.names)
        marks = ", ".join("?" * len(columns.names))
        each = ((*row, *columns.rest) for row in rows) if columns.rest else rows
        self.connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', each)

    def close(self) -> None:
        """Commits. Raises ValueError when a row points to one that is not there."""
        self.connection.execute("COMMIT")
        if lost := self.connection.execute("PRAGMA foreign_key_check").fetchone():
            raise ValueError(f"A row points nowhere: {lost}")
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.close()


class Postgres:
    """A PostgreSQL database. References are not checked while the rows come in: generate.py asks afterwards."""

    def __init__(self, url: sa.URL) -> None:
        self.connection = psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        self.connection.execute("SET session_replication_role = replica")
        self.connection.execute("SET TIME ZONE 'UTC'")

    def take(self, table: str, columns: Columns, rows: Iterable[Sequence[Any]]) -> None:
        """Writes the rows."""
        names = ", ".join(f'"{name}"' for name in columns.names)
        kinds = TABLES[table].columns
        flags = [at for at, name in enumerate(columns.names) if isinstance(kinds[name].type, sa.Boolean)]
        with self.connection.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                values = [*row, *columns.rest]
                for at in flags:
                    values[at] = bool(values[at])
                copy.write_row(values)

    def close(self) -> None:
        """Sets every sequence behind its last number, and commits."""
        for table in TABLES.values():
            if "id" in table.columns:
                last = f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}")'
                self.connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), {last}, false)"
                )
        self.connection.commit()
        self.connection.autocommit = True
        self.connection.execute("VACUUM ANALYZE")
        self.connection.close()


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterable[list[Any]]:
    """The rows, some thousands at a time."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def written(moment: datetime) -> str:
    """A moment as both databases take it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
