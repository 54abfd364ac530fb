"""What the commands and the demo use to make and change accounts."""

import pytest

from forum.kit.addresses import NotAnAddress
from forum.kit.db import db
from forum.kit.names import BadName
from forum.members import actions
from tests.conftest import Browser
from tests.members.conftest import PASSWORD, enter, signed_in, someone


def test_two_people_of_one_name_have_two_handles(empty_app):
    first = actions.create_user("Noor Haddad", "noor@example.org", confirmed=True)
    second = actions.create_user("Noor Haddad", "other@example.org", confirmed=True)
    assert (first.handle, second.handle) == ("noor-haddad", "noor-haddad-2")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"email": "NOOR@example.org"}, actions.Taken),
        ({"handle": "noor-haddad"}, actions.Taken),
        ({"handle": "N00R-haddad"}, actions.Taken),
        ({"handle": "admin"}, BadName),
        ({"email": "nowhere"}, NotAnAddress),
        ({"name": "\u200b"}, BadName),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing_behind(empty_app, values, error):
    someone()
    with pytest.raises(error):
        actions.create_user(**{"name": "Someone Else", "email": "else@example.org", "confirmed": True, **values})
    actions.create_user("Someone Else", "else@example.org", confirmed=True)
    db.session.commit()


def test_an_account_without_a_password_lets_nobody_in_until_it_has_one(empty_app):
    user = someone(password=None)
    browser = Browser(empty_app)
    assert enter(browser, password="").status_code == 422
    actions.set_password(user, PASSWORD)
    db.session.commit()
    assert enter(browser).status_code == 303


def test_a_password_set_by_the_host_signs_the_person_out(empty_app, noor):
    browser = Browser(empty_app)
    enter(browser)
    actions.set_password(noor, "the host chose this one")
    db.session.commit()
    assert not signed_in(browser)


def test_a_promoted_person_is_an_administrator(empty_app, noor):
    actions.promote(noor)
    db.session.commit()
    assert noor.admin
