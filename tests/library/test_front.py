"""nginx in front: the site decides at every request, nginx hands out, and nothing of what the site says is lost."""

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from forum import uploads
from forum.kit.db import db
from forum.models import Document, Membership, Standing, Version
from tests.front import PLACE
from tests.library.conftest import PDF, address

Shelve = Callable[..., Document]
KEPT = (
    "Content-Type", "Content-Disposition", "Content-Security-Policy", "Cache-Control", "X-Content-Type-Options",
    "Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy", "Permissions-Policy", "ETag",
    "Last-Modified",
)  # fmt: skip


@pytest.fixture
def ask(front: str) -> Callable[..., Any]:
    """`ask(browser, "/groups/…", "GET", Range="bytes=0-9")`: the answer by way of nginx, to a test browser's person."""

    def asked(browser: Any, where: str, method: str = "GET", **headers: str) -> Any:
        cookie = browser.get_cookie("session", domain="localhost")
        line = http.client.HTTPConnection(urlsplit(front).netloc, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        who = {"Cookie": f"session={cookie.value}"} if cookie else {}
        line.request(method, where, headers={"Host": "localhost", **who, **named})
        reply = line.getresponse()
        found = (reply.status, reply.read(), reply.headers)
        line.close()
        return found

    return asked


def test_what_the_site_says_of_a_file_arrives(ask: Any, community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "Zwölf Bögen.pdf"), as_(community.maya)
    said = maya.get(address(deck, "/download"))
    assert said.headers["X-Accel-Redirect"].startswith(PLACE) and said.data == b""
    status, content, headers = ask(maya, address(deck, "/download"))
    assert (status, content) == (200, PDF) and "X-Accel-Redirect" not in headers
    assert {name: headers.get_all(name) for name in KEPT} == {name: [said.headers[name]] for name in KEPT}
    assert len(headers.get_all("X-Request-Id")) == 1 and headers.get_all("Content-Length") == [str(len(PDF))]


def test_parts_questions_and_what_is_unchanged(ask: Any, community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf"), as_(community.maya)
    where = address(deck, "/download")
    status, content, headers = ask(maya, where, "HEAD")
    assert (status, content, headers["Content-Length"]) == (200, b"", str(len(PDF)))
    etag = headers["ETag"]
    status, content, headers = ask(maya, where, Range="bytes=5-9")
    assert (status, content, headers["Content-Range"]) == (206, PDF[5:10], f"bytes 5-9/{len(PDF)}")
    assert headers["Cache-Control"] == "private, no-store" and "sandbox" in headers["Content-Security-Policy"]
    assert ask(maya, where, Range="bytes=99999999-")[0] == 416
    assert ask(maya, where, Range=f"bytes={len(PDF) - 4}-", If_Range=etag)[:2] == (206, PDF[-4:])
    assert ask(maya, where, Range="bytes=5-9", If_Range='"another"')[:2] == (200, PDF)
    status, content, headers = ask(maya, where, If_None_Match=etag)
    assert (status, content, headers["Cache-Control"]) == (304, b"", "private, no-store")
    assert ask(maya, where, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")[0] == 304


def test_nginx_hands_out_nothing_on_its_own(front: str, ask: Any, community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf"), as_(community.maya)
    where = address(deck, "/download")
    assert ask(maya, where)[1] == PDF
    key = db.session.query(Version.storage_key).filter_by(document_id=deck.id).scalar()
    assert ask(maya, PLACE + uploads.store().beside(key))[0] == 404
    for who in (community.sam, None):
        status, content, _headers = ask(as_(who), where, Range="bytes=0-9")
        assert status in (303, 403) and b"%PDF" not in content
    seat = db.session.query(Membership).filter_by(user_id=community.maya.id, group_id=deck.group_id).one()
    seat.standing = Standing.FORMER
    db.session.commit()
    assert ask(maya, where)[0] == 403


def test_downloads_are_counted_and_later_parts_are_not(ask: Any, community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf"), as_(community.maya)
    for headers in ({}, {"Range": "bytes=0-3"}, {"Range": "bytes=5-9"}, {"Range": "bytes=-4"}):
        assert ask(maya, address(deck, "/download"), **headers)[0] in (200, 206)
    ask(maya, address(deck, "/download"), "HEAD")
    db.session.expire_all()
    assert deck.download_count == 2


def test_lost_bytes_are_a_plain_refusal(app: Flask, ask: Any, community: Any, as_: Any, shelve: Shelve) -> None:
    deck = shelve("performance", "ruth", "deck.pdf")
    key = db.session.query(Version.storage_key).filter_by(document_id=deck.id).scalar()
    uploads.store().remove(key)
    status, content, _headers = ask(as_(community.maya), address(deck, "/download"))
    assert status == 503 and "can’t read this file" in content.decode()
