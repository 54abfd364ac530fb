"""What the tests of replies by mail share."""

import pytest

from forum.kit.db import db
from forum.mailin import receive
from forum.models import Post, Topic, User
from tests.discussions.conftest import talk  # noqa: F401 a fixture
from tests.inbox.conftest import closed, letters, wants  # noqa: F401 fixtures
from tests.moderation.test_held import service  # noqa: F401 a fixture


class Replying:
    """A letter that Maya got, and what is answered to it."""

    def __init__(self, letter, number, email):
        self.letter, self.number, self.email = letter, number, email
        self.address = str(letter["Reply-To"])

    def raw(self, body="We keep ours in a book.", unique="<1@mail.example>", sender=None, head=""):
        lines = f"From: Maya <{sender or self.email}>\nTo: {self.address}\nSubject: Re: x\nMessage-ID: {unique}\n"
        return (lines + head + "\n" + body + "\n").replace("\n", "\r\n").encode()

    def send(self, *args, to=None, **more):
        return receive(to or self.address, self.raw(*args, **more), self.email)

    def posts(self):
        db.session.expire_all()
        found = db.session.query(Post).join(Topic).join(User, User.id == Post.author_id)
        found = found.filter(
            Topic.n == self.number, Topic.title == "Who can help", User.email == self.email, Post.no > 0
        )
        return found.order_by(Post.no).all()


@pytest.fixture
def replying(app, community, as_, talk, closed, letters, wants):  # noqa: F811
    app.config["MAIL_IN_DOMAIN"] = "forum.example.org"
    wants("maya", "every")
    talk.reply(as_(community.dan), "performance", closed, "Where do you keep the list?")
    (letter,) = letters(community.maya)
    return Replying(letter, closed, community.maya.email)
