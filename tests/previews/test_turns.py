"""Slides are made once, by one worker, whatever dies in between; and tried again, but not for ever."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum import previews, uploads
from forum.kit import clock
from forum.kit.db import db
from forum.models import Preview, PreviewState, Version
from forum.previews import claims, making
from forum.previews.child import MEGABYTE
from tests.previews import files
from tests.previews.conftest import left_over, preview_of, slides_of

WORK = """
import sys
from forum import create_app, previews
app = create_app(sys.argv[1])
with app.app_context():
    previews.work()
"""


def begin(app: Flask) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    names = ("SECRET_KEY", "SECURITY_PASSWORD_SALT", "DATABASE_URL")
    environment = {**os.environ, **{f"FLASK_{name}": app.config[name] for name in names}}
    return subprocess.Popen([sys.executable, "-c", WORK, app.instance_path], env=environment)


def wait_for(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def running(words: str) -> list[int]:
    """The processes whose command line holds these words."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if words.encode() in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def test_two_who_come_at_once_make_slides_once(app: Flask, bench: None, shelve: Any) -> None:
    decks = [shelve("performance", "ruth", f"{name}.pdf", files.pdf(name)) for name in ("a", "b", "c")]

    def work(_turn: int) -> int:
        with app.app_context():
            return previews.work()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 3
    assert [(preview_of(deck).state, preview_of(deck).tries) for deck in decks] == [(PreviewState.READY, 1)] * 3


def test_a_worker_that_is_stopped_hands_back_what_it_was_at(app: Flask, bench: None, shelve: Any) -> None:
    deck = shelve("performance", "ruth", "a.pdf", files.pdf("A"))
    claim = claims.take(preview_of(deck).id)
    assert claim and preview_of(deck).state == PreviewState.WORKING and not claims.due(previews.QUICK)
    assert previews.lay_down() == 1
    assert (preview_of(deck).state, preview_of(deck).tries) == (PreviewState.WAITING, 0)
    claims.over(claim)
    assert previews.work() == 1 and preview_of(deck).state == PreviewState.READY and previews.lay_down() == 0


def test_a_pdf_does_not_wait_for_a_deck(app: Flask, bench: None, shelve: Any) -> None:
    deck = shelve("performance", "ruth", "a.pptx", files.deck("A"))
    pages = shelve("performance", "ruth", "a.pdf", files.pdf("A"))
    with previews.alone(previews.SLOW) as folder:
        assert folder and previews.work() == 1
    assert (preview_of(deck).state, preview_of(pages).state) == (PreviewState.WAITING, PreviewState.READY)
    assert previews.work(previews.SLOW) == 1


def test_a_claim_is_given_to_one(bench: None, shelve: Any) -> None:
    shelve("performance", "ruth", "a.pdf", files.pdf("A"))
    (preview_id,) = claims.due(claims.QUICK)
    first = claims.take(preview_id)
    assert first and claims.take(preview_id) is None and claims.due(claims.QUICK) == []
    with clock.at(clock.now() + claims.LEASE + timedelta(seconds=1)):
        second = claims.take(preview_id)
        assert second and second.number == 2
    with pytest.raises(claims.Lost):
        claims.hold(first)
    claims.end(first, state=PreviewState.FAILED)
    db.session.rollback()
    assert db.session.scalars(select(Preview.state)).one() == PreviewState.WORKING


def test_what_a_killed_worker_left_is_carried_on_with(app: Flask, bench: None, shelve: Any) -> None:
    deck = shelve("performance", "ruth", "long.pdf", files.pdf("Page", count=80))
    key = db.session.scalars(select(Version.storage_key).where(Version.document_id == deck.id)).one()
    worker = begin(app)
    wait_for(lambda: preview_of(deck).done >= 3)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    before = {slide.number: slide.large_key for slide in slides_of(deck)}
    assert 3 <= len(before) < 80 and preview_of(deck).state == PreviewState.WORKING
    wait_for(lambda: not running(key))
    assert previews.work() == 0
    with clock.at(clock.now() + claims.LEASE + timedelta(seconds=1)):
        assert previews.work() == 1
    after = {slide.number: slide.large_key for slide in slides_of(deck)}
    assert preview_of(deck).state == PreviewState.READY and len(after) == 80
    drawn = preview_of(deck).pages - len(before)
    assert drawn > 0 and {number: after[number] for number in before} == before
    with clock.at(clock.now() + timedelta(days=3)):
        assert uploads.slides_without_pictures() == []


def test_a_file_deleted_meanwhile_leaves_nothing(bench: None, shelve: Any, tmp_path: Path) -> None:
    deck = shelve("performance", "ruth", "a.pdf", files.pdf("A", "B"))
    claim = claims.take(claims.due(claims.QUICK)[0])
    uploads.remove([deck])
    db.session.commit()
    kept = sorted(uploads.store().keys())
    source = tmp_path / "a.pdf"
    source.write_bytes(files.pdf("A", "B"))
    with pytest.raises(claims.Lost):
        making.draw(claim, source, "pdf", tmp_path, lambda: None)
    db.session.rollback()
    assert slides_of(deck) == [] and sorted(uploads.store().keys()) == kept


def test_a_try_that_broke_is_made_again_later_and_not_for_ever(
    bench: None, shelve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deck = shelve("performance", "ruth", "a.pdf", files.pdf("A"))
    monkeypatch.setattr(making, "DRAWING", making.DRAWING._replace(memory=16 * MEGABYTE))
    moment = clock.now()
    for wait in (*claims.WAITS, None):
        with clock.at(moment):
            assert previews.work() == 1 and previews.work() == 0
        moment += wait + timedelta(seconds=1) if wait else timedelta(days=1)
    preview = preview_of(deck)
    assert (preview.state, preview.tries) == (PreviewState.FAILED, 3) and "each time" in preview.reason
    with clock.at(moment):
        assert previews.work() == 0


@pytest.mark.parametrize("what", ["no room", "no file"])
def test_what_is_no_fault_of_the_file_is_not_held_against_it(what: str, bench: None, shelve: Any) -> None:
    deck = shelve("performance", "ruth", "a.pdf", files.pdf("A"))
    place = uploads.store().incoming if what == "no room" else uploads.store().path(deck_version(deck).storage_key)
    place.rename(place.with_name("away"))
    if what == "no room":
        place.write_bytes(b"in the way")
    moment = clock.now()
    for _ in range(claims.MOST_TRIES + 1):
        with clock.at(moment):
            assert previews.work() == 1
        moment += claims.OURS + timedelta(seconds=1)
    assert (preview_of(deck).state, preview_of(deck).tries) == (PreviewState.WAITING, 0)
    place.unlink(missing_ok=True)
    place.with_name("away").rename(place)
    with clock.at(moment):
        assert previews.work() == 1
    assert preview_of(deck).state == PreviewState.READY and left_over() == []


def test_a_file_that_takes_the_machine_down_is_given_up(bench: None, shelve: Any) -> None:
    deck = shelve("performance", "ruth", "a.pdf", files.pdf("A"))
    db.session.execute(update(Preview).values(state=PreviewState.WORKING, tries=claims.MOST_TRIES))
    db.session.commit()
    assert previews.work() == 0
    assert preview_of(deck).state == PreviewState.FAILED and preview_of(deck).reason == claims.GIVEN_UP
    assert left_over() == []


def deck_version(deck: Any) -> Version:
    """The only version of a file."""
    return db.session.scalars(select(Version).where(Version.document_id == deck.id)).one()
