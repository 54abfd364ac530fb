"""`guildhall user`  and `guildhall group list`: accounts and groups, looked after from the command line."""

import secrets
import sys
from typing import Any

import click
from sqlalchemy import select

from forum.cli.options import of_an_instance
from forum.cli.schema import with_database
from forum.groups.queries import standing_in
from forum.kit.addresses import NotAnAddress
from forum.kit.db import db
from forum.kit.names import BadName
from forum.members import accounts, actions
from forum.models import Group, Standing, User

UNKNOWN = "No account has the address or handle {who}."


def of_a_person(command: Any) -> Any:
    """The command, with its person named by address or handle."""
    return of_an_instance(click.argument("who", metavar="ADDRESS_OR_HANDLE")(command))


def with_password(command: Any) -> Any:
    """The command, with the ways to say a password. None of them leaves it in the shell's history."""
    command = click.option("--password-stdin", "piped", is_flag=True, help="Read the password from standard input.")(
        command
    )
    return click.option("--generate-password", "made", is_flag=True, help="Make a password and print it.")(command)


@click.group()
def user() -> None:
    """Accounts: create, promote, suspend, restore, give a new password."""


@of_an_instance
@user.command()
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name, as others see it.")
@click.option("--handle", default="", help="Their public name in addresses. [default: made from the name]")
@click.option("--organisation", default="", help="Where they work.")
@click.option("--job-title", default="", help="What they do there.")
@click.option("--admin", is_flag=True, help="Make them a site administrator.")
@with_password
@with_database
def create(
    email: str, name: str, handle: str, organisation: str, job_title: str, admin: bool, piped: bool, made: bool
) -> None:
    """Create a confirmed account for EMAIL."""
    handle = handle.lower()
    if handle and (wrong := actions.handle_problem(handle)):
        raise click.UsageError(wrong)
    password = asked_password(piped, made, name, email, handle)
    facts: dict[str, Any] = {"handle": handle, "organisation": organisation, "job_title": job_title, "admin": admin}
    try:
        someone = actions.create_user(name, email, password, confirmed=True, **facts)
    except (BadName, NotAnAddress, actions.Taken) as error:
        raise click.ClickException(f"{error}") from error
    db.session.commit()
    click.echo(f"{someone.name} can sign in as {someone.email}; their handle is {someone.handle}.")


@of_a_person
@user.command()
@with_database
def promote(who: str) -> None:
    """Make a person a site administrator."""
    someone = account(who)
    actions.promote(someone)
    db.session.commit()
    click.echo(f"{someone.name} is a site administrator.")


@of_a_person
@user.command()
@click.option("--reason", default="", help="Why, for the log.")
@with_database
def suspend(who: str, reason: str) -> None:
    """Suspend an account: signed out everywhere, no mail, no sign-in. Posts stay."""
    someone = account(who)
    actions.suspend(someone, reason)
    db.session.commit()
    click.echo(f"{someone.name} is suspended. `guildhall user restore {someone.handle}` ends it.")


@of_a_person
@user.command()
@with_database
def restore(who: str) -> None:
    """End a suspension."""
    someone = account(who)
    actions.restore(someone)
    db.session.commit()
    click.echo(f"{someone.name} can sign in again.")


@of_a_person
@user.command()
@with_password
@with_database
def password(who: str, piped: bool, made: bool) -> None:
    """Give an account a new password. Signs the person out everywhere."""
    someone = account(who)
    actions.set_password(someone, asked_password(piped, made, someone.name, someone.email, someone.handle))
    db.session.commit()
    click.echo(f"{someone.name} has a new password.")


def account(who: str) -> User:
    """The account of that address or handle. Raises ClickException."""
    named = select(User).where(User.handle == who.lower())
    found = accounts.account_of(who) if "@" in who else db.session.scalar(named)
    if found is None:
        raise click.ClickException(UNKNOWN.format(who=who))
    return found


def asked_password(piped: bool, made: bool, *context: str) -> str:
    """The password that was typed, piped or made here. Raises ClickException for one that can't be used."""
    if made:
        found = secrets.token_urlsafe(15)
        click.echo(f"Password: {found}")
        return found
    if piped:
        found = sys.stdin.readline().rstrip("\r\n")
    else:
        found = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if wrong := accounts.password_problem(found, *context):
        raise click.ClickException(wrong)
    return str(found)


@click.group()
def group() -> None:
    """Groups: list them."""


@of_an_instance
@group.command("list")
@with_database
def list_groups() -> None:
    """List every group: slug, kind, members, owners."""
    for one in db.session.scalars(select(Group).order_by(Group.slug)):
        owners = ", ".join(seat.user.name for (seat,) in db.session.execute(standing_in(one, Standing.OWNER)))
        click.echo(f"{one.slug:<24}{one.kind.value:<12}{one.member_count:>6}  {owners or '(no owner)'}")
