"""From the field at the head of every page to the slide that says it, without scripts, and on a telephone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit


def look_for(page: Page, words: str) -> None:
    """Types into the field at the head of the page."""
    field = page.get_by_role("search", name="Search the site").get_by_role("searchbox")
    field.fill(words)
    field.press("Enter")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_slide_is_found_and_opened(visit: Visit, scripts: bool) -> None:
    page = visit("maya", "/", java_script_enabled=scripts)
    look_for(page, "slide")
    expect(page.get_by_role("heading", level=1)).to_contain_text("found for “slide”")
    page.get_by_role("link", name=re.compile("^Files and slides")).click()
    page.get_by_role("heading", level=2).get_by_role(
        "link", name=re.compile("^Slide 2 Slide of the demo")
    ).first.click()
    expect(page).to_have_url(re.compile(r"/library/\d+#slide-2$"))
    expect(page.locator("#slide-2")).to_be_in_viewport()


def test_on_a_telephone_the_search_is_one_of_the_ways(visit: Visit) -> None:
    page = visit("", "/", viewport={"width": 320, "height": 640})
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    page.get_by_role("search", name="Search again").get_by_role("searchbox").fill("plain")
    page.get_by_role("search", name="Search again").get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 found for “plain”")
    expect(page.get_by_role("list").get_by_role("heading", level=2)).to_have_count(1)
