"""The library of a group: what is listed, for whom, and how it is found."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from forum import uploads
from forum.access import person
from forum.kit.clock import now
from forum.kit.db import db
from forum.library import shelves
from forum.models import Document
from tests.library.conftest import address, post_of

Shelve = Callable[..., Document]


def titles(reply: Any) -> list[str]:
    """The titles of the rows of a library page, in order."""
    rows = re.findall(r"<h3>(.*?)</h3>", reply.get_data(as_text=True))
    return [re.sub(r"<[^>]+>", "", row) for row in rows]


def test_members_find_what_was_added_with_who_and_what(community: Any, as_: Any, shelve: Shelve) -> None:
    shelve("performance", "ruth", "deck.pdf", title="Measures that help", folder="Workshops")
    page = as_(community.maya).get("/groups/performance/library").get_data(as_text=True)
    for words in ("Measures that help", "PDF", "Ruth Castellan", "Practice Network", "Workshops", "Download<span"):
        assert words in page


def test_a_file_one_may_not_open_shows_its_card_alone(community: Any, as_: Any, shelve: Shelve) -> None:
    shelve("policy", "tom", "deck.pdf", title="For members", folder="Budget talks", audience="members")
    page, mine = (
        as_(who).get("/groups/policy/library").get_data(as_text=True) for who in (community.joanna, community.tom)
    )
    assert "For members" in page and "Budget talks" in mine
    row = page.split("For members")[1].split("</li>")[0]
    assert "Budget talks" not in page and community.tom.name not in row and "<time" not in row
    assert "For members" not in titles(as_(community.joanna).get("/groups/policy/library?folder=Budget+talks"))
    assert titles(as_(community.tom).get("/groups/policy/library?folder=Budget+talks")) == ["For members"]


def test_each_reader_finds_their_own_list(community: Any, as_: Any, shelve: Shelve, visitor: Any) -> None:
    shelve("policy", "tom", "a.pdf", title="Everybody", audience="registered")
    shelve("policy", "tom", "b.pdf", title="Members", audience="members")
    shelve("policy", "tom", "c.pdf", title="Few", audience="facilitators")
    hidden = shelve("policy", "tom", "d.pdf", title="Taken back", audience="registered")
    uploads.hide(hidden)
    uploads.receive([], person(community.tom.id), hidden.group)
    db.session.commit()
    for who, wanted in (("tom", "Few"), ("ruth", "Few")):
        found = titles(as_(getattr(community, who)).get("/groups/policy/library"))
        assert {"Everybody", "Members", wanted, "Taken back"} <= set(found)
    member = titles(as_(community.sam).get("/groups/policy/library"))
    assert {"Everybody", "Members"} <= set(member) and not {"Few", "Taken back"} & set(member)
    outsider = as_(community.joanna).get("/groups/policy/library")
    assert {"Everybody", "Members"} <= set(titles(outsider)) and "Join to open" in outsider.get_data(as_text=True)
    assert visitor.get("/groups/policy/library").status_code == 303
    assert "Few" not in as_(community.sam).get("/groups/policy/library?sort=title").get_data(as_text=True)


def test_a_file_leaves_the_list_with_its_post(community: Any, as_: Any, shelve: Shelve) -> None:
    topic = community.topic("performance", 1)
    post = post_of(topic)
    author = next(
        who for who in ("ruth", "priya", "maya", "dan", "tom", "ceri") if getattr(community, who).id == post.author_id
    )
    shelve("performance", author, "deck.pdf", title="Carried", post=post)
    maya = as_(community.maya)
    assert "Carried" in titles(maya.get("/groups/performance/library"))
    topic.hidden_at = now()
    db.session.commit()
    assert "Carried" not in titles(maya.get("/groups/performance/library"))


@pytest.mark.parametrize("sort", ["newest", "title", "downloads"])
def test_paging_shows_every_file_once_both_ways(sort: str, community: Any, as_: Any, shelve: Shelve) -> None:
    for number in range(shelves.PAGE * 2 + 3):
        document = shelve("reorganisation", "tom", f"{number}.pdf", title=f"{'ab'[number % 2]} {number % 7}")
        document.download_count = number % 5
    db.session.commit()
    browser, where, seen, pages = as_(community.tom), f"/groups/reorganisation/library?sort={sort}", [], []
    while where:
        reply = browser.get(where)
        rows = re.findall(r"/library/(\d+)/download", reply.get_data(as_text=True))
        seen += rows
        pages.append(rows)
        older = re.search(r'href="([^"]*)" rel="next"', reply.get_data(as_text=True))
        where = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) >= shelves.PAGE * 2 + 3 and len(pages) == 3
    newer = re.search(r'href="([^"]*)" rel="prev"', reply.get_data(as_text=True))
    assert newer
    back = browser.get(newer[1].replace("&amp;", "&"))
    assert re.findall(r"/library/(\d+)/download", back.get_data(as_text=True)) == pages[1]


def test_the_edge_of_a_page_tells_nothing_of_a_file_one_may_not_know(community: Any, as_: Any, shelve: Shelve) -> None:
    shelve("performance", "ruth", "a.pdf", title="Aardvark")
    secret = shelve("performance", "ruth", "m.pdf", title="Middle", audience="facilitators")
    shelve("performance", "ruth", "z.pdf", title="Zebra")
    maya = as_(community.maya)
    there = maya.get(f"/groups/performance/library?sort=title&after={secret.n}")
    nowhere = maya.get("/groups/performance/library?sort=title&after=9999")
    assert titles(there) == titles(nowhere)


def test_filters_are_links_and_keep_each_other(community: Any, as_: Any, shelve: Shelve) -> None:
    shelve("reorganisation", "tom", "a.pdf", title="Paper", folder="Plans")
    shelve("reorganisation", "tom", "b.txt", b"words", title="Words", folder="Plans")
    shelve("reorganisation", "tom", "c.txt", b"words", title="Others", folder="R & D")
    tom = as_(community.tom)
    assert set(titles(tom.get("/groups/reorganisation/library?kind=text&folder=Plans"))) == {"Words"}
    assert set(titles(tom.get("/groups/reorganisation/library?folder=R+%26+D"))) == {"Others"}
    assert "kind=document&amp;folder=Plans" in tom.get("/groups/reorganisation/library?folder=Plans").get_data(
        as_text=True
    )
    nothing = tom.get("/groups/reorganisation/library?kind=text&folder=Nowhere").get_data(as_text=True)
    assert "No files like that" in nothing
    for odd in (
        "?sort=;drop",
        "?after=-1",
        "?after=99999999999999999999",
        "?before=x",
        "?folder=%F0%9F%98%80",
    ):
        assert tom.get(f"/groups/reorganisation/library{odd}").status_code == 200


def test_an_empty_library_says_what_it_is_for(community: Any, as_: Any) -> None:
    page = as_(community.omar).get("/groups/commissioning/library").get_data(as_text=True)
    assert "No files yet" in page and "Add the first files" in page


def test_a_list_of_fifty_takes_no_more_statements_than_one_of_five(community: Any, as_: Any, shelve: Shelve) -> None:
    tom, counts = as_(community.tom), []
    tom.get("/groups/reorganisation/library")
    for many in (5, 20):
        for number in range(many):
            shelve("reorganisation", "tom", f"{number}.pdf")
        asked: list[str] = []

        def note(*args: Any, asked: list[str] = asked) -> None:
            asked.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        assert tom.get("/groups/reorganisation/library").status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


def test_the_page_of_a_file_says_what_it_is_and_who_sees_it(community: Any, as_: Any, shelve: Shelve) -> None:
    deck = shelve(
        "performance",
        "ruth",
        "deck.pdf",
        title="Measures",
        description="For <b>reading</b>.\n\nTwo parts.",
        licence="CC BY 4.0",
    )
    page = as_(community.maya).get(address(deck)).get_data(as_text=True)
    for words in (
        "<h1>Measures</h1>",
        "For &lt;b&gt;reading&lt;/b&gt;.",
        "CC BY 4.0",
        "Only members of <b>Performance Management</b> can see this file",
        "deck.pdf",
        "No discussion is about this file yet",
    ):
        assert words in page
    assert "Delete this file" not in page and "Delete this file" in as_(community.ruth).get(address(deck)).get_data(
        as_text=True
    )


def test_a_file_of_a_post_leads_back_to_the_talk(community: Any, as_: Any, shelve: Shelve) -> None:
    post = post_of(community.topic("performance", 1))
    author = next(
        who for who in ("ruth", "priya", "maya", "dan", "tom", "ceri") if getattr(community, who).id == post.author_id
    )
    deck = shelve("performance", author, "deck.pdf", post=post)
    page = as_(community.maya).get(address(deck)).get_data(as_text=True)
    assert f"/groups/performance/topics/{post.topic.n}/posts/0" in page


def test_a_single_open_file_shows_no_more_of_its_group_than_the_card(community: Any, as_: Any, shelve: Shelve) -> None:
    shelve("performance", "ruth", "other.pdf", title="Other file")
    handout = shelve("performance", "ruth", "handout.pdf", title="Handout", audience="registered")
    page = as_(community.sam).get(address(handout)).get_data(as_text=True)
    assert "<h1>Handout</h1>" in page and '/performance/library"' not in page and "Talked about in" not in page
