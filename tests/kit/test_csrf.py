"""Who may make the site act: our own pages, and nobody else's."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

QUESTION = {
    "title": "Handover",
    "body": "How do you hand over open concerns between shifts?\nWe have three.",
    "kind": "q",
}


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "https://commons.example"},
    ],
)
def test_our_own_pages_may_act(plain: FlaskClient, headers: dict[str, str]) -> None:
    assert plain.post("/ask", data=QUESTION, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://commons.example.evil.example"},
        {"Origin": "http://commons.example"},
    ],
)
def test_other_sites_may_not_and_are_offered_no_way_to(plain: FlaskClient, headers: dict[str, str]) -> None:
    plain.get("/ask")
    reply = plain.post("/ask", data=QUESTION, headers=headers)
    assert reply.status_code == 403
    assert "<form" not in reply.text.split("<main")[1]


@pytest.mark.parametrize("origin", [None, "null"])
def test_who_does_not_say_needs_the_token_of_the_session(plain: FlaskClient, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    token = token_in(plain.get("/ask").text)
    assert plain.post("/ask", data=QUESTION, headers=headers).status_code == 403
    assert plain.post("/ask", data={**QUESTION, "csrf_token": token + "x"}, headers=headers).status_code == 403
    assert plain.post("/ask", data={**QUESTION, "csrf_token": token}, headers=headers).status_code == 303


def test_a_token_of_someone_else_is_worth_nothing(kit: Flask, plain: FlaskClient) -> None:
    other = token_in(kit.test_client().get("/ask").text)
    plain.get("/ask")
    assert other
    assert plain.post("/ask", data={**QUESTION, "csrf_token": other}).status_code == 403


def test_what_was_typed_comes_back_to_be_sent_again(plain: FlaskClient) -> None:
    reply = plain.post("/ask?from=home", data=QUESTION)
    assert reply.status_code == 403
    assert QUESTION["body"] in reply.text
    assert 'action="/ask?from=home"' in reply.text
    assert '<input type="hidden" name="title" value="Handover">' in reply.text
    again = {**QUESTION, "csrf_token": token_in(reply.text)}
    assert plain.post("/ask", data=again).status_code == 303


def test_text_that_comes_back_is_only_text(plain: FlaskClient) -> None:
    body = "</textarea><script>alert(1)</script>" + "x" * 60
    page = plain.post("/ask", data={"body": body, '"><b>': "x"}).text
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_a_password_never_comes_back(plain: FlaskClient) -> None:
    reply = plain.post("/enter", data={"email": "ruth@example.org", "password": "correct horse battery"})
    assert reply.status_code == 403
    assert "correct horse" not in reply.text


def test_a_strangers_upload_is_refused_unread(kit: Flask) -> None:
    class Unreadable(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = readinto = read  # type: ignore[assignment]

    reply = kit.test_client().post(
        "/ask", input_stream=Unreadable(), content_length=50_000, content_type="multipart/form-data; boundary=x"
    )
    assert reply.status_code == 403


def test_browsers_get_pages_without_secrets_or_cookies(browser: FlaskClient) -> None:
    reply = browser.get("/ask")
    assert "csrf_token" not in reply.text
    assert "Set-Cookie" not in reply.headers


def test_reading_needs_no_proof(plain: FlaskClient) -> None:
    assert plain.get("/ask", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
