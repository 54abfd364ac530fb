"""Live marks: what a page that stays open is told of what came, and whom it is told to."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum import mutes
from forum.kit.clock import at, now
from forum.kit.db import db
from forum.models import Post, Session, Topic
from forum.who import person
from tests.discussions.conftest import see

NONE = {"words": "", "to": ""}


def told(browser, address, etag=""):
    """The answer's status, its words and where they lead, and its ETag."""
    reply = browser.get(address, headers={"If-None-Match": etag} if etag else {})
    said = {key: reply.json[key] for key in ("words", "to")} if reply.status_code == 200 else None
    return reply.status_code, said, reply.headers.get("ETag", "")


def asks(browser, address):
    """The address that a page asks again and again, as it stands there."""
    return re.search(r'data-live="([^"]+)"', see(browser, address).text).group(1)


@pytest.fixture
def topic(community, as_, talk):
    """A topic by Maya in the restricted group, with a reply of Tom's."""
    n = talk.topic(as_(community.maya), "performance", "Stay on this page")
    talk.replies(as_(community.tom), "performance", n, "")
    return f"/groups/performance/topics/{n}"


def test_a_topic_tells_of_the_posts_of_others(community, as_, talk, topic, watch):
    maya, n = as_(community.maya), int(topic.rsplit("/", 1)[1])
    address = asks(maya, topic)
    assert address == f"{topic}/since/1"
    status, said, etag = told(maya, address)
    assert (status, said) == (200, NONE)
    with watch() as seen:
        assert told(maya, address, etag)[0] == 304
    assert len(seen.statements) <= 3, seen.statements
    talk.replies(maya, "performance", n, "")
    assert told(maya, address)[1] == NONE  # one's own is no news
    talk.replies(as_(community.tom), "performance", n, "", "")
    with watch() as seen:
        status, said, etag = told(maya, address, etag)
    assert (status, said) == (200, {"words": "2 new replies", "to": f"{topic}/posts/3"})
    assert len(seen.statements) <= 4, seen.statements
    assert told(as_(community.tom), address)[1]["words"] == "1 new reply"


def test_what_is_muted_hidden_or_deleted_is_not_counted(community, as_, talk, topic):
    maya, tom, n = as_(community.maya), as_(community.tom), int(topic.rsplit("/", 1)[1])
    talk.replies(tom, "performance", n, "")
    _, said, etag = told(maya, f"{topic}/since/1")
    assert said["words"] == "1 new reply"
    as_(community.priya).post(f"{topic}/posts/2/hiding")
    status, said, etag = told(maya, f"{topic}/since/1", etag)
    assert (status, said) == (200, NONE)
    assert told(as_(community.priya), f"{topic}/since/1")[1] == NONE
    talk.replies(tom, "performance", n, "")
    status, said, etag = told(maya, f"{topic}/since/1", etag)
    assert said["to"] == f"{topic}/posts/3"
    mutes.mute(person(community.maya.id), community.tom.id)
    db.session.commit()
    moment = int((now() - timedelta(hours=1)).timestamp() * 1_000_000)
    assert told(maya, f"{topic}/since/1", etag)[1] == NONE
    mutes.hear(person(community.maya.id), community.tom.id)
    post = db.session.scalars(select(Post).join(Topic).where(Topic.title == "Stay on this page", Post.no == 3)).one()
    post.deleted_at = now()
    db.session.commit()
    assert told(maya, f"{topic}/since/1")[1] == NONE
    assert told(maya, f"/groups/performance/since/{moment}")[1]["words"].startswith("1 topic has")


def test_a_group_tells_of_topics_that_stirred(community, as_, talk, topic, watch):
    maya, n = as_(community.maya), int(topic.rsplit("/", 1)[1])
    address = asks(maya, "/groups/performance")
    _, said, etag = told(maya, address)
    assert said == NONE
    talk.replies(as_(community.tom), "performance", n, "", "")
    with watch() as seen:
        _, said, etag = told(maya, address, etag)
    assert said == {"words": "1 topic has something new", "to": "/groups/performance"}
    assert len(seen.statements) <= 4, seen.statements
    assert told(maya, address, etag)[0] == 304
    assert told(as_(community.tom), address)[1] == NONE
    mutes.mute(person(community.maya.id), community.tom.id)
    db.session.commit()
    assert told(maya, address, etag)[1] == NONE
    assert told(maya, "/groups/performance/since/" + "9" * 30)[0] == 404
    for page in ("/groups/performance?show=unanswered", "/groups/performance?tag=x"):
        assert "data-live" not in see(maya, page).text


def test_the_inbox_tells_what_came_and_every_mark_says_how_many_wait(community, as_, talk, topic):
    maya, n = as_(community.maya), int(topic.rsplit("/", 1)[1])
    address = asks(maya, "/inbox")
    waited = int(address.rsplit("/", 1)[1])
    _, said, etag = told(maya, address)
    assert said == NONE
    assert told(maya, address, etag)[0] == 304
    other = talk.topic(maya, "performance", "Another of mine")
    talk.replies(as_(community.tom), "performance", other, "")
    assert told(maya, address, etag)[1] == {"words": "1 new in your inbox", "to": "/inbox"}
    assert maya.get(f"{topic}/since/9").json["unread"] == str(waited + 1) and n


def test_a_page_whose_reader_left_or_signed_out_is_told_nothing(community, as_, talk, topic, visitor):
    maya = as_(community.maya)
    _, _, etag = told(maya, f"{topic}/since/0")
    assert maya.post("/groups/performance/departure").status_code == 303
    for address in (f"{topic}/since/0", "/groups/performance/since/0"):
        reply = maya.get(address, headers={"If-None-Match": etag})
        assert reply.status_code == 403
        assert "Stay on this page" not in reply.get_data(as_text=True) and "ETag" not in reply.headers
    maya.post("/sign-out")
    for address in (f"{topic}/since/0", "/groups/performance/since/0", "/groups/policy/since/0", "/inbox/since/0"):
        assert maya.get(address).status_code == 303
    assert "data-live" not in see(visitor, "/groups/policy").text


def test_being_asked_by_a_page_makes_no_session_last(community, as_, topic):
    maya = as_(community.maya)
    maya.get(topic)
    mine = select(Session.used_at).where(Session.user_id == community.maya.id)
    with at(now() + timedelta(hours=1)):
        before = db.session.scalars(mine).all()
        maya.get(f"{topic}/since/0")
        db.session.rollback()
        assert db.session.scalars(mine).all() == before
        maya.get(topic)
        db.session.rollback()
        assert db.session.scalars(mine).all() != before
