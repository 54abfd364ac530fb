"""Signing in and out: where one lands, what strangers learn, what a cookie is worth."""

import re
from datetime import timedelta

import pytest
from flask_security.utils import get_hmac
from passlib.hash import argon2
from sqlalchemy import select, update

from forum.kit import ids, passwords
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.passwords import HASH_SLOTS
from forum.members import accounts, actions
from forum.models import AuditEntry, Session
from tests.conftest import Browser, make_app
from tests.members.conftest import PASSWORD, enter, signed_in, someone, told


@pytest.fixture
def visitor(empty_app):
    return Browser(empty_app)


def live_sessions():
    return list(db.session.scalars(select(Session).where(Session.ended_at.is_(None))))


def test_a_person_signs_in_and_lands_where_they_were_going(visitor, noor):
    assert enter(visitor, to="/groups?q=x").headers["Location"] == "/groups?q=x"
    assert signed_in(visitor)


def test_a_page_for_members_leads_to_sign_in_and_back(visitor, noor):
    asked = visitor.get("/people?q=noor")
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/sign-in?next=/people?q%3Dnoor"
    page = visitor.get(asked.headers["Location"])
    assert "Sign in to continue" in page.text
    assert (
        visitor.post(asked.headers["Location"], data={"email": noor.email, "password": PASSWORD}).headers["Location"]
        == "/people?q=noor"
    )


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "///evil.example", "https://evil.example", "http:evil.example", "/\\evil.example", "\\\\evil.example",
     "/%2f%2fevil.example", "/%5cevil.example", "/%252f%252fevil.example", "javascript:alert(1)", "/\tevil", "/\r\nSet-Cookie: x=1",
     "evil.example", "/" + "x" * 3000, "@evil.example", "/..//evil.example"],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_elsewhere(visitor, noor, to):
    reply = enter(visitor, to=to)
    assert reply.status_code == 303
    assert reply.headers["Location"] == "/"
    assert "x=1" not in str(reply.headers)


def test_the_address_may_be_typed_in_any_case(visitor, noor):
    assert enter(visitor, email=" Noor@EXAMPLE.org ").status_code == 303


def test_a_wrong_password_an_unknown_an_unconfirmed_and_a_suspended_account_look_alike(empty_app, noor):
    someone("Lena Brandt", confirmed=False)
    actions.suspend(someone("Piet Smit"), "spam")
    someone("Ola Berg", password=None)
    db.session.commit()
    tries = [
        ("noor", "wrong wrong wrong"),
        ("nobody", PASSWORD),
        ("lena", PASSWORD),
        ("piet", PASSWORD),
        ("ola", PASSWORD),
    ]
    answers = []
    for name, password in tries:
        browser = Browser(empty_app)
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        reply = enter(browser, f"{name}@example.org", password)
        status, body, headers = told(reply)
        headers.pop("Content-Length")
        answers.append((status, body.replace(f"{name}@example.org", ""), headers))
    assert answers == [answers[0]] * 5
    assert answers[0][0] == 422


def test_nobody_takes_as_long_as_somebody(visitor, noor):
    """An account that does not exist costs a whole password check, of the same strength as a real one."""
    decoy, real = argon2.from_string(passwords.DECOY), argon2.from_string(noor.password)
    assert (decoy.type, decoy.rounds, decoy.memory_cost, decoy.parallelism) == (
        real.type,
        real.rounds,
        real.memory_cost,
        real.parallelism,
    )
    assert (real.type, real.rounds, real.memory_cost, real.parallelism) == ("id", 2, 19_456, 1)
    assert len(decoy.checksum) == len(real.checksum)
    assert accounts.fits(None, PASSWORD) is False


def test_a_hash_of_weaker_settings_is_made_anew(visitor, noor):
    context = visitor.application.extensions["security"].pwd_context
    strong, weak = noor.password, context.copy(argon2__time_cost=1, argon2__memory_cost=8_192)
    noor.password = weak.hash(get_hmac(PASSWORD).decode())
    db.session.commit()
    assert enter(visitor).status_code == 303
    assert noor.password.split("$")[:4] == strong.split("$")[:4]
    assert enter(Browser(visitor.application)).status_code == 303


def test_failures_are_logged_without_what_was_typed(visitor, noor):
    enter(visitor, password="my other password 99")
    enter(visitor, email="typed-my-password-here", password="x" * 20)
    entries = list(
        db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "account.sign-in-failed").order_by(AuditEntry.id)
        )
    )
    assert [(entry.subject_id, entry.details) for entry in entries] == [(noor.id, {}), (None, {})]
    assert entries[0].address == "127.0.0.1"


def test_the_cookie_is_for_this_site_and_no_script(visitor, noor):
    cookie = enter(visitor).headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/"))


def test_under_https_the_cookie_is_bound_to_the_host(tmp_path, empty_app):
    app = make_app(tmp_path / "https", empty_app.config["DATABASE_URL"], BASE_URL="https://localhost")
    someone()
    browser = app.test_client()
    data = {"email": "noor@example.org", "password": PASSWORD}
    cookie = browser.post("https://localhost/sign-in", data=data, headers={"Origin": "https://localhost"}).headers[
        "Set-Cookie"
    ]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_the_database_holds_no_token(visitor, noor):
    enter(visitor)
    with visitor.session_transaction() as cookie:
        token = cookie["sid"]
    row = live_sessions()[0]
    assert row.digest == ids.digest(token) != token


