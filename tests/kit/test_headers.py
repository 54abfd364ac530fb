"""What every answer carries, and how pages are compressed."""

import gzip
import re

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/ask", "/nowhere", "/broken", "/download"])
def test_every_answer_is_protected_errors_included(browser: FlaskClient, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])


def test_pages_allow_no_inline_code_and_no_other_origin(browser: FlaskClient) -> None:
    policy = browser.get("/ask").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_view_keeps_the_headers_it_sets(browser: FlaskClient) -> None:
    headers = browser.get("/download").headers
    assert headers["Content-Security-Policy"] == "sandbox"
    assert headers["Cache-Control"] == "private, no-store"


def test_pages_are_private_and_asked_again(browser: FlaskClient) -> None:
    assert browser.get("/ask").headers["Cache-Control"] == "private, no-cache"


def test_only_https_promises_https(browser: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in browser.get("/ask").headers
    assert browser.get("/ask", base_url="https://localhost").headers["Strict-Transport-Security"] == "max-age=63072000"


def test_each_request_has_its_own_number(browser: FlaskClient) -> None:
    assert browser.get("/ask").headers["X-Request-Id"] != browser.get("/ask").headers["X-Request-Id"]


def test_a_page_is_compressed_and_its_etag_stays_usable(browser: FlaskClient) -> None:
    whole = browser.get("/page/5000")
    small = browser.get("/page/5000", headers={"Accept-Encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == whole.data
    assert int(small.headers["Content-Length"]) == len(small.data) < len(whole.data)
    assert "Accept-Encoding" in whole.headers["Vary"]
    assert "Accept-Encoding" in small.headers["Vary"]
    assert small.headers["ETag"] == 'W/"one"'


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        ("/page/500", "gzip"),
        ("/page/5000", "gzip;q=0, br"),
        ("/page/5000", ""),
        ("/stream", "gzip"),
        ("/download", "gzip"),
    ],
)
def test_short_pages_streams_and_unwilling_clients_get_plain_bytes(
    browser: FlaskClient, path: str, accepted: str
) -> None:
    assert "Content-Encoding" not in browser.get(path, headers={"Accept-Encoding": accepted}).headers


def test_an_upload_by_script_is_told_where_to_go_with_the_fragment(browser: FlaskClient) -> None:
    form = {"title": "Handover", "body": "How?", "key": "0123456789abcdef"}
    assert browser.post("/ask", data=form).status_code == 303
    reply = browser.post("/ask", data=form, headers={"X-Requested-With": "upload"})
    assert reply.status_code == 201
    assert reply.headers["Location"] == "/asked/0123456789abcdef#post-3"
