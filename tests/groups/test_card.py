"""The card: all that someone knows of a group they may not read, and nothing else."""

import re

import pytest

from tests.groups.conftest import words

INNER = (
    "/topics/1", "/topics/99999", "/library", "/library/1", "/library/99999", "/members", "/about", "/manage",
    "/manage/requests", "/nothing/at/all", "/topics/1/posts/1", "/library/1/download",
)  # fmt: skip


def without_numbers(reply):
    """A page without what differs from request to request."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", reply.get_data(as_text=True))


def test_the_card_stands_at_the_group_s_address(as_, community):
    page = as_(community.joanna).get("/groups/commissioning")
    group = community.group("commissioning")
    assert page.status_code == 200
    text = words(page)
    assert group.summary in text and "Leon Brandt" in text and "Omar Siddiqui" in text
    assert re.search(rf"Members\s+{group.member_count}\b", text)


def test_the_card_holds_no_title_and_no_member_who_is_not_a_facilitator(as_, community):
    page = as_(community.joanna).get("/groups/commissioning").get_data(as_text=True)
    assert community.tom.name not in page and community.ceri.name not in page
    assert community.topic("commissioning", 1).title not in page


def test_a_private_group_s_card_counts_nobody(as_, community):
    text = words(as_(community.joanna).get("/groups/safeguarding"))
    assert not re.search(r"Members\s+\d", text)
    assert "invitation" in text and "Priya Raman" in text and "Maya Okafor" not in text


@pytest.mark.parametrize("slug", ["commissioning", "safeguarding", "performance"])
def test_every_address_inside_gives_the_same_page_whether_it_exists_or_not(as_, community, slug):
    joanna = as_(community.joanna)
    replies = [joanna.get(f"/groups/{slug}{inner}") for inner in INNER]
    listed = [reply for reply, inner in zip(replies, INNER, strict=True) if inner != "/nothing/at/all"]
    assert {reply.status_code for reply in listed} == {403}
    assert len({without_numbers(reply) for reply in listed}) == 1


def test_a_visitor_is_asked_to_sign_in_whether_it_exists_or_not(visitor, community):
    for slug in ("commissioning", "reorganisation", "no-such-group"):
        reply = visitor.get(f"/groups/{slug}/members")
        assert reply.status_code == 303
        assert reply.location == f"/sign-in?next=/groups/{slug}/members"


def test_a_visitor_s_card_names_no_handles(visitor, community):
    page = visitor.get("/groups/commissioning")
    assert page.status_code == 200
    assert "/people/" not in page.get_data(as_text=True)


def test_hidden_and_missing_groups_answer_alike(as_, community):
    joanna = as_(community.joanna)
    joanna.get("/groups")
    for inner in ("", "/members", "/manage", "/about", "/topics/1"):
        one, other = (joanna.get(f"/groups/{slug}{inner}") for slug in ("reorganisation", "zeorganisation"))
        assert one.status_code == other.status_code == 404
        number = re.compile(r'<span class="num">[0-9a-f]{16}</span>')
        assert number.sub("", one.get_data(as_text=True)) == number.sub("", other.get_data(as_text=True))
        assert set(dict(one.headers)) == set(dict(other.headers))


def test_the_banned_see_what_visitors_see(as_, visitor, community):
    assert as_(community.vic).get("/groups/performance").status_code == 404 or "Ask to join" not in words(
        as_(community.vic).get("/groups/performance")
    )


def test_a_restricted_sub_group_says_that_asking_joins_both(as_, community):
    text = words(as_(community.joanna).get("/groups/performance"))
    assert f"you become a member of {community.group('policy').name} too" in text


def test_posting_to_a_hidden_group_answers_as_to_a_missing_one(as_, community):
    joanna = as_(community.joanna)
    for address in (
        "membership",
        "requests",
        "requests/withdrawal",
        "invitation/acceptance",
        "invitation/refusal",
        "departure",
        "manage/settings",
    ):
        assert (
            joanna.post(f"/groups/reorganisation/{address}").status_code
            == joanna.post(f"/groups/zz/{address}").status_code
            == 404
        )
