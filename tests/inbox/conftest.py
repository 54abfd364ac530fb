"""What the tests of the inbox share."""

import email
import email.policy
from pathlib import Path

import pytest
from sqlalchemy import update

from forum import jobs, outbox
from forum.kit.db import db
from forum.models import Notice
from tests.discussions.conftest import talk  # noqa: F401 a fixture


@pytest.fixture
def closed(as_, community, talk):  # noqa: F811
    """The number of a topic of Maya's in the restricted group."""
    return talk.topic(as_(community.maya), "performance", "Who can help")


class Letters:
    """`letters(user)`: what was sent to this person so far, oldest first; `letters.run()` does what the jobs do."""

    def __init__(self, app):
        self.folder = Path(app.instance_path) / "mail"

    def run(self):
        jobs.tell_listeners()
        jobs.mail_notices()
        jobs.send_digests()
        db.session.commit()
        outbox.deliver()
        db.session.expire_all()

    def __call__(self, user):
        self.run()
        found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in self._files()]
        return [letter for letter in found if user.email in letter["To"]]

    def _files(self):
        return sorted((path for path in self.folder.rglob("*.eml")), key=lambda path: path.stat().st_mtime_ns)


@pytest.fixture
def letters(app):
    """What was sent."""
    db.session.execute(update(Notice).values(mail_waits=False))
    db.session.commit()
    return Letters(app)


@pytest.fixture
def wants(as_, community):
    """`wants("dan", "every")`: what this person chooses for the restricted group; by default as it happens."""

    def choose(name, choice="replies", pace="now", **more):
        habits = {"pace": pace, "hour": "7", "day": "0", "quiet_from": "", "quiet_to": "", "paused_until": "", **more}
        browser = as_(getattr(community, name))
        reply = browser.post("/settings/hearing", data={**habits, "hear-performance": choice})
        assert reply.status_code == 303

    return choose
