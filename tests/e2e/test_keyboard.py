"""The main job by keyboard alone: Tab, Enter, and the keys that text fields know."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit

WHO_IS_IT = """() => { const el = document.activeElement;
  const label = el.labels?.[0]?.textContent ?? el.getAttribute('aria-label') ?? el.textContent;
  return label.replace(/\\s+/g, ' ').trim(); }"""


def tab_to(page: Page, name: str, most: int = 120) -> None:
    """Presses Tab until the focus is on what is called so."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(WHO_IS_IT).startswith(name):
            return
    raise AssertionError(f"{name} can't be reached by {most} tabs")


def test_maya_signs_in_finds_the_slides_downloads_them_and_asks(visit: Visit) -> None:
    page = visit("", "/sign-in?next=/groups/performance/library")
    tab_to(page, "Email address")
    page.keyboard.type("maya@example.org")
    tab_to(page, "Password")
    page.keyboard.type("correct horse practice")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Performance Management")

    tab_to(page, "Measures that help: slides as PDF")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Measures that help: slides as PDF")
    tab_to(page, "Download")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "measures-that-help.pdf"

    tab_to(page, "Slides from the workshop: Measures that help")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Slides from the workshop: Measures that help")
    tab_to(page, "Reply to Tom Adeyemi, post 2")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.type("Did the 38% surprise anyone?")
    page.keyboard.press("Control+Enter")
    mine = page.locator(".replies article", has_text="Did the 38% surprise anyone?")
    expect(mine.get_by_role("heading")).to_contain_text("by Maya Okafor")


def test_escape_closes_an_open_menu_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit("ruth", "/groups/performance/topics/3")
    page.wait_for_load_state("networkidle")
    for menu in page.locator("details.menu > summary").filter(visible=True).all()[:4]:
        menu.focus()
        page.keyboard.press("Enter")
        opened = page.locator("details.menu[open] .menu-list")
        expect(opened).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
        expect(menu).to_be_focused()


def test_cancel_takes_the_composer_back_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit("maya", "/groups/performance/topics/3")
    page.wait_for_load_state("networkidle")
    tab_to(page, "Reply to Dan Whitfield, post 6")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Replying to Dan Whitfield, post 6")).to_be_visible()
    tab_to(page, "Cancel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Reply to Dan Whitfield, post 6")).to_be_focused()
    expect(page.get_by_role("heading", name="Add to this discussion")).to_be_visible()
