"""Passwords: length matters, lists of known ones matter, rules about signs do not."""

import threading
import time

import pytest

from forum.kit.passwords import Busy, limited_hashing, password_error

KNOWN = ["Maya Okafor", "maya.okafor@kelder.gov.uk", "Northbrook Practice"]


@pytest.mark.parametrize(
    "password",
    [
        "copper lantern tidewater",
        "vj48-tmmq-09sl",
        "дом у старого моря летом",
        "🦉 hoots at the mill 🦉",
        "x9 " * 30 + "quiet harbour",
    ],
)
def test_long_passwords_of_any_kind_are_welcome(password):
    assert password_error(password, KNOWN) is None


@pytest.mark.parametrize("password", ["short", "elevenchars", "x" * 129, "e\u0301" * 7])
def test_too_short_and_too_long_are_told_apart_by_letters_people_see(password):
    assert "between 12 and 128" in (password_error(password) or "")


@pytest.mark.parametrize("password", ["password1234", "123456789012", "aaaaaaaaaaaa", "qwertyuiop12", "abcabcabcabc"])
def test_passwords_on_everyones_list_are_refused(password):
    assert "first that others would try" in (password_error(password) or "")


@pytest.mark.parametrize(
    "password", ["MayaOkafor2026", "northbrook-practice", "kelder.okafor1", "maya.okafor@kelder.gov.uk"]
)
def test_passwords_made_of_what_others_know_are_refused(password):
    assert "name of this site" in (password_error(password, KNOWN) or "")


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("password", ["aA1" * 42, "1/1/2020" * 16, "qwerty" * 21, "p4ssw0rd!" * 14, "zxcvbn,./" * 14])
def test_judging_a_password_takes_a_moment_only(password):
    started = time.process_time()
    password_error(password, KNOWN)
    assert time.process_time() - started < 1


def test_two_passwords_are_hashed_at_once_and_the_third_waits_or_is_told_so():
    release, inside = threading.Event(), threading.Barrier(3)

    def hash_one() -> None:
        with limited_hashing():
            inside.wait(5)
            release.wait(5)

    people = [threading.Thread(target=hash_one) for _ in range(2)]
    for person in people:
        person.start()
    inside.wait(5)
    with pytest.raises(Busy), limited_hashing(wait=0.05):
        pass
    release.set()
    for person in people:
        person.join()
    with limited_hashing(wait=1):
        pass
