"""Secrets are long and compared in constant time; a return address never leaves the site."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.kit.ids import digest, next_url, same, token


def test_secrets_are_long_and_never_repeat():
    assert len({token() for _ in range(100)}) == 100
    assert all(len(token()) == 43 for _ in range(10))


def test_a_digest_tells_nothing_of_the_secret_and_is_stable():
    assert digest("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_same_compares_any_text():
    assert same("é", "é")
    assert not same("é", "e")
    assert not same("a", "aa")


@pytest.mark.parametrize(
    "target", ["/", "/groups/perf/topics/7-how?page=2#post-3", "/search?q=a%20b&next=https://x.org/"]
)
def test_pages_of_this_site_are_kept(target):
    assert next_url(target) == target


def test_letters_of_any_script_are_encoded():
    assert next_url("/people/ines ê") == "/people/ines%20%C3%AA"


AWAY = [
    "", "x", "https://evil.org", "//evil.org", "///evil.org",
    "/\\evil.org", "\\\\evil.org", "/%2f%2fevil.org", "%2f%2fevil.org",
    "/%2Fevil.org",
    "/%5cevil.org", "/%255cevil.org", "/%25252f%2525252fevil.org", "javascript:alert(1)",
    "/\tx", "/a\r\nSet-Cookie: x",
    "/%0d%0aSet-Cookie:x", "/%00", " /x", "http:/evil.org", "/.//evil.org",
    "/" + "a" * 2000, "/\u202ex", "/\ud800", "//[",
]  # fmt: skip


@pytest.mark.parametrize("target", AWAY)
def test_anything_else_leads_to_the_front_page(target):
    assert next_url(target) == "/"


BITS = st.sampled_from(
    ["/", "\\", "%2f", "%5c", "%252f", "//", ":", "@", "evil.org", "?", "#", "..", ".", "\t", "http:", "%", "[", "]"]
)


@given(
    st.one_of(st.text(max_size=30), st.lists(BITS, max_size=8).map("".join), st.lists(BITS, max_size=8).map("/".join))
)
@example("/;//evil.org")
@example("/?//evil.org")
def test_a_return_address_never_leaves_the_site(target):
    landed = urlsplit(urljoin("https://forum.example.org/sign-in", next_url(target)))
    assert (landed.scheme, landed.netloc) == ("https", "forum.example.org")
    assert next_url(next_url(target)) == next_url(target)
    assert next_url(target).startswith("/")
    assert next_url(target).isascii()
