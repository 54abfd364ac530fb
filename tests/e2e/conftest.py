"""A site of its own for each module, and `visit("maya", "/groups")`: a page as that person sees it."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import drop_database, make_database
from tests.e2e.site import Site

Visit = Callable[..., Page]
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def site(
    template: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Site]:
    """A running site with the demo community. A module changes settings with SITE = {...}."""
    folder = tmp_path_factory.mktemp("site") / "instance"
    name = f"{template.name}_{uuid.uuid4().hex[:8]}" if template.name else ""
    shutil.copytree(template.folder, folder)
    running = Site(folder, make_database(name, template.name) if name else "", getattr(request.module, "SITE", {}))
    yield running
    running.stop()
    if name:
        drop_database(name)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What went wrong behind the pages of a test: script errors, policy violations, answers of 500 and more.

    Not among them: a page transition that the browser drops because the next page came too soon.
    """
    heard: list[str] = []
    yield heard
    assert heard == []


def listen(page: Page, heard: list[str]) -> None:
    """Notes what goes wrong behind a page."""
    page.on("pageerror", lambda error: heard.append(str(error)) if "ransition" not in str(error) else None)
    page.on("console", lambda said: heard.append(said.text) if "Security Policy" in said.text else None)
    page.on("response", lambda reply: heard.append(f"{reply.status} {reply.url}") if reply.status >= 500 else None)


@pytest.fixture
def visit(chromium: Browser, site: Site, complaints: list[str]) -> Iterator[Visit]:
    """`visit("maya", "/groups")`: a page in a browser in which that person is signed in; nobody for ""."""
    contexts: list[BrowserContext] = []

    def open_page(name: str, path: str, **settings: Any) -> Page:
        if name:
            settings["storage_state"] = site.cookies_of(chromium, name)
        contexts.append(chromium.new_context(base_url=site.address, **settings))
        contexts[-1].set_default_timeout(10_000)
        page = contexts[-1].new_page()
        listen(page, complaints)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI a test in a browser that fails is tried once more, in a new window; the summary names it (RERUN)."""
    if os.environ.get("CI") == "true":
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.flaky(reruns=1))
