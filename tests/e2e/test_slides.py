"""A deck in the browser: one slide at a time with scripts, all in order without (acceptance points 32 to 34)."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from forum import previews, uploads
from forum.access import person
from forum.kit.db import db
from tests.conftest import Community
from tests.e2e import checks
from tests.e2e.conftest import Visit
from tests.e2e.site import Site
from tests.e2e.test_weight import KB, Scales
from tests.previews import files

TITLES = [f"Measure {number}" for number in range(1, 49)]


@pytest.fixture(scope="module")
def deck(site: Site) -> str:
    """The address of a deck of 48 slides, as the worker made it."""
    return shelve(site, files.pdf(*TITLES, text="Who is at risk, and where are they now?"))


def shelve(site: Site, content: bytes) -> str:
    """The address of Ruth's deck with its slides."""
    with site.inside():
        community = Community()
        ruth, group = person(community.ruth.id), community.group("performance")
        document = uploads.add_file(ruth, group, io.BytesIO(content), "measures.pdf", title="Measures")
        db.session.commit()
        assert previews.work() == 1
        return f"/groups/performance/library/{document.n}"


def shown(page: Page) -> list[str]:
    """The slides that can be seen."""
    return [str(one) for one in page.locator(".slide:visible").evaluate_all("all => all.map(el => el.id)")]


def test_with_scripts_there_is_one_slide_and_the_address_says_which(visit: Visit, deck: str) -> None:
    page = visit("maya", f"{deck}#slide-3")
    expect(page.locator("[data-at]")).to_have_text("Slide 3 of 48")
    assert shown(page) == ["slide-3"]
    picture = page.locator("#slide-3 img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") > 600
    page.get_by_role("button", name="Next slide").click()
    assert shown(page) == ["slide-4"] and page.url.endswith("#slide-4")
    page.locator(".film a").nth(9).click()
    assert shown(page) == ["slide-10"]
    page.goto("/groups/performance")
    page.go_back()
    expect(page.locator("[data-at]")).to_have_text("Slide 10 of 48")
    page.evaluate("() => { location.hash = '#slide-12'; }")
    expect(page.locator("[data-at]")).to_have_text("Slide 12 of 48")


def test_keys_turn_slides_only_while_the_focus_is_in_the_deck(visit: Visit, deck: str) -> None:
    page = visit("maya", deck)
    page.get_by_role("link", name="Download", exact=False).first.focus()
    for key in ("ArrowRight", "End", "PageDown"):
        page.keyboard.press(key)
    assert shown(page) == ["slide-1"]
    following = page.get_by_role("button", name="Next slide")
    following.focus()
    for key, place in (
        ("ArrowRight", 2),
        ("PageDown", 3),
        ("ArrowLeft", 2),
        ("End", 48),
        ("ArrowRight", 48),
        ("Home", 1),
    ):
        page.keyboard.press(key)
        assert shown(page) == [f"slide-{place}"], key
    expect(following).to_be_focused()
    expect(page.get_by_role("button", name="Previous slide")).to_have_attribute("aria-disabled", "true")


def test_each_change_is_said_once_and_the_words_can_always_be_read_out(visit: Visit, deck: str) -> None:
    page = visit("maya", deck)
    status = page.locator(".deck [role=status]")
    expect(status).to_have_text("")
    page.evaluate(
        "() => { window.said = []; new MutationObserver(() => said.push(document.querySelector('.deck [role=status]').textContent))"
        ".observe(document.querySelector('.deck [role=status]'), {childList: true}); }"
    )
    page.get_by_role("button", name="Next slide").click()
    assert page.evaluate("() => said") == ["Slide 2 of 48: Measure 2"]
    tree = page.locator(".deck").aria_snapshot()
    assert 'img "Slide 2: Measure 2"' in tree and "Who is at risk, and where are they now?" in tree
    assert "Measure 3" not in page.locator(".slide-list").aria_snapshot()


def test_the_words_beside_the_slide_are_remembered(visit: Visit, deck: str) -> None:
    page = visit("maya", deck)
    text = page.get_by_role("button", name="Slide text")
    expect(text).to_have_attribute("aria-pressed", "false")
    text.click()
    expect(text).to_have_attribute("aria-pressed", "true")
    box = page.locator("#slide-1 figcaption").bounding_box()
    assert box and box["width"] > 200
    page.goto(f"{deck}#slide-5")
    page.reload()
    expect(page.get_by_role("button", name="Slide text")).to_have_attribute("aria-pressed", "true")


