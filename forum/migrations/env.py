"""How Alembic runs our migrations: each in a transaction of its own, on SQLite and PostgreSQL alike.

Several that start at once wait for each other: on PostgreSQL by a lock of its own, on SQLite by `schema.alone`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from forum.kit.db import Moment, db

#: our number among PostgreSQL's advisory locks
LOCK = 7_245_001


def rendered(kind: str, thing: Any, _autogen: object) -> Any:
    """How a column's type is written down: in SQL's words, so that a migration needs none of our code."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, sa.Enum):
        return f"sa.String(length={thing.length})"
    if kind == "type" and isinstance(thing, sa.types.TypeDecorator):
        return f"sa.{type(thing.impl_instance).__name__}()"
    return False


@contextmanager
def guarded(connection: sa.Connection) -> Iterator[None]:
    """Nothing; while it lasts nobody else migrates, and SQLite lets tables be replaced that others point to."""
    sqlite = connection.dialect.name == "sqlite"
    before: tuple[str, ...] = (f"SELECT pg_advisory_lock({LOCK})",)
    after: tuple[str, ...] = (f"SELECT pg_advisory_unlock({LOCK})",)
    if sqlite:  # triggers of other tables may speak of the one that is being replaced
        before = ("PRAGMA foreign_keys=OFF", "PRAGMA legacy_alter_table=ON")
        after = ("PRAGMA foreign_keys=ON", "PRAGMA legacy_alter_table=OFF")
    for statement in before:
        connection.exec_driver_sql(statement)
    connection.commit()
    try:
        yield
        if sqlite and (torn := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise RuntimeError(f"after migrating, table {torn[0]} points to rows of {torn[2]} that are not there")
    finally:
        connection.rollback()
        for statement in after:
            connection.exec_driver_sql(statement)
        connection.commit()


with db.engine.connect() as connection, guarded(connection):
    context.configure(
        connection=connection, target_metadata=db.metadata, render_item=rendered,
        transactional_ddl=True, transaction_per_migration=True,
        **current_app.extensions["migrate"].configure_args,
    )  # fmt: skip
    with context.begin_transaction():
        context.run_migrations()
