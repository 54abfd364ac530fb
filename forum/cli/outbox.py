"""`guildhall outbox list`, `retry` and `drop`: mail that did not go out, looked after from the command line.

The host sees addresses; nobody sees here what a mail says.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click
from sqlalchemy import ColumnElement

from forum import activity
from forum.cli.options import of_an_instance
from forum.cli.schema import with_database
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Mail, MailState
from forum.outbox import again
from forum.outbox.backlog import backlog

NUMBERS = click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(min=1, max=2**62))


@click.group()
def outbox() -> None:
    """Mail that waits or was given up: list it, try it again, drop it."""


@of_an_instance
@outbox.command("list")
@click.option(
    "--state", type=click.Choice([each.value for each in MailState]), default="dead", show_default=True, help="Which."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Show at most so many.")
@with_database
def list_mail(state: str, limit: int) -> None:
    """List mail: number, template, to whom, when, tries, and what the mail server said. Dead = given up."""
    found = backlog()
    rows = db.session.execute(again.mails(MailState(state)).limit(limit + 1)).all()
    for row in rows[:limit]:
        click.echo(line(row))
    if len(rows) > limit:
        click.echo(f"… and more: --limit shows more than {limit}.")
    if not rows:
        click.echo(f"No mail is {state}.")
    click.echo(f"{found.waiting} waiting, {found.dead} dead.", err=True)


def line(row: Any) -> str:
    """One mail, without what it says."""
    at = row.due_at if row.state == MailState.WAITING else row.created_at
    word = "due" if row.state == MailState.WAITING else "queued"
    who = f"{row.name} <{row.email}>" if row.name else row.address
    why = " ".join(row.error.split()) or "-"
    return f"{row.id:>8}  {row.template:<20}  {word} {at:%Y-%m-%d %H:%M}  {row.attempts:>3} tries  {who}  {why}"


@of_an_instance
@outbox.command()
@NUMBERS
@click.option("--all-dead", is_flag=True, help="All that was given up, but what may have arrived.")
@with_database
def retry(numbers: tuple[int, ...], all_dead: bool) -> None:
    """Send mail once more: by its numbers, or all that was given up. A worker takes it within a minute."""
    if bool(numbers) == all_dead:
        raise click.UsageError("Name mails by their numbers, or --all-dead.")
    done = again.retry(again.LOST if all_dead else Mail.id.in_(numbers))
    kept("admin.mail retried", done)
    said(numbers, done, "due now", "It is not there, was sent or dropped, or comes within twenty minutes by itself")


@of_an_instance
@outbox.command()
@NUMBERS
@click.option(
    "--dead-older-than", "days", type=click.IntRange(0, 36_500), metavar="DAYS", help="All older that was given up."
)
@with_database
def drop(numbers: tuple[int, ...], days: int | None) -> None:
    """Never send mail: by its numbers, or all that was given up and queued before so many days."""
    if bool(numbers) == (days is not None):
        raise click.UsageError("Name mails by their numbers, or --dead-older-than.")
    which: ColumnElement[bool] = Mail.id.in_(numbers)
    done = again.drop(which if days is None else again.dead_before(now() - timedelta(days=days)))
    kept("admin.mail dropped", done)
    said(numbers, done, "dropped", "It is not there, was sent or dropped, or is being sent just now")


def kept(action: str, done: Sequence[int]) -> None:
    """What was done is kept, and stands in the log of the site."""
    if done:
        activity.log(action, None, mails=len(done))
    db.session.commit()


def said(numbers: Sequence[int], done: Sequence[int], what: str, else_: str) -> None:
    """Tells what was done. Raises ClickException for what was not."""
    click.echo(f"{len(done)} {'mail is' if len(done) == 1 else 'mails are'} {what}.")
    if left := sorted(set(numbers) - set(done)):
        raise click.ClickException(f"Left as it was: {', '.join(map(str, left))}. {else_}.")
