"""Changing what is said of a file and who opens it; replacing, hiding and deleting it."""

import io
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from forum import uploads
from forum.kit.db import db
from forum.models import AuditEntry, Document, Version
from tests.library.conftest import PDF, address

Shelve = Callable[..., Document]


def logged(action: str) -> list[Any]:
    """The details of the log's entries of one kind."""
    db.session.expire_all()
    return [entry.details for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.action == action))]


def test_an_uploader_changes_what_is_said(community: Any, as_: Any, shelve: Shelve) -> None:
    deck = shelve("performance", "maya", "deck.pdf")
    maya = as_(community.maya)
    assert maya.post(address(deck, "/edit"), data={"title": " ", "folder": "F"}).status_code == 422
    assert maya.post(address(deck, "/edit"), data={"title": "New title", "folder": "F"}).status_code == 303
    assert "<h1>New title</h1>" in maya.get(address(deck)).get_data(as_text=True)
    assert as_(community.dan).post(address(deck, "/edit"), data={"title": "Mine"}).status_code == 403
    assert as_(community.priya).post(address(deck, "/edit"), data={"title": "Better title"}).status_code == 303
    assert logged("document.edited")[-1]["changed"] == ["title"]


def test_opening_a_file_to_more_people_is_asked_again_with_their_number(
    community: Any, as_: Any, shelve: Shelve
) -> None:
    deck, ruth = shelve("performance", "ruth", "deck.pdf"), as_(community.ruth)
    asked = ruth.post(address(deck, "/audience"), data={"audience": "registered"})
    page = asked.get_data(as_text=True)
    assert (
        asked.status_code == 422 and re.search(r"Open it to [\d,]+ more people", page) and "Leave it as it is" in page
    )
    assert as_(community.sam).get(address(deck, "/download")).status_code == 403
    assert (
        ruth.post(address(deck, "/audience"), data={"audience": "registered", "sure": "registered"}).status_code == 303
    )
    assert as_(community.sam).get(address(deck, "/download")).status_code == 200
    assert logged("document.audience") == [{"n": deck.n, "before": "members", "after": "registered"}]


def test_closing_a_file_to_some_is_done_at_once(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, ruth = shelve("performance", "ruth", "deck.pdf"), as_(community.ruth)
    count = deck.group.document_count
    assert ruth.post(address(deck, "/audience"), data={"audience": "facilitators"}).status_code == 303
    assert as_(community.maya).get(address(deck)).status_code == 404
    db.session.expire_all()
    assert deck.group.document_count == count - 1
    assert as_(community.maya).post(address(deck, "/audience"), data={"audience": "members"}).status_code == 404


def test_a_new_version_keeps_the_address_and_the_old_one(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "maya", "deck.pdf"), as_(community.maya)
    send = {"file": (io.BytesIO(b"second version"), "deck.txt"), "key": "0123456789abcdef"}
    assert maya.post(address(deck, "/versions"), data=send, content_type="multipart/form-data").status_code == 303
    dan = as_(community.dan)
    assert dan.get(address(deck, "/download")).data == b"second version"
    assert dan.get(address(deck, "/versions/1/download")).data == PDF
    assert dan.get(address(deck, "/versions/3/download")).status_code == 404
    page = dan.get(address(deck)).get_data(as_text=True)
    assert "Version 1" in page and "Version 2" in page and "Text" in page
    bad = maya.post(
        address(deck, "/versions"), data={"file": (io.BytesIO(b"MZ"), "deck.exe")}, content_type="multipart/form-data"
    )
    assert bad.status_code == 422 and "deck.exe: " in bad.get_data(as_text=True)
    assert maya.post(address(deck, "/versions"), data={}).status_code == 422
    assert (
        dan.post(
            address(deck, "/versions"), data={"file": (io.BytesIO(b"x"), "x.txt")}, content_type="multipart/form-data"
        ).status_code
        == 403
    )
    assert as_(community.sam).get(address(deck, "/versions/1/download")).status_code == 403


def test_a_facilitator_hides_and_shows_a_file(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, priya = shelve("performance", "maya", "deck.pdf"), as_(community.priya)
    assert as_(community.dan).post(address(deck, "/hiding"), data={}).status_code == 403
    assert priya.post(address(deck, "/hiding"), data={"reason": "names a person"}).status_code == 303
    assert as_(community.maya).get(address(deck)).status_code == 404
    assert "This file is hidden" in priya.get(address(deck)).get_data(as_text=True)
    assert priya.post(address(deck, "/hiding"), data={}).status_code == 409
    assert priya.post(address(deck, "/restoration")).status_code == 303
    assert as_(community.dan).get(address(deck)).status_code == 200
    assert logged("document.hidden") == [{"n": deck.n, "reason": "names a person"}]
    assert logged("document.restored") == [{"n": deck.n}]


def test_a_deleted_file_is_gone_with_its_bytes(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, maya = shelve("performance", "maya", "deck.pdf", title="Gone soon"), as_(community.maya)
    version = db.session.scalars(select(Version).where(Version.document_id == deck.id)).one()
    place, where = uploads.store().path(version.storage_key), address(deck)
    assert as_(community.dan).post(where + "/removal").status_code == 403
    assert "Delete this file" in maya.get(where + "/removal").get_data(as_text=True) and place.exists()
    assert maya.post(where + "/removal").headers["Location"] == "/groups/performance/library"
    assert not place.exists() and uploads.missing() == [] and uploads.orphans() == {}
    for browser in (maya, as_(community.ruth)):
        assert [browser.get(where + below).status_code for below in ("", "/download", "/versions/1/download")] == [
            404
        ] * 3
    assert "Gone soon" not in as_(community.ruth).get("/groups/performance/library").get_data(as_text=True)


def test_looking_at_these_pages_changes_nothing(community: Any, as_: Any, shelve: Shelve) -> None:
    deck, ruth = shelve("performance", "ruth", "deck.pdf"), as_(community.ruth)
    for below in ("/edit", "/audience", "/versions", "/hiding", "/removal"):
        assert ruth.get(address(deck, below)).status_code == 200
    assert ruth.get(address(deck, "/restoration")).status_code == 405
    assert as_(community.dan).get(address(deck, "/download")).status_code == 200
