"""`guildhall up`, `serve` and `worker`: the site, running."""

import logging
import os
import signal
import threading
import time
from pathlib import Path

import click
from flask import Flask, current_app

from forum import previews
from forum.cli import community, instance, schema, server
from forum.cli.options import instance_folder, of_an_instance
from forum.config import SETTINGS
from forum.kit import hot
from forum.kit.db import db

HERE = "127.0.0.1"
#: jobs done at once: while slides of both sorts are made, which takes long, mail goes out
WORKERS = 3
host_option = click.option("--host", default=HERE, show_default=True, help="Address to listen on.")
port_option = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
workers_option = click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that answer requests."
)
threads_option = click.option(
    "--threads",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Requests that each of them answers at once.",
)


@of_an_instance
@click.command()
@host_option
@port_option
@workers_option
@threads_option
@click.option("--demo", "with_demo", is_flag=True, help="Fill an empty database with the demo community first.")
@click.pass_context
def up(ctx: click.Context, host: str, port: int, workers: int, threads: int, with_demo: bool) -> None:
    """Start the site: make its folder where needed, migrate its database, serve it.

    Stop it with Ctrl+C.
    """
    folder = instance_folder()
    listener = server.bound(host, port)
    instance.make(folder, say)
    app = ctx.obj.load_app()
    address_of(app, port)
    if with_demo and app.config["STORAGE_URL"]:
        # the bucket's client does not live through the fork of the processes that answer
        raise click.ClickException("With files in S3, start without --demo, and fill it with `guildhall demo` instead.")
    with app.app_context():
        schema.upgrade(say)
        if with_demo:
            community.fill(say)
        let_go()
    server.serve(listener, folder, workers, threads, lambda: greet(app, host, port))


@of_an_instance
@click.command()
@host_option
@port_option
@workers_option
@threads_option
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, workers: int, threads: int) -> None:
    """Serve the site, with the job consumer beside it. Changes nothing; refuses a database that is not up to date."""
    listener = server.bound(host, port)
    app = ctx.obj.load_app()
    address_of(app, port)
    with app.app_context():
        schema.require_newest()
        let_go()
    server.serve(listener, instance_folder(), workers, threads, lambda: greet(app, host, port))


@of_an_instance
@click.command()
@click.option("--with-parent", type=int, hidden=True, help="End when this is no longer the parent process.")
@schema.with_database
def worker(with_parent: int | None) -> None:
    """Do the jobs: send mail, sweep up. `up` and `serve` run one already."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    if with_parent:
        threading.Thread(target=end_with, args=(with_parent,), daemon=True).start()
    queue = current_app.extensions["jobs"].queue
    try:
        queue.create_consumer(
            workers=WORKERS, max_delay=2, graceful_signal="TERM", shutdown_timeout=server.JOBS_END
        ).run()
    finally:
        previews.lay_down()


def end_with(parent: int) -> None:
    """Ends this process once it is an orphan."""
    while os.getppid() == parent:
        time.sleep(2)
    os.kill(os.getpid(), signal.SIGTERM)


def let_go() -> None:
    """Closes what must not be shared with the processes that are started next."""
    db.session.remove()
    hot.let_go()
    db.engine.dispose()


def address_of(app: Flask, port: int) -> None:
    """Links in mail lead to this port, unless the settings name another address."""
    usual = SETTINGS["BASE_URL"].default
    if app.config["BASE_URL"] == usual:
        os.environ["FLASK_BASE_URL"] = usual.replace("8000", str(port))


def greet(app: Flask, host: str, port: int) -> None:
    """Says where the site is."""
    shown = HERE if host in ("0.0.0.0", "::") else host  # noqa: S104 compared, not bound
    say(f"{app.config['SITE_NAME']} is at http://{shown}:{port}  (Ctrl+C stops it)")
    if not app.config["SMTP_HOST"]:
        say(f"No mail server is set: mail is written to {Path(app.instance_path) / 'mail'}")


def say(line: str) -> None:
    """One line of progress."""
    click.echo(line, err=True)
