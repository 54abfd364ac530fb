"""What people change about their account: password, address, sessions, appearance (ACC2)."""

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.members import actions
from forum.models import AuditEntry, Mail, Theme
from tests.conftest import Browser
from tests.members.conftest import PASSWORD, enter, link_in, mails, signed_in, someone, told

NEW = "eleven quiet herons wade"


@pytest.fixture
def mine(empty_app, noor):
    browser = Browser(empty_app)
    enter(browser)
    return browser


@pytest.fixture
def other(empty_app, noor):
    browser = Browser(empty_app)
    browser.post(
        "/sign-in",
        data={"email": noor.email, "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/141.0"},
    )
    return browser


def change(browser, present=PASSWORD, new=NEW):
    return browser.post("/settings/password", data={"current_password": present, "new_password": new})


def test_a_new_password_signs_out_the_other_browsers_and_not_this_one(mine, other, noor):
    assert change(mine).status_code == 303
    assert signed_in(mine)
    assert not signed_in(other)
    assert enter(other, password=PASSWORD).status_code == 422
    assert enter(other, password=NEW).status_code == 303
    assert [mail.user_id for mail in mails("password-changed")] == [noor.id]


def number_of(browser):
    with browser.session_transaction() as cookie:
        return cookie["sid"]


def thief_of(browser, app):
    """Another browser with a copy of that one's cookie."""
    thief, number = Browser(app), number_of(browser)
    with thief.session_transaction() as cookie:
        cookie["sid"] = number
    return thief


def test_a_new_password_gives_the_session_a_new_number(mine, empty_app):
    thief = thief_of(mine, empty_app)
    assert signed_in(thief)
    change(mine)
    assert signed_in(mine) and not signed_in(thief)
    assert mine.get("/settings/sessions").text.count("This browser") == 1


def test_a_new_address_gives_the_session_a_new_number(mine, empty_app):
    thief = thief_of(mine, empty_app)
    mine.post("/settings/address", data={"email": "noor@elsewhere.example", "password": PASSWORD})
    mine.post(link_in("address-change"))
    assert signed_in(mine) and not signed_in(thief)


def test_without_the_present_password_nothing_changes(mine, other):
    reply = change(mine, present="not my password at all")
    assert reply.status_code == 422
    assert 'id="current_password-error"' in reply.text
    assert signed_in(other)
    assert enter(other).status_code == 303


def test_a_new_password_kills_reset_links(mine, empty_app):
    stranger = Browser(empty_app)
    stranger.post("/reset", data={"email": "noor@example.org"})
    change(mine)
    assert stranger.get(link_in("reset")).status_code == 404


def test_the_address_changes_only_when_the_new_one_is_proved(mine, other, noor):
    assert (
        mine.post("/settings/address", data={"email": "Noor@Elsewhere.example", "password": PASSWORD}).status_code
        == 303
    )
    assert [(mail.address, mail.template) for mail in db.session.scalars(select(Mail))] == [
        ("noor@elsewhere.example", "address-change")
    ]
    link = link_in("address-change")
    assert "noor@elsewhere.example" in mine.get(link).text
    assert noor.email == "noor@example.org"
    assert mine.post(link).headers["Location"] == "/settings/account"
    db.session.expire_all()
    assert noor.email == "noor@elsewhere.example"
    assert signed_in(mine)
    assert not signed_in(other)
    assert [mail.address for mail in mails("address-changed")] == ["noor@example.org"]
    assert mine.post(link).status_code == 404


def test_the_address_needs_the_password(mine, noor):
    reply = mine.post("/settings/address", data={"email": "noor@elsewhere.example", "password": "guess guess guess"})
    assert reply.status_code == 422
    assert mails("address-change") == []


def test_an_address_that_is_taken_gets_the_same_answer(mine, noor):
    lena = someone("Lena Brandt")
    answers = []
    for email in ("lena@example.org", "free@example.org"):
        mine.get("/settings/account")
        status, body, headers = told(mine.post("/settings/address", data={"email": email, "password": PASSWORD}))
        headers.pop("Set-Cookie")
        answers.append((status, body, headers))
    assert answers[0] == answers[1]
    assert [mail.user_id for mail in mails("already-registered")] == [lena.id]
    assert [mail.address for mail in mails("address-change")] == ["free@example.org"]


