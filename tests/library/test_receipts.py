"""Who opened a file: readers are told before, the uploader sees it after, and nobody else does."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum import jobs, receipts
from forum.access import person
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.members import actions as members
from forum.models import Document, Opening, Receipts
from tests.library.conftest import PDF, address
from tests.sketches import draw

Shelve = Callable[..., Document]


@pytest.fixture
def says(shelve: Shelve) -> Callable[..., Document]:
    """`says("names")`: a deck of Ruth's, in Performance Management, whose readers are told so."""

    def made(mode: str, **said: Any) -> Document:
        deck = shelve("performance", "ruth", "deck.pdf", title="Deck", **said)
        draw(deck)
        deck.receipts = Receipts(mode)
        db.session.commit()
        return deck

    return made


def openings() -> list[tuple[int, bool, int]]:
    """What is recorded: who, whether with a name, how often."""
    db.session.expire_all()
    kept = db.session.scalars(select(Opening).order_by(Opening.user_id, Opening.named))
    return [(row.user_id, row.named, row.times) for row in kept]


def test_a_reader_is_told_before_the_slides_and_beside_each_download(
    community: Any, as_: Any, says: Any, visitor: Any
) -> None:
    deck, maya = says("names"), as_(community.maya)
    page = maya.get(address(deck)).get_data(as_text=True)
    assert "Opening this file is recorded." in page and "Whoever added it sees your name" in page
    assert "Slide of the demo" not in page and f'{address(deck)}?told=names">' in page
    assert all("told=names" in link for link in re.findall(r'href="([^"]*/download[^"]*)"', page))
    for below in ("/download", "/versions/1/download", "/download?inline=1", "/slides/1", "/download?told=counts"):
        untold = maya.get(address(deck, below))
        assert untold.status_code == 303 and untold.headers["Location"] == f"{address(deck)}#recorded", below
        assert b"%PDF" not in untold.data
    assert openings() == []
    shown = maya.get(f"{address(deck)}?told=names").get_data(as_text=True)
    assert "Slide of the demo" in shown
    assert maya.get(address(deck, "/slides/1?told=names")).status_code == 200
    assert maya.get(address(deck, "/download?told=names")).data == PDF
    assert openings() == [(community.maya.id, True, 3)]
    listed = maya.get("/groups/performance/library").get_data(as_text=True)
    assert "Opening it is recorded with your name" in listed and f"{address(deck)}/download?told=names" in listed
    assert visitor.get(address(deck, "/download")).headers["Location"].startswith("/sign-in")
    assert as_(community.sam).get(address(deck, "/download")).status_code == 403


def test_a_file_that_says_nothing_keeps_totals_only(community: Any, as_: Any, says: Any) -> None:
    deck, maya = says("none"), as_(community.maya)
    for below in ("", "/slides/2", "/download"):
        page = maya.get(address(deck, below))
        assert page.status_code == 200 and b"recorded" not in page.data
    as_(community.ruth).get(address(deck))
    maya.head(address(deck))
    assert openings() == [] and (deck.view_count, deck.download_count) == (2, 1)


def test_only_the_uploader_sees_who_opened_it(community: Any, as_: Any, says: Any) -> None:
    deck = says("names")
    as_(community.maya).get(address(deck, "/download?told=names"))
    page = as_(community.ruth).get(address(deck, "/receipts")).get_data(as_text=True)
    assert community.maya.name in page and community.maya.organisation in page
    for who in (community.priya, community.maya):
        reply = as_(who).get(address(deck, "/receipts"))
        assert reply.status_code == 403 and "Only its uploader" in reply.get_data(as_text=True)
        assert "/receipts" not in as_(who).get(address(deck)).get_data(as_text=True)
    assert as_(community.sam).get(address(deck, "/receipts")).status_code == 403
    assert as_(community.ruth).get(address(deck, "/download")).data == PDF
    assert len(openings()) == 1, "her own is none"


def test_names_that_are_switched_on_later_reveal_nobody_from_before(community: Any, as_: Any, says: Any) -> None:
    deck, ruth = says("counts"), as_(community.ruth)
    as_(community.maya).get(address(deck, "/download?told=counts"))
    assert ruth.post(address(deck, "/receipts"), data={"receipts": "names"}).status_code == 303
    assert as_(community.dan).get(address(deck, "/download?told=counts")).status_code == 303, "he was told otherwise"
    as_(community.dan).get(address(deck, "/download?told=names"))
    page = ruth.get(address(deck, "/receipts")).get_data(as_text=True).partition("<main")[2]
    assert community.maya.name not in page and community.dan.name in page
    assert set(openings()) == {(community.maya.id, False, 1), (community.dan.id, True, 1)}
    as_(community.maya).get(address(deck, "/download?told=names"))
    assert ruth.post(address(deck, "/receipts"), data={"receipts": "none"}).status_code == 303
    assert openings() == [] and ruth.post(address(deck, "/receipts"), data={"receipts": "x"}).status_code == 422


