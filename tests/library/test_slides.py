"""Slides are looked at by those who may open the file, one by one or all together, and by nobody else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from forum.kit.db import db
from forum.models import Document, Membership, Preview, PreviewState, Standing
from tests import sketches
from tests.kit import samples
from tests.library.conftest import address, post_of
from tests.library.test_downloads import WAYS, ask
from tests.previews import files

Shelve = Callable[..., Document]
BELOW = ("/slides/1", "/slides/1/picture", "/slides/1/thumbnail", "/slides/1/text")


@pytest.fixture
def deck(shelve: Shelve) -> Document:
    """Ruth's deck of three slides in Performance Management."""
    document = shelve("performance", "ruth", "may.pdf", files.pdf("One"), title="May")
    sketches.draw(document, 3, title="Kestrel {}", text="• First of {}\n• Second\nA line", notes="Slowly, {}")
    return document


def test_without_scripts_every_slide_stands_there_with_its_words(community: Any, as_: Any, deck: Document) -> None:
    page = as_(community.maya).get(address(deck)).text
    for number in (1, 2, 3):
        assert f'id="slide-{number}"' in page and f'alt="Slide {number}: Kestrel {number}"' in page
        assert (
            f"<h3>{number}. Kestrel {number}</h3><ul><li>First of {number}</li><li>Second</li></ul><p>A line</p>"
            in page
        )
        assert f"Slowly, {number}" in page
    pictures = re.findall(r"<img [^>]*/slides/\d/picture[^>]*>", page)
    assert len(pictures) == 3 and all('width="1600" height="900"' in picture for picture in pictures)
    assert ['loading="lazy"' in picture for picture in pictures] == [False, True, True]
    assert "PDF, " in page and "· 3 slides" in page


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": PreviewState.WAITING}, "Slides appear here in about 2 minutes"),
        ({"state": PreviewState.WORKING, "pages": 48, "done": 12}, "12 of 48 slides are here"),
        ({"state": PreviewState.FAILED, "reason": "This file is damaged."}, "This file is damaged."),
        ({"state": PreviewState.READY, "reason": "Only the words are here."}, "Only the words are here."),
    ],
    ids=["waiting", "working", "failed", "words only"],
)
def test_the_page_says_how_far_it_is(
    facts: dict[str, Any], words: str, community: Any, as_: Any, shelve: Shelve
) -> None:
    document = shelve("performance", "ruth", "may.pptx", files.deck("One"))
    db.session.execute(update(Preview).values(**facts))
    db.session.commit()
    assert words in as_(community.maya).get(address(document)).text


def test_a_member_sees_the_pictures_and_hears_that_they_are_the_same(community: Any, as_: Any, deck: Document) -> None:
    maya = as_(community.maya)
    for which, content in (("picture", sketches.LARGE), ("thumbnail", sketches.SMALL)):
        where = address(deck, f"/slides/2/{which}")
        reply = maya.get(where)
        assert (reply.status_code, reply.mimetype, reply.data) == (200, "image/webp", content)
        assert (
            reply.headers["Cache-Control"] == "private, no-cache"
            and "sandbox" in reply.headers["Content-Security-Policy"]
        )
        etag = reply.headers["ETag"]
        same = maya.get(where, headers={"If-None-Match": etag})
        assert (same.status_code, same.data, same.headers["Cache-Control"]) == (304, b"", "private, no-cache")
        ruth = as_(community.ruth).get(where, headers={"If-None-Match": etag})
        assert ruth.status_code == 200 and ruth.headers["ETag"] != etag


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("who", "slug", "status"),
    [
        (None, "performance", 303), ("sam", "performance", 403), ("hugh", "performance", 403), ("vic", "performance", 403),
        (None, "safeguarding", 303), ("sam", "case-review", 404), ("maya", "case-review", 404), ("omar", "reorganisation", 403),
    ],
)  # fmt: skip
def test_an_outsider_gets_what_a_missing_slide_gives(
    way: str, who: str | None, slug: str, status: int, community: Any, as_: Any, shelve: Shelve
) -> None:
    owners = {"performance": "ruth", "safeguarding": "priya", "case-review": "dan", "reorganisation": "tom"}
    document = shelve(slug, owners[slug], "may.pdf", files.pdf("One"), title="Merlin")
    sketches.draw(document, title="Kestrel {}")
    etag = as_(getattr(community, owners[slug])).get(address(document, "/slides/1/picture")).headers["ETag"]
    outsider = as_(getattr(community, who) if who else None)
    for below in BELOW:
        there = ask(outsider, address(document, below), way, etag)
        nowhere = ask(outsider, f"/groups/{slug}/library/9999{below}", way, etag)
        assert there.status_code == nowhere.status_code == status
        assert b"WEBP" not in there.data and b"Kestrel" not in there.data and b"Merlin" not in there.data
        assert "ETag" not in there.headers


