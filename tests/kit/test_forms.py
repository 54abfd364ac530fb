"""Forms: text arrives tidy, and what is wrong is said in plain words at its field."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

RIGHT = {"title": "Handover", "body": "How?"}


def said(browser: FlaskClient, **fields: Any) -> Any:
    return browser.post("/said", data={**RIGHT, **fields}).json


def test_a_right_form_is_right(browser: FlaskClient) -> None:
    answer = said(browser)
    assert answer["right"], answer


def test_text_is_trimmed_composed_and_has_one_kind_of_line_end(browser: FlaskClient) -> None:
    answer = said(browser, title="  Cafe\u0301  ", body="\r\n   \r\n    code\r\nnext\rlast \r\n\r\n")
    assert answer["data"]["title"] == "Café"
    assert answer["data"]["body"] == "    code\nnext\nlast"


def test_a_password_keeps_its_spaces(browser: FlaskClient) -> None:
    assert (
        browser.post("/enter", data={"password": "  a long passphrase "}).json["data"]["password"]
        == "  a long passphrase "
    )


def test_what_is_missing_or_too_long_is_said_in_words(browser: FlaskClient) -> None:
    assert said(browser, title="   ")["errors"]["title"] == ["Write a title"]
    assert said(browser, title="x" * 21)["errors"]["title"] == ["Title must be 20 characters or fewer"]
    assert said(browser, address="ruth")["errors"]["address"] == ["Write an email address, like name@example.org"]
    assert said(browser, folder="z")["errors"]["folder"] == ["Choose one from the list"]
    assert said(browser, kind="z")["errors"]["kind"] == ["Choose one from the list"]
    short = browser.post("/enter", data={"password": "short"}).json
    assert short["errors"]["password"] == ["Password must be 12 characters or more"]


def test_two_values_for_one_field_are_refused_at_the_field(browser: FlaskClient) -> None:
    assert said(browser, title=["one", "two"])["errors"]["title"] == ["Send one value only"]
    assert said(browser, folder=["t", "g"])["errors"]["folder"] == ["Send one value only"]


def test_a_file_in_place_of_text_is_refused(browser: FlaskClient) -> None:
    answer = browser.post("/said", data={"body": "How?", "title": (BytesIO(b"x"), "title.txt")}).json
    assert answer["errors"]["title"] == ["Write text here, not a file"]


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x07", "\x85", "\n", "\t"])
def test_unseen_characters_are_refused_in_a_line(browser: FlaskClient, char: str) -> None:
    assert "can’t be shown" in said(browser, title=f"a{char}b")["errors"]["title"][0]


def test_a_text_may_have_lines_and_tabs_and_nothing_else_unseen(browser: FlaskClient) -> None:
    assert said(browser, body="a\tb\nc")["right"]
    assert "can’t be shown" in said(browser, body="a\x08b")["errors"]["body"][0]


def test_json_is_no_form(browser: FlaskClient) -> None:
    answer = browser.post("/said", json=["x"])
    assert answer.status_code == 200
    assert not answer.json["right"]


def test_the_key_is_kept_when_lawful_and_made_when_not(browser: FlaskClient) -> None:
    assert said(browser, key="0123456789abcdef")["data"]["key"] == "0123456789abcdef"
    for bad in ("", "0123", "g" * 16, "' OR 1=1"):
        assert re.fullmatch("[0-9a-f]{16}", said(browser, key=bad)["data"]["key"])


def test_each_form_shown_has_its_own_key_and_a_refused_one_keeps_it(browser: FlaskClient) -> None:
    def key(page: str) -> str:
        found = re.search(r'name="key"[^>]*value="([0-9a-f]{16})"', page)
        return found[1] if found else ""

    first, second = key(browser.get("/ask").text), key(browser.get("/ask").text)
    assert first
    assert first != second
    assert key(browser.post("/ask", data={"key": first}).text) == first


def test_a_refused_form_says_so_at_the_top_in_the_title_and_at_the_field(browser: FlaskClient) -> None:
    reply = browser.post("/ask", data={"title": "", "body": "<kept> text", "folder": "g"})
    page = reply.text
    assert reply.status_code == 422
    assert "<title>Error: Ask – Commonplace</title>" in page
    assert '<a href="#title">Write a title</a>' in page
    assert re.search(r'<input aria-describedby="title-hint title-error" aria-invalid="true" [^>]*id="title"', page)
    assert 'id="title-error"' in page
    assert 'id="title-hint"' in page
    assert "&lt;kept&gt; text" in page
    assert re.search(r'<option selected value="g">', page)


def test_the_browser_does_not_cut_or_stop_what_the_server_explains(browser: FlaskClient) -> None:
    page = browser.get("/ask").text
    assert "maxlength" not in page
    assert " required" not in page
    assert "<title>Ask – Commonplace</title>" in page
