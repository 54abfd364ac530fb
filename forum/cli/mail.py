"""`guildhall mail`: how mail reaches the site."""

import logging
import signal
import sys

import click
from flask import current_app

from forum import mailin
from forum.cli import schema
from forum.cli.options import of_an_instance

#: what a pipe tells the mail server (sysexits.h)
NO_USER, DATA_WRONG, TRY_LATER = 67, 65, 75
PORT = click.option(
    "--port", default=mailin.PORT, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
log = logging.getLogger(__name__)


@click.group()
def mail() -> None:
    """Take replies by mail: from a pipe, or by LMTP."""


@of_an_instance
@mail.command("in")
@click.argument("recipient")
@click.option("--sender", help="Sender of the envelope; '' for a bounce.")
@schema.with_database
def take(recipient: str, sender: str | None) -> None:
    """Take one mail to RECIPIENT from standard input.

    Ends with 0 (taken), 65 (too large), 67 (no such address) or 75 (try again later).
    """
    most = current_app.config["MAIL_IN_MOST"]
    raw = sys.stdin.buffer.read(most + 1)
    if len(raw) > most:
        click.echo(f"This mail is too large: {most // 2**20} MB at most. Add large files on the site.", err=True)
        sys.exit(DATA_WRONG)
    try:
        fate = mailin.receive(recipient, raw, sender)
    except Exception:
        log.exception("a mail can't be taken")
        sys.exit(TRY_LATER)
    if fate is mailin.Fate.UNKNOWN:
        click.echo("There is no such address here.", err=True)
        sys.exit(NO_USER)


@of_an_instance
@mail.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=mailin.PORT, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@schema.with_database
def serve(host: str, port: int) -> None:
    """Take mail by LMTP from the mail server of this machine, until SIGTERM or Ctrl+C."""
    if not current_app.config["MAIL_IN_DOMAIN"]:
        raise click.ClickException("Set MAIL_IN_DOMAIN first: it says whose mail reaches this site.")
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    server = mailin.Lmtp(current_app._get_current_object(), host, port)  # type: ignore[attr-defined]
    server.start()
    click.echo(f"LMTP at {host}:{port}", err=True)
    signal.sigwait(stops)
    server.stop()
