"""Zips of several files: what is in them, for whom, and what a zip may be."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forum import uploads
from forum.kit import packing
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Document, Membership, Standing
from tests.conftest import make_app, sign_in
from tests.library.conftest import PDF

Shelve = Callable[..., Document]
ZIP = "/groups/performance/library/zip"


def inside(reply: Any) -> dict[str, bytes]:
    """The files of a zip, each of which is whole."""
    assert reply.status_code == 200, reply.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(reply.data)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def test_a_folder_comes_as_one_zip_with_its_length_and_counts(
    kept_in: str, community: Any, as_: Any, shelve: Shelve
) -> None:
    one = shelve("performance", "ruth", "May deck.pdf", folder="Plans & more")
    shelve("performance", "maya", "notes.txt", b"words" * 100, folder="Plans & more")
    shelve("performance", "maya", "other.txt", b"words", folder="Other")
    maya = as_(community.maya)
    reply = maya.get(f"{ZIP}?folder=Plans+%26+more")
    assert inside(reply) == {"May deck.pdf": PDF, "notes.txt": b"words" * 100}
    assert (
        reply.headers["Content-Type"] == "application/zip"
        and "Plans & more.zip" in reply.headers["Content-Disposition"]
    )
    assert int(reply.headers["Content-Length"]) == len(reply.data)
    assert (
        reply.headers["Cache-Control"] == "private, no-store" and "sandbox" in reply.headers["Content-Security-Policy"]
    )
    head = maya.head(f"{ZIP}?folder=Plans+%26+more")
    assert head.data == b"" and head.headers["Content-Length"] == reply.headers["Content-Length"]
    db.session.expire_all()
    assert one.download_count == 1
    listed = maya.get("/groups/performance/library?folder=Plans+%26+more").get_data(as_text=True)
    assert f"{ZIP}?folder=Plans%20%26%20more" in listed


def test_a_zip_holds_only_what_its_reader_may_open(community: Any, as_: Any, shelve: Shelve, visitor: Any) -> None:
    numbers = [
        shelve("policy", "tom", f"{audience}.txt", audience.encode(), audience=audience, folder="All").n
        for audience in ("registered", "members", "facilitators")
    ]
    hidden = shelve("policy", "tom", "hidden.txt", b"x", audience="registered", folder="All")
    uploads.hide(hidden)
    db.session.commit()
    chosen = "&".join(f"n={n}" for n in (*numbers, hidden.n, 9999))
    for who, found in {
        "joanna": {"registered.txt"}, "sam": {"registered.txt", "members.txt"},
        "ruth": {"registered.txt", "members.txt", "facilitators.txt", "hidden.txt"},
    }.items():  # fmt: skip
        browser = as_(getattr(community, who))
        for asked in ("folder=All", chosen):
            assert set(inside(browser.get(f"/groups/policy/library/zip?{asked}"))) == found
    assert visitor.get("/groups/policy/library/zip?folder=All").status_code == 303
    closed, none = (as_(community.sam).get(f"{ZIP}?{asked}") for asked in ("folder=Workshops", "folder=Nowhere"))
    assert closed.status_code == none.status_code == 403 and b"PK" not in closed.data


def test_a_folder_one_may_not_know_of_is_as_none(community: Any, as_: Any, shelve: Shelve) -> None:
    shelve("performance", "ruth", "s.pdf", folder="Kestrel", audience="facilitators")
    maya = as_(community.maya)
    there, nowhere = maya.get(f"{ZIP}?folder=Kestrel"), maya.get(f"{ZIP}?folder=Xestrel")
    assert there.status_code == nowhere.status_code == 404
    assert there.get_data(as_text=True).replace("Kestrel", "Xestrel") == nowhere.get_data(as_text=True)
    assert maya.get(ZIP).status_code == 404 and "Tick files" in maya.get(ZIP).get_data(as_text=True)


def test_a_removed_member_gets_no_zip_from_the_next_request_on(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "ruth", "deck.pdf", folder="Plans"), as_(community.maya)
    assert inside(maya.get(f"{ZIP}?folder=Plans"))
    seat = db.session.query(Membership).filter_by(user_id=community.maya.id, group_id=deck.group_id).one()
    seat.standing = Standing.FORMER
    db.session.commit()
    assert maya.get(f"{ZIP}?folder=Plans").status_code == 403


def test_more_than_a_zip_may_have_is_refused_in_words(app: Any, community: Any, as_: Any, shelve: Shelve) -> None:
    app.config["ZIP_MOST"] = 2**20
    small = shelve("performance", "ruth", "small.txt", b"x" * 1000, folder="Big")
    shelve("performance", "ruth", "large.txt", b"x" * 2**20, folder="Big")
    maya = as_(community.maya)
    reply = maya.get(f"{ZIP}?folder=Big")
    page = reply.get_data(as_text=True)
    assert reply.status_code == 413 and "These 2 files have 1" in page and "A zip can have up to 1 MB" in page
    assert set(inside(maya.get(f"{ZIP}?n={small.n}"))) == {"small.txt"}


def test_bytes_that_are_gone_are_named_and_the_others_come(community: Any, as_: Any, shelve: Shelve) -> None:
    shelve("performance", "ruth", "here.txt", b"here", folder="Half")
    kept = set(uploads.store().keys())
    shelve("performance", "ruth", "gone.txt", b"gone", title="Lost one", folder="Half")
    for key in set(uploads.store().keys()) - kept:
        uploads.store().remove(key)
    found = inside(as_(community.maya).get(f"{ZIP}?folder=Half"))
    assert found["here.txt"] == b"here" and b"Lost one" in found["Left out.txt"]


def test_names_are_whole_on_every_system_and_none_comes_twice() -> None:
    given = ["deck.pdf", "Deck.PDF", "../../deck.pdf", "a:b?.txt", "CON.txt", "Llŷn.txt", "README", "readme", ".pdf"]
    made = packing.own_names(given)
    assert made[:3] == ["deck.pdf", "Deck (2).PDF", "deck (3).pdf"]
    assert made[3:8] == ["a_b_.txt", "_CON.txt", "Llŷn.txt", "README", "readme (2)"]
    assert len({name.casefold() for name in made}) == len(given) and not any(
        "/" in name or "\\" in name for name in made
    )


def test_a_file_that_is_no_more_as_long_as_it_was_cuts_the_zip_off() -> None:
    for content in (b"short", b"much too long"):
        part = packing.Part("a.txt", 8, lambda content=content: io.BytesIO(content))
        with pytest.raises(EOFError):
            b"".join(packing.zipped([part]))


def test_a_zip_beyond_four_gigabytes_says_its_length() -> None:
    whole = packing.zipped(packing.Part(f"{n}.bin", 3 * 2**30, lambda: io.BytesIO(b"")) for n in range(2))
    assert len(whole) > 6 * 2**30


def test_zips_are_limited_for_each_person(app: Any, community: Any, shelve: Shelve) -> None:
    shelve("performance", "ruth", "a.txt", b"x", folder="Plans")
    settings = {"RATELIMIT_ENABLED": True, "LIMIT_ZIP": "2 per hour"}
    strict = make_app(Path(app.instance_path), app.config["DATABASE_URL"], **settings)
    limiter.reset()
    maya, dan = sign_in(strict, community.maya), sign_in(strict, community.dan)
    try:
        assert [maya.get(f"{ZIP}?folder=Plans").status_code for _ in range(3)] == [200, 200, 429]
        assert dan.get(f"{ZIP}?folder=Plans").status_code == 200
    finally:
        limiter.reset()
        limiter.enabled = False
