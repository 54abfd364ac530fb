"""The command `guildhall`: starts the site, looks after it, and does what its web pages don't."""

import os
from typing import Any

import click
import sqlalchemy as sa
from alembic.util import CommandError
from flask import Flask
from flask.cli import FlaskGroup, routes_command, shell_command

from forum import create_app
from forum.cli import schema
from forum.cli.accounts import group, user
from forum.cli.community import demo
from forum.cli.database import db
from forum.cli.doctor import doctor
from forum.cli.mail import mail
from forum.cli.options import instance_folder, instance_option
from forum.cli.outbox import outbox
from forum.cli.running import serve, up, worker
from forum.cli.storage import storage
from forum.config import BadConfig

__all__ = ["guildhall", "main"]

KNOWN = (BadConfig, CommandError, sa.exc.SQLAlchemyError, ModuleNotFoundError, OSError)


def in_plain_words(error: Exception) -> str:
    """One line that says what is wrong, for an error that a host can mend."""
    if isinstance(error, ModuleNotFoundError):
        return f"The Python module {error.name} is missing. For PostgreSQL start once with GUILDHALL_EXTRAS=postgres."
    if isinstance(error, sa.exc.ArgumentError):
        return f"DATABASE_URL is no address of a database: {error}"
    if isinstance(error, sa.exc.DBAPIError):
        return f"The database can't be used: {str(error.orig).splitlines()[0]}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The system'}: {error.strerror}"
    return str(error)


def of_this_instance() -> Flask:
    """The app of the instance folder that the command line names."""
    app = create_app(instance_folder())
    schema.init_app(app)
    return app


class Guildhall(FlaskGroup):
    """Our commands, and Flask's db, routes and shell. No command asks for the app before its options are read."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return click.Group.get_command(self, ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return click.Group.list_commands(self, ctx)

    def invoke(self, ctx: click.Context) -> Any:
        os.umask(0o077)  # whatever a command makes is for the site's own user
        try:
            return super().invoke(ctx)
        except KNOWN as error:
            raise click.ClickException(in_plain_words(error)) from error


guildhall = Guildhall(
    name="guildhall",
    help=__doc__,
    create_app=of_this_instance,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
    context_settings={"auto_envvar_prefix": None, "help_option_names": ["-h", "--help"]},
)
guildhall.params = [instance_option]
COMMANDS = (
    up, serve, worker, demo, user, group, storage, mail, outbox, doctor, db, routes_command, shell_command
)  # fmt: skip
for command in COMMANDS:
    guildhall.add_command(command)


def main() -> None:
    """Runs the command line; leaves the process."""
    guildhall.main(prog_name="guildhall")
