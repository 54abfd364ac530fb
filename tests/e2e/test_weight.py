"""What a page weighs on its way: 60 KB the first time with fonts, 12 KB afterwards, at most 8 requests."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visit
from tests.e2e.site import Site
from tests.e2e.talk import at_length, start

KB = 1024


class Scales:
    """Weighs what arrives for a page: the bodies, compressed as they travel. Headers are half a kilobyte each on top."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.names: dict[str, str] = {}
        self.heads: dict[str, float] = {}
        self.arrived: dict[str, int] = {}
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", self._asked)
        wire.on("Network.responseReceived", self._begun)
        wire.on("Network.loadingFinished", self._arrived)

    def _asked(self, event: dict[str, Any]) -> None:
        self.names[event["requestId"]] = event["request"]["url"].partition("/static/")[2][11:] or "page"

    def _begun(self, event: dict[str, Any]) -> None:
        self.heads[event["requestId"]] = event["response"]["encodedDataLength"]

    def _arrived(self, event: dict[str, Any]) -> None:
        which = event["requestId"]
        if (
            which in self.names and event["encodedDataLength"]
        ):  # else: of the page before, or from the browser's own cache
            self.arrived[self.names[which]] = int(event["encodedDataLength"] - self.heads.get(which, 0))

    def of(self, address: str) -> dict[str, int]:
        """What arrives on opening that page now, and its bytes."""
        self.arrived = {}
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(300)
        return self.arrived


@pytest.fixture(scope="module")
def long_topic(site: Site) -> str:
    """A conversation of 50 posts."""
    topic = start(site, "ruth", "performance", "Fifty weeks of one measure")
    at_length(site, topic, 49)
    return topic


@pytest.mark.parametrize("page_name", ["topic of 50 posts", "group", "home"])
def test_a_page_stays_within_its_budget(visit: Visit, long_topic: str, page_name: str) -> None:
    address = {"topic of 50 posts": long_topic, "group": "/groups/performance", "home": "/"}[page_name]
    page = visit("maya", "/healthz")
    scales = Scales(page)
    first = scales.of(address)
    scales.of("/groups/policy")
    again = scales.of(address)
    assert sum(first.values()) <= 60 * KB, first
    assert len(first) <= 8, first
    assert sum(again.values()) <= 12 * KB, again
    assert set(again) == {"page"}, again


def test_what_every_page_shares_is_the_same_for_everybody(visit: Visit) -> None:
    page = visit("maya", "/groups")
    shared = page.locator("link[href^='/static/'], script[src]").evaluate_all("all => all.map(el => el.href || el.src)")
    assert len(shared) >= 6
    for address in shared:
        headers = page.request.get(address).headers
        assert headers["vary"] == "Accept-Encoding", address
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
