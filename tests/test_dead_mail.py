"""Mail that did not go out, looked after: by the host on the command line, by administrators on their page."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum import outbox
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import AuditEntry, Mail, MailState
from forum.moderation.queries import dead
from forum.outbox import again
from forum.outbox.delivery import CLAIM, _claimed
from tests.groups.conftest import words
from tests.test_cli import shell

__all__ = ["shell"]
SECRET = "What the hidden group said"


def queued(to="new@example.org", state=MailState.DEAD, error="The server answered [550].", **values):
    """The number of a committed mail."""
    mail = outbox.queue("confirm", to, uuid.uuid4().hex, name="Noor", url=SECRET)
    for name, value in {"state": state, "error": error, "attempts": 3, **values}.items():
        setattr(mail, name, value)
    db.session.commit()
    return mail.id


def mail(number):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Mail).where(Mail.id == number)).one()


def logged(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


# the command line


def test_a_host_sees_what_was_given_up_with_addresses_and_without_words(shell, community):
    number, other = queued(), queued(community.maya)
    waiting = queued("late@example.org", MailState.WAITING, due_at=now() + timedelta(hours=3))
    told = shell.run("outbox", "list")
    first, second = told.stdout.splitlines()
    assert first.split()[0] == str(other) and "Maya Okafor <maya@example.org>" in first
    assert (
        second.split()[0] == str(number) and "new@example.org" in second and "[550]" in second and "3 tries" in second
    )
    assert SECRET not in told.stdout and "1 waiting, 2 dead." in told.stderr
    assert shell.run("outbox", "list", "--state", "waiting").stdout.split()[0] == str(waiting)
    assert "and more" in shell.run("outbox", "list", "--limit", "1").stdout
    assert shell.run("outbox", "list", "--state", "dropped").stdout == "No mail is dropped.\n"


def test_a_host_has_mail_tried_again_and_it_goes_out(shell, app):
    numbers = [queued(f"n{n}@example.org") for n in range(3)]
    told = shell.run("outbox", "retry", str(numbers[0]), "999999")
    assert told.exit_code == 1 and "1 mail is due now." in told.stdout and "Left as it was: 999999" in told.stderr
    assert [mail(n).state for n in numbers] == [MailState.WAITING, MailState.DEAD, MailState.DEAD]
    assert shell.run("outbox", "retry", "--all-dead").stdout == "2 mails are due now.\n"
    assert mail(numbers[2]).attempts == 0, "it has three days of tries before it again"
    assert outbox.deliver() == 3
    assert [entry.details for entry in logged("admin.mail retried")] == [{"mails": 1}, {"mails": 2}]


def test_a_host_drops_mail_by_number_or_by_age(shell, app):
    old, young = queued("old@example.org", created_at=now() - timedelta(days=31)), queued()
    waiting = queued("late@example.org", MailState.WAITING, due_at=now() + timedelta(hours=3))
    assert shell.run("outbox", "drop", "--dead-older-than", "30").stdout == "1 mail is dropped.\n"
    assert (mail(old).state, mail(old).facts, mail(young).state) == (MailState.DROPPED, {}, MailState.DEAD)
    assert shell.run("outbox", "drop", str(young), str(waiting)).exit_code == 0
    assert mail(waiting).state == MailState.DROPPED
    assert [entry.details for entry in logged("admin.mail dropped")] == [{"mails": 1}, {"mails": 2}]


@pytest.mark.parametrize("command", [["retry"], ["drop"], ["retry", "1", "--all-dead"], ["drop", "x"]])
def test_a_host_who_names_nothing_or_too_much_is_told(shell, command):
    assert shell.run("outbox", *command).exit_code == 2


def test_a_mail_that_is_being_sent_is_left_alone(app):
    number = queued(state=MailState.WAITING, attempts=0, due_at=now())
    assert _claimed(number)
    for change in (again.retry, again.drop):
        assert change(Mail.id == number) == []
        db.session.commit()
    mail(number).due_at = now() + 2 * CLAIM
    db.session.commit()
    assert again.retry(Mail.id == number) == [number], "put off for longer than a claim lasts: nobody is at it"


# the page of administrators


def test_an_admin_sees_who_was_not_reached_and_why_but_no_words_no_group_no_address(community, as_):
    group = community.group("performance")
    queued(community.maya, error="KeyError: 'maya@example.org'", group_id=group.id)
    queued("new@example.org")
    queued("odd@example.org", error="<odd@example.org> said no", created_at=now() - timedelta(days=1))
    page = words(as_(community.grace).get("/admin/mail"))
    assert "Given up: 3" in page
    assert "confirm, to Maya Okafor" in page and "3 tries: KeyError Try again" in page
    assert "somebody without an account" in page and "The server answered [550]." in page
    assert "No reason is known." in page
    main = page.partition("Given up")[2]
    assert not any(word in main for word in ("@", SECRET, group.name))


def test_an_admin_has_one_tried_again_and_drops_another_after_being_asked(community, as_):
    grace = as_(community.grace)
    first, second = queued(), queued("b@example.org")
    place = f"/admin/mail/{dead.code_of(first)}"
    assert grace.post(f"{place}/retry").status_code == 303
    assert (mail(first).state, mail(second).state) == (MailState.WAITING, MailState.DEAD)
    assert grace.post(f"{place}/retry").status_code == 404, "it was tried again already"
    other = f"/admin/mail/{dead.code_of(second)}/removal"
    assert "Drop this mail?" in words(grace.get(other)) and mail(second).state == MailState.DEAD
    assert grace.post(other).status_code == 303
    assert (mail(second).state, mail(second).facts) == (MailState.DROPPED, {})
    done = [*logged("admin.mail retried"), *logged("admin.mail dropped")]
    assert [entry.actor_id for entry in done] == [community.grace.id] * 2
    assert "Dropped mail that could not be delivered" in words(grace.get("/admin/log"))
    for odd in ("x", "ä%FF", str(second)):
        assert grace.get(f"/admin/mail/{odd}/removal").status_code == 404


def test_all_are_tried_again_at_once(community, as_):
    numbers = [queued(f"n{n}@example.org") for n in range(3)]
    page = words(as_(community.grace).post("/admin/mail/retries", follow_redirects=True))
    assert "3 mails are tried again within a minute." in page and "Nothing was given up." in page
    assert {mail(n).state for n in numbers} == {MailState.WAITING}


def test_the_page_costs_the_same_however_many_there_are(community, as_, watch):
    grace, costs = as_(community.grace), []
    for many in (2, 70):
        for n in range(many):
            queued(f"n{n}@example.org", created_at=now() - timedelta(minutes=n))
        grace.get("/admin/mail")
        with watch() as seen:
            page = grace.get("/admin/mail")
        costs.append(len(seen.statements))
    assert costs[0] == costs[1] <= 6
    assert page.text.count("/retry") == 50
    older = re.search(r'href="(/admin/mail\?page=2)"', page.text)
    assert older and grace.get(older[1]).text.count("/retry") == 22


def test_a_letter_that_an_admin_had_tried_again_reaches_its_reader(community, as_, app):
    number = queued()
    as_(community.grace).post(f"/admin/mail/{dead.code_of(number)}/retry")
    assert outbox.deliver() == 1 and mail(number).state == MailState.SENT
