"""Bytes go to those who may read them, and to nobody else, however they ask."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from forum import uploads
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Membership, Standing
from tests.bucket import Seaweed, move_to
from tests.library.conftest import PDF, address, post_of, upload
from tests.sketches import LARGE, SMALL, draw

pytestmark = pytest.mark.usefixtures("kept_in")
Shelve = Callable[..., Document]
WAYS = {
    "plain": ("GET", {}),
    "head": ("HEAD", {}),
    "range": ("GET", {"Range": "bytes=0-9"}),
    "cached": ("GET", {"If-None-Match": "{etag}"}),
    "resumed": ("GET", {"Range": "bytes=5-", "If-Range": "{etag}"}),
    "since": ("GET", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
}


def ask(browser: Any, where: str, way: str, etag: str) -> Any:
    method, headers = WAYS[way]
    return browser.open(
        where, method=method, headers={name: value.format(etag=etag) for name, value in headers.items()}
    )


def test_a_member_downloads_the_slides(community: Any, as_: Any, shelve: Shelve) -> None:
    deck = shelve("performance", "ruth", "May deck.pdf")
    reply = as_(community.maya).get(address(deck, "/download"))
    assert (reply.status_code, reply.data) == (200, PDF)
    assert reply.headers["Cache-Control"] == "private, no-store"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="May deck.pdf"')
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Content-Type"] == "application/pdf"


def test_a_member_takes_parts_and_hears_that_nothing_changed(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf"), as_(community.maya)
    where = address(deck, "/download")
    etag = maya.get(where).headers["ETag"]
    head = maya.head(where)
    assert (head.status_code, head.data, int(head.headers["Content-Length"])) == (200, b"", len(PDF))
    part = maya.get(where, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, PDF[5:10], f"bytes 5-9/{len(PDF)}")
    rest = maya.get(where, headers={"Range": f"bytes={len(PDF) - 4}-", "If-Range": etag})
    assert (rest.status_code, rest.data) == (206, PDF[-4:])
    whole = maya.get(where, headers={"Range": "bytes=5-9", "If-Range": '"another"'})
    assert (whole.status_code, whole.data) == (200, PDF)
    same = maya.get(where, headers={"If-None-Match": etag})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "private, no-store"
    assert maya.get(where, headers={"Range": "bytes=99999999-"}).status_code == 416


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("who", "slug", "status"),
    [
        (None, "performance", 303), ("sam", "performance", 403), ("leon", "performance", 403), ("hugh", "performance", 403),
        ("vic", "performance", 403), ("gareth", "performance", 303), ("beth", "performance", 303), ("joanna", "performance", 403), ("sam", "safeguarding", 403),
        (None, "safeguarding", 303), ("sam", "case-review", 404), ("maya", "case-review", 404), ("omar", "reorganisation", 403),
    ],
)  # fmt: skip
def test_an_outsider_gets_what_a_missing_file_gives(
    way: str, who: str | None, slug: str, status: int, community: Any, as_: Any, shelve: Shelve
) -> None:
    owners = {"performance": "ruth", "safeguarding": "priya", "case-review": "dan", "reorganisation": "tom"}
    deck = shelve(slug, owners[slug], "deck.pdf", title="Kestrel")
    etag = as_(getattr(community, owners[slug])).get(address(deck, "/download")).headers["ETag"]
    outsider = as_(getattr(community, who) if who else None)
    for below in ("/download", "/versions/1/download", "/download?inline=1"):
        there = ask(outsider, address(deck, below), way, etag)
        nowhere = ask(outsider, f"/groups/{slug}/library/9999{below}", way, etag)
        assert there.status_code == nowhere.status_code == status
        assert b"%PDF" not in there.data and b"Kestrel" not in there.data
        assert "ETag" not in there.headers and "Content-Disposition" not in there.headers
        assert there.headers.get("Location", "").replace(f"library/{deck.n}/", "library/9999/") == nowhere.headers.get(
            "Location", ""
        )


@pytest.mark.parametrize("way", WAYS)
def test_a_removed_member_gets_nothing_from_the_next_request_on(
    way: str, community: Any, as_: Any, shelve: Shelve
) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf"), as_(community.maya)
    etag = maya.get(address(deck, "/download")).headers["ETag"]
    seat = db.session.query(Membership).filter_by(user_id=community.maya.id, group_id=deck.group_id).one()
    seat.standing = Standing.FORMER
    db.session.commit()
    reply = ask(maya, address(deck, "/download"), way, etag)
    assert reply.status_code == 403 and b"%PDF" not in reply.data


@pytest.mark.parametrize("way", WAYS)
def test_a_file_goes_with_its_post(way: str, community: Any, as_: Any, shelve: Shelve) -> None:
    post = post_of(community.topic("performance", 1))
    deck = shelve("performance", post_author(post), "deck.pdf", post=post)
    maya = as_(community.maya)
    etag = maya.get(address(deck, "/download")).headers["ETag"]
    post.hidden_at = now()
    db.session.commit()
    assert ask(maya, address(deck, "/download"), way, etag).status_code == 404
    assert ask(as_(community.ruth), address(deck, "/download"), "plain", etag).status_code == 200
    post.deleted_at = now()
    db.session.commit()
    assert ask(as_(community.ruth), address(deck, "/download"), way, etag).status_code == 404


def post_author(post: Any) -> str:
    """The demo key of a post's author."""
    return str(db.session.get_one(type(post).author.property.mapper.class_, post.author_id).email.partition("@")[0])


