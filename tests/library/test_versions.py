"""Older versions of a file: looked at, made the newest again, deleted; by those who may, and with their slides."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from forum import uploads
from forum.kit.clock import now
from forum.kit.db import db
from forum.library import actions
from forum.models import AuditEntry, Document, Preview, PreviewState, Slide, Version
from tests import sketches
from tests.library.conftest import PDF, address, bytes_kept

Shelve = Callable[..., Document]
NEWER = PDF + b"% the second\n"


def replace(browser: Any, document: Document, content: bytes = NEWER, name: str = "june.pdf") -> Any:
    """Sends a new version."""
    data = {"file": (io.BytesIO(content), name)}
    reply = browser.post(address(document, "/versions"), data=data, content_type="multipart/form-data")
    db.session.expire_all()
    return reply


@pytest.fixture
def deck(kept_in: str, community: Any, as_: Any, shelve: Shelve) -> Document:
    """Ruth's deck in its second version; the slides of both are drawn."""
    document = shelve("performance", "ruth", "may.pdf", PDF, title="May")
    sketches.draw(document, 2, title="Kestrel {}", described="A kestrel on a post")
    replace(as_(community.ruth), document)
    sketches.draw(document, 3, title="Heron {}")
    return document


def numbers(document: Document) -> list[tuple[int, bool]]:
    """The versions of a document: number, and whether it is there."""
    db.session.expire_all()
    found = select(Version).where(Version.document_id == document.id).order_by(Version.number)
    return [(version.number, version.deleted_at is None) for version in db.session.scalars(found)]


def test_an_old_version_is_looked_at_with_its_own_slides(community: Any, as_: Any, deck: Document) -> None:
    maya = as_(community.maya)
    assert "Heron 3" in maya.get(address(deck)).text and "Kestrel" not in maya.get(address(deck)).text
    page = maya.get(address(deck, "/versions/1")).text
    assert "Kestrel 2" in page and "Heron" not in page and "This is an older version" in page
    assert f'src="{address(deck, "/versions/1/slides/2/picture")}"' in page
    assert "Kestrel 2" in maya.get(address(deck, "/versions/1/slides/2")).text
    assert maya.get(address(deck, "/versions/1/slides/3")).status_code == 404
    for which in ("picture", "thumbnail"):
        old, new = (maya.get(address(deck, f"{below}/slides/1/{which}")) for below in ("/versions/1", ""))
        assert old.status_code == new.status_code == 200 and old.headers["ETag"] != new.headers["ETag"]


def test_the_newest_has_the_address_of_the_file(community: Any, as_: Any, deck: Document) -> None:
    reply = as_(community.maya).get(address(deck, "/versions/2"))
    assert reply.status_code == 302 and reply.headers["Location"] == address(deck)


@pytest.mark.parametrize(
    "below", ["", "/slides/1", "/slides/1/picture", "/slides/1/thumbnail", "/removal", "/download"]
)
def test_an_old_version_is_refused_as_the_file_is(community: Any, as_: Any, deck: Document, below: str) -> None:
    for person in (None, community.sam, community.leon, community.hugh, community.vic):
        browser = as_(person)
        there, nowhere = (browser.get(address(deck, f"/versions/{v}{below}")) for v in (1, 7))
        assert there.status_code == nowhere.status_code in (303, 403) and "Kestrel" not in there.text
    as_(community.ruth).post(address(deck, "/audience"), data={"audience": "facilitators"})
    assert as_(community.maya).get(address(deck, f"/versions/1{below}")).status_code == 404


def test_an_old_version_is_made_the_newest_again(community: Any, as_: Any, deck: Document) -> None:
    ruth, before = as_(community.ruth), len(bytes_kept())
    reply = ruth.post(address(deck, "/versions/1/restoration"))
    assert reply.status_code == 303 and numbers(deck) == [(1, True), (2, True), (3, True)]
    page = ruth.get(address(deck)).text
    assert "as version 3" in page and "Kestrel 2" in page and "A kestrel on a post" in page
    assert ruth.get(address(deck, "/download")).data == PDF
    assert ruth.get(address(deck, "/slides/1/picture")).status_code == 200
    slides = db.session.scalars(select(Slide).join(Version, Version.id == Slide.version_id).where(Version.number == 3))
    pictures = sum(1 for slide in slides for key in (slide.small_key, slide.large_key) if key)
    assert len(bytes_kept()) == before + 1 + pictures
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "version.restored")).one()
    assert entry.details == {"n": deck.n, "version": 1, "as_version": 3}


