"""A file comes in pieces: whatever happens on the way it carries on, and becomes the draft that it would have been."""

import base64
import hashlib
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum import jobs, uploads
from forum.kit import fragments, web
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Membership, Standing, Upload, Version
from tests.bucket import Seaweed, move_to
from tests.conftest import make_app, sign_in
from tests.library.conftest import upload
from tests.uploads.conftest import PDF, PIECE, Sender

pytestmark = pytest.mark.usefixtures("kept_in")
Send = Callable[..., Sender]
Pieces = Callable[[], list[Path]]
HALF = len(PDF) // 2


def sent(who: Sender) -> int:
    """The number of the draft that the whole file has become."""
    assert who.begin().status_code == 201
    assert who.send(PDF[:HALF], 0).headers["Upload-Offset"] == str(HALF)
    reply = who.send(PDF[HALF:], HALF)
    assert reply.status_code == 204
    return int(reply.headers["Upload-Draft"])


def test_a_deck_sent_in_two_pieces_is_posted_by_the_form(community: Any, sender: Send, pieces: Pieces) -> None:
    maya = sender("maya")
    number = sent(maya)
    assert pieces() == [] and uploads.missing() == []
    page = f"/groups/performance/library/{number}"
    assert sender("priya").browser.get(page).status_code == 404, "nobody else sees a draft"
    assert upload(maya.browser, "performance", kept=[number], offered=[number]).headers["Location"] == page
    assert sender("priya").browser.get(page + "/download").data == PDF
    version = db.session.scalars(select(Version).order_by(Version.id.desc())).first()
    assert version and (version.name, version.sha256) == ("May deck.pdf", hashlib.sha256(PDF).hexdigest())


def test_what_came_before_a_line_dropped_is_there_afterwards(sender: Send) -> None:
    maya = sender("maya")
    maya.begin()
    maya.send(PDF[:100], 0)
    reply = maya.look()
    assert (reply.status_code, reply.headers["Upload-Offset"], reply.headers["Upload-Length"]) == (200, "100", "3509")
    assert reply.headers["Cache-Control"] == "private, no-store" and "Upload-Expires" in reply.headers
    assert "Upload-Draft" not in reply.headers


def test_a_restarted_site_carries_on(app: Any, community: Any, sender: Send, tmp_path: Path) -> None:
    maya = sender("maya")
    maya.begin()
    maya.send(PDF[:HALF], 0)
    started = make_app(Path(app.instance_path), app.config["DATABASE_URL"])
    again = Sender(sign_in(started, community.maya))
    again.address = maya.address
    assert again.look().headers["Upload-Offset"] == str(HALF)
    assert again.send(PDF[HALF:], HALF).headers["Upload-Draft"]


def test_a_lost_last_answer_is_given_again(sender: Send) -> None:
    maya = sender("maya")
    number = str(sent(maya))
    assert maya.look().headers["Upload-Draft"] == number
    assert maya.send(b"", len(PDF)).headers["Upload-Draft"] == number
    assert maya.send(b"x", 0).status_code == 409


def test_a_site_that_ended_between_the_last_byte_and_the_draft_makes_it_when_asked(
    sender: Send, pieces: Pieces
) -> None:
    maya = sender("maya")
    maya.begin()
    pieces()[0].write_bytes(PDF)
    assert "Upload-Draft" not in maya.look().headers
    assert maya.send(b"", len(PDF)).headers["Upload-Draft"] and pieces() == []


