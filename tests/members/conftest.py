"""What the tests of this room share: people with a password, and the mail they get."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.kit.db import db
from forum.members import accounts, actions
from forum.models import Mail, User

PASSWORD = "seven green lanterns hum"
REGISTRATION = {
    "name": "Noor Haddad", "organisation": "Weir Valley Council", "job_title": "Analyst",
    "email": "noor@example.org", "password": PASSWORD,
}  # fmt: skip
Made = Callable[..., User]


@pytest.fixture
def noor(empty_app: Flask) -> User:
    """Someone with a confirmed account and PASSWORD."""
    return someone("Noor Haddad")


def someone(name: str = "Noor Haddad", confirmed: bool = True, password: str | None = PASSWORD) -> User:
    """A new account, committed; its address is made of the first name."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    user = actions.create_user(name, email, password, confirmed=confirmed, organisation="Weir Valley Council")
    db.session.commit()
    return user


def give_password(user: User) -> User:
    """The same person, who can sign in with PASSWORD from now on."""
    user.password = accounts.hashed(PASSWORD)
    db.session.commit()
    return user


def mails(template: str) -> list[Mail]:
    """The mails of a kind that wait, oldest first."""
    return list(db.session.scalars(select(Mail).where(Mail.template == template).order_by(Mail.id)))


def link_in(template: str) -> str:
    """The address in the newest mail of a kind, without the site's own part."""
    return str(mails(template)[-1].facts["url"]).removeprefix("http://localhost")


def enter(browser: FlaskClient, email: str = "noor@example.org", password: str = PASSWORD, to: str = ""):
    """The answer to a sign-in."""
    return browser.post(
        "/sign-in", query_string={"next": to} if to else {}, data={"email": email, "password": password}
    )


def signed_in(browser: FlaskClient) -> bool:
    """Whether somebody is signed in in this browser."""
    return browser.get("/settings/sessions").status_code == 200


def told(reply):
    """What a reader can compare: status, body, headers, without the request's own number and the cookie's clock."""
    number = reply.headers.get("X-Request-Id", "")
    headers = {name: value for name, value in reply.headers if name not in {"X-Request-Id", "Date"}}
    return reply.status_code, reply.get_data(as_text=True).replace(number, ""), headers