@pytest.mark.parametrize("way", WAYS)
def test_a_removed_member_sees_none_from_the_next_request_on(
    way: str, community: Any, as_: Any, deck: Document
) -> None:
    maya = as_(community.maya)
    etag = maya.get(address(deck, "/slides/1/picture")).headers["ETag"]
    seat = db.session.query(Membership).filter_by(user_id=community.maya.id, group_id=deck.group_id).one()
    seat.standing = Standing.FORMER
    db.session.commit()
    for below in BELOW:
        reply = ask(maya, address(deck, below), way, etag)
        assert reply.status_code == 403 and b"Kestrel" not in reply.data and b"WEBP" not in reply.data


def test_slides_go_out_of_sight_with_their_post(community: Any, as_: Any, shelve: Shelve) -> None:
    post = post_of(community.topic("performance", 1))
    author = str(community.topic("performance", 1).author_id)
    key = next(k for k in ("ruth", "maya", "priya", "tom", "dan") if str(getattr(community, k).id) == author)
    document = shelve("performance", key, "may.pdf", files.pdf("One"), post=post)
    sketches.draw(document)
    post.deleted_at = post.created_at
    db.session.commit()
    for below in BELOW:
        assert as_(community.ruth).get(address(document, below)).status_code == 404


def test_who_may_only_know_of_a_file_sees_its_card(community: Any, as_: Any, shelve: Shelve) -> None:
    document = shelve("policy", "ruth", "may.pdf", files.pdf("One"), title="Merlin")
    sketches.draw(document, title="Kestrel {}")
    for below in ("", *BELOW):
        reply = as_(community.joanna).get(address(document, below))
        assert reply.status_code == 403 and "Join to open" in reply.text
        assert "Merlin" in reply.text and "Kestrel" not in reply.text
    assert address(document, "/slides/1/thumbnail") not in as_(community.joanna).get("/groups/policy/library").text


def test_one_slide_by_itself_leads_to_those_beside_it(community: Any, as_: Any, deck: Document) -> None:
    maya = as_(community.maya)
    page = maya.get(address(deck, "/slides/2")).text
    assert "<h1>Slide 2 of 3</h1>" in page and "Kestrel 2" in page and "Slowly, 2" in page
    assert f'href="{address(deck, "/slides/1")}" rel="prev"' in page
    assert f'href="{address(deck, "/slides/3")}" rel="next"' in page
    assert 'rel="prev"' not in maya.get(address(deck, "/slides/1")).text
    for beyond in ("0", "4", "99999999999999"):
        for below in ("", "/picture", "/thumbnail", "/text"):
            assert as_(community.ruth).get(address(deck, f"/slides/{beyond}{below}")).status_code == 404


def test_a_new_version_shows_its_own_slides(community: Any, as_: Any, deck: Document) -> None:
    ruth, maya = as_(community.ruth), as_(community.maya)
    etag = maya.get(address(deck, "/slides/1/picture")).headers["ETag"]
    sent = {"file": (files.io.BytesIO(files.pdf("Two")), "june.pdf")}
    assert ruth.post(address(deck, "/versions"), data=sent, content_type="multipart/form-data").status_code == 303
    assert maya.get(address(deck, "/slides/1/picture"), headers={"If-None-Match": etag}).status_code == 404
    db.session.expire_all()
    sketches.draw(deck, 1, title="Osprey {}")
    page = maya.get(address(deck)).text
    assert "Osprey 1" in page and "Kestrel" not in page
    assert maya.get(address(deck, "/slides/1/picture"), headers={"If-None-Match": etag}).status_code == 200


