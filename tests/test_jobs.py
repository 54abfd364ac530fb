"""Jobs only say "look": what commits is done soon, what is lost comes by itself, and nothing young is swept away."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from huey.exceptions import HueyException

from forum import create_app, jobs, outbox, uploads
from forum.access import person
from forum.jobs import queue as jobs_queue
from forum.kit import clock, ids
from forum.kit.db import db
from forum.models import Document, Draft, Mail, MailState, Scan, Session, Submission, Upload, Version
from tests.clamav import VIRUS
from tests.conftest import SETTINGS
from tests.kit import samples
from tests.test_cli import say_migrated, until


@pytest.fixture
def live(app):
    """The same site as it runs, not under test: what commits asks for jobs."""
    made = create_app(app.instance_path, **{**SETTINGS, "DATABASE_URL": app.config["DATABASE_URL"], "TESTING": False})
    db.session.remove()
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def queue_mail(once="confirm:1"):
    outbox.queue("confirm", "new@example.org", once, name="Noor", url="http://localhost/confirm/x")


def waiting(app):
    """The names of the jobs that somebody asked for."""
    return [type(task).__name__ for task in app.extensions["jobs"].queue.pending()]


def states():
    db.session.rollback()
    return list(db.session.scalars(sa.select(Mail.state).order_by(Mail.id)))


def state(once):
    """Of one mail, whatever else a worker found to tell at this minute of the hour."""
    db.session.rollback()
    return db.session.scalar(sa.select(Mail.state).where(Mail.once == once))


def test_a_commit_with_mail_asks_for_delivery_once(live):
    queue_mail("confirm:1")
    queue_mail("confirm:2")
    assert waiting(live) == []
    db.session.commit()
    assert waiting(live) == ["deliver"]
    db.session.commit()
    assert waiting(live) == ["deliver"]


def test_a_file_that_is_added_asks_for_its_slides_once(live, community, tmp_path):
    place = tmp_path / "garden.png"
    place.write_bytes(samples.picture())
    for title in ("A", "B"):
        uploads.add_file(community.maya, community.group("policy"), place, "garden.png", title=title)
    assert waiting(live) == []
    db.session.commit()
    assert waiting(live) == ["make_slides", "convert_slides"]


def test_what_was_undone_asks_for_nothing(live):
    queue_mail()
    db.session.rollback()
    db.session.commit()
    assert waiting(live) == []


def test_a_savepoint_is_no_commit(live):
    with db.session.begin_nested():
        queue_mail()
    assert waiting(live) == []
    db.session.commit()
    assert waiting(live) == ["deliver"]


def test_who_asks_again_and_again_is_heard_once_more_when_the_pause_is_over(live, monkeypatch):
    """Also what was asked for last is looked at after it was asked for: nothing waits for the next minute."""
    monkeypatch.setattr(jobs_queue, "PAUSE", 0.4)
    asked = live.extensions["jobs"]
    for _ in range(5):
        asked.ask(jobs.deliver)
    asked.ask(jobs.tell_listeners)
    assert waiting(live) == ["deliver", "tell_listeners"]
    assert until(lambda: waiting(live) == ["deliver", "tell_listeners", "deliver"])
    asked.ask(jobs.deliver)
    assert waiting(live) == ["deliver", "tell_listeners", "deliver"]
    assert until(lambda: waiting(live) == ["deliver", "tell_listeners", "deliver", "deliver"])
    time.sleep(0.6)
    asked.ask(jobs.deliver)
    assert len(waiting(live)) == 5


def test_a_worker_does_what_was_asked(live):
    queue_mail()
    db.session.commit()
    queue = live.extensions["jobs"].queue
    queue.execute(queue.dequeue())
    assert states() == [MailState.SENT]
    assert len(list((Path(live.instance_path) / "mail").iterdir())) == 1


def test_each_job_comes_by_itself_too(live):
    in_time = {type(task).__name__ for task in live.extensions["jobs"].queue._registry.periodic_tasks}
    assert in_time == {f"{job.__name__}_in_time" for job, _times in jobs.JOBS}


def test_a_queue_that_cannot_be_written_loses_no_mail(live):
    (Path(live.instance_path) / "jobs.sqlite").mkdir()
    queue_mail()
    db.session.commit()
    assert states() == [MailState.WAITING]
    jobs.deliver()
    assert states() == [MailState.SENT]


def test_a_job_that_somebody_else_wrote_is_not_done(live):
    queue = live.extensions["jobs"].queue
    queue.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.:" + b"0" * 40)
    with pytest.raises((ValueError, HueyException)):
        queue.dequeue()


def test_under_test_nothing_is_asked(app):
    queue_mail()
    db.session.commit()
    assert not (Path(app.instance_path) / "jobs.sqlite").exists()


def age(model, days, **facts):
    """A row that is so many days old, and its like of today."""
    for number, moment in enumerate((clock.now() - timedelta(days=days), clock.now())):
        with clock.at(moment):
            db.session.add(
                model(**{name: value(number) if callable(value) else value for name, value in facts.items()})
            )
            db.session.flush()
    db.session.commit()


def left(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_keys_of_forms_are_forgotten_after_two_days(community):
    age(Submission, 2.1, user_id=community.maya.id, digest=lambda n: ids.digest(str(n)))
    jobs.sweep_submissions()
    assert left(Submission) == 1


def test_drafts_are_kept_for_half_a_year(community):
    age(Draft, 181, user_id=community.maya.id, place=lambda n: f"topic:{n}", fields={"body": "…"})
    jobs.sweep_drafts()
    assert left(Draft) == 1


def test_browsers_that_signed_out_are_forgotten_after_a_month(community):
    ended = [clock.now() - timedelta(days=31), None]
    age(Session, 40, user_id=community.maya.id, digest=lambda n: ids.digest(str(n)), ended_at=lambda n: ended[n])
    jobs.sweep_sessions()
    assert left(Session) == 1


def test_browsers_past_a_limit_are_forgotten_a_month_later(app, community):
    app.config.update(SESSION_IDLE=10 * 86_400, SESSION_ABSOLUTE=100 * 86_400)
    moments = [(50, 41), (50, 39), (131, 1), (129, 1)]
    for n, (made, used) in enumerate(moments):
        times = {"created_at": clock.now() - timedelta(days=made), "used_at": clock.now() - timedelta(days=used)}
        db.session.add(Session(user_id=community.maya.id, digest=ids.digest(str(n)), **times))
    db.session.commit()
    jobs.sweep_sessions()
    assert sorted(db.session.scalars(sa.select(Session.digest))) == sorted(ids.digest(n) for n in "13")


def test_files_that_were_never_posted_go_with_their_bytes_after_a_week(community, tmp_path):
    place = tmp_path / "notes.txt"
    place.write_text("Notes of the day")
    group, before = community.group("policy"), left(Document)
    for days in (8, 1):
        with clock.at(clock.now() - timedelta(days=days)):
            document = uploads.add_file(community.maya, group, place, "notes.txt", title="Notes")
            document.posted_at = None
            db.session.commit()
    jobs.sweep_uploads()
    assert left(Document) == before + 1
    assert uploads.orphans() == {} and uploads.missing() == []


def test_a_worker_delivers_what_commits_and_ends_when_it_is_told_to(app):
    say_migrated(app)
    db.session.remove()
    secrets = {f"FLASK_{name}": app.config[name] for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT", "DATABASE_URL")}
    command = [sys.executable, "-m", "forum.cli", "worker", "--instance", app.instance_path]
    worker = subprocess.Popen(command, env={**os.environ, **secrets})
    try:
        queue_mail()
        db.session.commit()
        jobs.Jobs(app, jobs.JOBS).ask(jobs.deliver)
        deadline = time.monotonic() + 30
        while state("confirm:1") != MailState.SENT and time.monotonic() < deadline:
            time.sleep(0.1)
        assert state("confirm:1") == MailState.SENT
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=15) == 0
    finally:
        worker.kill()


@pytest.fixture
def redis():
    """The address of a Redis that listens here."""
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=1).close()
    except OSError:
        if os.environ.get("CI") == "true":
            pytest.fail("no Redis listens on 127.0.0.1:6379")
        pytest.skip("no Redis listens on 127.0.0.1:6379")
    return "redis://127.0.0.1:6379/15"


def test_with_redis_the_queue_is_there(app, redis):
    settings = {**SETTINGS, "DATABASE_URL": app.config["DATABASE_URL"], "REDIS_URL": redis}
    made = create_app(app.instance_path, **settings)
    queue = made.extensions["jobs"].queue
    queue.flush()
    made.extensions["jobs"].ask(jobs.sweep_submissions)
    assert waiting(made) == ["sweep_submissions"]
    queue.flush()


def test_pieces_that_nobody_carried_on_with_are_forgotten_by_the_queue(live, community):
    me, group = person(community.maya.id), community.group("policy")
    old, young = (uploads.begin(me, group, "deck.pdf", 900) for _ in range(2))
    old.touched_at = clock.now() - timedelta(hours=25)
    db.session.commit()
    code, queue = young.code, live.extensions["jobs"].queue
    live.extensions["jobs"].ask(jobs.sweep_pieces)
    assert waiting(live) == ["sweep_pieces"]
    queue.execute(queue.dequeue())
    db.session.rollback()
    assert list(db.session.scalars(sa.select(Upload.code))) == [code]
    assert [path.name for path in uploads.store().unfinished()] == [code]


def test_a_file_that_waits_for_the_scanner_is_checked_by_the_queue(live, community, scanner):
    live.config["CLAMD_URL"] = scanner.url
    group = community.group("policy")
    for content, title in ((b"# Plan", "Plan"), (b"# " + VIRUS, "Bad")):
        uploads.add_file(community.maya, group, io.BytesIO(content), "plan.md", title=title)
    db.session.commit()
    names = waiting(live)
    assert names.count("scan_files") == 1
    queue = live.extensions["jobs"].queue
    for _ in names:
        queue.execute(queue.dequeue())
    db.session.rollback()
    newest = sa.select(Version.scan).order_by(Version.id.desc()).limit(2)
    assert list(db.session.scalars(newest)) == [Scan.INFECTED, Scan.CLEAN]
    assert "deliver" in waiting(live), "whoever added it is told"
