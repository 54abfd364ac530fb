"""Error pages: our design, plain words, a number, nothing of the machine, and what was typed."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

CODES = [400, 403, 404, 405, 409, 413, 422, 429, 500, 503]
LONG = "How do you hand over open concerns between shifts?\nWe have three."


@pytest.mark.parametrize("code", CODES)
def test_every_error_has_a_page_of_ours_with_the_number_in_the_log(browser: FlaskClient, code: int) -> None:
    reply = browser.get(f"/refuse/{code}")
    assert reply.status_code == code
    assert re.search(r"<title>(?!Error)[^<]+ – Commonplace</title>", reply.text)
    assert reply.text.count("<h1>") == 1
    assert reply.headers["X-Request-Id"] in reply.text
    assert "!" not in re.sub(r"<[^>]+>", "", reply.text)


def test_an_error_without_a_page_of_its_own_gets_its_familys(browser: FlaskClient) -> None:
    assert browser.get("/refuse/418").status_code == 418
    assert "We can’t read this request" in browser.get("/refuse/418").text


def test_all_that_is_missing_looks_the_same(browser: FlaskClient) -> None:
    def page(path: str) -> tuple[str, list[tuple[str, str]]]:
        reply = browser.get(path)
        number = reply.headers.pop("X-Request-Id")
        return reply.text.replace(number, ""), sorted(reply.headers.items())

    assert page("/groups/hidden/topics/1") == page("/refuse/404") == page("/refuse/404?says=There+is+a+group")


def test_a_failure_tells_nothing_of_the_machine(browser: FlaskClient) -> None:
    reply = browser.get("/broken")
    assert reply.status_code == 500
    assert "SELECT" not in reply.text
    assert "Traceback" not in reply.text


def test_a_failure_is_drawn_without_the_parts_that_may_have_failed(kit: Flask, browser: FlaskClient) -> None:
    @kit.context_processor
    def rail() -> dict[str, object]:
        raise OSError("the database is away")

    assert browser.get("/ask").status_code == 500
    assert "Something went wrong here" in browser.get("/ask").text


def test_our_sentence_is_said_and_the_librarys_is_not(browser: FlaskClient) -> None:
    assert "Only facilitators pin a topic." in browser.get("/refuse/403?says=Only+facilitators+pin+a+topic.").text
    assert "readable by the server" not in browser.get("/refuse/403").text


def test_a_wrong_method_says_which_are_right(browser: FlaskClient) -> None:
    reply = browser.get("/said")
    assert reply.status_code == 405
    assert "POST" in reply.headers["Allow"]


@pytest.mark.parametrize("path", ["/broken", "/refuse/409", "/refuse/429", "/refuse/503"])
def test_what_was_typed_is_kept_when_the_site_cannot_act(browser: FlaskClient, path: str) -> None:
    page = browser.post(path, data={"title": "Handover", "body": LONG}).text
    assert LONG in page
    assert f'action="{path}"' in page
    assert "Send again" in page


def test_a_password_is_not_kept(browser: FlaskClient) -> None:
    page = browser.post("/refuse/429", data={"email": "ruth@example.org", "password": "correct horse battery"}).text
    assert "correct horse" not in page
    assert "Send again" not in page


def test_a_body_over_the_limit_is_refused_as_too_large(browser: FlaskClient) -> None:
    reply = browser.post("/ask", data={"body": "x" * 200_000})
    assert reply.status_code == 413
    assert "That is too large" in reply.text


def test_errors_are_not_kept_by_anyone(browser: FlaskClient) -> None:
    assert browser.get("/nowhere").headers["Cache-Control"] == "private, no-store"