def test_restoring_counts_against_the_quota(app: Any, community: Any, as_: Any, deck: Document) -> None:
    app.config["UPLOAD_QUOTA_PERSON"] = 1
    reply = as_(community.ruth).post(address(deck, "/versions/1/restoration"), follow_redirects=True)
    assert reply.status_code == 200 and numbers(deck) == [(1, True), (2, True)]
    assert "This is an older version" in reply.text


def test_a_deleted_version_leaves_nothing_behind(community: Any, as_: Any, deck: Document) -> None:
    ruth = as_(community.ruth)
    assert "Delete version 1" in ruth.get(address(deck, "/versions/1/removal")).text
    assert ruth.post(address(deck, "/versions/1/removal"), data={"reason": "A name in it"}).status_code == 303
    assert numbers(deck) == [(1, False), (2, True)]
    for below in ("", "/slides/1", "/slides/1/picture", "/download", "/removal"):
        assert ruth.get(address(deck, f"/versions/1{below}")).status_code == 404
    assert "may.pdf" not in ruth.get(address(deck)).text
    of = select(Version.id).where(Version.number == 1, Version.document_id == deck.id)
    assert not db.session.scalars(select(Slide).where(Slide.version_id.in_(of))).all()
    assert not db.session.scalars(select(Preview).where(Preview.version_id.in_(of))).all()
    assert not uploads.orphans()


def test_without_the_newest_the_one_before_leads_and_its_number_is_not_given_again(
    community: Any, as_: Any, deck: Document
) -> None:
    ruth = as_(community.ruth)
    ruth.post(address(deck, "/versions/2/removal"))
    assert numbers(deck) == [(1, True), (2, False)]
    page = ruth.get(address(deck)).text
    assert "Kestrel 1" in page and "Heron" not in page and ruth.get(address(deck, "/download")).data == PDF
    replace(ruth, deck, PDF + b"% the third\n", "july.pdf")
    assert numbers(deck) == [(1, True), (2, False), (3, True)] and "july.pdf" in ruth.get(address(deck)).text


def test_the_only_version_is_not_deleted_alone(community: Any, as_: Any, shelve: Shelve) -> None:
    single = shelve("performance", "ruth", "may.pdf", PDF)
    reply = as_(community.ruth).post(address(single, "/versions/1/removal"))
    assert reply.status_code == 409 and "Delete the file instead" in reply.text
    assert numbers(single) == [(1, True)]


def test_members_neither_restore_nor_delete(community: Any, as_: Any, deck: Document) -> None:
    maya = as_(community.maya)
    for below in ("/versions/1/restoration", "/versions/1/removal"):
        assert maya.post(address(deck, below)).status_code == 403
    page = maya.get(address(deck, "/versions/1")).text
    assert "Make it the newest again" not in page and "Delete this version" not in page
    assert numbers(deck) == [(1, True), (2, True)]


def test_the_page_costs_the_same_for_two_versions_and_for_twenty(
    community: Any, as_: Any, deck: Document, watch: Any
) -> None:
    maya, counts = as_(community.maya), []
    for more in (0, 18):
        for at in range(more):
            replace(as_(community.ruth), deck, PDF + b"%% %d\n" % at)
        if more:
            sketches.draw(deck, 3, title="Heron {}")
        maya.get(address(deck))
        with watch() as seen:
            maya.get(address(deck))
        counts.append(len(seen.statements))
    assert counts[1] <= counts[0] <= 8, "the slides of the second are not made yet, so nobody has looked at them"


