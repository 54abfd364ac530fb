"""What people who are not members learn: nothing that is not on the card (acceptance points 28 to 31)."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from forum.kit.db import db
from forum.models import Group, Membership, Standing, Topic, User
from tests.e2e.conftest import Visit
from tests.e2e.site import Site

INNER = (
    "topics/{n}", "topics/{n}/new", "topics/{n}/posts/1", "topics/{n}/posts/1/history", "topics/{n}/replies", "library/{n}", "library/{n}/download",
    "library/{n}/versions/1/download", "library/{n}/audience", "members?q={n}", "manage/requests/{n}",
)  # fmt: skip
CHANGING = ("date", "x-request-id", "set-cookie", "content-length")
OUTSIDERS = [
    ("sam", "performance", 403),
    ("sam", "safeguarding", 403),
    ("sam", "reorganisation", 404),
    ("vic", "performance", 403),
    ("leon", "performance", 403),
    ("maya", "case-review", 404),
    ("hugh", "indicators", 404),
    ("grace", "case-review", 404),
]


@pytest.mark.parametrize(("name", "slug", "status"), OUTSIDERS)
def test_what_is_there_and_what_is_not_answer_alike(visit: Visit, name: str, slug: str, status: int) -> None:
    page = visit(name, "/groups")
    for path in INNER:
        there, gone = (page.request.get(f"/groups/{slug}/{path.format(n=n)}", max_redirects=0) for n in (1, 999))
        assert there.status == gone.status == status, path
        assert told(there.text()) == told(gone.text()), path
        heads = [{key: value for key, value in reply.headers.items() if key not in CHANGING} for reply in (there, gone)]
        assert heads[0] == heads[1], path


def told(body: str) -> str:
    """A page without what differs from one request to the next."""
    body = re.sub(r'(name="(?:csrf_token|key)"[^>]*value=")[^"]*', r"\1", body)
    return re.sub(r"\b[0-9a-f]{16}\b", "number", body)


def test_a_visitor_gets_the_same_way_to_sign_in_whatever_they_ask_for(visit: Visit) -> None:
    page = visit("", "/")
    for slug in ("performance", "no-such-group"):
        for path in INNER:
            reply = page.request.get(f"/groups/{slug}/{path.format(n=1)}", max_redirects=0)
            assert reply.status == 303
            assert reply.headers["location"].startswith("/sign-in?next=")


def test_the_card_of_a_listed_group_names_its_facilitators_and_nothing_else(visit: Visit, site: Site) -> None:
    with site.inside():
        for_slug = select(Group.id).where(Group.slug == "safeguarding")
        seats = select(User.name, Membership.standing).join(Membership, Membership.user_id == User.id)
        people = db.session.execute(seats.where(Membership.group_id.in_(for_slug))).all()
        titles = db.session.scalars(select(Topic.title).where(Topic.group_id.in_(for_slug))).all()
    leading = {name for name, standing in people if standing in (Standing.OWNER, Standing.FACILITATOR)}
    members = {name for name, _ in people} - leading
    page = visit("sam", "/groups/safeguarding")
    text = page.get_by_role("main").inner_text()
    assert leading
    assert all(name in text for name in leading)
    assert members
    assert not [name for name in members if name in text]
    assert titles
    assert not [title for title in titles if title in page.content()]
    assert not re.search(r"\d", text), "neither counts nor dates"
    assert page.locator("main time").count() == 0


def test_search_and_lists_hold_nothing_of_groups_one_is_not_in(visit: Visit) -> None:
    page = visit("sam", "/groups?q=reorganisation")
    expect(page.get_by_text("No group matches").first).to_be_visible()
    page.goto("/groups")
    expect(page.get_by_role("main")).not_to_contain_text("Shared Services Reorganisation")
    expect(page.get_by_role("main")).not_to_contain_text("shared services")
    page.goto("/people/tom")
    expect(page.get_by_role("main")).not_to_contain_text("Shared Services Reorganisation")
    expect(page.get_by_role("main")).not_to_contain_text("Four options for the front desk")
    expect(page.get_by_role("main")).not_to_contain_text("Slides from the workshop")
    page.goto("/")
    expect(page.locator("body")).not_to_contain_text("Performance Management")


def test_a_file_says_where_it_is_talked_about_only_to_those_who_read_it_there(visit: Visit) -> None:
    page = visit("maya", "/groups/performance/library/3")
    expect(page.get_by_role("region", name="Talked about in")).to_contain_text("Slides from the workshop")
    page = visit("sam", "/groups/performance/library/4")
    expect(page.get_by_role("heading", level=1)).to_have_text("Four types of performance measures: handout")
    expect(page.get_by_role("main")).not_to_contain_text("Talked about in")
    expect(page.get_by_role("main")).not_to_contain_text("Slides from the workshop")


def test_asking_to_join_shows_what_facilitators_will_see_and_they_see_it(visit: Visit) -> None:
    page = visit("ines", "/groups/commissioning")
    will_see = page.locator("form .audience")
    expect(will_see).to_contain_text("The facilitators will see your name, organisation, email address and this note.")
    page.get_by_label("Why would you like to join?").fill("Our letters quote the contracts.")
    page.get_by_role("button", name="Ask to join").click()
    expect(page.get_by_text("You have asked to join")).to_be_visible()
    expect(page.get_by_text("Pending since")).to_be_visible()
    page.goto("/groups")
    expect(page.get_by_role("link", name="Pending since")).to_contain_text("Commissioning and Contracts")

    leon = visit("leon", "/groups/commissioning/manage")
    expect(leon.get_by_role("region", name="Needs you")).to_contain_text("Inês Duarte, Kelder County Council")
    leon.get_by_role("link", name="Review requests").click()
    row = leon.locator(".entry", has_text="Inês Duarte")
    for shown in ("Kelder County Council", "ines@example.org", "Our letters quote the contracts."):
        expect(row).to_contain_text(shown)