def test_an_address_taken_meanwhile_is_not_taken_over(mine, noor):
    mine.post("/settings/address", data={"email": "lena@example.org", "password": PASSWORD})
    lena = someone("Lena Brandt")
    assert mine.post(link_in("address-change")).status_code == 404
    db.session.expire_all()
    assert (noor.email, lena.email) == ("noor@example.org", "lena@example.org")


def test_a_new_password_kills_the_link_to_a_new_address(mine, noor):
    mine.post("/settings/address", data={"email": "thief@elsewhere.example", "password": PASSWORD})
    change(mine)
    assert mine.post(link_in("address-change")).status_code == 404


def test_people_see_where_they_are_signed_in(mine, other):
    page = mine.get("/settings/sessions").text
    assert "Firefox on Windows" in page
    assert "127.0.0.1" in page
    assert page.count("This browser") == 1
    assert page.count("/ending") == 2


def test_one_session_is_ended_and_only_once(mine, other):
    code = mine.get("/settings/sessions").text.split("/settings/sessions/")[1].split("/")[0]
    assert mine.post(f"/settings/sessions/{code}/ending").status_code == 303
    assert not signed_in(other)
    assert signed_in(mine)
    assert mine.post(f"/settings/sessions/{code}/ending").status_code == 404


def test_nobody_ends_the_session_of_somebody_else(mine, empty_app):
    someone("Lena Brandt")
    lenas, lenas_other = Browser(empty_app), Browser(empty_app)
    enter(lenas, "lena@example.org")
    enter(lenas_other, "lena@example.org")
    code = lenas.get("/settings/sessions").text.split("/settings/sessions/")[1].split("/")[0]
    assert mine.post(f"/settings/sessions/{code}/ending").status_code == 404
    assert signed_in(lenas_other)


def test_all_other_sessions_are_ended_at_once(mine, other, empty_app):
    third = Browser(empty_app)
    enter(third)
    assert mine.post("/settings/sessions/others/ending").status_code == 303
    assert [signed_in(browser) for browser in (mine, other, third)] == [True, False, False]


def test_a_suspended_person_is_out_at_the_next_request_and_back_when_restored(mine, noor, empty_app):
    actions.suspend(noor, "spam", by=noor)
    db.session.commit()
    assert not signed_in(mine)
    assert enter(Browser(empty_app)).status_code == 422
    actions.restore(noor)
    db.session.commit()
    assert not signed_in(mine)
    assert enter(Browser(empty_app)).status_code == 303
    entries = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject_id == noor.id, AuditEntry.action.in_(["account.suspended", "account.restored"])
        )
    )
    assert [(entry.action, entry.details) for entry in entries] == [
        ("account.suspended", {"reason": "spam"}),
        ("account.restored", {}),
    ]


def test_colours_and_time_zone_are_kept(mine, noor):
    assert mine.post("/settings/appearance", data={"theme": "dark", "timezone": "Europe/Lisbon"}).status_code == 303
    db.session.expire_all()
    assert (noor.theme, noor.timezone) == (Theme.DARK, "Europe/Lisbon")
    assert 'media="all"' in mine.get("/settings/appearance").text
    for wrong in ({"theme": "pink"}, {"theme": "dark", "timezone": "Mars/Olympus"}, {}):
        assert mine.post("/settings/appearance", data=wrong).status_code == 422


@pytest.mark.parametrize("place", ["profile", "photo", "appearance", "account", "sessions"])
def test_settings_are_for_signed_in_people(empty_app, place):
    assert Browser(empty_app).get(f"/settings/{place}").headers["Location"] == f"/sign-in?next=/settings/{place}"


def test_the_log_holds_no_secrets(mine, other, noor):
    change(mine)
    mine.post("/settings/address", data={"email": "noor@elsewhere.example", "password": NEW})
    mine.post(link_in("address-change"))
    for entry in db.session.scalars(select(AuditEntry)):
        assert entry.details == {}
        assert entry.request_id
