"""The database's form: which migration it has reached, whether this code knows it, and how it is brought up to date."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import Migrate

from forum.cli import snapshots
from forum.kit.db import db
from forum.models.search import has_model

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
NEWER = (
    "This database was made by a newer Guildhall: it is at revision {found}, this version knows none above {known}. "
    "Install the newer version, or go back to a snapshot from before."
)
FOREIGN = (
    "This database was not made by Guildhall: it holds tables ({tables}, …) and no revision. "
    "Name another in DATABASE_URL."
)
EMPTY = "This site has no database yet: run `guildhall up`, or `guildhall db upgrade`."
BEHIND = (
    "This database is at revision {found}, this version needs {known}: run `guildhall up`, or `guildhall db upgrade`."
)


def init_app(app: Flask) -> None:
    """Makes `guildhall db` know our migrations."""
    Migrate(app, db, directory=MIGRATIONS, compare_type=True, render_as_batch=True, include_name=has_model)


def config() -> Any:
    """Alembic's settings for this app."""
    return current_app.extensions["migrate"].migrate.get_config()


def reached() -> str | None:
    """The revision the database is at; none for an empty one. Raises ClickException for one of something else."""
    with db.engine.connect() as connection:
        tables = sorted(sa.inspect(connection).get_table_names())
        if tables and "alembic_version" not in tables:
            raise click.ClickException(FOREIGN.format(tables=", ".join(tables[:3])))
        if not tables:
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def newest() -> str:
    """The revision this code needs."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def pending() -> list[str]:
    """The revisions that are still to be run, oldest first. Raises ClickException for a database of a newer version."""
    scripts, found = ScriptDirectory.from_config(config()), reached()
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    if found is not None and found not in known:
        raise click.ClickException(NEWER.format(found=found, known=known[-1]))
    return known[known.index(found) + 1 :] if found else known


def require_newest() -> None:
    """Nothing, or ClickException when code and database disagree."""
    if pending():
        found = reached()
        raise click.ClickException(BEHIND.format(found=found, known=newest()) if found else EMPTY)


def with_database(command: Callable[..., None]) -> Callable[..., None]:
    """The command, inside an app whose database is up to date; else it does nothing, and says what to run first."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        require_newest()
        command(*args, **options)

    return with_appcontext(run)


def upgrade(say: Callable[[str], None]) -> None:
    """Brings the database up to date, after a snapshot of one that has something in it."""
    with alone(Path(current_app.instance_path)):
        waiting = pending()
        if not waiting:
            return
        if reached() and (kept := snapshots.take(reached() or "")):
            say(f"Kept a copy of the database as it was: {kept}")
        for revision in waiting:
            say(f"Migrating the database to {revision}")
            command.upgrade(config(), revision)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nothing; while it lasts no other process of this machine does the same with this instance folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
