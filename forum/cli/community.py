"""`guildhall demo`: the demo community, filled into an empty database and printed."""

import json
from collections.abc import Callable

import click
from sqlalchemy import exists, select

from forum import demo as content
from forum.cli import schema
from forum.cli.options import of_an_instance
from forum.kit.db import db
from forum.models import User

OTHERS = "This database has accounts, and they are not the demo community's. The demo fills an empty database only."
STANDS = {"pending": "asks to join", "invited": "invited to", "former": "left", "banned": "banned from"}


@of_an_instance
@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print people, groups, topics and documents as JSON, for scripts."
)
@schema.with_database
def demo(as_json: bool) -> None:
    """Fill an empty database with the demo community, and print who is in it."""
    fill(lambda line: click.echo(line, err=True), quiet=True)
    if as_json:
        click.echo(json.dumps(content.describe(), indent=1, ensure_ascii=False))
    else:
        tell(click.echo)


def fill(say: Callable[[str], None], quiet: bool = False) -> None:
    """The database holds the demo community: filled in now if it was empty. Raises ClickException for one of others."""
    if not db.session.scalar(select(exists(select(User.id)))):
        say("Filling the database with the demo community")
        content.load()
    if not content.is_loaded():
        raise click.ClickException(OTHERS)
    if not quiet:
        tell(say)


def tell(say: Callable[[str], None]) -> None:
    """Says who can sign in, and how."""
    say(f"These people can sign in, each with the password: {content.PASSWORD}")
    for person in content.describe()["people"]:
        seats = ", ".join(
            f"{STANDS.get(standing, f'{standing} of')} {slug}" for slug, standing in person["standing"].items()
        )
        state = "" if person["status"] == "active" else f" [{person['status']}]"
        say(f"  {person['address']:<22}{person['name']}{state}: {seats or 'in no group'}")
