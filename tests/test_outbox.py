"""Mail goes out once, to one person, if they may still be told; and it waits for a server that is away."""

import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from forum import outbox
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.carriers import FolderMailbox
from forum.kit.db import db
from forum.members import actions as members
from forum.models import Mail, MailState, Standing
from forum.outbox.delivery import CLAIM, KEEP_TRYING, next_try
from forum.outbox.letter import write
from forum.outbox.needs import NEEDS
from forum.who import person

LINK = "http://localhost/confirm/" + "x" * 90 + "?next=%2Fgroups%3Fa=b"
TEMPLATES = Path(outbox.__file__).parents[1] / "templates" / "mail"


class Postman:
    """What a mail server of the tests does with each letter: keeps it, or answers as it is told to."""

    def __init__(self):
        self.letters, self.answers, self.meanwhile = [], [], None

    async def handle_DATA(self, _server, _session, envelope):
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if self.meanwhile:
            self.meanwhile()
        if answer.startswith("250"):
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.letters.append(SimpleNamespace(to=envelope.rcpt_tos, sender=envelope.mail_from, letter=letter))
        return answer

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """A real SMTP server that can go away and come back at the same port."""

    controller = Controller

    def __init__(self, postman=None):
        self.port, self.postman, self.running = free_port(), postman or Postman(), None

    def start(self):
        self.running = self.controller(self.postman, hostname="127.0.0.1", port=self.port)
        self.running.start()

    def stop(self):
        if self.running:
            self.running.stop()
        self.running = None

    @property
    def letters(self):
        return self.postman.letters


@pytest.fixture
def server(app) -> Iterator[MailServer]:
    made = MailServer()
    made.start()
    app.config.update(
        SMTP_HOST="127.0.0.1", SMTP_PORT=made.port, SMTP_SECURITY="none", MAIL_FROM="forum@guildhall.example"
    )
    outbox.init_app(app)
    yield made
    made.stop()


def queue(template="confirm", to="new@example.org", once="confirm:1", group=None, **facts):
    """A committed mail; its number."""
    facts = {"name": "Noor", "url": LINK, **facts}
    number = outbox.queue(template, to, once, group, **facts).id
    db.session.commit()
    return number


