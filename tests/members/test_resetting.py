"""A forgotten password: one link, an hour, one use; and everything the old password opened is shut (ACC2)."""

import threading

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select

from forum.kit.db import db
from forum.members import actions
from forum.models import Mail, User
from tests.conftest import Browser
from tests.members.conftest import PASSWORD, enter, link_in, mails, signed_in, someone, told

NEW = "eleven quiet herons wade"


@pytest.fixture
def visitor(empty_app):
    return Browser(empty_app)


def ask(browser, email="noor@example.org"):
    return browser.post("/reset", data={"email": email})


def choose(browser, link, password=NEW):
    return browser.post(link, data={"new_password": password})


def test_a_forgotten_password_is_replaced(visitor, noor):
    assert ask(visitor).headers["Location"] == "/mail-sent/reset"
    page = visitor.get(link_in("reset"))
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert choose(visitor, link_in("reset")).headers["Location"] == "/sign-in"
    assert enter(visitor, password=PASSWORD).status_code == 422
    assert enter(visitor, password=NEW).status_code == 303
    assert [mail.user_id for mail in mails("password-changed")] == [noor.id]


def test_a_new_password_ends_every_session_at_the_next_request(visitor, empty_app, noor):
    thief, owner = Browser(empty_app), Browser(empty_app)
    enter(thief)
    enter(owner)
    ask(visitor)
    assert signed_in(thief)
    choose(visitor, link_in("reset"))
    assert not signed_in(thief)
    assert not signed_in(owner)


def test_the_link_works_once_and_takes_earlier_links_with_it(visitor, noor):
    ask(visitor)
    first = link_in("reset")
    ask(visitor)
    second = link_in("reset")
    assert choose(visitor, second).status_code == 303
    for link in (first, second):
        assert visitor.get(link).status_code == 404
        assert choose(visitor, link, "a thief chooses this one").status_code == 404
    assert enter(visitor, password=NEW).status_code == 303


def test_of_two_who_use_the_link_at_once_one_wins(visitor, empty_app, noor):
    ask(visitor)
    link, answers = link_in("reset"), []
    db.session.remove()
    start = threading.Barrier(4)

    def use(number):
        with empty_app.app_context():
            browser = Browser(empty_app)
            start.wait()
            answers.append((choose(browser, link, f"{number} quiet herons wade here").status_code, number))

    threads = [threading.Thread(target=use, args=(n,)) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(status for status, _ in answers) == [303, 404, 404, 404]
    winner = min(answers)[1]
    assert enter(visitor, password=f"{winner} quiet herons wade here").status_code == 303


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 404)])
def test_the_link_lasts_an_hour(visitor, noor, monkeypatch, minutes, status):
    ask(visitor)
    clock = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: clock(self) + minutes * 60)
    assert visitor.get(link_in("reset")).status_code == status


def test_a_changed_address_makes_the_link_worthless(visitor, noor):
    ask(visitor)
    noor.email = "noor@elsewhere.example"
    db.session.commit()
    assert visitor.get(link_in("reset")).status_code == 404


def test_the_answer_is_the_same_for_everyone_and_only_accounts_get_mail(visitor, empty_app, noor):
    actions.suspend(someone("Piet Smit"), "spam")
    db.session.commit()
    answers = [ask(Browser(empty_app), f"{who}@example.org") for who in ("noor", "piet", "nobody")]
    assert told(answers[0]) == told(answers[1]) == told(answers[2])
    assert [mail.address for mail in db.session.scalars(select(Mail))] == ["noor@example.org"]


def test_a_suspension_makes_the_link_worthless(visitor, noor):
    ask(visitor)
    actions.suspend(noor, "spam")
    db.session.commit()
    assert choose(visitor, link_in("reset")).status_code == 404


def test_a_weak_password_is_refused_and_the_link_still_works(visitor, noor):
    ask(visitor)
    reply = choose(visitor, link_in("reset"), "noor haddad 1")
    assert reply.status_code == 422
    assert "mostly your name" in reply.text
    assert choose(visitor, link_in("reset")).status_code == 303


def test_proving_the_address_confirms_an_account_that_waited_for_it(visitor, empty_app):
    someone("Lena Brandt", confirmed=False)
    ask(visitor, "lena@example.org")
    assert choose(visitor, link_in("reset")).status_code == 303
    lena = db.session.scalars(select(User)).one()
    assert lena.handle == "lena-brandt"
    assert enter(visitor, "lena@example.org", NEW).status_code == 303


def test_a_link_for_one_purpose_opens_no_other(visitor, noor):
    ask(visitor)
    token = link_in("reset").split("/")[-1]
    for place in ("confirm", "address"):
        assert visitor.get(f"/{place}/{token}").status_code == 404
        assert visitor.post(f"/{place}/{token}", data={"handle": "x-y", "password": PASSWORD}).status_code == 404
