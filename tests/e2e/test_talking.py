"""One press, a name after an @, words that were selected: with script and without a new page; by keyboard, too."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.site import Site
from tests.e2e.talk import say, start


def test_a_press_says_that_a_post_helped_and_keeps_the_focus(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "What helped?")
    say(site, topic, ("tom", "Cut it to six."))
    page = visit("maya", topic)
    page.evaluate("window.same = true")
    button = page.locator("#post-1").get_by_role("button", name=re.compile("^Helpful"))
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(page.locator("#post-1")).to_contain_text("You found this helpful")
    expect(page.locator("[data-pressed]")).to_have_text("Marked as helpful")
    page.locator("#post-1 .post-foot summary").click()
    page.get_by_role("button", name="Bookmark").click()
    expect(page.locator("[data-pressed]")).to_have_text("Bookmarked")
    assert page.evaluate("window.same")
    page.goto("/bookmarks")
    expect(page.get_by_role("link", name="What helped?")).to_be_visible()


def test_a_name_is_chosen_by_keyboard_after_an_at(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "Who knows?")
    page = visit("maya", topic)
    text = page.get_by_label("Your reply")
    text.focus()
    page.keyboard.type("Ask @pri")
    option = page.get_by_role("option", name=re.compile("@priya"))
    expect(option).to_have_attribute("aria-selected", "true")
    expect(text).to_have_attribute("aria-activedescendant", re.compile("names-0"))
    page.keyboard.press("Enter")
    expect(text).to_have_value("Ask @priya ")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type("and @sam")
    expect(page.get_by_text("Nobody here is called so")).to_be_attached()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_words_that_were_selected_are_quoted_where_the_reply_is_written(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "What did he say?")
    say(site, topic, ("tom", "The first half. The second half."))
    page = visit("maya", topic)
    page.locator("#post-1 .post-foot summary").click()
    page.evaluate(
        """() => {
          const words = document.querySelector('#post-1 .prose p').firstChild;
          getSelection().setBaseAndExtent(words, 0, words, 15);
        }"""
    )
    page.get_by_role("link", name="Quote in reply to post 1").click()
    text = page.get_by_label("Your reply")
    expect(text).to_have_value(
        re.compile(r"> \*\*Tom .*\*\*, \[post 1\]\(/groups/.*/posts/1\):\n>\n> The first half\.\n\n$")
    )
    expect(text).to_be_focused()
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("#post-2 blockquote")).to_contain_text("The first half.")
