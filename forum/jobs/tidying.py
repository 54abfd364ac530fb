"""The index of words kept in few pieces.

Each transaction that writes leaves a piece of its own in an FTS5 index, and a search looks each of its words up in
every piece: in 18 of them, eleven groups and a word took six times as long as in one (bench/README.md).
"""

from typing import Any

from forum.kit.db import db
from forum.models.entries import INDEXES

#: pages of a step, after which others may write: a few milliseconds; and steps for an index at a time
STEP, STEPS = 200, 2_000


def tidy_index() -> None:
    """Merges pieces of like size, so that few are left. Commits after each step. PostgreSQL needs none of it."""
    for index in INDEXES if db.engine.dialect.name == "sqlite" else ():
        for _ in range(STEPS):
            merged = _merged(index)
            db.session.commit()
            if not merged:
                break


def _merged(index: str) -> bool:
    """Merges for one step; says whether there was anything to merge (sqlite.org/fts5.html, 'merge')."""
    connection = db.session.connection()
    raw: Any = connection.connection.dbapi_connection
    before = raw.total_changes
    connection.exec_driver_sql(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', {STEP})")  # noqa: S608
    return bool(raw.total_changes - before > 1)