def test_a_new_version_that_came_in_pieces_takes_the_place(community: Any, as_: Any, shelve: Shelve) -> None:
    """The draft that it was is no more; the same form sent again changes nothing."""
    document, ruth = shelve("performance", "ruth", "may.pdf", PDF, title="May"), as_(community.ruth)
    offset = {"Tus-Resumable": "1.0.0"}
    named = {"Upload-Length": str(len(NEWER)), "Upload-Metadata": "filename anVuZS5wZGY="}
    place = ruth.post("/groups/performance/uploads", headers={**offset, **named}).headers["Location"]
    sent = {**offset, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    draft = ruth.patch(place, data=NEWER, headers=sent).headers["Upload-Draft"]
    form = {"key": "c" * 16, "kept": draft, "offered": draft}
    for _ in range(2):
        assert ruth.post(address(document, "/versions"), data=form).status_code == 303
    assert numbers(document) == [(1, True), (2, True)] and "june.pdf" in ruth.get(address(document)).text
    assert ruth.get(address(document, "/download")).data == NEWER and ruth.get(address(document)).status_code == 200
    assert ruth.get(f"/groups/performance/library/{draft}").status_code == 404


def test_a_new_version_is_one_file(community: Any, as_: Any, shelve: Shelve) -> None:
    document, ruth = shelve("performance", "ruth", "may.pdf", PDF, title="May"), as_(community.ruth)
    nothing = ruth.post(address(document, "/versions"), data={"key": "d" * 16})
    assert nothing.status_code == 422 and "Choose a file" in nothing.text


def test_slides_that_failed_are_tried_again_on_demand(community: Any, as_: Any, shelve: Shelve) -> None:
    document, ruth = shelve("performance", "ruth", "may.pdf", PDF, title="May"), as_(community.ruth)
    failed = {"state": PreviewState.FAILED, "tries": 3, "reason": "This file is damaged."}
    db.session.execute(update(Preview).values(**failed))
    db.session.commit()
    assert "Try again" in ruth.get(address(document)).text
    assert "Try again" not in as_(community.maya).get(address(document)).text
    assert as_(community.maya).post(address(document, "/slides")).status_code == 403
    assert ruth.post(address(document, "/slides")).status_code == 303
    db.session.expire_all()
    of = select(Preview).join(Version, Version.id == Preview.version_id).where(Version.document_id == document.id)
    preview = db.session.scalars(of).one()
    assert (preview.state, preview.tries, preview.reason) == (PreviewState.WAITING, 0, "")


def test_two_who_delete_at_once_leave_one_version(app: Any, community: Any, as_: Any, deck: Document) -> None:
    """Each deletes another one: whoever comes second finds that there is only one left."""
    browsers = [as_(community.ruth), as_(community.priya)]
    where = [address(deck, f"/versions/{number}/removal") for number in (1, 2)]
    together = threading.Barrier(2)

    def delete(turn: int) -> int:
        together.wait(timeout=30)
        return int(browsers[turn].post(where[turn]).status_code)

    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(delete, range(2)))
    assert codes == [303, 409] and sum(there for _, there in numbers(deck)) == 1
    assert as_(community.maya).get(address(deck)).status_code == 200


def test_a_new_version_of_a_file_that_was_deleted_meanwhile_leaves_nothing(
    community: Any, as_: Any, deck: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a large file was still arriving, somebody else deleted the one that it is to replace."""
    whole = actions.replace

    def later(me: Any, document: Document, file: Any) -> Any:
        db.session.execute(update(Document).where(Document.id == document.id).values(deleted_at=now()))
        return whole(me, document, file)

    monkeypatch.setattr(actions, "replace", later)
    before = bytes_kept()
    assert replace(as_(community.ruth), deck, PDF + b"% late").status_code == 409
    db.session.remove()  # as at the end of each request
    assert bytes_kept() == before


def test_a_version_whose_bytes_cannot_be_read_is_not_restored(community: Any, as_: Any, deck: Document) -> None:
    first = db.session.scalars(select(Version).where(Version.document_id == deck.id, Version.number == 1)).one()
    uploads.store().remove(first.storage_key)
    before = bytes_kept()
    reply = as_(community.ruth).post(address(deck, "/versions/1/restoration"))
    assert reply.status_code == 503 and reply.headers["Retry-After"]
    assert bytes_kept() == before and numbers(deck) == [(1, True), (2, True)]


def test_the_button_pressed_twice_restores_once(community: Any, as_: Any, deck: Document) -> None:
    for _ in range(2):
        assert as_(community.ruth).post(address(deck, "/versions/1/restoration")).status_code == 303
    assert numbers(deck) == [(1, True), (2, True), (3, True)]
