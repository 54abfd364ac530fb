"""A mail server that is away, refuses, or says nothing: no mail is lost, and none arrives more than twice."""

import asyncio
import email
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from forum import outbox
from forum.kit import clock
from forum.kit.db import db
from forum.kit.smtp import Smtp
from forum.models import Mail, MailState
from forum.moderation.queries import dead
from forum.outbox import again
from forum.outbox.backlog import backlog
from forum.outbox.delivery import CLAIM, COPIES
from tests.test_cli import shell
from tests.test_outbox import MailServer, mail, queue

__all__ = ["shell"]
STEPS = ("MAIL", "RCPT", "DATA", "letter")
MINUTE = timedelta(minutes=1)


class Stubborn:
    """What a mail server does: answers at each step as told, to all or to one address, and keeps what it got whole."""

    def __init__(self):
        self.answers, self.only, self.letters, self.after = {}, "", [], 0.0

    def answer(self, step, address=""):
        return self.answers.get(step, "250 OK") if self.only in address else "250 OK"

    async def handle_MAIL(self, _server, _session, envelope, address, _options):
        if self.answer("MAIL").startswith("250"):
            envelope.mail_from = address
        return self.answer("MAIL")

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.answer("RCPT", address).startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer("RCPT", address)

    async def handle_DATA(self, _server, _session, envelope):
        letter = email.message_from_bytes(envelope.content)
        answer = self.answer("letter", letter["To"])
        if answer.startswith("250"):
            self.letters.append((envelope.rcpt_tos[0], letter["Message-ID"]))
        await asyncio.sleep(self.after)
        return answer


class Server(SMTP):
    """One that can refuse DATA itself."""

    async def smtp_DATA(self, arg):
        told = self.event_handler.answer("DATA", self.envelope.rcpt_tos[0])
        await (super().smtp_DATA(arg) if told.startswith("250") else self.push(told))


class Site(Controller):
    def factory(self):
        return Server(self.handler)


class Post(MailServer):
    """The mail server of a test, which can go and come back at the same port."""

    controller = Site

    @property
    def says(self):
        """What it answers, and what it got."""
        return self.postman

    @property
    def took(self):
        """To whom it took letters, in their order."""
        return [to for to, _ in self.letters]


@pytest.fixture
def post(app):
    made = Post(Stubborn())
    made.start()
    app.config.update(MAIL_FROM="forum@guildhall.example")
    app.extensions["mailbox"] = Smtp("127.0.0.1", made.port, security="", timeout=5, thinks=0.3)
    yield made
    made.stop()


def wait(many=3):
    """Mails that wait, each to another address; their numbers."""
    return [queue(to=f"n{n}@example.org", once=f"confirm:{n}") for n in range(many)]


def pass_time(minutes, began=None):
    """What the worker does in so many minutes."""
    began = began or clock.now()
    for n in range(minutes):
        with clock.at(began + n * MINUTE):
            while outbox.deliver():
                pass
    return began + minutes * MINUTE


def copies(post):
    """How many copies each letter has by now: of one address and one Message-ID."""
    return Counter(post.says.letters)


def test_all_goes_out_in_order_and_once_after_an_hour_without_a_server(post, caplog):
    numbers = wait(12)
    post.stop()
    later = pass_time(60)
    looked = [said for said in caplog.messages if "the mail server is away" in said]
    assert len(looked) == 60, "it is looked for once a minute, however much waits"
    assert {mail(number).state for number in numbers} == {MailState.WAITING}
    with clock.at(later):
        assert backlog().refused and not backlog().idle, "a host reads that the server is away, not the worker"
    post.start()
    pass_time(2, later)
    assert post.took == [f"n{n}@example.org" for n in range(12)]
    assert {mail(number).state for number in numbers} == {MailState.SENT}


def test_new_mail_takes_its_turn_behind_what_waited_for_the_server(post):
    wait(2)
    post.stop()
    later = pass_time(10)
    queue(to="late@example.org", once="confirm:late")
    post.start()
    pass_time(2, later)
    assert post.took == ["n0@example.org", "n1@example.org", "late@example.org"]


@pytest.mark.parametrize("step", STEPS)
def test_what_is_put_off_at_any_step_goes_out_once_when_the_server_takes_it_again(post, step):
    numbers = wait(5)
    post.says.answers[step] = "451 4.3.0 later"
    later = pass_time(60)
    assert post.took == []
    found = [mail(number) for number in numbers]
    assert {each.state for each in found} == {MailState.WAITING} and {each.doubts for each in found} == {0}
    assert all("451" in each.error for each in found) and max(each.attempts for each in found) <= 7
    post.says.answers.clear()
    pass_time(65, later)
    assert sorted(post.took) == [f"n{n}@example.org" for n in range(5)]


