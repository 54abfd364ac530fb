"""A download through the rule beside a plain static file of the same server: `python -m bench.downloads`.

Asked in turns on loopback; the quickest of each counts, since the machine has other things to do. With nginx found,
once more behind it, as deploy/nginx.conf has it.
"""

import argparse
import http.client
import io
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from flask import Flask, Response, send_file
from sqlalchemy import select

from bench.files import pdf
from bench.memory import prepare
from bench.servers import HERE, free_port, running
from forum import create_app, uploads
from forum.kit.db import db
from forum.models import Group, User, Version
from tests.front import PLACE, written

BLOCK = 1024 * 1024


def plain() -> Flask:
    """An app that sends one file, to anybody."""
    app = Flask("plain", static_folder=None)

    @app.get("/")
    def whole() -> Response:
        return send_file(os.environ["PLAIN_FILE"], "application/pdf")

    return app


def add(folder: Path, megabytes: int) -> tuple[str, Path]:
    """The address of a file in the site of that folder, and where its bytes are."""
    with create_app(folder).app_context():
        group, user = db.session.scalars(select(Group)).one(), db.session.scalars(select(User)).one()
        content = io.BytesIO(pdf(secrets.token_bytes(megabytes * BLOCK)))
        document = uploads.add_file(user, group, content, "large.pdf", title="Large")
        db.session.commit()
        key = db.session.scalars(select(Version.storage_key)).one()
        place = Path(folder) / "files" / uploads.store().beside(key)
        found = f"/groups/{group.slug}/library/{document.n}/download", place
        db.session.remove()
        db.engine.dispose()
    return found


def take(port: int, where: str, browser: str) -> float:
    """Megabytes a second."""
    line, began, count = http.client.HTTPConnection(HERE, port, timeout=300), time.perf_counter(), 0
    line.request("GET", where, headers={"Cookie": browser})
    reply, room = line.getresponse(), memoryview(bytearray(BLOCK))
    while got := reply.readinto(room):
        count += got
    line.close()
    if reply.status != 200 or count < BLOCK:
        raise SystemExit(f"{where} was answered {reply.status} with {count} bytes")
    return count / BLOCK / (time.perf_counter() - began)


def compare(name: str, rounds: int, file: Callable[[], float], ruled: Callable[[], float]) -> None:
    """Prints both, and the one as a part of the other."""
    speeds = [(file(), ruled()) for _ in range(rounds)]
    one, other = max(speed for speed, _ in speeds), max(speed for _, speed in speeds)
    print(f"{name:<10} plain file {one:7.0f} MB/s   through the rule {other:7.0f} MB/s   {other / one:5.0%}")


def gunicorn(app: str, log: Path, **settings: str) -> ExitStack:
    """A server of this app, as an open block; its port is the block's `port`."""
    shape = ["-k", "gthread", "-w", "2", "--threads", "4", "--log-level", "warning"]
    port, stack = free_port(), ExitStack()
    command = [sys.executable, "-m", "gunicorn", *shape, "-b", f"{HERE}:{port}", app]
    stack.port = stack.enter_context(running(command, port, "/healthz", log, settings)).port  # type: ignore[attr-defined]
    return stack


def main() -> None:
    """Prints a line for each server."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=50)
    asked.add_argument("--rounds", type=int, default=20)
    said = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as scratch, ExitStack() as open_:
        folder = Path(scratch)
        browser = prepare(folder)
        where, place = add(folder, said.megabytes)
        bare = open_.enter_context(gunicorn("bench.downloads:plain()", folder / "bare.log", PLAIN_FILE=str(place)))
        ours = open_.enter_context(gunicorn("wsgi:app", folder / "ours.log", GUILDHALL_INSTANCE=scratch))
        ports = bare.port, ours.port  # type: ignore[attr-defined]
        compare("gunicorn", said.rounds, lambda: take(ports[0], "/", ""), lambda: take(ports[1], where, browser))
        if program := shutil.which("nginx") or shutil.which("/usr/sbin/nginx"):
            accel = {"GUILDHALL_INSTANCE": scratch, "FLASK_X_ACCEL": PLACE, "FLASK_TRUSTED_PROXIES": "1"}
            behind = open_.enter_context(gunicorn("wsgi:app", folder / "behind.log", **accel))
            front, port = folder / "nginx", free_port()
            front.mkdir()
            settings = written(front, port, behind.port, str(folder / "files"))  # type: ignore[attr-defined]
            (front / "conf").write_text(settings)
            command = [program, "-p", str(front), "-e", str(front / "error.log"), "-c", str(front / "conf")]
            open_.enter_context(running(command, port, "/healthz", folder / "nginx.log", {}))
            file = f"/plain/{place.relative_to(folder / 'files')}"
            compare("nginx", said.rounds, lambda: take(port, file, ""), lambda: take(port, where, browser))


if __name__ == "__main__":
    main()
