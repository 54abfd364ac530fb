"""Messages to browsers: where they may go, what they carry, and what becomes of them."""

import socket
import time

import pytest
from http_ece import ECEException

from forum.config import SETTINGS
from forum.kit import webpush
from forum.kit.webpush import Fate, Told
from tests.push_service import Service

PUBLIC = SETTINGS["PUSH_SERVICES"].default
KEY = "a secret of this test, which is long enough to be one"


@pytest.fixture
def service():
    running = Service()
    yield running
    running.close()


def send(phone, words=b'{"body": "Hello"}'):
    return webpush.send(phone.subscription, words, KEY, "mailto:host@example.org")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com/QIxs-9",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d",
        "https://FCM.googleapis.com:443/wp/x",
    ],
)
def test_messages_go_to_the_services_of_browsers(endpoint):
    assert webpush.allowed(endpoint, PUBLIC)


@pytest.mark.parametrize(
    "endpoint",
    [
        "", "x", "fcm.googleapis.com/x", "http://fcm.googleapis.com/x", "https://fcm.googleapis.com", "file:/etc/passwd", "ftp://fcm.googleapis.com/x",
        "https://169.254.169.254/latest/meta-data", "https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x",
        "https://fcm.googleapis.com@evil.example/x", "https://evil.example/fcm.googleapis.com/", "https://evil.example#@fcm.googleapis.com/",
        "https://fcm.googleapis.com.evil.example/x", "https://fcm.googleapis.com./x", "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:99999/x", "https://notify.windows.com/x", "https://xnotify.windows.com/x",
        "https://fcm.googleapis.com\n.evil.example/x", "https://fcm.googleapis.com/x\r\nHost: evil", "https://fcm.googleapis.com/ü",
        "https://fcm.goog\u0131eapis.com/x", "https://fcm.googleapis.com\\@evil.example/x", "https://fcm.googleapis.com/" + "x" * 1000,
        "gopher://fcm.googleapis.com/x", "javascript://fcm.googleapis.com/%0aalert(1)", " https://fcm.googleapis.com/x",
    ],
)  # fmt: skip
def test_messages_go_nowhere_else(endpoint):
    assert not webpush.allowed(endpoint, PUBLIC)


def test_a_host_may_name_a_whole_origin():
    services = ["http://127.0.0.1:8000"]
    assert webpush.allowed("http://127.0.0.1:8000/x", services)
    for other in (
        "http://127.0.0.1:8001/x",
        "https://127.0.0.1:8000/x",
        "http://127.0.0.1/x",
        "http://127.0.0.1:80000/x",
    ):
        assert not webpush.allowed(other, services), other


def test_a_browsers_keys_are_looked_at(service):
    good = service.phone("good").subscription
    assert webpush.fits(good)
    for wrong in (
        {"p256dh": ""}, {"auth": ""}, {"p256dh": good.p256dh[:-4]}, {"auth": good.auth + "AAAA"}, {"auth": "!" * 22},
        {"p256dh": webpush.packed(b"\x04" + b"\x01" * 64)}, {"p256dh": "ü" * 87}, {"p256dh": webpush.packed(b"\x05" + b"\0" * 64)},
    ):  # fmt: skip
        assert not webpush.fits(good._replace(**wrong)), wrong


def test_a_message_is_read_by_its_browser_alone_and_signed_by_us(service):
    phone, other = service.phone("one"), service.phone("two")
    assert send(phone) == Told(Fate.TAKEN)
    ((_, headers, body),) = service.got
    assert service.shown() == [("one", {"body": "Hello"})]
    assert b"Hello" not in body
    assert headers["Authorization"].endswith(f"k={webpush.public_key(KEY)}")
    with pytest.raises(ECEException):
        other.opened(body)


def test_our_key_is_the_same_in_every_process_and_another_on_every_site():
    webpush.import_module("forum.kit.sealing").own_key.cache_clear()
    first = webpush.public_key(KEY)
    webpush.import_module("forum.kit.sealing").own_key.cache_clear()
    assert webpush.public_key(KEY) == first
    assert webpush.public_key(KEY + "x") != first
    assert len(webpush.unpacked(first)) == webpush.POINT


@pytest.mark.parametrize(
    ("code", "after", "told"),
    [
        (201, "", Told(Fate.TAKEN)), (202, "", Told(Fate.TAKEN)), (404, "", Told(Fate.GONE)), (410, "", Told(Fate.GONE)),
        (429, "300", Told(Fate.LATER, 300)), (429, "999999", Told(Fate.LATER, 3600)), (503, "", Told(Fate.LATER, 120)),
        (500, "Mon, 23 Nov 2026 10:00:00 GMT", Told(Fate.LATER, 120)), (502, "-7", Told(Fate.LATER, 120)),
        (400, "", Told(Fate.REFUSED)), (403, "", Told(Fate.REFUSED)), (413, "", Told(Fate.REFUSED)),
    ],
)  # fmt: skip
def test_what_a_service_answers_decides_what_is_done(service, code, after, told):
    service.codes, service.headers = [code], {"Retry-After": after} if after else {}
    assert send(service.phone("one")) == told


def test_a_redirect_is_not_followed(service):
    service.codes, service.headers = [307], {"Location": f"{service.address}/elsewhere"}
    assert send(service.phone("one")) == Told(Fate.REFUSED)
    assert [path for path, _, _ in service.got] == ["/one"]


def test_a_service_that_is_away_or_silent_is_tried_again_later(service, monkeypatch, caplog):
    phone = service.phone("one")
    monkeypatch.setattr(webpush, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/secret-path"
        began = time.monotonic()
        told = webpush.send(phone.subscription._replace(endpoint=address), b"x", KEY, "mailto:host@example.org")
        assert told == Told(Fate.LATER, webpush.LEAST) and time.monotonic() - began < 5
    assert webpush.send(phone.subscription._replace(endpoint=address), b"x", KEY, "mailto:a@b.org").fate == Fate.LATER
    assert "127.0.0.1" in caplog.text and "secret-path" not in caplog.text