def test_whom_the_server_puts_off_keeps_nobody_else_waiting(post):
    wait(5)
    post.says.answers["RCPT"], post.says.only = "450 4.2.0 greylisted", "n1@"
    later = pass_time(1)
    assert post.took == [f"n{n}@example.org" for n in (0, 2, 3, 4)]
    post.says.answers.clear()
    pass_time(2, later)
    assert post.took[-1] == "n1@example.org" and len(post.took) == 5


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_refusal_for_good_is_of_one_letter_and_is_said(post, shell, step):
    numbers = wait(5)
    post.says.answers[step], post.says.only = "554 5.7.1 no", "n2@"
    pass_time(200)
    assert post.took == [f"n{n}@example.org" for n in (0, 1, 3, 4)]
    refused = mail(numbers[2])
    assert (refused.state, refused.attempts, refused.doubts) == (MailState.DEAD, 1, 0)
    assert refused.error == "The server answered 554."
    listed = shell.run("outbox", "list").output
    assert "n2@example.org" in listed and "The server answered 554." in listed
    assert [each.why for each in dead.dead_mails(1)[0]] == ["The server answered 554."]


def test_a_refusal_of_the_sites_own_address_waits_for_the_host(post):
    numbers = wait(5)
    post.says.answers["MAIL"] = "550 5.7.1 not from here"
    later = pass_time(60)
    assert {mail(number).state for number in numbers} == {MailState.WAITING}
    post.says.answers.clear()
    pass_time(65, later)
    assert sorted(post.took) == [f"n{n}@example.org" for n in range(5)]


def test_who_takes_letters_and_never_says_so_gets_two_copies_and_no_third(post, shell):
    numbers = wait(3)
    post.says.after = 3
    began = clock.now()
    for n in range(12):
        with clock.at(began + n * CLAIM):
            outbox.deliver()
    made = copies(post)
    assert set(made.values()) == {COPIES} and len(made) == 3, "one Message-ID each"
    assert {mail(number).state for number in numbers} == {MailState.DEAD}
    assert all(why.startswith("It may have arrived") for why in [each.why for each in dead.dead_mails(1)[0]])
    assert "It may have arrived" in shell.run("outbox", "list").output


def test_a_silent_server_ends_the_run_and_the_others_are_sent_when_it_speaks_again(post):
    numbers = wait(4)
    post.says.after = 3
    assert outbox.deliver() == 0
    assert len(post.took) == 1 and [mail(number).attempts for number in numbers] == [1, 0, 0, 0]
    assert mail(numbers[0]).doubts == 1
    post.says.after = 0.0
    with clock.at(clock.now() + CLAIM + MINUTE):
        assert outbox.deliver() == 4
    assert sorted(copies(post).values()) == [1, 1, 1, 2]


def test_who_answers_late_but_in_time_gets_one_copy(post):
    wait(2)
    post.says.after = 0.15
    assert outbox.deliver() == 2
    assert set(copies(post).values()) == {1}


def test_a_known_refusal_after_a_doubt_takes_nothing_from_the_tries(post):
    (number,) = wait(1)
    post.says.after = 3
    outbox.deliver()
    post.says.after, post.says.answers["RCPT"] = 0.0, "450 later"
    later = pass_time(40, clock.now() + CLAIM)
    found = mail(number)
    assert (found.state, found.doubts) == (MailState.WAITING, 1)
    post.says.answers.clear()
    pass_time(60, later)
    assert mail(number).state == MailState.SENT and set(copies(post).values()) == {2}


def test_a_worker_that_ends_each_time_before_the_answer_is_not_given_the_letter_a_third_time(post):
    (number,) = wait(1)
    left = sa.update(Mail).where(Mail.id == number).values(attempts=COPIES, doubts=COPIES)
    db.session.execute(left)  # as it is left behind by workers that were killed
    db.session.commit()
    assert outbox.deliver() == 0 and post.took == []
    assert mail(number).state == MailState.DEAD and mail(number).error.startswith("It may have arrived")


def test_what_may_have_arrived_is_tried_again_by_its_number_alone(post, shell, community, as_):
    lost, unsure = wait(2)
    for number, doubts in ((lost, 0), (unsure, COPIES)):
        given_up = {"state": MailState.DEAD, "error": "x", "doubts": doubts}
        db.session.execute(sa.update(Mail).where(Mail.id == number).values(given_up))
    db.session.commit()
    assert shell.run("outbox", "retry", "--all-dead").exit_code == 0
    assert (mail(lost).state, mail(unsure).state) == (MailState.WAITING, MailState.DEAD)
    page = as_(community.grace).post("/admin/mail/retries", follow_redirects=True).get_data(as_text=True)
    assert "may have arrived. Try it again one by one." in page and "Given up: 1" in page
    assert list(again.retry(Mail.id == unsure)) == [unsure]
    db.session.commit()
    assert mail(unsure).doubts == 0 and outbox.deliver() == 2
