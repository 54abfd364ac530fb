"""A conversation: two levels, numbers, runs, one accepted answer, and who can see it (acceptance points 20 to 26)."""

import re
from collections import Counter

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from forum.kit.db import db
from forum.models import Document, Group, Topic
from forum.sight import masthead_sight, sight
from tests.e2e.conftest import Visit
from tests.e2e.site import Site
from tests.e2e.talk import at_length, hours_pass, say, start

SITE = {"POSTS_PER_PAGE": 5}


def order(page: Page) -> list[str]:
    """The numbers of the posts, in the order of the page."""
    return [str(one) for one in page.locator("article.post").evaluate_all("all => all.map(el => el.id.slice(5))")]


def test_a_reply_to_a_nested_reply_says_whom_it_answers_and_goes_no_deeper(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "How deep does it go?")
    say(
        site,
        topic,
        ("tom", "First"),
        ("dan", "Below the first", 1),
        ("priya", "Below Dan", 2),
        ("tom", "Below Priya", 3),
    )
    page = visit("maya", topic)
    assert order(page) == ["1", "2", "3", "4"]
    expect(page.locator(".replies > li > article")).to_have_count(3)
    expect(page.locator(".replies .replies")).to_have_count(0)
    expect(page.locator("#post-2")).not_to_contain_text("In reply to")
    page.locator("#post-4 .in-reply").get_by_role("link", name="Priya").click()
    expect(page.locator("#post-3")).to_be_in_viewport()


def test_a_link_to_a_post_opens_its_page_and_its_run(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "Where is the seventh?")
    at_length(site, topic, 7)
    say(site, topic, *[("tom", f"Below seven, {at}", 7) for at in range(7)])
    page = visit("maya", topic)
    page.goto(topic)  # nothing is new any more
    page.goto(f"{topic}?page=2")
    page.goto(f"{topic}?page=2")
    expect(page.locator("#post-9")).to_be_attached()
    page.goto(f"{topic}/posts/9")
    assert "page=2" in page.url
    expect(page.locator("#post-9")).to_be_in_viewport()
    expect(page.locator("#post-9")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("page 2 of 2")


def test_a_long_run_folds_its_older_replies_and_names_who_wrote_them(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "What is folded?")
    say(
        site,
        topic,
        ("tom", "Head"),
        *[(name, f"Below, by {name}", 1) for name in ("maya", "maya", "tom", "priya", "maya", "maya")],
    )
    page = visit("maya", topic)
    expect(page.locator("details.earlier > summary")).to_have_text("Show 2 earlier replies, from Maya")
    hours_pass(site)
    page.goto(topic)
    folded = page.locator("details.earlier")
    summary = folded.locator("> summary")
    expect(summary).to_have_text("Show 4 earlier replies, from Maya, Tom and one other")
    expect(folded.locator("article").first).to_be_hidden()
    summary.click()
    expect(folded.locator("article").first).to_be_visible()


def test_the_accepted_answer_shows_under_the_question_and_keeps_its_place(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "Which one is it?")
    say(site, topic, ("tom", "One"), ("dan", "Two"), ("priya", "This one, nested", 1), ("dan", "Four"))
    page = visit("maya", topic)
    before = order(page)
    page.get_by_role("button", name=re.compile(r"Accept answer ?, post 3")).click()
    card = page.get_by_role("region", name="Accepted answer")
    expect(card).to_contain_text("This one, nested")
    assert order(page) == before
    card.get_by_role("link", name="Read Priya Raman’s full answer (post 3)").click()
    expect(page.locator("#post-3")).to_be_in_viewport()
    expect(page.locator("#post-3 .pill--ok")).to_have_text("Accepted answer")


@pytest.mark.parametrize("name", ["maya", "ruth", "sam", ""])
def test_every_action_in_a_topic_has_a_name_of_its_own(visit: Visit, site: Site, name: str) -> None:
    topic = "/groups/performance/topics/7" if name in ("maya", "ruth") else "/groups/service-design/topics/3"
    page = visit(name, topic)
    page.evaluate("() => document.querySelectorAll('main details').forEach(el => { el.open = true; })")
    actions = page.locator("main :is(a.btn, button, summary.btn, .menu-list a, a.pill)").filter(visible=True)
    names = Counter(
        actions.evaluate_all(
            "all => all.map(el => (el.getAttribute('aria-label') ?? el.textContent).replace(/\\s+/g, ' ').trim())"
        )
    )
    assert not [one for one, times in names.items() if times > 1 or not one]
    assert names.total() > (10 if name in ("maya", "ruth") else 0)


def test_the_heading_of_a_post_says_number_author_and_whether_it_is_new(visit: Visit) -> None:
    page = visit("dan", "/groups/safeguarding/topics/2")
    heads = page.locator("article.post").filter(has=page.locator(".prose")).locator("> .post-head :is(h3, h4)")
    said = [" ".join(one.inner_text().split()) for one in heads.all()]
    assert len(said) > 3
    assert all(re.fullmatch(r"(New\. )?Post \d+, by [^,]+", one) for one in said), said
    marked = page.locator("article.post").filter(has=page.locator("> .post-head .pill--new")).count()
    assert marked == sum(one.startswith("New.") for one in said) > 0


def words(locator: Locator) -> str:
    """The text of the sentence that says who can see something, as it is read."""
    return " ".join(locator.locator("> span").first.inner_text().split())


def test_the_sentence_that_says_who_can_see_it_is_the_rules_own_wherever_it_stands(visit: Visit, site: Site) -> None:
    with site.inside():
        group = db.session.scalars(select(Group).where(Group.slug == "performance")).one()
        topic = db.session.scalars(select(Topic).where(Topic.group_id == group.id, Topic.n == 3)).one()
        files = select(Document).where(Document.group_id == group.id)
        said = str(sight(topic).sentence.striptags())
        head = str(masthead_sight(group).sentence.striptags())
        found = db.session.scalars(files.where(Document.n.in_((1, 4)))).all()
        about_file = {one.n: str(sight(one, "this file").sentence.striptags()) for one in found}
    page = visit("ruth", "/groups/performance/topics/3")
    expect(page.locator("main header .audience")).to_have_count(1)
    assert [words(one) for one in page.locator("main .audience").all()] == [said, said]
    assert (
        page.locator("form#reply .audience + .row button").first.inner_text() == "Post reply to Performance Management"
    )
    for address in ("/groups/performance/topics/new", "/groups/performance/topics/3/replies?to=1"):
        page.goto(address)
        assert words(page.locator("form .audience")) == said
    for address in ("/groups/performance", "/groups/performance/library", "/groups/performance/members"):
        page.goto(address)
        assert words(page.locator("main .audience").first) == head
    for n, sentence in about_file.items():
        page.goto(f"/groups/performance/library/{n}")
        assert words(page.locator("main .audience").first) == sentence
    page.goto("/groups/performance/library/new")
    offered = page.locator(".choice .hint").all_inner_texts()
    assert about_file[4].replace("this file", "it") in offered
    assert about_file[1].replace("this file", "it") in offered


def test_changing_the_group_changes_the_sentence_and_the_button(visit: Visit) -> None:
    page = visit("maya", "/groups/performance/topics/new")
    expect(page.locator("form .audience")).to_contain_text("Only members of Performance Management can see this")
    page.locator("summary", has_text="Post in another group").click()
    page.locator(".menu-list").get_by_role("link", name="Service Design Peers").click()
    expect(page.locator("form .audience--wide")).to_contain_text("Anyone on the web can see this")
    expect(page.get_by_role("button", name="Post to Service Design Peers")).to_be_visible()
