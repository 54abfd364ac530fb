"""Copies of a SQLite database, taken before it is migrated: whole, while others may still read it."""

import contextlib
import os
from pathlib import Path
from typing import Any

from flask import current_app

from forum.kit.clock import now
from forum.kit.db import db

KEPT = 3


def take(revision: str) -> Path | None:
    """A new copy in instance/snapshots, named after its revision and the time; none for another database than SQLite.

    The oldest beyond KEPT go.
    """
    place = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not place or not Path(place).exists():
        return None
    folder = Path(current_app.instance_path) / "snapshots"
    folder.mkdir(mode=0o700, exist_ok=True)
    finished = folder / f"{now():%Y-%m-%dT%H%M%S}-{revision}.sqlite"
    unfinished = finished.with_suffix(".tmp")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with db.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        with contextlib.closing(type(raw)(str(unfinished))) as copy:
            raw.backup(copy)
    unfinished.replace(finished)
    for old in sorted(folder.glob("*.sqlite"))[:-KEPT]:
        old.unlink()
    return finished
