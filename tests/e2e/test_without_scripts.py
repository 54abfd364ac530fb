"""Every core task with JavaScript off (acceptance point 14)."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from forum import demo
from tests.e2e.conftest import Visit
from tests.e2e.site import person

SHEET = Path(demo.__file__).parent / "files" / "options-scoring.csv"


@pytest.fixture
def plain(visit: Visit) -> Visit:
    """`plain("maya", "/")`: a page in a browser that runs no scripts."""

    def open_page(name: str, path: str) -> Page:
        page = visit(name, path, java_script_enabled=False)
        assert not page.locator(".js-only").filter(visible=True).count(), "a control that needs a script"
        return page

    return open_page


def test_sign_in_and_out(plain: Visit) -> None:
    page = person(plain("", "/groups/performance/topics/3"), "maya")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Our audit sheet went from 40 questions to 6.")
    page.locator("summary", has_text="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_join_an_open_group(plain: Visit) -> None:
    page = plain("priya", "/groups")
    page.get_by_role("button", name="Join Service Design Peers").click()
    expect(page.get_by_text("You are a member of Service Design Peers now.")).to_be_visible()


def test_ask_to_join_and_take_it_back(plain: Visit) -> None:
    page = plain("hugh", "/groups/commissioning")
    page.get_by_label("Why would you like to join?").fill("To see how contracts are measured.")
    page.get_by_role("button", name="Ask to join").click()
    page.get_by_role("button", name="Take back your request").click()
    expect(page.get_by_role("button", name="Ask to join")).to_be_visible()


def test_ask_a_question_look_at_it_first_and_accept_an_answer(plain: Visit) -> None:
    page = plain("sam", "/groups/policy/topics/new")
    page.get_by_label("Your question or subject in one line").fill("Who counts the fires that did not happen?")
    page.get_by_label("Details").fill("We visit 900 homes. *Nothing* burns.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview").locator("em")).to_have_text("Nothing")
    page.get_by_role("button", name="Post to Policy and Performance").click()
    expect(page.get_by_role("heading", name="Your question is posted")).to_be_visible()

    tom = plain("tom", page.url.split("?")[0])
    tom.get_by_label("Your reply").fill("Nobody. Count the visits.")
    tom.get_by_role("button", name="Post reply to Policy and Performance").click()
    page.reload()
    page.get_by_role("button", name=re.compile(r"Accept answer ?, post 1")).click()
    expect(page.get_by_role("region", name="Accepted answer")).to_contain_text("Nobody. Count the visits.")


def test_reply_to_a_reply(plain: Visit) -> None:
    page = plain("maya", "/groups/performance/topics/3")
    page.get_by_role("link", name="Reply to Hugh Pemberton, post 4").click()
    expect(page.get_by_text("Hugh Pemberton wrote, in post 4")).to_be_visible()
    page.get_by_label("Your reply").fill("We asked all nineteen once more.")
    page.get_by_role("button", name="Post reply to Performance Management").click()
    mine = page.locator("article.post article", has_text="We asked all nineteen once more.")
    expect(mine.get_by_text("In reply to Hugh, post 4")).to_be_visible()


def test_upload_keep_a_file_over_a_refused_form_and_download_it(plain: Visit) -> None:
    page = plain("tom", "/groups/policy/topics/new")
    page.get_by_label("Add files").set_input_files(SHEET)
    page.get_by_label("Details").fill("With a file, without a title.")
    page.get_by_role("button", name="Post to Policy and Performance").click()
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("Options scoring")).to_be_checked()
    page.get_by_label("Your question or subject in one line").fill("A sheet to score options")
    page.get_by_role("button", name="Post to Policy and Performance").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Options scoring").first.click()
    assert download.value.path().read_bytes() == SHEET.read_bytes()


def test_follow_and_stop_following(plain: Visit) -> None:
    page = plain("dan", "/groups/policy/topics/3")
    page.get_by_role("button", name="Follow", exact=True).click()
    page.get_by_role("button", name="Following").click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()


def test_save_a_draft_and_find_it_again(plain: Visit) -> None:
    page = plain("ines", "/groups/policy/topics/4")
    page.get_by_label("Your reply").fill("Half a thought about three numbers")
    page.get_by_role("button", name="Save draft").click()
    page.goto("/groups/policy/topics/4")
    expect(page.get_by_text("Your draft of")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("Half a thought about three numbers")


def test_edit_a_post_and_see_what_changed(plain: Visit) -> None:
    page = plain("leon", "/groups/policy/topics/4")
    page.locator("#post-2 > .post-foot summary").click()
    page.get_by_role("link", name="Edit post 2").click()
    page.get_by_label("Text").fill("I do not believe in three. I believe in five.")
    page.get_by_role("button", name="Save changes in Policy and Performance").click()
    page.locator("#post-2").get_by_role("link", name="what changed").click()
    expect(page.locator("ins").first).to_be_visible()


def test_make_a_profile_and_choose_the_dark_colours(plain: Visit) -> None:
    page = plain("omar", "/settings/profile")
    page.get_by_label("Job title").first.fill("Head of transformation")
    page.get_by_role("button", name="Save your profile").click()
    page.goto("/people/omar")
    expect(page.get_by_text("Head of transformation, Marlby City Council")).to_be_visible()
    page.goto("/settings/appearance")
    page.get_by_role("radio", name="Dark", exact=True).check()
    page.get_by_role("button", name="Save").click()
    page.goto("/groups")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 27)"
    sheets = page.evaluate(
        "() => [...document.querySelectorAll('link[rel=stylesheet]')].map(el => [el.parentElement.tagName, el.media])"
    )
    assert sheets == [["HEAD", ""], ["HEAD", "all"]], "the dark colours are there before the first paint"
