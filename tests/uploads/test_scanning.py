"""With a virus scanner, a file is its uploader's alone until it was found clean; an infected one is gone."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum import jobs, outbox, previews, uploads
from forum.kit import clamd
from forum.kit.db import db
from forum.models import AuditEntry, Document, Event, Mail, Preview, PreviewState, Scan, Version
from tests.clamav import NAME, VIRUS, Clamd
from tests.library.conftest import PDF, address, post_of, upload
from tests.previews import files

Shelve = Callable[..., Document]
BAD = b"%PDF-1.4\n" + VIRUS


@pytest.fixture
def guarded(app: Flask, scanner: Clamd) -> Clamd:
    """The scanner of the site."""
    app.config["CLAMD_URL"] = scanner.url
    return scanner


def scans(document: Document) -> list[Scan]:
    """How its versions stand, oldest first."""
    db.session.expire_all()
    found = select(Version.scan).where(Version.document_id == document.id).order_by(Version.number)
    return list(db.session.scalars(found))


def replaced(browser: Any, document: Document, content: bytes) -> Any:
    data = {"file": (io.BytesIO(content), "deck.pdf"), "key": f"a-key-of-its-own-{content[5:8]!r}"[:32]}
    return browser.post(address(document, "/versions"), data=data, content_type="multipart/form-data")


def test_the_scanner_knows_a_virus_from_slides(scanner: Clamd) -> None:
    clamd.check(scanner.url)
    assert clamd.virus_in(scanner.url, io.BytesIO(PDF)) == ""
    assert clamd.virus_in(scanner.url, io.BytesIO(b"x" * 300_000 + VIRUS)).startswith(NAME)
    with pytest.raises(clamd.Away, match="size limit"):
        clamd.virus_in(scanner.url, io.BytesIO(bytes(3_000_000)))
    scanner.stop()
    for ask in (lambda: clamd.check(scanner.url), lambda: clamd.virus_in(scanner.url, io.BytesIO(PDF))):
        with pytest.raises(clamd.Away):
            ask()


def test_a_new_file_is_its_uploaders_alone_until_it_is_found_clean(
    guarded: Clamd, community: Any, as_: Any, shelve: Shelve
) -> None:
    before = community.group("performance").document_count
    deck = shelve("performance", "maya", "deck.pdf", title="Kestrel")
    maya, others = as_(community.maya), [as_(community.priya), as_(community.ruth)]
    page = maya.get(address(deck))
    assert page.status_code == 200 and "Uploaded, now checking for viruses" in page.text
    assert maya.get(address(deck, "/download")).data == PDF
    assert "Not found free of viruses yet" in maya.get("/groups/performance/library").text
    for reader in others:
        for below in ("", "/download", "/versions/1/download", "/edit", "/slides/1/thumbnail"):
            assert reader.get(address(deck, below)).status_code == 404
        assert "Kestrel" not in reader.get("/groups/performance/library").text
    assert community.group("performance").document_count == before
    assert scans(deck) == [Scan.WAITING]
    jobs.scan_files()
    assert scans(deck) == [Scan.CLEAN]
    for reader in others:
        assert reader.get(address(deck, "/download")).data == PDF and reader.get(address(deck)).status_code == 200
    assert community.group("performance").document_count == before + 1
    assert "checking for viruses" not in maya.get(address(deck)).text


def test_no_slides_are_made_of_what_was_not_checked(guarded: Clamd, shelve: Shelve) -> None:
    deck = shelve("performance", "maya", "deck.pdf", files.pdf("Kestrel"))
    preview = select(Preview).join(Version, Version.id == Preview.version_id).where(Version.document_id == deck.id)
    previews.work()
    assert db.session.scalars(preview).one().state == PreviewState.WAITING
    jobs.scan_files()
    previews.work()
    db.session.expire_all()
    assert db.session.scalars(preview).one().state == PreviewState.READY


def test_a_file_with_a_virus_is_deleted_and_its_uploader_is_told(
    guarded: Clamd, community: Any, as_: Any, shelve: Shelve
) -> None:
    deck, maya = shelve("performance", "maya", "deck.pdf", BAD, title="Minutes"), as_(community.maya)
    assert len(uploads.unscanned()) == 1
    key = uploads.unscanned()[0].storage_key
    jobs.scan_files()
    jobs.scan_files()
    assert scans(deck) == [Scan.INFECTED] and uploads.store().size(key) is None and uploads.missing() == []
    page = maya.get(address(deck))
    assert page.status_code == 200 and "This file has a virus, so we deleted it." in page.text
    assert maya.get(address(deck, "/download")).status_code == 404
    assert as_(community.priya).get(address(deck)).status_code == 404
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "document.infected"))
    assert entry.subject_id == community.maya.id and entry.details["virus"].startswith(NAME)
    assert len(db.session.scalars(select(Event).where(Event.kind == "file.infected")).all()) == 1
    mail = db.session.scalars(select(Mail).where(Mail.template == "file-infected")).one()
    outbox.deliver()
    db.session.refresh(mail)
    assert mail.user_id == community.maya.id and mail.state == "sent"
    assert maya.get(address(deck, "/removal")).status_code == 200
    assert maya.post(address(deck, "/removal")).status_code == 303


def test_while_the_scanner_is_away_files_wait_and_that_is_said(
    guarded: Clamd, community: Any, as_: Any, shelve: Shelve, monkeypatch: pytest.MonkeyPatch
) -> None:
    deck, maya = shelve("performance", "maya", "deck.pdf"), as_(community.maya)
    guarded.stop()
    jobs.scan_files()
    assert scans(deck) == [Scan.STALLED]
    assert "can’t check it for viruses at the moment" in maya.get(address(deck)).text
    assert as_(community.priya).get(address(deck)).status_code == 404
    guarded.start()
    guarded.pause()
    monkeypatch.setattr(clamd, "VERDICT", 0.5)
    jobs.scan_files()
    assert scans(deck) == [Scan.STALLED]
    guarded.go_on()
    monkeypatch.undo()
    jobs.scan_files()
    assert scans(deck) == [Scan.CLEAN] and as_(community.priya).get(address(deck, "/download")).data == PDF


def test_an_older_version_stays_open_while_the_new_one_waits(
    guarded: Clamd, community: Any, as_: Any, shelve: Shelve
) -> None:
    deck = shelve("performance", "maya", "deck.pdf")
    jobs.scan_files()
    maya, priya = as_(community.maya), as_(community.priya)
    better = PDF.replace(b"%PDF-1.4", b"%PDF-1.7")
    assert replaced(maya, deck, better).status_code == 303
    assert "now checking for viruses" in maya.get(address(deck)).text
    assert maya.get(address(deck, "/versions/2/download")).data == better
    assert priya.get(address(deck, "/download")).data == PDF
    assert priya.get(address(deck, "/versions/2/download")).status_code == 404
    assert "Version 2" not in priya.get(address(deck)).text
    jobs.scan_files()
    assert priya.get(address(deck, "/download")).data == better
    assert replaced(maya, deck, BAD).status_code == 303
    jobs.scan_files()
    assert (
        scans(deck) == [Scan.CLEAN, Scan.CLEAN, Scan.INFECTED] and priya.get(address(deck, "/download")).data == better
    )
    assert uploads.missing() == []


def test_a_file_of_a_post_appears_below_it_once_it_is_clean(
    guarded: Clamd, community: Any, as_: Any, shelve: Shelve
) -> None:
    topic = community.topic("performance", 1)
    post = post_of(topic)
    author = next(
        name for name in ("maya", "ruth", "priya", "dan", "ceri") if getattr(community, name).id == post.author_id
    )
    shelve("performance", author, "deck.pdf", title="Kestrel", post=post)
    reader = as_(community.priya if author != "priya" else community.ruth)
    where = "/groups/performance/topics/1"
    assert "Kestrel" not in reader.get(where).text
    assert re.search(r"Kestrel.*now checking for viruses", as_(getattr(community, author)).get(where).text, re.DOTALL)
    jobs.scan_files()
    assert "Kestrel" in reader.get(where).text and "checking for viruses" not in reader.get(where).text


def test_a_form_with_a_file_is_posted_while_it_is_checked(guarded: Clamd, community: Any, as_: Any) -> None:
    reply = upload(as_(community.maya), "performance", (PDF, "mine.pdf"), title="Mine", key="0123456789abcdef")
    assert reply.status_code == 303
    where = reply.headers["Location"]
    assert as_(community.priya).get(where).status_code == 404
    jobs.scan_files()
    assert as_(community.priya).get(where).status_code == 200


def test_a_file_in_pieces_says_that_it_is_being_checked(
    guarded: Clamd, sender: Callable[..., Any], community: Any, as_: Any
) -> None:
    maya = sender("maya")
    maya.begin(size=len(PDF))
    reply = maya.send(PDF, 0)
    assert reply.status_code == 204 and reply.headers["Upload-Scan"] == "waiting"
    jobs.scan_files()
    assert "Upload-Scan" not in maya.look().headers and maya.look().headers["Upload-Draft"]
    refused = upload(maya.browser, "performance", (PDF, "other.pdf"), title="x" * 500, key="0123456789abcdef")
    assert refused.status_code == 422 and "now checking for viruses" in refused.text


def test_without_a_scanner_files_are_open_at_once_and_what_waited_opens(
    app: Flask, guarded: Clamd, community: Any, as_: Any, shelve: Shelve
) -> None:
    waits = shelve("performance", "maya", "deck.pdf")
    app.config["CLAMD_URL"] = ""
    assert as_(community.priya).get(address(shelve("performance", "maya", "b.pdf"))).status_code == 200
    assert as_(community.priya).get(address(waits)).status_code == 404
    jobs.scan_files()
    assert scans(waits) == [Scan.NONE] and as_(community.priya).get(address(waits)).status_code == 200


def test_the_version_that_is_open_is_found_while_a_newer_one_waits(
    guarded: Clamd, community: Any, as_: Any, shelve: Shelve
) -> None:
    document = shelve("performance", "ruth", "deck.pdf", title="Quetzal")
    jobs.scan_files()
    replaced(as_(community.ruth), document, PDF + b"% newer")
    assert scans(document) == [Scan.CLEAN, Scan.WAITING]
    assert "Quetzal</mark>" in as_(community.maya).get("/search?q=quetzal&kind=files").text


def test_a_clean_file_in_place_of_an_infected_one_opens(
    guarded: Clamd, community: Any, as_: Any, shelve: Shelve
) -> None:
    """Also one that came as a draft, and was found clean before it took the place."""
    document, ruth = shelve("performance", "ruth", "deck.pdf", BAD), as_(community.ruth)
    jobs.scan_files()
    assert scans(document) == [Scan.INFECTED] and as_(community.maya).get(address(document)).status_code == 404
    page = upload(ruth, "performance", (PDF, "clean.pdf"), audience="nobody")
    draft = re.findall(r'name="kept" value="(\d+)"', page.text)[0]
    jobs.scan_files()
    sent = {"key": "e" * 16, "kept": draft, "offered": draft}
    assert ruth.post(address(document, "/versions"), data=sent).status_code == 303
    assert as_(community.maya).get(address(document)).status_code == 200