def test_the_library_shows_the_first_slide(community: Any, as_: Any, deck: Document) -> None:
    page = as_(community.maya).get("/groups/performance/library").text
    assert f'src="{address(deck, "/slides/1/thumbnail")}"' in page


def test_the_page_costs_the_same_for_five_slides_and_for_fifty(
    community: Any, as_: Any, shelve: Shelve, watch: Any
) -> None:
    counts = []
    for number in (5, 50):
        document = shelve("performance", "ruth", "may.pdf", files.pdf("One"))
        sketches.draw(document, number)
        maya = as_(community.maya)
        maya.get(address(document))
        with watch() as seen:
            assert maya.get(address(document)).status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 8


def test_the_uploader_is_asked_to_describe_what_has_no_words(community: Any, as_: Any, shelve: Shelve) -> None:
    document = shelve("performance", "tom", "may.pdf", files.pdf("One"))
    sketches.draw(document, 3, title="", text="")
    page = as_(community.tom).get(address(document)).text
    assert "Nothing can be read out on 3 slides" in page and "Describe slide 3" in page
    assert "Describe slide" not in as_(community.maya).get(address(document)).text


def test_a_picture_is_called_by_its_title_until_somebody_describes_it(community: Any, as_: Any, shelve: Shelve) -> None:
    document = shelve("performance", "ruth", "room.png", samples.picture(), title="The room")
    sketches.draw(document, 1, title="", text="")
    ruth = as_(community.ruth)
    page = ruth.get(address(document)).text
    assert 'alt="Picture: The room"' in page and "Describe picture 1" in page
    assert describe(ruth, address(document, "/slides/1/text"), "Twelve chairs in a ring").status_code == 303
    assert 'alt="Picture: Twelve chairs in a ring"' in as_(community.maya).get(address(document)).text


@pytest.mark.parametrize("who", ["ruth", "priya"])
def test_uploader_and_facilitators_put_words_to_a_slide(who: str, community: Any, as_: Any, deck: Document) -> None:
    browser, where = as_(getattr(community, who)), address(deck, "/slides/2/text")
    assert "First of 2" in browser.get(where).text
    reply = describe(browser, where, "• Two chairs\r\nand a table")
    assert reply.status_code == 303 and reply.headers["Location"].endswith(f"{address(deck)}#slide-2")
    page = as_(community.maya).get(address(deck)).text
    assert "<li>Two chairs</li></ul><p>and a table</p>" in page and "First of 2" not in page
    log = as_(community.ruth).get("/groups/performance/manage/log").text
    assert ("Put words to a slide" in log) == (who != "ruth")
    assert describe(browser, where, "").status_code == 303
    assert "First of 2" in as_(community.maya).get(address(deck)).text


def describe(browser: Any, where: str, words: str, page: str = "") -> Any:
    """Sends the form of a page; of today's, if none is given."""
    mark = re.search(r'name="before"[^>]*value="([^"]*)"', page or browser.get(where).text)
    assert mark
    return browser.post(where, data={"described": words, "before": mark[1]})


def test_two_who_describe_a_slide_at_once_see_both_texts(community: Any, as_: Any, deck: Document) -> None:
    where, ruth = address(deck, "/slides/2/text"), as_(community.ruth)
    page = ruth.get(where).text
    assert describe(as_(community.priya), where, "Two chairs").status_code == 303
    late = describe(ruth, where, "A table", page)
    assert late.status_code == 409 and "Two chairs" in late.text and "A table" in late.text
    assert describe(ruth, where, "A table", late.text).status_code == 303
    assert "A table" in ruth.get(address(deck)).text


def test_too_many_words_are_refused_with_a_sentence(community: Any, as_: Any, deck: Document) -> None:
    reply = as_(community.ruth).post(address(deck, "/slides/2/text"), data={"described": "x" * 5001, "before": ""})
    assert reply.status_code == 422 and "5,000 characters or fewer" in reply.text