def test_without_scripts_all_slides_stand_there_and_nothing_is_dead(visit: Visit, deck: str) -> None:
    page = visit("maya", deck, java_script_enabled=False)
    assert len(shown(page)) == 48
    expect(page.locator("#slide-48")).to_contain_text("Who is at risk, and where are they now?")
    expect(page.get_by_role("button", name="Next slide")).to_be_hidden()
    expect(page.locator(".film")).to_be_hidden()


def test_a_deck_is_light_before_its_pictures(visit: Visit, deck: str) -> None:
    page = visit("maya", "/healthz")
    asked: list[str] = []
    page.route("**/slides/*/*", lambda route: (asked.append(route.request.url), route.abort()))
    arrived = Scales(page).of(deck)
    assert sum(arrived.values()) <= 60 * KB, arrived
    assert sum(address.endswith("/picture") for address in asked) <= 4


def test_a_slide_is_discussed_from_the_deck_and_the_deck_says_so(visit: Visit, deck: str) -> None:
    page = visit("maya", f"{deck}#slide-12")
    expect(page.locator("[data-discuss]")).to_have_text("Discuss slide 12")
    page.locator("[data-discuss]").click()
    expect(page.get_by_label("Slide 12: Measure 12 Measures")).to_be_checked()
    page.get_by_label("Your question or subject in one line").fill("Who sees slide 12?")
    page.get_by_label("Details").fill("And what do they make of it?")
    page.get_by_role("button", name="Post to Performance Management").click()
    cited = page.get_by_role("list", name="Slides")
    expect(cited.locator("img")).to_have_js_property("naturalWidth", 640)
    cited.get_by_role("link", name="Slide 12: Measure 12").click()
    expect(page.locator("[data-at]")).to_have_text("Slide 12 of 48")
    expect(page.locator(".film a").nth(11)).to_have_accessible_name(re.compile(r"12 ?\. Measure 12, talked about once"))
    expect(page.get_by_role("link", name="Who sees slide 12?")).to_be_visible()


def test_slides_are_chosen_in_the_composer(visit: Visit, deck: str) -> None:
    page = visit("dan", "/groups/performance/topics/1", reduced_motion="reduce")
    page.get_by_label("Your reply").fill("Two of them.")
    page.get_by_role("button", name="Cite slides").click()
    page.get_by_role("button", name="Measures 48").click()
    assert not (problems := checks.sound(page)), checks.listed(problems)
    for number in (3, 48):
        page.get_by_label(f"{number}. Measure {number}", exact=True).check()
    expect(page.get_by_label("Your reply")).to_have_value("Two of them.")
    page.get_by_role("button", name="Post reply to Performance Management").click()
    post = page.locator("article", has_text="Two of them.")
    expect(post.get_by_role("list", name="Slides").get_by_role("listitem")).to_have_count(2)


def test_a_new_version_goes_in_by_pieces_and_the_old_one_is_still_there(
    visit: Visit, tmp_path: Path, site: Site
) -> None:
    deck = shelve(site, files.pdf(*TITLES[:5]))
    newer = tmp_path / "measures-2.pdf"
    newer.write_bytes(files.pdf("Measure one", "Measure two"))
    page = visit("ruth", f"{deck}/versions", reduced_motion="reduce")
    page.get_by_label("The new file").set_input_files(newer)
    expect(page.locator(".upload")).to_contain_text("Ready", timeout=30_000)
    page.get_by_role("button", name="Add version 2 to Performance Management").click()
    expect(page.get_by_text("appear here in about 2 minutes")).to_be_visible()
    with site.inside():
        assert previews.work() == 1
    expect(page.locator("[data-at]")).to_have_text("Slide 1 of 2", timeout=30_000)
    page.get_by_role("link", name=re.compile("Look at it ?: version 1")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1 of Measures")
    expect(page.locator("[data-at]")).to_have_text("Slide 1 of 5")
    for below in ("", "/removal"):
        page.goto(f"{deck}/versions/1{below}")
        assert not (problems := checks.sound(page)), checks.listed(problems)
    page.goto(f"{deck}/versions/1")
    page.get_by_role("button", name="Make it the newest again").click()
    expect(page.get_by_text("Version 1 is the newest again, as version 3.")).to_be_visible()
    expect(page.locator("[data-at]")).to_have_text("Slide 1 of 5")
