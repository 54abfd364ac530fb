"""Background and periodic work, one line each, onto the queue.

The work itself is a row (a mail that waits); a job only says "look", and comes by itself too: no queue can lose it.
"""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from huey import crontab

from forum import previews, uploads
from forum.discussions.actions import offering, reminding
from forum.jobs.pushing import push_notices
from forum.jobs.queue import Jobs
from forum.jobs.sending import deliver
from forum.jobs.sweeping import (
    sweep_drafts,
    sweep_pieces,
    sweep_sessions,
    sweep_strays,
    sweep_submissions,
    sweep_uploads,
)
from forum.jobs.telling import mail_notices, open_seats, send_digests, sweep_notices, tell_listeners
from forum.jobs.tidying import tidy_index
from forum.kit.db import db
from forum.kit.signals import mail_waits, news_waits, preview_waits, scan_waits
from forum.library import checking
from forum.models import Scan
from forum.workshops import places
from forum.workshops import reminding as meetings

log = logging.getLogger(__name__)


def make_slides() -> None:
    """Makes the slides that PDF files and pictures wait for."""
    previews.work(previews.QUICK)


def convert_slides() -> None:
    """Makes the slides that Office files wait for: these take longer, so they have a job of their own."""
    previews.work(previews.SLOW)


def retry_slides() -> None:
    """Makes better what was made before LibreOffice was installed."""
    previews.retry_with_office()
    db.session.commit()
    previews.work(previews.SLOW)


def remind() -> None:
    """Asks those who asked three days ago for the answer; brings answers whose day has come back to facilitators."""
    for topic_id in reminding.to_nudge():
        reminding.nudge(topic_id)
        db.session.commit()
    for group_id in reminding.groups_due():
        reminding.tell_due(group_id)
        db.session.commit()


def offer_questions() -> None:
    """Asks people who may know about questions that nobody has answered."""
    for topic_id in offering.to_offer():
        offering.offer(topic_id)
        db.session.commit()


def look_after_workshops() -> None:
    """Gives places on that were lost with access, reminds who comes, and tells them of new files."""
    for find, do in (
        (places.to_fill, places.fill_one),
        (meetings.to_remind, meetings.remind),
        (meetings.to_announce, meetings.announce),
    ):
        for workshop_id in find():
            do(workshop_id)
            db.session.commit()


def scan_files() -> None:
    """Has files checked for viruses. While the scanner is away they wait; when there is none any more, they open."""
    with uploads.alone() as ours:
        for row in uploads.unscanned() if ours else []:
            try:
                virus = uploads.virus_in(row.storage_key) if current_app.config["CLAMD_URL"] else ""
            except OSError as error:
                log.warning("Version %s can't be looked at for viruses: %s", row.id, error)
                uploads.judge(row.id, Scan.STALLED)
            else:
                clean = Scan.CLEAN if current_app.config["CLAMD_URL"] else Scan.NONE
                version = uploads.judge(row.id, Scan.INFECTED if virus else clean)
                if version and virus:
                    checking.tell(version, virus)
            db.session.commit()


#: what there is to do, and when it comes by itself
JOBS: tuple[tuple[Callable[[], None], Any], ...] = (
    (deliver, crontab()),
    (tell_listeners, crontab()),
    (mail_notices, crontab()),
    (send_digests, crontab(minute="*/5")),
    (push_notices, crontab()),
    (sweep_notices, crontab(minute="32")),
    (scan_files, crontab()),
    (make_slides, crontab()),
    (convert_slides, crontab()),
    (retry_slides, crontab(minute="47")),
    (remind, crontab(minute="22")),
    (offer_questions, crontab(minute="*/10")),
    (look_after_workshops, crontab()),
    (open_seats, crontab()),
    (tidy_index, crontab()),
    (sweep_submissions, crontab(minute="7")),
    (sweep_uploads, crontab(minute="37")),
    (sweep_pieces, crontab(minute="52")),
    (sweep_strays, crontab(minute="2")),
    (sweep_sessions, crontab(minute="17", hour="3")),
    (sweep_drafts, crontab(minute="27", hour="3")),
)


def _mail_waits(app: Flask) -> None:
    app.extensions["jobs"].ask(deliver)


def _news_waits(app: Flask) -> None:
    app.extensions["jobs"].ask(tell_listeners)


def _preview_waits(app: Flask) -> None:
    for job in (make_slides, convert_slides):
        app.extensions["jobs"].ask(job)


def _scan_waits(app: Flask) -> None:
    app.extensions["jobs"].ask(scan_files)


def init_app(app: Flask) -> None:
    """Asks for jobs when there is something to do; a test calls them itself."""
    app.extensions["jobs"] = Jobs(app, JOBS)
    if not app.testing:
        mail_waits.connect(_mail_waits, sender=app)
        news_waits.connect(_news_waits, sender=app)
        preview_waits.connect(_preview_waits, sender=app)
        scan_waits.connect(_scan_waits, sender=app)
