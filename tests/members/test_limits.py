"""Trying often is stopped, per address and per account, with the time to wait (security.md 24)."""

import pytest
from sqlalchemy import func, select

from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Mail
from tests.conftest import Browser, make_app
from tests.members.conftest import PASSWORD, REGISTRATION, enter, someone


@pytest.fixture
def limited(tmp_path, empty_app):
    app = make_app(
        tmp_path / "limited",
        empty_app.config["DATABASE_URL"],
        RATELIMIT_ENABLED=True,
        LIMIT_SIGN_IN="3 per 10 minutes",
        LIMIT_ACCOUNT="2 per hour",
    )
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = False


def from_(app, address):
    browser = Browser(app)
    browser.environ_base["REMOTE_ADDR"] = address
    return browser


def test_guessing_from_one_address_is_stopped_whoever_is_guessed(limited):
    someone()
    browser = from_(limited, "192.0.2.1")
    for number in range(3):
        assert enter(browser, f"guess{number}@example.org", "guess guess guess").status_code == 422
    reply = enter(browser)
    assert reply.status_code == 429
    assert 0 < int(reply.headers["Retry-After"]) <= 601
    assert "You can try again in 10 minutes" in reply.text
    assert enter(from_(limited, "192.0.2.2")).status_code == 303


def test_guessing_at_one_account_is_stopped_from_wherever_it_comes(limited):
    someone()
    for number in range(3):
        assert enter(from_(limited, f"192.0.2.{number}"), "Noor@example.org ", "guess guess guess").status_code == 422
    assert enter(from_(limited, "192.0.2.9")).status_code == 429


def test_an_account_that_does_not_exist_is_limited_alike(limited):
    for number in range(3):
        enter(from_(limited, f"192.0.2.{number}"), "nobody@example.org", "guess guess guess")
    assert enter(from_(limited, "192.0.2.9"), "nobody@example.org").status_code == 429


def test_signing_in_rightly_counts_for_nothing(limited):
    someone()
    browser = from_(limited, "192.0.2.1")
    assert [enter(browser).status_code for _ in range(5)] == [303] * 5


@pytest.mark.parametrize("place", ["/reset", "/confirm"])
def test_nobody_is_flooded_with_mail(limited, place):
    someone(confirmed=place == "/reset")
    answers = [
        from_(limited, f"192.0.2.{number}").post(place, data={"email": "noor@example.org"}).status_code
        for number in range(4)
    ]
    assert answers == [303, 303, 429, 429]
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 2


def test_nobody_floods_others_by_asking_for_new_addresses(limited):
    someone()
    browser = from_(limited, "192.0.2.1")
    enter(browser)
    answers = [
        browser.post("/settings/address", data={"email": f"p{n}@example.org", "password": PASSWORD}).status_code
        for n in range(3)
    ]
    assert answers == [303, 303, 429]


def test_every_spelling_of_an_address_is_the_same_account(limited):
    someone()
    spellings = ("noor@example.org", "noor@EXAMPLE.org", "noor@ｅxample.org")
    for number, spelling in enumerate(spellings):
        assert enter(from_(limited, f"192.0.2.{number}"), spelling, "guess guess guess").status_code == 422
    assert enter(from_(limited, "192.0.2.9"), "noor@eｘample.org").status_code == 429


def test_pictures_are_not_made_without_end(limited):
    someone()
    limited.config["LIMIT_UPLOAD"] = "2 per hour"
    browser = from_(limited, "192.0.2.1")
    enter(browser)
    answers = [browser.post("/settings/photo", data={"photo_for": "nobody"}).status_code for _ in range(3)]
    assert answers == [303, 303, 429]


def test_one_address_registers_few_people(limited):
    browser = from_(limited, "192.0.2.1")
    answers = [
        browser.post("/register", data={**REGISTRATION, "email": f"p{n}@example.org"}).status_code for n in range(3)
    ]
    assert answers == [303, 303, 429]


def test_a_form_that_was_wrong_does_not_count(limited):
    browser = from_(limited, "192.0.2.1")
    answers = [browser.post("/register", data={**REGISTRATION, "password": "short"}).status_code for _ in range(4)]
    assert answers == [422] * 4
    assert browser.post("/register", data=REGISTRATION).status_code == 303


def test_the_present_password_cannot_be_guessed_in_the_settings(limited):
    someone()
    browser = from_(limited, "192.0.2.1")
    enter(browser)
    data = {"current_password": "guess guess guess", "new_password": "eleven quiet herons wade"}
    assert [browser.post("/settings/password", data=data).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert browser.post("/settings/password", data={**data, "current_password": PASSWORD}).status_code == 429
