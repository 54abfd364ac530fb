"""What is new, for whom, and until when (acceptance points 16 to 19)."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.site import Site
from tests.e2e.talk import at_length, hours_pass, say, start


def stirred(site: Site, visit: Visit, title: str) -> str:
    """A topic that Maya has read to its end, and to which others and she have written since."""
    topic = start(site, "tom", "performance", title)
    at_length(site, topic, 12)
    visit("maya", topic)
    hours_pass(site)
    say(
        site, topic, ("dan", "New and nested", 2), ("maya", "Mine, written elsewhere"), ("priya", "New at the end"),
        ("ceri", "New under the first", 1),
    )  # fmt: skip
    return topic


def new_posts(page: Page) -> list[str]:
    """The posts marked as new, in the order of the page."""
    return [
        str(one)
        for one in page.locator("article.post:has(> .post-head .pill--new)").evaluate_all("all => all.map(el => el.id)")
    ]


def test_the_pill_in_the_list_leads_to_the_first_new_post(visit: Visit, site: Site) -> None:
    stirred(site, visit, "Where does the pill lead?")
    page = visit("maya", "/groups/performance")
    row = page.locator(".topic", has_text="Where does the pill lead?")
    expect(row.locator(".pill--new")).to_have_text("3 new")
    row.get_by_role("link").click()
    assert page.url.endswith("#post-16")
    expect(page.locator("#post-16")).to_be_in_viewport()
    assert new_posts(page)[0] == "post-16"


def test_exactly_the_unread_posts_of_others_are_new_and_each_leads_to_the_next(visit: Visit, site: Site) -> None:
    topic = stirred(site, visit, "Which are new?")
    page = visit("maya", topic)
    assert new_posts(page) == ["post-16", "post-13", "post-15"]
    page.get_by_role("link", name="go to 3 new").click()
    for number in new_posts(page):
        post = page.locator(f"#{number}")
        expect(post).to_be_in_viewport()
        assert page.url.endswith(f"#{number}")
        post.locator("> .post-head .pill--new").click()
    expect(page.locator("form#reply")).to_be_in_viewport()
    assert page.url.endswith("#reply")


def test_new_posts_stay_marked_for_the_visit_and_not_longer(visit: Visit, site: Site) -> None:
    topic = stirred(site, visit, "How long is it new?")
    page = visit("maya", topic)
    page.reload()
    page.goto("/groups/performance")
    page.goto(topic)
    assert len(new_posts(page)) == 3
    expect(page.locator(".new-line")).to_have_count(1)
    hours_pass(site)
    page.goto(topic)
    assert new_posts(page) == []
    expect(page.locator(".new-line")).to_have_count(0)


def test_a_member_who_has_read_everything_is_told_so(visit: Visit) -> None:
    page = visit("ceri", "/")
    page.get_by_role("button", name="Mark all as read").click()
    page.goto("/")
    expect(page.locator(".lead")).to_contain_text("Nothing new")
    expect(page.get_by_text("You have read everything.")).to_be_visible()
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)


def test_a_member_of_nothing_gets_three_first_steps(visit: Visit) -> None:
    page = visit("hugh", "/groups/policy/about")
    page.get_by_role("button", name="Leave Policy and Performance").click()
    page.goto("/")
    expect(page.get_by_text("Three first steps, in any order.")).to_be_visible()
    expect(page.locator("main .topic-title")).to_have_count(3)