@pytest.mark.parametrize(
    ("name", "size", "status", "words"),
    [
        ("deck.pdf", 500 * 1024**2 + 1, 413, "can be up to 500 MB"),
        ("setup.exe", 9, 415, "Files ending in .exe can't be added here"),
        ("deck", 9, 415, "without an ending"),
        ("deck.pdf", 0, 422, "This file is empty."),
        ("", 9, 422, "must say the file's name"),
        ("deck.pdf", "-1", 400, "Upload-Length"),
        ("deck.pdf", "9" * 400, 400, "Upload-Length"),
        ("deck.pdf", "²", 400, "Upload-Length"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_its_first_byte(
    sender: Send, pieces: Pieces, name: str, size: object, status: int, words: str
) -> None:
    size = size.encode().decode("latin-1") if isinstance(size, str) else size
    reply = sender("maya").begin(name, size)
    assert reply.status_code == status and words in reply.text and reply.mimetype == "text/plain"
    assert pieces() == [] and db.session.scalar(select(Upload.id)) is None


@pytest.mark.parametrize("said", ["filename", "filename ***", "filename /w==", "filename " + "A" * 9_000])
def test_odd_words_about_a_file_are_refused(sender: Send, said: str) -> None:
    assert sender("maya").begin(**{"Upload-Metadata": said}).status_code in (400, 422)


def test_a_path_in_a_name_leads_nowhere(community: Any, sender: Send) -> None:
    maya = sender("maya")
    maya.begin("../../etc/\u202egpj.pdf")
    assert db.session.scalars(select(Upload.name)).one() == "gpj.pdf"


def digest(content: bytes, algorithm: str) -> str:
    """The header of a piece's digest."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_that_was_damaged_is_thrown_away(sender: Send, algorithm: str) -> None:
    maya = sender("maya")
    maya.begin()
    assert maya.send(PDF[:99], 0, Upload_Checksum=digest(PDF[:99], algorithm)).status_code == 204
    reply = maya.send(PDF[99:200], 99, Upload_Checksum=digest(PDF[99:199], algorithm))
    assert reply.status_code == 460 and maya.look().headers["Upload-Offset"] == "99"


def test_wrong_requests_are_told_what_is_wrong(sender: Send) -> None:
    maya = sender("maya")
    maya.begin()
    assert maya.send(b"x", 5).status_code == 409
    assert maya.send(b"x" * 9, "x").status_code == 400
    assert maya.send(PDF + b"x", 0).status_code == 413
    assert maya.send(b"x", 0, kind="text/plain").status_code == 415
    assert maya.send(b"x", 0, Upload_Checksum="md5 eA==").status_code == 400
    assert maya.send(b"x", 0, Upload_Checksum="sha1 *").status_code == 400
    old = maya.send(b"x", 0, Tus_Resumable="0.2.2")
    assert (old.status_code, old.headers["Tus-Version"]) == (412, "1.0.0")
    assert maya.look().headers["Upload-Offset"] == "0"


def test_everybody_may_ask_what_the_site_can_do(visitor: Any) -> None:
    reply = visitor.options("/groups/performance/uploads")
    assert reply.status_code == 204 and "creation" in reply.headers["Tus-Extension"]
    assert reply.headers["Tus-Max-Size"] == str(500 * 1024**2)


def test_two_requests_at_once_do_not_write_the_same_file(sender: Send, pieces: Pieces) -> None:
    maya = sender("maya")
    maya.begin()
    with fragments.held(pieces()[0]):
        assert maya.send(PDF[:9], 0).status_code == 423
        assert maya.take_back().status_code == 423
    assert maya.send(PDF[:9], 0).status_code == 204


def test_a_line_that_fell_silent_does_not_hold_the_file(sender: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    maya = sender("maya")
    maya.begin()
    monkeypatch.setattr(web, "STALLED", 0.2)
    server, telephone = socket.socketpair()
    with server, telephone, server.makefile("rb", buffering=0) as line:
        telephone.sendall(PDF[:100])
        body = {"gunicorn.socket": server, "wsgi.input": line, "CONTENT_LENGTH": str(len(PDF))}
        known = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        maya.browser.patch(maya.address, content_type=PIECE, headers=known, environ_overrides=body)
    assert maya.look().headers["Upload-Offset"] == "100"
    assert maya.send(PDF[100:], 100).headers["Upload-Draft"]


def test_what_is_no_deck_inside_is_refused_at_its_end_and_gone(sender: Send, pieces: Pieces) -> None:
    maya, fake = sender("maya"), b"MZ\x90 not a deck at all"
    maya.begin("deck.pptx", len(fake))
    reply = maya.send(fake, 0)
    assert reply.status_code == 422 and "what is in it is not of that type" in reply.text
    assert maya.look().status_code == 404 and pieces() == []


def test_a_file_taken_back_leaves_nothing(sender: Send, pieces: Pieces) -> None:
    maya = sender("maya")
    maya.begin()
    maya.send(PDF[:9], 0)
    assert maya.take_back().status_code == 204 and pieces() == []
    assert maya.look().status_code == maya.take_back().status_code == 404
    number, kept = sent(maya), len(list(uploads.store().keys()))
    assert maya.take_back().status_code == 204 and len(list(uploads.store().keys())) == kept - 1
    assert maya.browser.get(f"/groups/performance/library/{number}").status_code == 404


def test_a_file_that_was_posted_stays_when_its_upload_is_taken_back(sender: Send) -> None:
    maya = sender("maya")
    number = sent(maya)
    upload(maya.browser, "performance", kept=[number], offered=[number])
    assert maya.take_back().status_code == 204
    assert maya.browser.get(f"/groups/performance/library/{number}/download").data == PDF


@pytest.mark.parametrize("name", ["priya", "ruth", "dan", "grace", "sam", ""])
def test_the_upload_of_somebody_else_is_as_none(sender: Send, name: str) -> None:
    maya, other = sender("maya"), sender(name)
    maya.begin()
    other.address = maya.address
    none = Sender(other.browser)
    none.address = maya.address[:-32] + "0" * 32
    for ask in (Sender.look, Sender.take_back, lambda who: who.send(PDF, 0)):
        theirs, nothing = ask(other), ask(none)
        assert theirs.status_code == nothing.status_code and theirs.status_code in (303, 403, 404)
    assert maya.look().headers["Upload-Offset"] == "0"


def test_an_upload_belongs_to_its_group(sender: Send) -> None:
    maya = sender("maya")
    maya.begin()
    maya.address = maya.address.replace("/performance/", "/policy/")
    assert maya.look().status_code == 404


def test_who_was_put_out_between_two_pieces_can_send_no_more(community: Any, sender: Send, pieces: Pieces) -> None:
    maya, group = sender("maya"), community.group("performance")
    maya.begin()
    maya.send(PDF[:9], 0)
    mine = (Membership.user_id == community.maya.id, Membership.group_id == group.id)
    db.session.execute(update(Membership).where(*mine).values(standing=Standing.FORMER))
    db.session.commit()
    assert maya.send(PDF[9:], 9).status_code == 403, "the card of the group, as for what does not exist"
    assert maya.look().status_code == 403 and pieces()[0].stat().st_size == 9


def test_where_only_facilitators_upload_from_now_on_a_member_sends_no_more(community: Any, sender: Send) -> None:
    maya = sender("maya")
    maya.begin()
    community.group("performance").facilitators_upload = True
    db.session.commit()
    assert maya.send(PDF, 0).status_code == 404 and maya.begin().status_code == 403


def test_who_signed_out_sends_no_more(community: Any, sender: Send) -> None:
    maya = sender("maya")
    maya.begin()
    place = maya.address
    maya.browser.post("/sign-out")
    maya.address = place
    assert maya.send(PDF, 0).status_code == 303


def test_another_site_cannot_send_in_my_name(sender: Send) -> None:
    maya = sender("maya")
    maya.begin()
    foreign = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://evil.example"}
    for method in ("PATCH", "DELETE"):
        assert maya.browser.open(maya.address, method=method, environ_overrides=foreign).status_code == 403
    assert maya.look().status_code == 200


def test_what_nobody_carried_on_with_for_a_day_is_gone(sender: Send, pieces: Pieces) -> None:
    maya, late, done = sender("maya"), sender("maya"), sender("maya")
    number = sent(done)
    maya.begin()
    late.begin()
    old = (Upload.code.in_([maya.address[-32:], done.address[-32:]]),)
    db.session.execute(update(Upload).where(*old).values(touched_at=now() - timedelta(hours=24, seconds=1)))
    db.session.commit()
    assert maya.look().status_code == 404 and late.look().status_code == 200
    jobs.sweep_pieces()
    assert [path.name for path in pieces()] == [late.address[-32:]]
    assert db.session.scalar(select(Document.n).where(Document.n == number, Document.posted_at.is_(None))) == number
    assert len(db.session.scalars(select(Upload)).all()) == 1


def test_a_file_whose_store_is_away_at_its_end_is_finished_later(
    app: Flask, sender: Send, pieces: Pieces, mortal: Seaweed
) -> None:
    move_to(app, mortal.settings())
    mortal.stop()
    maya = sender("maya")
    maya.begin()
    maya.send(PDF[:HALF], 0)
    reply = maya.send(PDF[HALF:], HALF)
    assert reply.status_code == 503 and "can’t store files" in reply.text and reply.headers["Retry-After"] == "300"
    assert maya.look().headers["Upload-Offset"] == str(len(PDF)) and "Upload-Draft" not in maya.look().headers
    assert [path.stat().st_size for path in pieces()] == [len(PDF)]
    mortal.start()
    assert maya.send(b"", len(PDF)).headers["Upload-Draft"] == maya.look().headers["Upload-Draft"]
    assert pieces() == [] and uploads.missing() == []


@pytest.fixture
def small_disk() -> Iterator[None]:
    """A disk on which no file gets larger than 2,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_keeps_what_there_was_room_for(sender: Send) -> None:
    maya = sender("maya")
    maya.begin()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    reply = maya.send(PDF, 0)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert reply.status_code == 503 and "can’t store files" in reply.text and reply.headers["Retry-After"]
    offset = int(maya.look().headers["Upload-Offset"])
    assert 0 < offset <= 2_000 and maya.send(PDF[offset:], offset).headers["Upload-Draft"]
