"""A file that is chosen is sent at once, in pieces; a dropped line, a pause or a closed tab costs nothing."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.conftest import Visit

NEW = "/groups/performance/library/new"
MEGABYTE = 2**20


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A file of five megabytes."""
    path = tmp_path / "walkthrough.txt"
    path.write_bytes(b"A step.\n" * (5 * MEGABYTE // 8))
    return path


def line(page: Page, size: float) -> CDPSession:
    """The line of a page's browser, which lets so many megabytes a second through until it is detached."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    speed = {"latency": 1, "downloadThroughput": -1, "uploadThroughput": size * MEGABYTE}
    wire.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    return wire


def row(page: Page, words: str | re.Pattern[str]) -> None:
    """Waits for a file's line to say so."""
    expect(page.locator(".upload")).to_contain_text(words, timeout=30_000)


def test_a_deck_outlives_a_dropped_line_and_a_pause(visit: Visit, deck: Path) -> None:
    page = visit("maya", NEW)
    wire = line(page, 0.5)
    page.get_by_label("Files", exact=True).set_input_files(deck)
    row(page, re.compile(r"[1-9]\d% of 5\.2 MB"))
    page.get_by_role("button", name="Pause walkthrough.txt").click()
    row(page, re.compile(r"Paused at [1-9]\d%"))
    wire.detach()
    page.context.set_offline(True)
    page.get_by_role("button", name="Resume walkthrough.txt").click()
    row(page, re.compile(r"Stopped at [1-9]\d%: the connection dropped\. Nothing is lost"))
    page.context.set_offline(False)
    row(page, "Ready · 5.2 MB · only you can see it until you post")
    expect(page.locator("[data-upload-status]")).to_contain_text("walkthrough.txt: Ready")
    page.get_by_role("button", name="Add to Performance Management").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Walkthrough")
    assert page.request.get(page.url + "/download").body() == deck.read_bytes()


def test_posting_waits_for_what_is_on_its_way(visit: Visit, deck: Path) -> None:
    """Even for a file that was chosen so lately that the code which sends it has not come."""
    page = visit("maya", "/groups/performance/topics/new")
    wire = line(page, 0.2)
    page.route("**/js/pieces.js", lambda route: (time.sleep(1), route.continue_()))
    page.get_by_label("Your question or subject in one line").fill("A walkthrough")
    page.get_by_label("Details").fill("Five megabytes of it.")
    page.get_by_label("Add files").set_input_files(deck)
    page.get_by_role("button", name="Post to Performance Management").click()
    expect(page.get_by_text("Will post when 1 upload finishes. Keep this page open")).to_be_visible()
    wire.detach()
    expect(page.get_by_role("list", name="Files of this post")).to_contain_text("Walkthrough", timeout=30_000)


def test_after_a_closed_tab_the_same_file_carries_on(visit: Visit, deck: Path) -> None:
    page = visit("maya", NEW)
    line(page, 0.5)
    page.get_by_label("Files", exact=True).set_input_files(deck)
    row(page, re.compile(r"[1-9]\d% of 5\.2 MB"))
    page.goto("/healthz")
    page.goto(NEW)
    row(page, re.compile(r"Choose walkthrough\.txt again to carry on from \d+%"))
    page.get_by_label("Files", exact=True).set_input_files(deck)
    row(page, "Ready · 5.2 MB")
    expect(page.locator(".upload")).to_have_count(1)


def test_what_cannot_be_stored_says_so_beside_the_file_and_leaves(visit: Visit, tmp_path: Path) -> None:
    page = visit("maya", NEW)
    program = tmp_path / "setup.exe"
    program.write_bytes(b"MZ")
    page.get_by_label("Files", exact=True).set_input_files(program)
    row(page, "Files ending in .exe can't be added here")
    page.get_by_role("button", name="Remove setup.exe").click()
    expect(page.locator(".upload")).to_have_count(0)


def test_where_pieces_do_not_get_through_the_form_sends_the_file(visit: Visit, deck: Path) -> None:
    page = visit("maya", NEW)
    page.route("**/groups/performance/uploads", lambda route: route.fulfill(status=405))
    page.get_by_label("Files", exact=True).set_input_files(deck)
    row(page, "5.2 MB")
    page.get_by_role("button", name="Add to Performance Management").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Walkthrough")