def test_each_sign_in_has_a_new_token_and_ends_the_one_before(visitor, noor):
    enter(visitor)
    with visitor.session_transaction() as cookie:
        first = cookie["sid"]
    enter(visitor)
    with visitor.session_transaction() as cookie:
        assert cookie["sid"] != first
    assert len(live_sessions()) == 1


def test_a_token_planted_before_signing_in_is_worth_nothing(visitor, empty_app, noor):
    planted = ids.token()
    with visitor.session_transaction() as cookie:
        cookie["sid"] = planted
    enter(visitor)
    thief = Browser(empty_app)
    with thief.session_transaction() as cookie:
        cookie["sid"] = planted
    assert signed_in(visitor)
    assert not signed_in(thief)


def test_signing_out_ends_the_session_and_clears_what_the_browser_kept(visitor, noor):
    enter(visitor)
    with visitor.session_transaction() as cookie:
        stolen = dict(cookie)
    reply = visitor.post("/sign-out")
    assert reply.status_code == 303
    assert reply.headers["Clear-Site-Data"] == '"cache"'
    assert not signed_in(visitor)
    with visitor.session_transaction() as cookie:
        cookie.update(stolen)
    assert not signed_in(visitor)
    assert live_sessions() == []


def test_nobody_is_signed_out_by_a_link(visitor, noor):
    enter(visitor)
    assert visitor.get("/sign-out").status_code == 405
    assert signed_in(visitor)


@pytest.mark.parametrize(("column", "days"), [("used_at", 31), ("created_at", 181)])
def test_sessions_end_when_not_used_and_when_old(visitor, noor, column, days):
    enter(visitor)
    assert signed_in(visitor)
    db.session.execute(update(Session).values({column: now() - timedelta(days=days)}))
    db.session.commit()
    assert not signed_in(visitor)


def days_old(days):
    db.session.execute(
        update(Session).where(Session.ended_at.is_(None)).values(created_at=now() - timedelta(days=days))
    )
    db.session.commit()


def test_in_its_last_day_a_session_says_when_it_ends_and_how_to_stay(visitor, noor, watch):
    enter(visitor)
    days_old(178.9)
    with watch() as before:
        assert "You will be signed out" not in visitor.get("/people").text
    days_old(179.1)
    with watch() as after:
        page = visitor.get("/people").text
    assert "You will be signed out on" in page and len(after.statements) == len(before.statements)
    link = re.search(r'href="(/sign-in[^"]*)">Sign in again', page)[1].replace("&amp;", "&")
    assert "Sign in" in visitor.get(link).text and "You will be signed out" not in visitor.get(link).text
    reply = visitor.post(link, data={"email": noor.email, "password": PASSWORD})
    assert (reply.status_code, reply.location) == (303, "/people")
    assert "You will be signed out" not in visitor.get("/people").text


def test_a_page_kept_by_the_browser_is_sent_anew_when_the_end_is_near(visitor, noor):
    enter(visitor)
    kept = {"If-None-Match": visitor.get("/").headers["ETag"]}
    assert visitor.get("/", headers=kept).status_code == 304
    days_old(179.5)
    assert "You will be signed out on" in visitor.get("/", headers=kept).text


def test_a_short_session_warns_in_its_last_tenth(visitor, noor):
    visitor.application.config["SESSION_ABSOLUTE"] = 10 * 3_600
    enter(visitor)
    days_old(8.9 / 24)
    assert "You will be signed out" not in visitor.get("/people").text
    days_old(9.1 / 24)
    assert "You will be signed out" in visitor.get("/people").text


def test_someone_signed_in_is_not_asked_again(visitor, noor):
    enter(visitor)
    assert visitor.get("/sign-in?next=/people").headers["Location"] == "/people"
    assert visitor.get("/register").headers["Location"] == "/"


def test_what_was_typed_survives_being_signed_out(visitor):
    text = "A long answer that took an hour to write.\nWith a second line."
    reply = visitor.post("/settings/profile", data={"about": text, "name": "Noor"})
    assert reply.status_code == 403
    assert text.split("\n")[1] in reply.text
    assert 'target="_blank"' in reply.text and 'href="/sign-in"' in reply.text
    assert 'action="/settings/profile"' in reply.text


def test_a_button_pressed_while_signed_out_leads_back_to_its_page(visitor):
    page = {"Referer": "http://localhost/settings/sessions"}
    assert (
        visitor.post("/settings/sessions/others/ending", headers=page).headers["Location"]
        == "/sign-in?next=/settings/sessions"
    )
    foreign = {"Referer": "https://evil.example/settings"}
    assert visitor.post("/settings/sessions/others/ending", headers=foreign).headers["Location"] == "/sign-in?next=/"


def test_when_too_many_sign_in_at_once_the_page_says_when_to_try_again(visitor, noor):
    with HASH_SLOTS, HASH_SLOTS:
        reply = enter(visitor)
    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "30"
    assert enter(visitor).status_code == 303


@pytest.mark.parametrize("data", [{}, {"email": "noor@example.org"}, {"email": ["a@example.org", "b@example.org"], "password": "x"}, {"email": "x" * 9000, "password": "y"}, {"email": "noor@example.org", "password": "y" * 200_000}])  # fmt: skip
def test_a_malformed_sign_in_is_refused_at_its_fields(visitor, noor, data):
    assert visitor.post("/sign-in", data=data).status_code == 422
