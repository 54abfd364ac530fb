"""Notifications in a real browser: turned on by a press, shown when a message comes, and without them where they can't be.

A browser that runs without a screen reaches no push service: its subscription is made up here, and messages are handed
to it as its service would.
"""

import json
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from forum.kit.db import db
from forum.kit.webpush import packed
from forum.models import PushDevice
from tests.e2e.conftest import Visit
from tests.e2e.site import Site

SITE = {"WEB_PUSH": True, "PUSH_SERVICES": ["push.example"]}
HEARING = "/settings/hearing"
#: what a browser with a push service would do
SUBSCRIBES = """
const made = %s;
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
  if (!userVisibleOnly || applicationServerKey.length !== 87) throw new Error('asked in another way');
  return { toJSON: () => made };
};
"""


@pytest.fixture(autouse=True)
def nothing_on(site: Site) -> None:
    """No browser shows notifications at the beginning."""
    with site.app.app_context():
        db.session.execute(delete(PushDevice))
        db.session.commit()


def made(endpoint: str = "https://push.example/one") -> dict[str, Any]:
    """A subscription as a browser says it."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    p256dh = packed(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    return {"endpoint": endpoint, "expirationTime": None, "keys": {"p256dh": p256dh, "auth": packed(os.urandom(16))}}


def settings(visit: Visit, subscription: dict[str, Any], allowed: bool = True) -> Page:
    """Maya's settings in a browser that would subscribe so."""
    page = visit("maya", "/healthz")
    if allowed:
        page.context.grant_permissions(["notifications"])
    page.add_init_script(SUBSCRIBES % json.dumps(subscription))
    page.goto(HEARING)
    return page


def test_they_are_turned_on_named_and_turned_off(visit: Visit) -> None:
    page = settings(visit, made())
    section = page.locator("section", has=page.get_by_role("heading", name="Notifications in your browsers"))
    with page.expect_navigation():
        section.get_by_role("button", name="Turn on in this browser").click()
    expect(section.get_by_role("listitem")).to_contain_text("(this one)")
    expect(section.locator("push-switch")).to_have_count(0)
    section.get_by_role("button", name="Name who and where").click()
    expect(section.get_by_role("listitem")).to_contain_text("names who wrote and where")
    section.get_by_role("button", name="Turn off").click()
    expect(section.get_by_role("listitem")).to_have_count(0)
    expect(section.get_by_role("button", name="Turn on in this browser")).to_be_visible()


def test_a_refusal_is_said_beside_the_button(visit: Visit) -> None:
    page = settings(visit, made("https://elsewhere.example/one"))
    page.locator("push-switch button").click()
    expect(page.locator("push-switch [role=status]")).to_contain_text("a service that this site does not send to")
    expect(page.locator("push-switch button")).to_be_enabled()


def test_a_browser_that_does_not_allow_them_is_told_how_to(visit: Visit) -> None:
    page = settings(visit, made(), allowed=False)
    page.locator("push-switch button").click()
    expect(page.locator("push-switch [role=status]")).to_contain_text("Allow them beside the address")


def test_a_message_is_shown_and_the_next_takes_its_place(visit: Visit, site: Site) -> None:
    page = settings(visit, made())
    worker = page.context.new_cdp_session(page)
    found: list[str] = []
    worker.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    worker.send("ServiceWorker.enable")
    with page.expect_navigation():
        page.locator("push-switch button").click()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for body in ("Something new in your inbox", "2 new things in your inbox"):
        data = json.dumps({"title": "Guildhall", "body": body, "url": "/inbox"})
        worker.send(
            "ServiceWorker.deliverPushMessage", {"origin": site.address, "registrationId": found[-1], "data": data}
        )
        page.wait_for_function(
            """async (body) => {
              const shown = await (await navigator.serviceWorker.ready).getNotifications();
              return shown.length === 1 && shown[0].body === body && shown[0].data.url === '/inbox';
            }""",
            arg=body,
        )


def test_without_a_script_one_sentence_says_so(visit: Visit) -> None:
    page = visit("maya", HEARING, java_script_enabled=False)
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("push-switch button")).to_be_hidden()
