"""A page that stays open says what came, and moves nothing."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.site import Site
from tests.e2e.talk import say, start

LIVE, ASKED = ".live", re.compile(r"^http://[^/]+/(groups|inbox)[^?]*/since/")


def stays(visit: Visit, address: str) -> Page:
    """Maya's page of that address, with a clock in the test's hands; the module that asks has come."""
    page = visit("maya", "/healthz")
    page.clock.install()
    page.goto(address)
    return page


def passes(page: Page, seconds: int) -> None:
    """Time passes on the page."""
    page.clock.fast_forward(seconds * 1000)


def test_a_topic_says_that_replies_came_without_moving_anything(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "Who answers while I look?")
    page = stays(visit, topic)
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request) if ASKED.search(request.url) else None)
    text = page.locator("form#reply textarea")
    text.focus()
    stood = text.bounding_box()
    with page.expect_response("**/since/0"):
        passes(page, 21)
    expect(page.locator(LIVE)).to_be_hidden()
    say(site, topic, ("tom", "I do."), ("dan", "I do, too."))
    with page.expect_response("**/since/0"):
        passes(page, 60)
    expect(page.locator(LIVE).get_by_role("status")).to_have_text("2 new replies · Show")
    expect(page.locator(".site-you .count")).to_contain_text("unread")
    assert text.bounding_box() == stood
    expect(text).to_be_focused()
    page.locator(LIVE).get_by_role("link", name="Show").click()
    expect(page.locator("#post-1")).to_be_in_viewport()


def test_what_came_can_be_closed_and_the_keyboard_goes_back_to_where_it_was(visit: Visit, site: Site) -> None:
    topic = start(site, "maya", "performance", "May I close this?")
    page = stays(visit, topic)
    with page.expect_response("**/since/0"):
        passes(page, 21)
    say(site, topic, ("tom", "You may."))
    with page.expect_response("**/since/0"):
        passes(page, 60)
    text, close = page.locator("form#reply textarea"), page.get_by_role("button", name="Close this message")
    expect(close).to_be_visible()
    text.focus()
    close.focus()
    page.keyboard.press("Enter")
    expect(page.locator(LIVE)).to_be_hidden()
    expect(text).to_be_focused()
    with page.expect_response("**/since/0"):
        passes(page, 120)
    expect(page.locator(LIVE)).to_be_hidden()
    say(site, topic, ("dan", "So may I."))
    with page.expect_response("**/since/0"):
        passes(page, 240)
    expect(page.locator(LIVE).get_by_role("status")).to_have_text("2 new replies · Show")
    page.locator(LIVE).get_by_role("link", name="Show").focus()
    page.keyboard.press("Escape")
    expect(page.locator(LIVE)).to_be_hidden()
    expect(text).to_be_focused()


def test_hidden_pages_do_not_ask_and_refused_ones_ask_no_more(visit: Visit, site: Site) -> None:
    topic = start(site, "tom", "performance", "Who may ask on?")
    page = stays(visit, topic)
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request) if ASKED.search(request.url) else None)
    with page.expect_response("**/since/0"):
        passes(page, 21)
    page.wait_for_function("document.querySelector('.live')")
    seen = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(seen % "true")
    passes(page, 3600)
    assert len(asked) == 1
    page.context.clear_cookies()
    page.evaluate(seen % "false")
    with page.expect_response("**/since/0"):
        passes(page, 60)
    page.evaluate(
        "new Promise((done) => { const wait = new MessageChannel(); wait.port1.onmessage = done; wait.port2.postMessage(0); })"
    )
    passes(page, 3600)
    page.evaluate(seen % "false")
    passes(page, 3600)
    assert len(asked) == 2
    expect(page.locator(LIVE)).to_be_hidden()


def test_a_browser_that_saves_data_does_not_ask(visit: Visit, site: Site) -> None:
    page = visit("maya", "/healthz")
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    page.clock.install()
    page.goto("/inbox")
    with page.expect_response("**/live.js"):
        passes(page, 21)
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request) if ASKED.search(request.url) else None)
    passes(page, 3600)
    assert not asked and page.locator(LIVE).count() == 0
