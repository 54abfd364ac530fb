"""What files are found by: folder, workshop, tag, and who added them, each of what the reader may open alone."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from forum.access import asked_by, person
from forum.kit.clock import now
from forum.kit.db import db
from forum.library import actions, shelves
from forum.models import Document, DocumentTag
from tests.discussions.test_plans import HARMLESS, plan
from tests.library.conftest import address
from tests.library.test_library import titles

Shelve = Callable[..., Document]
LIBRARY = "/groups/reorganisation/library"


@pytest.fixture
def marked(shelve: Shelve) -> Callable[..., Document]:
    """`marked("reorganisation", "tom", "a.pdf", workshop="Budget day", tags=["letters"])`"""

    def made(*args: Any, workshop: str = "", tags: list[str] | None = None, **said: Any) -> Document:
        document = shelve(*args, **said)
        document.workshop = workshop
        actions.tag(document, tags or [])
        db.session.commit()
        return document

    return made


def choices(reply: Any, name: str) -> list[str]:
    """What a select of the page offers."""
    found = re.search(rf'<select[^>]* name="{name}">(.*?)</select>', reply.get_data(as_text=True))
    return re.findall(r"<option[^>]*>(.*?)</option>", found[1])[1:] if found else []


def test_each_mark_finds_its_files_and_they_cut_each_other(community: Any, as_: Any, marked: Any) -> None:
    marked("reorganisation", "tom", "a.pdf", title="A", folder="Plans", workshop="Budget day", tags=["letters", "cost"])
    marked("reorganisation", "tom", "b.txt", b"words", title="B", folder="Plans", tags=["letters"])
    marked("reorganisation", "ruth", "c.txt", b"words", title="C", workshop="Budget day")
    tom = as_(community.tom)
    for asked, found in {
        "folder=Plans": {"A", "B"}, "workshop=Budget+day": {"A", "C"}, "tag=letters": {"A", "B"}, "by=ruth": {"C"},
        "tag=letters&kind=text": {"B"}, "workshop=Budget+day&tag=cost&folder=Plans&by=tom": {"A"}, "by=ruth&tag=cost": set(),
    }.items():  # fmt: skip
        reply = tom.get(f"{LIBRARY}?{asked}")
        assert set(titles(reply)) - {"No files like that"} == found, asked
    page = tom.get(LIBRARY)
    assert choices(page, "tag") == ["cost", "letters"] and choices(page, "workshop") == ["Budget day"]
    assert "Budget day · cost · letters" in page.get_data(as_text=True)


def test_a_mark_of_a_file_one_may_not_open_is_not_offered_and_finds_nothing(
    community: Any, as_: Any, marked: Any
) -> None:
    marked("policy", "tom", "a.pdf", title="For members", folder="Inner", workshop="Closed day", tags=["kestrel"])
    few = marked("policy", "tom", "b.pdf", title="Few", audience="facilitators", workshop="Secret day", tags=["owl"])
    joanna, sam = as_(community.joanna), as_(community.sam)
    outside, inside = joanna.get("/groups/policy/library"), sam.get("/groups/policy/library")
    assert choices(inside, "workshop") == ["Closed day"] and choices(outside, "workshop") == []
    for words in ("Inner", "Closed day", "kestrel", "owl", "Secret day"):
        assert words not in outside.get_data(as_text=True)
    assert "owl" not in inside.get_data(as_text=True) and "Secret day" not in inside.get_data(as_text=True)
    for browser, asked, nobody in (
        (joanna, "tag=kestrel", "tag=xestrel"), (joanna, "workshop=Closed+day", "workshop=Xlosed+day"),
        (joanna, "folder=Inner", "folder=Xnner"), (sam, "tag=owl", "tag=xwl"), (sam, "by=leon", "by=xxxx"),
    ):  # fmt: skip
        there, nowhere = (
            browser.get(f"/groups/policy/library?{words}").get_data(as_text=True) for words in (asked, nobody)
        )
        known, unknown = (words.partition("=")[2] for words in (asked, nobody))
        assert there.replace(known, unknown) == nowhere and "No files like that" in there
    assert "owl" in choices(as_(community.ruth).get("/groups/policy/library"), "tag")
    assert as_(community.sam).get(address(few)).status_code == 404


def test_a_list_cut_by_marks_is_paged_without_gap_or_repeat(community: Any, as_: Any, marked: Any) -> None:
    for number in range(shelves.PAGE * 2 + 3):
        marked(
            "reorganisation", "tom", f"{number}.pdf", title=f"{number % 7}", tags=["odd"] if number % 2 else ["even"]
        )
        marked("reorganisation", "tom", f"x{number}.txt", b"x", title="x", workshop="Other", tags=["odd"])
    tom = as_(community.tom)
    for sort in shelves.SORTS:
        where, seen = f"{LIBRARY}?tag=odd&kind=document&sort={sort}", []
        while where:
            reply = tom.get(where)
            seen += re.findall(r"/library/(\d+)/download", reply.get_data(as_text=True))
            older = re.search(r'href="([^"]*)" rel="next"', reply.get_data(as_text=True))
            where = older[1].replace("&amp;", "&") if older else ""
        assert len(seen) == len(set(seen)) == shelves.PAGE + 1


def test_tags_are_small_letters_and_five_at_most(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, tom = shelve("reorganisation", "tom", "a.pdf", title="Deck"), as_(community.tom)
    sent = tom.post(address(deck, "/edit"), data={"title": "Deck", "tags": "#Letters, COST,letters", "workshop": "May"})
    assert sent.status_code == 303
    form = tom.get(address(deck, "/edit")).get_data(as_text=True)
    assert 'value="cost, letters"' in form and 'value="May"' in form
    page = tom.get(address(deck)).get_data(as_text=True)
    assert f'{LIBRARY}?tag=cost">cost</a>' in page and f'{LIBRARY}?workshop=May">May</a>' in page
    many = tom.post(address(deck, "/edit"), data={"title": "Deck", "tags": "a,b,c,d,e,f"})
    assert many.status_code == 422 and "Use 5 tags or fewer" in many.get_data(as_text=True)
    assert "a,b,c,d,e,f" in many.get_data(as_text=True)


def test_a_deleted_file_keeps_no_mark(community: Any, as_: Any, marked: Any) -> None:
    deck = marked("reorganisation", "tom", "a.pdf", title="Deck", workshop="May", tags=["gone"])
    as_(community.tom).post(address(deck, "/removal"))
    db.session.expire_all()
    assert deck.workshop == "" and db.session.query(DocumentTag).filter_by(tag="gone").count() == 0


def test_a_list_of_many_marks_takes_no_more_statements(community: Any, as_: Any, marked: Any, watch: Any) -> None:
    tom, counts = as_(community.tom), []
    tom.get(LIBRARY)
    for many in (5, 20):
        for number in range(many):
            marked("reorganisation", "tom", f"{number}.pdf", workshop=f"w{number}", tags=[f"t{number}", "all"])
        with watch() as seen:
            assert tom.get(f"{LIBRARY}?tag=all&by=tom").status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 8


CUTS = [cut for size in range(3) for cut in itertools.combinations(shelves.FILTERS, size)]


@pytest.mark.parametrize("cut", CUTS, ids="+".join)
@pytest.mark.parametrize("sort", shelves.SORTS)
def test_a_page_of_a_list_walks_no_table(sort: str, cut: tuple[str, ...], community: Any) -> None:
    words = dict.fromkeys(shelves.FILTERS, "x")
    edges: dict[str, Any] = {"newest": now(), "title": "x", "downloads": 1}
    values = {**asked_by(person(community.maya.id)), "group": 1, "edge": edges[sort], "edge_id": 1, **words}
    for way in ("", "after", "before"):
        lines = plan(shelves.listing(sort, cut, way), values)
        assert lines or db.engine.dialect.name != "sqlite"
        bad = [line for line in lines if "AUTOMATIC" in line or (line.startswith("SCAN") and not HARMLESS.match(line))]
        sorted_aside = [line for line in lines if "TEMP B-TREE" in line and len(cut) < 2 and sort == "newest"]
        assert not bad + sorted_aside, "\n".join(lines)


def test_the_marks_are_gathered_in_one_walk_of_the_group_alone(community: Any) -> None:
    lines = plan(shelves.MARKS, {**asked_by(person(community.maya.id)), "group": 1})
    assert lines or db.engine.dialect.name != "sqlite"
    walked = [line for line in lines if line.startswith("SCAN") and not re.match(r"SCAN (here|CONSTANT)", line)]
    assert not walked and sum("SEARCH document USING" in line for line in lines) <= 1, "\n".join(lines)
