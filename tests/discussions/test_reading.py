"""What is new to a person, and for how long."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.kit.clock import at, now
from forum.kit.db import db
from forum.models import Reading, Topic
from tests.discussions.conftest import see

HOUR = timedelta(hours=1)


@pytest.fixture
def topic(community, as_, talk):
    """A topic by Maya with a reply by Tom, one to it by Sam, and a second one by Tom."""
    n = talk.topic(as_(community.maya), "policy", "Read me")
    talk.replies(as_(community.tom), "policy", n, "")
    talk.replies(as_(community.sam), "policy", n, 1)
    talk.replies(as_(community.tom), "policy", n, "")
    return f"/groups/policy/topics/{n}"


def test_new_pills_are_on_what_others_wrote_since(community, as_, topic):
    assert see(as_(community.leon), topic).new == [1, 2, 3]
    assert see(as_(community.tom), topic).new == [2]
    assert see(as_(community.sam), topic).new == [1, 3]


def test_markers_stay_for_the_visit_and_are_gone_at_the_next(community, as_, topic):
    leon = as_(community.leon)
    assert see(leon, topic).new == see(leon, topic).new == [1, 2, 3]
    with at(now() + timedelta(minutes=20)):
        assert see(leon, topic).new == [1, 2, 3]
    with at(now() + 2 * HOUR):
        assert see(leon, topic).new == []


def test_a_long_visit_keeps_its_markers(community, as_, topic):
    leon = as_(community.leon)
    for minutes in (0, 20, 40, 60):
        with at(now() + timedelta(minutes=minutes)):
            assert see(leon, topic).new == [1, 2, 3]


def test_pills_lead_from_one_new_post_to_the_next_and_then_to_the_composer(community, as_, topic):
    text = see(as_(community.leon), topic).text
    ways = [
        text.split(f'New<span class="vh">, post {no}.', 1)[0].rsplit('href="', 1)[1].split('"', 1)[0]
        for no in (1, 2, 3)
    ]
    assert ways == ["#post-2", "#post-3", "#reply"]


def test_headings_say_number_author_and_new(community, as_, topic):
    page = see(as_(community.leon), topic)
    assert 'New. Post 2, by </span><a href="/people/sam">Sam Tuffnell</a>' in page.text
    assert "New. Post" not in see(as_(community.leon), "/groups/policy/topics/1").article(1)


def test_the_first_new_post_is_one_link_away(community, as_, talk, topic):
    leon = as_(community.leon)
    assert leon.get(f"{topic}/new").headers["Location"] == topic
    see(leon, topic)
    with at(now() + 2 * HOUR):
        talk.replies(as_(community.tom), "policy", int(topic.rsplit("/", 1)[1]), 1)
        assert leon.get(f"{topic}/new").headers["Location"] == f"{topic}?post=4#post-4"
        page = see(leon, f"{topic}?post=4")
        assert page.new == [4]
    with at(now() + 4 * HOUR):
        assert leon.get(f"{topic}/new").headers["Location"] == f"{topic}#reply"


def test_the_line_says_since_when_all_is_new(community, as_, talk, topic):
    leon = as_(community.leon)
    see(leon, topic)
    with at(now() + 2 * HOUR):
        talk.replies(as_(community.tom), "policy", int(topic.rsplit("/", 1)[1]), "")
        page = see(leon, topic)
        assert "New since today" in page.words or "New since yesterday" in page.words
        assert page.text.index("New since") < page.text.index('id="post-4"')
        assert page.text.index("New since") > page.text.index('id="post-3"')


def test_lists_count_what_the_page_marks(community, as_, topic):
    for person, number in ((community.leon, 4), (community.tom, 2), (community.maya, 3)):
        row = see(as_(person), "/groups/policy").text.split("Read me")[1].split("</li>")[0]
        assert f"{number} new" in row
    leon = as_(community.leon)
    see(leon, topic)
    row = see(leon, "/groups/policy").text.split("Read me")[1].split("</li>")[0]
    assert " new" not in row


def test_one_page_of_several_is_not_taken_for_all(app, community, as_, talk):
    app.config["POSTS_PER_PAGE"] = 3
    n = talk.topic(as_(community.maya), "policy", "Two pages")
    talk.replies(as_(community.tom), "policy", n, "", "", "", "", "", 1)
    leon, address = as_(community.leon), f"/groups/policy/topics/{n}"
    assert see(leon, address).new == [1, 6, 2, 3]
    number = select(Reading.seen_no).join(Topic, Topic.id == Reading.topic_id)
    seen = number.where(Topic.title == "Two pages", Reading.user_id == community.leon.id)
    assert db.session.scalar(seen) == 3
    assert leon.get(f"{address}/new?after=1").headers["Location"].endswith("?page=2#post-4")
    assert see(leon, f"{address}?page=2").new == [4, 5]
    db.session.expire_all()
    assert db.session.scalar(seen) == 5
    see(leon, address)
    db.session.expire_all()
    assert db.session.scalar(seen) == 6


def test_marking_all_as_read_leaves_nothing_new(community, as_, topic):
    leon = as_(community.leon)
    assert leon.post("/caught-up").status_code == 303
    assert see(leon, topic).new == []
    assert "Read me" not in see(leon, "/groups/policy?show=unread").words
    assert as_(None).post("/caught-up").status_code == 303


def test_a_new_member_finds_nothing_old_new(community, as_, topic):
    assert see(as_(community.joanna), topic).new == []
    as_(community.joanna).post("/groups/policy/membership")
    assert see(as_(community.joanna), topic).new == []


def test_reading_writes_nothing_in_the_request(app, community, as_, topic, monkeypatch):
    app.config["BUFFER_DELAY"] = 60.0
    from forum.discussions import reading

    monkeypatch.setattr(reading.markers, "delay", 60.0)
    written = []
    db.event.listen(
        db.engine, "before_cursor_execute", lambda *a: written.append(a[2]) if not a[2].startswith("SELECT") else None
    )
    leon = as_(community.leon)
    written.clear()
    assert see(leon, topic).new == [1, 2, 3]
    assert not [statement for statement in written if "reading" in statement]
    assert see(leon, topic).new == [1, 2, 3]
    reading.markers.flush_now()
    assert [statement for statement in written if "INSERT INTO reading" in statement]


def test_an_unchanged_page_is_not_sent_again(community, as_, talk, topic, watch):
    leon = as_(community.leon)
    first = leon.get(topic)
    assert first.headers["Cache-Control"] == "private, no-cache"
    with watch() as seen:
        again = leon.get(topic, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert not [statement for statement in seen.statements if "post.html" in statement and "post.place >" in statement]
    talk.replies(as_(community.tom), "policy", int(topic.rsplit("/", 1)[1]), "")
    assert leon.get(topic, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert as_(community.sam).get(topic, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_old_etag_opens_nothing_after_removal(community, as_, talk):
    n = talk.topic(as_(community.priya), "performance", "Members only")
    address = f"/groups/performance/topics/{n}"
    maya = as_(community.maya)
    tag = maya.get(address).headers["ETag"]
    assert as_(community.ruth).get("/groups/performance").status_code == 200
    from forum.access import person
    from forum.groups import actions

    actions.leave(person(community.maya.id), community.group("performance"))
    db.session.commit()
    assert maya.get(address, headers={"If-None-Match": tag}).status_code == 403
