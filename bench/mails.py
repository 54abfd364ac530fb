"""How fast mail leaves: `python -m bench.mails [--postgres URL]`.

So many mails that wait, in a community of as many people, are sent by one worker to a mail server on loopback that
keeps nothing, by the clock and in processor time of the worker alone: as confirmations, which say little, and as posts.
"""

import argparse
import resource
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import sqlalchemy as sa
from flask import Flask

from bench import fanout, schema
from forum import create_app, outbox
from forum.jobs import deliver
from forum.kit.db import db
from forum.models import Group, Mail, MailState, Notice

MAILS = 1_000
SERVER = """
import asyncio
from aiosmtpd.smtp import SMTP

class Takes:
    async def handle_DATA(self, server, session, envelope):
        return "250 taken"

async def serve():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Takes()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(serve())
"""


def confirmations() -> None:
    """Mail to bare addresses."""
    for n in range(MAILS):
        outbox.queue("confirm", f"n{n}@example.org", f"confirm:{n}", name=f"Person {n}", url=f"http://localhost/{n}")
    db.session.commit()


def posts() -> None:
    """Mail of one announcement to people who are told as it happens."""
    told = [
        {"user_id": n, "kind": "announcement", "actor_id": 1, "post_id": 1, "needs": 3, "once": f"m{n}"}
        for n in range(2, MAILS + 2)
    ]
    db.session.execute(sa.insert(Notice), told)
    group = db.session.scalars(sa.select(Group)).one()
    rows = [
        {"template": "post", "user_id": one.user_id, "group_id": group.id, "once": f"post:{one.id}:{one.user_id}",
         "facts": {"notice": one.id, "post": 1, "why": one.kind, "by": "Person 1"}}
        for one in db.session.execute(sa.select(Notice.id, Notice.user_id, Notice.kind))
    ]  # fmt: skip
    db.session.execute(sa.insert(Mail), rows)
    db.session.commit()


def send(what: str) -> None:
    """Everything that waits, said with its time."""
    db.session.remove()
    began, spent = perf_counter(), process_time()
    deliver()
    elapsed, spent = perf_counter() - began, process_time() - spent
    sent = db.session.scalar(sa.select(sa.func.count()).where(Mail.state == MailState.SENT)) or 0
    db.session.execute(sa.delete(Mail))
    db.session.commit()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = (
        f"{sent / elapsed:.0f} a second; {spent / max(sent, 1) * 1000:.1f} ms of processor each; at most {most:.0f} MB"
    )
    print(f"{what}: {sent:,} sent in {elapsed:.2f} s, {rate}")


def measure(app: Flask) -> None:
    """All of it, on an empty database."""
    with app.app_context():
        schema.make(app)
        fanout.community(MAILS + 1, 1_000)
        for queue in (confirmations, posts):
            queue()
            send(queue.__name__)
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Asks which engine, and measures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--postgres", metavar="URL", default="")
    address = asked.parse_args().postgres
    with tempfile.TemporaryDirectory() as folder:
        url = schema.fresh_postgres(address, "guildhall_bench_mails") if address else ""
        taker = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
        try:
            made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT")}
            where = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": int(taker.stdout.readline()), "SMTP_SECURITY": "none",
                     "MAIL_FROM": "forum@example.org", "MAIL_IN_DOMAIN": "in.example.org"}  # fmt: skip
            measure(create_app(Path(folder), **made, **where, **({"DATABASE_URL": url} if url else {})))
        finally:
            taker.kill()
            taker.wait()


if __name__ == "__main__":
    main()
