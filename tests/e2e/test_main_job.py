"""The main job on real files: Ruth shares her slides, Maya opens them and asks, Sam asks to join, a stranger finds nothing."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from forum import demo
from tests.e2e.conftest import Visit
from tests.e2e.site import Site, person

SLIDES = Path(demo.__file__).parent / "files" / "measures-that-help.pdf"
GROUP = "/groups/performance"
SENTENCE = "Only members of Performance Management can see this"


class Shared(NamedTuple):
    """Where the slides are: in the library, and in a topic."""

    document: str
    topic: str


def add_to_library(page: Page) -> str:
    """Where the slides are, once whoever uses the page has added them to the library."""
    page.goto(f"{GROUP}/library")
    page.get_by_role("link", name="Add files").click()
    page.get_by_label("Files", exact=True).set_input_files(SLIDES)
    page.get_by_label("Title").fill("Slides of the autumn workshop")
    page.get_by_role("button", name="Add to Performance Management").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Slides of the autumn workshop")
    return page.url


def add_to_topic(page: Page) -> str:
    """Where the topic is that carries the slides."""
    page.goto(GROUP)
    page.get_by_role("link", name="New post").click()
    page.get_by_role("radio", name="Announcement").check()
    page.get_by_label("Your question or subject in one line").fill("The slides of the autumn workshop are here")
    page.get_by_label("Details").fill("Eight slides. **Slide 5** is the one to argue about.")
    page.get_by_label("Add files").set_input_files(SLIDES)
    page.get_by_role("button", name="Post to Performance Management").click()
    page.get_by_role("button", name="Announce to").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The slides of the autumn workshop are here")
    return page.url.split("?")[0]


@pytest.fixture(scope="module")
def shared(chromium: Browser, site: Site) -> Shared:
    """What Ruth did before the others came: she added her slides to the library and to a topic."""
    context = chromium.new_context(base_url=site.address)
    page = person(context.new_page(), "ruth")
    where = Shared(add_to_library(page), add_to_topic(page))
    context.close()
    return where


def downloaded(page: Page, name: str) -> bytes:
    """What arrives on pressing that link."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).first.click()
    assert download.value.suggested_filename == "measures-that-help.pdf"
    return download.value.path().read_bytes()


def test_ruth_reads_who_can_see_her_slides_before_and_after_she_posts_them(visit: Visit, shared: Shared) -> None:
    page = visit("ruth", shared.document)
    expect(page.get_by_text("Only members of Performance Management can see")).to_be_visible()
    expect(page.get_by_text("measures-that-help.pdf")).to_be_visible()
    page.goto(shared.topic)
    expect(page.locator("header .audience")).to_contain_text(SENTENCE)
    expect(page.get_by_role("list", name="Files of this post").get_by_role("link").first).to_have_text(
        "Measures that help"
    )
    page.goto(f"{GROUP}/library")
    expect(page.locator(".file", has_text="Slides of the autumn workshop")).to_have_count(1)


def test_maya_downloads_the_slides_from_the_library_to_the_last_byte(visit: Visit, shared: Shared) -> None:
    page = visit("maya", f"{GROUP}/library")
    assert downloaded(page, "Download Slides of the autumn workshop") == SLIDES.read_bytes()
    page.goto(shared.topic)
    assert downloaded(page, "Download Measures that help") == SLIDES.read_bytes()


def test_ceri_finds_the_slides_from_her_home_page_and_asks_about_them(visit: Visit, shared: Shared) -> None:
    page = visit("ceri", "/")
    page.get_by_role("link", name="The slides of the autumn workshop are here").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The slides of the autumn workshop are here")
    page.get_by_label("Your reply").fill("On slide 5: does the rule of 20 hold for a *rolling* quarter?")
    expect(page.locator("form#reply .audience")).to_contain_text(SENTENCE)
    page.get_by_role("button", name="Post reply to Performance Management").click()
    mine = page.locator("article", has_text="does the rule of 20 hold")
    expect(mine).to_be_in_viewport()
    expect(mine.get_by_role("heading")).to_contain_text("by Ceri Llŷn-Davies")
    expect(mine.locator("em")).to_have_text("rolling")


def test_maya_asks_a_question_of_her_own_and_is_told_who_can_see_it(visit: Visit) -> None:
    page = visit("maya", GROUP)
    page.get_by_role("link", name="New post").click()
    expect(page.get_by_role("radio", name="Question")).to_be_checked()
    page.get_by_label("Your question or subject in one line").fill("How long do you keep a measure on trial?")
    page.get_by_label("Details").fill("We said one quarter. It is the third.")
    page.get_by_role("button", name="Post to Performance Management").click()
    expect(page.get_by_role("heading", name="Your question is posted")).to_be_visible()
    people = re.search(r"\d+ people", page.locator("main header .audience").inner_text())
    assert people
    expect(page.get_by_text(f"{people[0]} can see it.")).to_be_visible()
    expect(page.get_by_role("heading", name="No replies yet")).to_be_visible()


def test_sam_sees_the_card_asks_to_join_is_accepted_and_reads_the_slides(
    visit: Visit, site: Site, shared: Shared
) -> None:
    sam = visit("sam", GROUP)
    expect(sam.get_by_text("This group is restricted. You can ask to join.")).to_be_visible()
    expect(
        sam.get_by_text("The facilitators will see your name, organisation, email address and this note.")
    ).to_be_visible()
    sam.get_by_label("Why would you like to join?").fill("I am a performance team of one.")
    sam.get_by_role("button", name="Ask to join").click()
    expect(sam.get_by_text("You have asked to join")).to_be_visible()
    expect(sam.get_by_text("and one other facilitator have your request")).to_be_visible()

    ruth = visit("ruth", f"{GROUP}/manage")
    expect(ruth.get_by_text("Sam Tuffnell, Saltmarsh Fire and Rescue")).to_be_visible()
    ruth.get_by_role("link", name="Review requests").click()
    asked = ruth.locator(".entry", has_text="Sam Tuffnell")
    expect(asked).to_contain_text("sam@example.org")
    expect(asked).to_contain_text("I am a performance team of one.")
    asked.get_by_role("button", name="Accept Sam Tuffnell").click()
    expect(ruth.get_by_text("Accepted by Ruth Castellan just now")).to_be_visible()

    assert "Performance Management" in site.letters("sam@example.org")[-1]["Subject"]
    sam.goto(shared.document)
    assert downloaded(sam, "Download PDF") == SLIDES.read_bytes()


def test_a_stranger_is_sent_to_sign_in_and_finds_nothing(visit: Visit, shared: Shared) -> None:
    page = visit("", shared.topic)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to continue")
    for address in (shared.document, f"{shared.document}/download", f"{GROUP}/topics/9999", f"{GROUP}/library/9999"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to continue")
    assert page.goto(GROUP).status == 404
    page.goto("/groups?q=performance")
    expect(page.get_by_role("main")).not_to_contain_text("Performance Management")
    for address in ("/", "/groups", "/groups/service-design"):
        page.goto(address)
        expect(page.locator("body")).not_to_contain_text("autumn workshop")


def test_a_stranger_who_signs_in_lands_where_they_were_going(visit: Visit, shared: Shared) -> None:
    page = visit("", shared.document)
    person(page, "maya")
    expect(page.get_by_role("heading", level=1)).to_have_text("Slides of the autumn workshop")