def test_an_organisation_of_few_is_counted_with_the_others(community: Any, as_: Any, says: Any) -> None:
    deck = says("counts")
    for who in ("maya", "dan", "priya"):
        as_(getattr(community, who)).get(address(deck, "/download?told=counts"))
    page = as_(community.ruth).get(address(deck, "/receipts")).get_data(as_text=True).partition("<main")[2]
    for who in ("maya", "dan", "priya"):
        assert getattr(community, who).organisation not in page and getattr(community, who).name not in page
    assert 'Other organisations</td><td class="n">3' in page and "3 people or more" in page
    for who in ("maya", "dan", "priya"):
        getattr(community, who).organisation = "Westmere"
    community.dan.organisation_for = "nobody"
    db.session.commit()
    seen = receipts.seen(person(community.ruth.id), deck)
    assert (seen.organisations, seen.others) == ([], 3), "one of them does not say so"
    community.dan.organisation_for = "registered"
    db.session.commit()
    assert receipts.seen(person(community.ruth.id), deck).organisations == [("Westmere", 3)]


def test_counts_that_would_name_somebody_are_not_told() -> None:
    assert receipts.folded(["A"] * 3 + ["B"] * 2 + ["C", ""]) == ([("A", 3)], 4)
    assert receipts.folded(["A"] * 4 + ["B"]) == ([("A", 4)], None)
    assert receipts.folded(["A"] * 3) == ([("A", 3)], 0)
    assert receipts.folded([""] * 5) == ([], 5)


def test_an_opening_is_forgotten_after_a_year_and_with_the_account(community: Any, as_: Any, says: Any) -> None:
    deck = says("names")
    for ago in (366, 100):
        with clock.at(now() - timedelta(days=ago)):
            key = receipts.key_of(person(community.maya.id), deck.id, deck.uploader_id, deck.receipts)
            receipts.keep({key: 2})
    as_(community.dan).get(address(deck, "/download?told=names"))
    (row,) = [
        row for row in receipts.seen(person(community.ruth.id), deck).named if row.handle == community.maya.handle
    ]
    assert row.times == 2, "what is over a year old is shown no more, swept or not"
    jobs.sweep_drafts()
    assert set(openings()) == {(community.maya.id, True, 2), (community.dan.id, True, 1)}
    members.suspend(community.maya, "Closed")
    db.session.commit()
    assert openings() == [(community.dan.id, True, 1)]
    receipts.keep({key: 1})
    assert len(openings()) == 1, "nor is it kept after that"


def test_a_deleted_file_keeps_no_opening(community: Any, as_: Any, says: Any) -> None:
    deck = says("names")
    as_(community.maya).get(address(deck, "/download?told=names"))
    as_(community.ruth).post(address(deck, "/removal"))
    assert openings() == []


def test_a_zip_says_first_which_of_its_files_are_recorded(community: Any, as_: Any, says: Any, shelve: Shelve) -> None:
    deck = says("names", folder="Plans")
    shelve("performance", "ruth", "plain.txt", b"plain", folder="Plans")
    maya, where = as_(community.maya), "/groups/performance/library/zip?folder=Plans"
    first = maya.get(where)
    page = first.get_data(as_text=True)
    assert first.mimetype == "text/html" and "Opening some of these is recorded" in page and "Deck" in page
    assert openings() == [] and f'href="{where}&amp;told=names"' in page
    assert maya.get(f"{where}&told=names").mimetype == "application/zip"
    assert openings() == [(community.maya.id, True, 1)]
    assert as_(community.ruth).get(where).mimetype == "application/zip"
    assert deck.title == "Deck"


def test_the_page_takes_no_more_statements_for_more_people(community: Any, as_: Any, says: Any, watch: Any) -> None:
    deck, ruth, counts = says("names"), as_(community.ruth), []
    for people in (("maya",), ("dan", "priya", "tom", "ceri")):
        for who in people:
            mine = person(getattr(community, who).id)
            receipts.keep({receipts.key_of(mine, deck.id, deck.uploader_id, deck.receipts): 1})
        db.session.commit()
        ruth.get(address(deck, "/receipts"))
        with watch() as seen:
            assert ruth.get(address(deck, "/receipts")).status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 8