def mail(number):
    """A mail as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Mail, number)


def test_a_letter_goes_to_one_person_and_what_it_said_is_forgotten(server):
    number = queue()
    assert outbox.deliver() == 1
    (sent,) = server.letters
    assert sent.to == ["new@example.org"] and sent.sender == "forum@guildhall.example"
    letter = sent.letter
    assert letter["To"] == "new@example.org" and letter["From"] == "Guildhall <forum@guildhall.example>"
    assert letter["Auto-Submitted"] == "auto-generated" and letter["Cc"] is None and letter["List-Id"] is None
    assert LINK in letter.get_body(("plain",)).get_content()
    assert LINK.replace("&", "&amp;") in letter.get_body(("html",)).get_content()
    kept = mail(number)
    assert (kept.state, kept.facts, kept.sent_at is None) == (MailState.SENT, {}, False)
    assert outbox.deliver() == 0


def test_the_same_news_is_queued_once(app):
    assert queue() == queue()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1


def test_news_of_an_event_that_was_undone_is_never_sent(server):
    outbox.queue("confirm", "new@example.org", "confirm:1", name="Noor", url=LINK)
    db.session.rollback()
    assert outbox.deliver() == 0
    assert server.letters == []


def test_a_letter_waits_for_a_server_that_is_away(server):
    number = queue()
    server.stop()
    assert outbox.deliver() == 0
    waiting = mail(number)
    assert (waiting.state, waiting.attempts) == (MailState.WAITING, 1)
    assert str(server.port) in waiting.error
    server.start()
    assert outbox.deliver() == 0, "it is not due yet"
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert outbox.deliver() == 1
    assert len(server.letters) == 1


def test_a_letter_that_is_tried_again_keeps_its_message_id(server):
    server.postman.answers = ["451 later", "250 taken"]
    number = queue()
    assert outbox.deliver() == 0
    first = write(number)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert outbox.deliver() == 1
    assert server.letters[0].letter["Message-ID"] == first["Message-ID"]
    assert first["Message-ID"].endswith("@localhost>")


def test_an_address_that_is_refused_for_good_is_not_tried_again(server):
    number = queue(to="nobody@example.org")
    assert outbox.deliver() == 0
    dead = mail(number)
    assert (dead.state, dead.attempts) == (MailState.DEAD, 1) and "550" in dead.error


def test_trying_lasts_three_days_and_then_the_letter_is_dead(server):
    server.postman.answers = ["451 later"] * 100
    number, moment = queue(), clock.now()
    began = moment
    for _ in range(100):
        with clock.at(moment):
            outbox.deliver()
        if mail(number).state == MailState.DEAD:
            break
        moment = mail(number).due_at
    assert mail(number).state == MailState.DEAD
    assert timedelta(hours=72) <= moment - began <= timedelta(hours=80)
    assert mail(number).attempts < 40


def test_each_wait_is_at_least_as_long_as_the_one_before():
    with clock.at(clock.now()) as moment:
        tries = [next_try(n) for n in range(1, 60)]
    waits = [due - moment for due in tries if due]
    assert waits == sorted(waits) and tries[-1] is None
    assert KEEP_TRYING <= sum(waits, timedelta()) < KEEP_TRYING + timedelta(hours=4)


def test_one_bad_letter_keeps_no_other_waiting(server):
    bad = queue(once="confirm:bad", to="not an address")
    good = queue(once="confirm:good")
    assert outbox.deliver() == 1
    assert mail(good).state == MailState.SENT
    assert mail(bad).state == MailState.WAITING and "BadMail" in mail(bad).error


def test_many_workers_send_each_letter_once(app, server):
    for n in range(30):
        queue(once=f"confirm:{n}", to=f"new{n}@example.org")
    ready = threading.Barrier(4)

    def work():
        with app.app_context():
            ready.wait()
            outbox.deliver()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with clock.at(clock.now() + timedelta(minutes=2)):
        outbox.deliver()
    assert sorted(sent.to[0] for sent in server.letters) == sorted(f"new{n}@example.org" for n in range(30))


def test_nothing_is_locked_while_the_server_is_spoken_to(app, server):
    number = queue()
    engine = sa.create_engine(db.engine.url) if db.engine.dialect.name == "postgresql" else db.engine
    found = []

    def write():
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET lock_timeout = '1s'")
                idle = sa.text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
                )
                found.append(connection.execute(idle).scalar())
            connection.execute(sa.update(Mail).where(Mail.id == number).values(error="written meanwhile"))
            connection.commit()
            found.append(connection.execute(sa.select(Mail.error).where(Mail.id == number)).scalar())

    db.session.rollback()
    server.postman.meanwhile = write
    assert outbox.deliver() == 1
    assert found[-1] == "written meanwhile" and not any(found[:-1])


DIES = """
import sys
from forum import create_app, outbox
app = create_app(sys.argv[1], SMTP_HOST="127.0.0.1", SMTP_PORT=int(sys.argv[2]), SMTP_SECURITY="none", MAIL_FROM="f@example.org")
with app.app_context():
    outbox.deliver()