@pytest.mark.parametrize("way", WAYS)
def test_facilitators_files_do_not_exist_for_members(way: str, community: Any, as_: Any, shelve: Shelve) -> None:
    notes = shelve("performance", "ruth", "notes.pdf", audience="facilitators")
    etag = as_(community.priya).get(address(notes, "/download")).headers["ETag"]
    there = ask(as_(community.maya), address(notes, "/download"), way, etag)
    nowhere = ask(as_(community.maya), "/groups/performance/library/9999/download", way, etag)
    assert (there.status_code, len(there.data)) == (404, len(nowhere.data))


def test_one_file_of_a_restricted_group_may_be_opened_to_everyone_registered(
    community: Any, as_: Any, shelve: Shelve, visitor: Any
) -> None:
    handout = shelve("performance", "ruth", "handout.pdf", audience="registered")
    where = address(handout, "/download")
    assert as_(community.sam).get(where).data == PDF
    assert as_(community.vic).get(where).status_code == 403
    assert as_(community.joanna).get(where).status_code == 403
    assert visitor.get(where).status_code == 303
    group = community.group("performance")
    group.single_files = False
    db.session.commit()
    assert as_(community.sam).get(where).status_code == 403


def test_slides_need_an_account_even_where_visitors_read(
    community: Any, as_: Any, shelve: Shelve, visitor: Any
) -> None:
    slides = shelve("service-design", "ines", "slides.pdf", audience="registered")
    reply = visitor.get(address(slides, "/download"))
    assert reply.status_code == 303 and reply.headers["Location"].startswith("/sign-in?next=")
    assert as_(community.hugh).get(address(slides, "/download")).data == PDF
    web = shelve("service-design", "ines", "card.pdf", audience="web")
    assert visitor.get(address(web, "/download")).data == PDF


def test_a_reader_who_is_no_member_gets_a_card_with_what_to_do(community: Any, as_: Any, shelve: Shelve) -> None:
    inside = shelve("policy", "tom", "minutes.pdf", audience="members", title="Minutes of May")
    for below in ("", "/download", "/versions/1/download", "/versions/7/download", "/download?inline=1"):
        card = as_(community.joanna).get(address(inside, below))
        page = card.get_data(as_text=True)
        assert card.status_code == 403 and "no-store" in card.headers["Cache-Control"]
        assert "Minutes of May" in page and "PDF" in page and "Join to open" in page
        assert "%PDF" not in page


