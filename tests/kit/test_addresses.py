"""One mailbox has one spelling, and what is none is refused in plain words."""

import pytest

from forum.groups.forms import InviteByMail
from forum.kit.addresses import NotAnAddress, clean_address
from forum.members.forms import Address


@pytest.mark.parametrize("typed", ["maya@example.org", " Maya@Example.ORG ", "maya@ｅxample.org"])
def test_every_spelling_of_an_address_is_one_address(typed):
    assert clean_address(typed) == "maya@example.org"


@pytest.mark.parametrize(
    "typed", ["", "maya", "maya@", "maya@localhost", "a b@example.org", f"{'x' * 250}@example.org"]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(NotAnAddress, match="like name@"):
        clean_address(typed)


@pytest.mark.parametrize("form", [InviteByMail, Address])
@pytest.mark.parametrize(("typed", "kept"), [(" Ruth@EXAMPLE.org", "ruth@example.org"), ("ruth@localhost", None)])
def test_every_form_takes_the_same_addresses_and_keeps_one_spelling(empty_app, form, typed, kept):
    with empty_app.test_request_context(method="POST", data={"email": typed}):
        sent = form()
        assert sent.submitted() is (kept is not None)
        assert sent.email.data == (kept or typed)
