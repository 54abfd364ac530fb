"""`guildhall db`: Flask-Migrate's commands, with an upgrade of our own."""

import click
from flask.cli import with_appcontext
from flask_migrate.cli import db

from forum.cli import schema

__all__ = ["db"]


@click.command()
@with_appcontext
def upgrade() -> None:
    """Bring the database up to date, as `guildhall up` does: a copy of it is kept first."""
    schema.upgrade(lambda line: click.echo(line, err=True))
    click.echo(f"The database is at {schema.newest()}.", err=True)


db.add_command(upgrade)
