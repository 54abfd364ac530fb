"""Errors keep what was typed, and drafts outlive the tab (acceptance points 6, 37 and 38)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from forum import demo
from tests.e2e import checks
from tests.e2e.checks import listed
from tests.e2e.conftest import Visit
from tests.e2e.site import Site, person

FILES = Path(demo.__file__).parent / "files"


def test_a_refused_post_focuses_the_summary_and_keeps_text_and_finished_uploads(visit: Visit) -> None:
    page = visit("maya", "/groups/performance/topics/new")
    page.get_by_label("Details").fill("All of this took me an hour.")
    page.get_by_label("Tags").fill("hours, text")
    page.get_by_label("Add files").set_input_files(FILES / "handover-audit.csv")
    page.get_by_role("button", name="Post to Performance Management").click()
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: New post")
    expect(page.get_by_label("Details")).to_have_value("All of this took me an hour.")
    expect(page.get_by_label("Tags")).to_have_value("hours, text")
    expect(page.get_by_label("Handover audit")).to_be_checked()
    summary.get_by_role("link", name="Write it in one line").click()
    title = page.get_by_label("Your question or subject in one line")
    expect(title).to_be_focused()
    expect(title).to_have_accessible_description("Error: Write it in one line")
    title.fill("An hour of text")
    page.get_by_role("button", name="Post to Performance Management").click()
    expect(page.get_by_role("list", name="Files of this post")).to_contain_text("Handover audit")
    expect(page.get_by_text("All of this took me an hour.")).to_be_visible()


REFUSED = {
    "signing in": ("", "/sign-in", "Sign in", 2),
    "registering": ("", "/register", "Register", 4),
    "a new post": ("maya", "/groups/performance/topics/new", "Post to Performance Management", 2),
    "a reply": ("maya", "/groups/performance/topics/3/replies?to=1", "Post reply to Performance Management", 1),
    "adding files": ("maya", "/groups/performance/library/new", "Add to Performance Management", 1),
    "a new group": ("maya", "/groups/new", "Start the group", 2),
    "an invitation": ("ruth", "/groups/performance/manage/invitations", "Send the invitation", 1),
    "a new address": ("maya", "/settings/account", "Send the link", 2),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_empty_form_comes_back_with_errors_that_lead_to_their_fields(visit: Visit, what: str) -> None:
    name, address, button, errors = REFUSED[what]
    page = visit(name, address, reduced_motion="reduce")
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    summary = page.locator(".errors").first
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    links = summary.get_by_role("link").all()
    assert len(links) >= errors
    for link in links:
        words = link.inner_text()
        link.click()
        focused = page.locator(":focus")
        assert focused.evaluate("el => el.matches('input, textarea, select')"), words
        assert words in focused.evaluate("el => el.closest('.field').textContent"), words
    problems = checks.sound(page)
    assert not problems, listed(problems)


def test_a_draft_outlives_the_tab_and_says_when_it_was_written(visit: Visit) -> None:
    page = visit("maya", "/groups/performance/topics/4")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Your reply").press_sequentially("The median, because")
    expect(page.get_by_text("Only you can see it.")).to_be_visible(timeout=8_000)
    page.close(run_before_unload=False)

    again = visit("maya", "/groups/performance/topics/4")
    expect(again.get_by_label("Your reply")).to_have_value("The median, because")
    expect(again.get_by_text("Your draft of")).to_contain_text("today, ")
    again.get_by_role("button", name="Discard draft").click()
    expect(again.get_by_label("Your reply")).to_have_value("")


def test_a_topic_half_written_is_there_in_another_browser(visit: Visit) -> None:
    page = visit("dan", "/groups/performance/topics/new")
    page.wait_for_load_state("networkidle")
    page.get_by_role("radio", name="Discussion").check()
    page.get_by_label("Your question or subject in one line").fill("Night shifts and medians")
    page.get_by_label("Details").fill("At 3 in the morning there is no median.")
    page.get_by_label("Tags").focus()
    expect(page.get_by_text("Only you can see it.")).to_be_visible(timeout=8_000)

    other = visit("dan", "/groups/performance/topics/new")
    expect(other.get_by_label("Your question or subject in one line")).to_have_value("Night shifts and medians")
    expect(other.get_by_role("radio", name="Discussion")).to_be_checked()
    other.get_by_role("button", name="Post to Performance Management").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Night shifts and medians")
    other.goto("/groups/performance/topics/new")
    expect(other.get_by_label("Details")).to_have_value("")


def test_a_reply_typed_while_the_session_ended_is_kept_and_posted_once_signed_in(visit: Visit, site: Site) -> None:
    page = person(visit("", "/sign-in"), "priya")
    page.goto("/groups/performance/topics/4")
    page.get_by_label("Your reply").fill("Written before I was signed out")
    page.context.clear_cookies()
    page.get_by_role("button", name="Post reply to Performance Management").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in, in a new tab").click()
    person(opened.value, "priya")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Response times: the median, or the share within target?")
    expect(page.locator("article", has_text="Written before I was signed out")).to_have_count(1)


def test_a_form_sent_twice_posts_once(visit: Visit) -> None:
    page = visit("tom", "/groups/performance/topics/4")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Your reply").fill("Once is enough")
    page.evaluate(
        """async () => { const form = document.querySelector('form#reply'); const send = () => fetch(form.action, {method: 'POST', body: new FormData(form)});
        await Promise.all([send(), send(), send()]); }"""
    )
    page.goto("/groups/performance/topics/4")
    expect(page.locator("article", has_text="Once is enough")).to_have_count(1)
