"""Workers of the jobs' command die, two hundred of them, while they send mail: nothing is lost, little is sent twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from forum import create_app, outbox
from forum.kit import clock
from forum.kit.db import db
from forum.models import Mail, MailState
from forum.outbox.delivery import CLAIM
from tests.conftest import SETTINGS
from tests.test_cli import say_migrated
from tests.test_jobs import redis  # noqa: F401 a fixture
from tests.test_outbox import free_port

#: with each sort of queue
ROUNDS = int(os.environ.get("GUILDHALL_KILLS", "200")) // 2
#: seconds that one worker may take to come to its mail, on a machine that has much else to do
PATIENCE = 60
#: a process with the site in it, which becomes a worker in a child for each line, and answers with its number
NURSERY = """
import os, sys
from forum import create_app
from forum.cli.running import worker
app = create_app(sys.argv[1])
command = worker.callback.__wrapped__.__wrapped__  # without a look at every migration
for _ in sys.stdin:
    child = os.fork()
    if not child:
        with app.app_context():
            command(None)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Killer:
    """A mail server that has whoever speaks to it killed: before the letter, while it waits for the answer, or after."""

    def __init__(self):
        self.moment, self.victim, self.letters = "", 0, []
        self.named, self.done = threading.Event(), threading.Event()

    def expect(self, moment):
        """The next worker is killed at that moment, once it was named."""
        self.moment, self.victim = moment, 0
        self.named.clear()
        self.done.clear()

    def name(self, victim):
        self.victim = victim
        self.named.set()

    def strike(self):
        if self.named.wait(PATIENCE) and not self.done.is_set():
            os.kill(self.victim, signal.SIGKILL)
            self.done.set()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        envelope.rcpt_tos.append(address)
        if self.moment == "before":
            self.strike()
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)["Message-ID"]))
        if self.moment == "waiting":
            self.strike()
        elif self.moment == "after":
            asyncio.get_running_loop().call_later(random.random() / 50, self.strike)
        return "250 taken"


@pytest.fixture
def killer():
    made = Killer()
    controller = Controller(made, hostname="127.0.0.1", port=free_port())
    controller.start()
    made.port = controller.port
    yield made
    controller.stop()


@pytest.fixture(params=["sqlite", "redis"])
def site(request, empty_app, killer):
    """The site as it runs, with each sort of queue; and what its processes need to know."""
    say_migrated(empty_app)
    redis_url = request.getfixturevalue("redis").replace("/15", "/14") if request.param == "redis" else ""
    wanted = {
        **{name: empty_app.config[name] for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT", "DATABASE_URL", "BASE_URL")},
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": killer.port, "SMTP_SECURITY": "none",
        "MAIL_FROM": "forum@example.org", "REDIS_URL": redis_url,
    }  # fmt: skip
    db.session.remove()
    made = create_app(empty_app.instance_path, **{**SETTINGS, **wanted, "TESTING": False})
    made.wanted = {f"FLASK_{name}": str(value) for name, value in wanted.items()}
    with made.app_context():
        made.extensions["jobs"].queue.flush()
        yield made
        made.extensions["jobs"].queue.flush()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def nursery(site):
    command = [sys.executable, "-c", NURSERY, site.instance_path]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **site.wanted}
    )
    yield process
    process.stdin.close()
    assert process.wait(timeout=PATIENCE) == 0


def test_two_hundred_workers_die_and_no_mail_is_lost(site, killer, nursery):
    moments = ("before", "waiting", "after")
    for n in range(ROUNDS):
        outbox.queue("confirm", f"n{n}@example.org", f"confirm:{n}", name="Noor", url="http://localhost/confirm/x")
        db.session.commit()
        killer.expect(moments[n % 3])
        nursery.stdin.write("a worker\n")
        nursery.stdin.flush()
        killer.name(int(nursery.stdout.readline()))
        assert killer.done.wait(PATIENCE), f"worker {n} came to no mail"
        assert int(nursery.stdout.readline()) == -signal.SIGKILL
    killer.moment = ""
    with clock.at(clock.now() + CLAIM + timedelta(minutes=1)):
        while outbox.deliver():
            pass
    copies = Counter(killer.letters)
    assert sorted(to for to, _ in copies) == sorted(f"n{n}@example.org" for n in range(ROUNDS)), "one Message-ID each"
    assert max(copies.values()) <= 2
    assert all(copies[key] == 1 for key in copies if int(key[0][1:].partition("@")[0]) % 3 == 0)
    db.session.rollback()
    assert set(db.session.scalars(sa.select(Mail.state))) == {MailState.SENT}