def test_numbers_beyond_all_files_name_nothing(community: Any, as_: Any, shelve: Shelve, visitor: Any) -> None:
    deck, huge = shelve("performance", "ruth", "deck.pdf"), 10**30
    for where in (
        f"/groups/performance/library/{huge}",
        f"/groups/performance/library/{huge}/download",
        address(deck, f"/versions/{huge}/download"),
    ):
        assert as_(community.maya).get(where).status_code == 404
        assert visitor.get(where).status_code == 303


def test_downloads_are_counted_and_questions_are_not(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf"), as_(community.maya)
    where = address(deck, "/download")
    etag = maya.get(where).headers["ETag"]
    for way in ("head", "cached", "resumed"):
        ask(maya, where, way, etag)
    maya.get(where, headers={"Range": "bytes=0-3"})
    db.session.expire_all()
    assert deck.download_count == 2


def test_lost_bytes_are_a_plain_refusal(community: Any, as_: Any, shelve: Shelve) -> None:
    deck = shelve("performance", "ruth", "deck.pdf")
    version = uploads.missing()
    assert version == []
    for place in uploads.store().keys():  # noqa: SIM118
        uploads.store().remove(place)
    reply = as_(community.maya).get(address(deck, "/download"))
    assert reply.status_code == 503 and "can’t read this file" in reply.get_data(as_text=True)
    assert [version.document_id for version in uploads.missing() if version.document_id == deck.id] == [deck.id]


def test_a_picture_of_a_slide_comes_whole_in_part_or_not_again(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf"), as_(community.maya)
    draw(deck)
    for where, content in (("/slides/1/picture", LARGE), ("/slides/1/thumbnail", SMALL)):
        whole = maya.get(address(deck, where))
        assert (whole.status_code, whole.data, whole.mimetype) == (200, content, "image/webp")
        part = maya.get(address(deck, where), headers={"Range": "bytes=9-"})
        assert (part.status_code, part.data) == (206, content[9:])
        head = maya.head(address(deck, where))
        assert (head.data, int(head.headers["Content-Length"])) == (b"", len(content))
        again = maya.get(address(deck, where), headers={"If-None-Match": whole.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert as_(community.sam).get(address(deck, where)).status_code == 403


def test_while_the_bucket_is_away_files_wait_and_pages_stay(
    app: Flask, community: Any, as_: Any, shelve: Shelve, mortal: Seaweed
) -> None:
    deck = shelve("performance", "ruth", "deck.pdf")
    draw(deck)
    move_to(app, mortal.settings())
    maya, kept = as_(community.maya), uploads.store().incoming
    etag = maya.get(address(deck, "/download")).headers["ETag"]
    mortal.stop()
    for below in ("/download", "/slides/1/picture"):
        reply = maya.get(address(deck, below))
        assert reply.status_code == 503 and int(reply.headers["Retry-After"]) and "can’t read this file" in reply.text
        assert mortal.endpoint not in reply.text and "ETag" not in reply.headers
    assert maya.get(address(deck, "/download"), headers={"If-None-Match": etag}).status_code == 304
    assert maya.get(address(deck)).status_code == 200
    refused = upload(maya, "performance", (PDF, "mine.pdf"), title="Mine", key="0123456789abcdef")
    assert refused.status_code == 503 and "can’t store files" in refused.text and list(kept.iterdir()) == []
    assert maya.get("/readyz").json["storage"] == "fails"
    mortal.start()
    assert maya.get(address(deck, "/download")).data == PDF and maya.get("/readyz").json["storage"] == "ok"
    assert upload(maya, "performance", (PDF, "mine.pdf"), title="Mine", key="0123456789abcdef").status_code == 303


def test_the_address_of_the_bucket_never_reaches_a_browser(
    kept_in: str, app: Flask, community: Any, as_: Any, shelve: Shelve
) -> None:
    deck = shelve("performance", "ruth", "deck.pdf")
    reply = as_(community.maya).get(address(deck, "/download"))
    secret = app.config["S3_ENDPOINT"] or app.config["FILES_DIR"]
    said = f"{reply.headers} {as_(community.maya).get(address(deck)).text}"
    assert secret not in said and uploads.store().name not in said and "X-Accel" not in said
