"""Topics are taken before groups, whoever does what: else two who work at once wait for each other for ever."""

import re

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.models import Document, Held
from tests.library.conftest import post_of as post_in
from tests.library.conftest import shelve
from tests.moderation.test_reports import MANAGE, concern, post, tell

__all__ = ["post", "shelve"]


def taken(seen):
    """The tables whose rows were taken, in order, as far as they are topics and groups."""
    found = [re.match(r'UPDATE "?(topic|group)"? ', statement) for statement in seen.statements]
    return [one[1] for one in found if one]


@pytest.fixture
def at_work(community, as_, post, talk, shelve):
    """What people do at the desk and in the rooms: who, where, and with which form."""
    n = int(post.split("/")[4])
    tell(as_(community.leon), post)
    topic = community.topic("policy", n)
    deck = shelve("policy", "sam", "a.pdf", post=post_in(topic, 1))
    held = Held(
        group_id=topic.group_id, topic_id=topic.id, code="h" * 24, author_id=community.sam.id, body="x", html="x"
    )
    db.session.add(held)
    db.session.commit()
    number = db.session.scalars(select(Document.n).where(Document.id == deck.id)).one()
    file, waits = f"/groups/policy/library/{number}", f"/groups/policy/manage/held/{held.code}"
    return {
        "report a post": (community.ines, f"{post}/report", {"kind": "unkind"}),
        "report a file": (community.ines, f"{file}/report", {"kind": "unkind"}),
        "decide": (community.tom, f"{MANAGE}/{concern().code}/decision", {"verdict": "hidden", "words": ""}),
        "delete by decision": (community.tom, f"{MANAGE}/{concern().code}/decision", {"verdict": "deleted", "words": ""}),
        "publish": (community.tom, f"{waits}/publication", {}),
        "give back": (community.tom, f"{waits}/return", {f"{held.code}-words": "No."}),
        "hide a post": (community.tom, f"{post}/hiding", {}),
        "delete a post": (community.sam, f"{post}/deletion", {}),
        "edit a post": (community.sam, f"{post}/edit", {"revision": "0", "body": "Otherwise."}),
        "hide a file": (community.tom, f"{file}/hiding", {"reason": "It is old."}),
        "delete a file": (community.sam, f"{file}/removal", {"reason": "It is old."}),
    }  # fmt: skip


@pytest.mark.parametrize(
    "what",
    [
        "report a post", "report a file", "decide", "delete by decision", "publish", "give back", "hide a post",
        "delete a post", "edit a post", "hide a file", "delete a file",
    ],
)  # fmt: skip
def test_a_topic_is_taken_before_its_group(community, as_, watch, at_work, what):
    who, address, data = at_work[what]
    browser = as_(who)
    with watch() as seen:
        assert browser.post(address, data=data).status_code == 303
    assert taken(seen)[:1] == ["topic"], taken(seen)
