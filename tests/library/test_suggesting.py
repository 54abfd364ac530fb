"""Members suggest words for slides; whoever added the file, and facilitators, decide."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.library import actions
from forum.models import Document, Slide, Suggestion
from tests import sketches
from tests.library.conftest import PDF, address

Shelve = Callable[..., Document]


@pytest.fixture
def deck(shelve: Shelve) -> Document:
    """Tom's deck of two slides in Performance Management, which say nothing."""
    document = shelve("performance", "tom", "may.pdf", PDF, title="May")
    sketches.draw(document, 2, title="", text="")
    return document


def suggest(browser: Any, deck: Document, words: str, k: int = 2) -> Any:
    """What is answered to words for a slide."""
    where = address(deck, f"/slides/{k}/text")
    mark = re.search(r'name="before"[^>]*value="([^"]*)"', browser.get(where).text)
    return browser.post(where, data={"described": words, "before": mark[1] if mark else ""}, follow_redirects=True)


def waiting() -> list[str]:
    """The words that wait."""
    db.session.expire_all()
    return [one.words for one in db.session.scalars(select(Suggestion).order_by(Suggestion.id))]


def test_a_member_suggests_and_the_uploader_uses_the_words(community: Any, as_: Any, deck: Document) -> None:
    maya, tom = as_(community.maya), as_(community.tom)
    assert "Suggest words for slide 2" in maya.get(address(deck)).text
    assert "Your words wait" in suggest(maya, deck, "Two chairs\nand a table").text
    assert "Two chairs" not in maya.get(address(deck)).text
    assert "1 suggestion</a>" in tom.get(address(deck)).text.replace(" for slide 2", "")
    page = tom.get(address(deck, "/slides/2/text")).text
    assert "Maya Okafor" in page and "Two chairs<br>and a table" in page
    number = re.search(r'name="suggestion" value="(\d+)"', page)[1]
    tom.post(address(deck, "/slides/2/suggestions"), data={"suggestion": number, "use": "1"})
    assert "Two chairs" in maya.get(address(deck)).text and waiting() == []


def test_a_suggestion_is_set_aside(community: Any, as_: Any, deck: Document) -> None:
    suggest(as_(community.maya), deck, "Two chairs")
    priya, where = as_(community.priya), address(deck, "/slides/2/suggestions")
    number = re.search(r'name="suggestion" value="(\d+)"', priya.get(address(deck, "/slides/2/text")).text)[1]
    assert "set aside" in priya.post(where, data={"suggestion": number}, follow_redirects=True).text
    assert waiting() == [] and db.session.scalars(select(Slide).where(Slide.described != "")).all() == []


def test_other_members_do_not_see_what_somebody_suggests(community: Any, as_: Any, deck: Document) -> None:
    suggest(as_(community.maya), deck, "Two chairs")
    for below in ("", "/slides/2", "/slides/2/text"):
        assert "Two chairs" not in as_(community.dan).get(address(deck, below)).text
    assert "Two chairs" in as_(community.maya).get(address(deck, "/slides/2/text")).text


def test_one_suggestion_a_person_and_slide_and_it_can_be_taken_back(community: Any, as_: Any, deck: Document) -> None:
    maya = as_(community.maya)
    for words in ("Two chairs", "Two chairs and a table"):
        suggest(maya, deck, words)
    suggest(as_(community.dan), deck, "Furniture")
    assert waiting() == ["Two chairs and a table", "Furniture"]
    assert "suggest nothing" in suggest(maya, deck, "").text and waiting() == ["Furniture"]


def test_a_member_cannot_decide(community: Any, as_: Any, deck: Document) -> None:
    suggest(as_(community.maya), deck, "Two chairs")
    one = db.session.scalars(select(Suggestion)).one()
    reply = as_(community.maya).post(address(deck, "/slides/2/suggestions"), data={"suggestion": one.id, "use": "1"})
    assert reply.status_code == 403 and waiting() == ["Two chairs"]


def test_a_reader_who_is_no_member_suggests_nothing(community: Any, as_: Any, shelve: Shelve) -> None:
    open_deck = shelve("policy", "tom", "open.pdf", PDF, audience="registered")
    sketches.draw(open_deck, 1)
    joanna = as_(community.joanna)
    assert joanna.get(address(open_deck)).status_code == 200
    assert "Suggest words" not in joanna.get(address(open_deck)).text
    reply = joanna.post(address(open_deck, "/slides/1/text"), data={"described": "Mine"})
    assert reply.status_code == 403 and "Only members" in reply.text and waiting() == []


def test_suggestions_go_with_the_file(community: Any, as_: Any, deck: Document) -> None:
    suggest(as_(community.maya), deck, "Two chairs")
    as_(community.tom).post(address(deck, "/removal"))
    assert waiting() == []


def test_a_suggestion_outlives_a_change_in_the_same_moment(
    community: Any, as_: Any, deck: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggest(as_(community.maya), deck, "Two chairs")
    one = db.session.scalars(select(Suggestion)).one()
    monkeypatch.setattr(actions, "describe", lambda *_: False)
    where = address(deck, "/slides/2/suggestions")
    assert as_(community.tom).post(where, data={"suggestion": one.id, "use": "1"}).status_code == 409
    assert waiting() == ["Two chairs"]