"""


def test_a_worker_killed_between_sending_and_marking_sends_one_copy_more_at_most(app, server):
    number = queue()
    db.session.remove()
    secrets = {
        f"FLASK_{name}": app.config[name]
        for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT", "DATABASE_URL", "BASE_URL")
    }
    command = [sys.executable, "-c", DIES, app.instance_path, str(server.port)]
    worker = subprocess.Popen(command, env={**os.environ, **secrets})
    server.postman.meanwhile = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(timeout=60) == -signal.SIGKILL
    server.postman.meanwhile = None
    assert len(server.letters) == 1 and mail(number).state == MailState.WAITING
    assert outbox.deliver() == 0, "the claim still stands"
    for _ in range(3):
        with clock.at(clock.now() + CLAIM + timedelta(seconds=5)):
            outbox.deliver()
    first, second = server.letters
    assert first.letter["Message-ID"] == second.letter["Message-ID"]
    assert mail(number).state == MailState.SENT


def test_who_was_suspended_meanwhile_is_not_told(community, server):
    number = queue("password-changed", community.maya, "password:1")
    members.suspend(community.maya, "left")
    db.session.commit()
    assert outbox.deliver() == 0
    assert server.letters == []
    assert (mail(number).state, mail(number).facts) == (MailState.DROPPED, {})


def test_not_even_by_a_link_to_their_address(community, server):
    number = queue("reset", community.maya.email, "reset:1")
    members.suspend(community.maya, "left")
    db.session.commit()
    assert outbox.deliver() == 0 and mail(number).state == MailState.DROPPED


def test_who_was_confirmed_by_nobody_hears_only_about_their_address(community, server):
    told = queue("confirm", community.beth.email, "confirm:beth")
    not_told = queue("password-changed", community.beth, "password:beth")
    assert outbox.deliver() == 1
    assert mail(told).state == MailState.SENT and mail(not_told).state == MailState.DROPPED


def test_who_facilitates_no_more_is_not_told_of_requests(community, server):
    group, facts = community.group("performance"), {"applicant": "Leon", "organisation": "", "note": "", "code": "c"}
    told = queue("request-received", community.ruth, "request:1:ruth", group, **facts)
    not_told = queue("request-received", community.priya, "request:1:priya", group, **facts)
    groups.appoint(person(community.ruth.id), community.priya, group, Standing.MEMBER)
    db.session.execute(sa.delete(Mail).where(Mail.template == "role-changed"))
    db.session.commit()
    assert outbox.deliver() == 1
    assert server.letters[0].to == ["ruth@example.org"]
    assert server.letters[0].letter["List-Id"] == "<performance.groups.localhost>"
    assert mail(told).state == MailState.SENT and mail(not_told).state == MailState.DROPPED


def test_an_invitation_taken_back_is_not_sent(community, server):
    ruth, group = person(community.ruth.id), community.group("performance")
    invitation, _token = groups.invite(ruth, group, "guest@example.org")
    groups.invite(ruth, group, "other@example.org")
    groups.revoke(ruth, invitation)
    db.session.commit()
    assert outbox.deliver() == 1
    assert [sent.to for sent in server.letters] == [["other@example.org"]]


def test_an_invitation_by_somebody_who_lost_the_right_is_not_sent(community, server):
    priya, group = person(community.priya.id), community.group("performance")
    groups.invite(priya, group, "guest@example.org")
    members.suspend(community.priya, "left")
    db.session.commit()
    assert outbox.deliver() == 0 and server.letters == []


def test_an_invitation_below_a_closed_group_is_sent_to_its_members_alone(community, server):
    dan, group = person(community.dan.id), community.group("case-review")
    for address in (community.maya.email, community.joanna.email, community.beth.email, "guest@example.org"):
        groups.invite(dan, group, address)
    db.session.commit()
    assert outbox.deliver() == 1
    assert [sent.to for sent in server.letters] == [[community.maya.email]]


def test_an_invitation_below_an_open_group_reaches_anybody_but_the_banned(community, server):
    ruth, group = person(community.ruth.id), community.group("performance")
    for address in (community.joanna.email, community.sam.email, "guest@example.org"):
        groups.invite(ruth, group, address)
    groups.ban(person(community.tom.id), community.sam, community.group("policy"))
    db.session.execute(sa.delete(Mail).where(Mail.template == "removed"))
    db.session.commit()
    assert outbox.deliver() == 2
    assert [sent.to for sent in server.letters] == [[community.joanna.email], ["guest@example.org"]]


def test_without_a_server_letters_are_files_whose_links_can_be_copied(app):
    assert isinstance(app.extensions["mailbox"], FolderMailbox)
    queue()
    assert outbox.deliver() == 1
    (place,) = (Path(app.instance_path) / "mail").iterdir()
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_text().count(LINK) >= 1 and "\n" + LINK + "\n" in place.read_text().replace("\r\n", "\n")


def test_every_letter_says_who_may_be_told_and_has_three_parts():
    found = {path.name for path in TEMPLATES.iterdir() if not path.name.startswith("_")}
    assert found == {f"{name}.{part}" for name in NEEDS for part in ("subject", "text", "html")}


@pytest.mark.parametrize("place", sorted(TEMPLATES.glob("*.html")), ids=lambda place: place.stem)
def test_no_letter_loads_anything(place):
    assert (
        re.findall(r"(?i)\b(?:src|srcset|background)\s*=|<(?:img|link|script|iframe)|@import|url\(", place.read_text())
        == []
    )
