"""Hiding, locking, pinning, and choosing an answer."""

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.models import AuditEntry
from tests.discussions.conftest import see


@pytest.fixture
def topic(community, as_, talk):
    """A question by Maya with two replies by Sam and one by Leon."""
    n = talk.topic(as_(community.maya), "policy", "Moderated")
    talk.reply(as_(community.sam), "policy", n, "The first canary.")
    talk.reply(as_(community.sam), "policy", n, "The second canary.", 1)
    talk.reply(as_(community.leon), "policy", n, "By Leon.")
    return f"/groups/policy/topics/{n}"


def logged(action):
    """What the log says of an action: who to whom, and the details."""
    db.session.expire_all()
    return [
        (row.actor_id, row.subject_id, row.details)
        for row in db.session.scalars(select(AuditEntry).where(AuditEntry.action == action))
    ]


def test_a_hidden_post_is_a_stub_to_all_but_facilitators(community, as_, topic, watch):
    tom = as_(community.tom)
    before = len(logged("post.hidden"))
    assert tom.post(f"{topic}/posts/1/hiding").status_code == 303
    page = see(as_(community.leon), topic)
    assert "Post 1: hidden by a facilitator" in page.words and "first canary" not in page.text
    assert "Sam Tuffnell" not in page.article(1) and "2 replies" in page.words and page.posts == [1, 2, 3]
    assert "first canary" in see(tom, topic).article(1) and "only facilitators see it" in see(tom, topic).words
    assert "first canary" not in see(as_(community.sam), topic).text
    for below in ("history", "edit", "deletion"):
        assert as_(community.sam).get(f"{topic}/posts/1/{below}").status_code == 404
    assert "first canary" not in see(as_(community.leon), f"{topic}/replies?to=1&quote=1").text
    n = int(topic.rsplit("/", 1)[1])
    assert logged("post.hidden")[before:] == [(community.tom.id, community.sam.id, {"topic": n, "post": 1})]
    assert tom.post(f"{topic}/posts/1/hiding/end").status_code == 303
    assert "first canary" in see(as_(community.leon), topic).article(1)
    assert "3 replies" in see(as_(community.leon), topic).words and logged("post.restored")


def test_the_text_of_a_hidden_post_is_not_even_selected(community, as_, topic):
    as_(community.tom).post(f"{topic}/posts/1/hiding")
    rows = []

    def note(_connection, cursor, _statement, *_rest):
        rows.append(cursor)

    from forum.access import person
    from forum.discussions.queries.gate import topic_at
    from forum.discussions.queries.posts import page_of

    with pytest.MonkeyPatch.context():
        leon = person(community.leon.id)
        found = page_of(leon, topic_at(leon, "policy", int(topic.rsplit("/", 1)[1])), 99, 1, 50)
    assert found.runs[0].html == "" and found.runs[0].author is None


def test_states_are_for_facilitators(community, as_, topic):
    for state in (
        "closure",
        "closure/end",
        "pin",
        "pin/end",
        "hiding",
        "hiding/end",
        "posts/1/hiding",
        "posts/1/hiding/end",
    ):
        for person in (community.sam, community.maya):
            assert as_(person).post(f"{topic}/{state}").status_code == 403, (state, person)
        assert as_(None).post(f"{topic}/{state}").status_code == 303


def test_a_locked_topic_takes_replies_from_facilitators_only(community, as_, talk, topic):
    assert as_(community.tom).post(f"{topic}/closure").status_code == 303
    page = see(as_(community.sam), topic)
    assert "Locked" in page.words and "<textarea" not in page.text and "only facilitators reply" in page.words
    assert "<textarea" in see(as_(community.tom), topic).text
    as_(community.tom).post(f"{topic}/closure/end")
    assert "<textarea" in see(as_(community.sam), topic).text
    assert logged("topic.locked") and logged("topic.unlocked")


def test_pinned_topics_stand_first_and_there_is_room_for_ten(community, as_, talk, topic):
    talk.topic(as_(community.maya), "policy", "Newer")
    tom = as_(community.tom)
    tom.post(f"{topic}/pin")
    text = see(as_(community.sam), "/groups/policy").text
    assert text.index("Moderated") < text.index("Newer")
    others = [talk.topic(tom, "policy", f"Pin {number}") for number in range(10)]
    for n in others:
        tom.post(f"/groups/policy/topics/{n}/pin")
    assert "Unpin one first" in see(tom, f"/groups/policy/topics/{others[-1]}").words
    assert "Pinned" not in see(as_(community.sam), f"/groups/policy/topics/{others[-1]}").words
    tom.post(f"{topic}/pin/end")
    assert "Pinned" not in see(as_(community.sam), topic).words


def test_a_hidden_topic_is_found_by_facilitators_only(community, as_, topic):
    before = community.group("policy").topic_count
    as_(community.tom).post(f"{topic}/hiding")
    db.session.expire_all()
    assert community.group("policy").topic_count == before - 1
    for person in (community.sam, community.maya):
        assert as_(person).get(topic).status_code == 404
        assert "Moderated" not in see(as_(person), "/groups/policy").words
        assert as_(person).get(f"{topic}/posts/1").status_code == 404
        assert as_(person).get(f"{topic}/new").status_code == 404
    assert (
        "Only the" in see(as_(community.tom), topic).words
        and "Moderated" in see(as_(community.tom), "/groups/policy").words
    )
    as_(community.tom).post(f"{topic}/hiding/end")
    assert as_(community.sam).get(topic).status_code == 200


def test_the_asker_accepts_a_nested_answer_and_nothing_moves(community, as_, topic):
    maya = as_(community.maya)
    before = see(as_(community.leon), topic).posts
    assert maya.post(f"{topic}/answer", data={"no": "2"}).status_code == 303
    page = see(as_(community.leon), topic)
    assert page.posts == before
    card = page.text.split('class="answer-card')[1].split("</section>")[0]
    assert "The second canary." in card and "post 2" in card and "Sam Tuffnell" in card
    assert page.text.index("answer-card") < page.text.index('id="post-1"')
    assert "Answered" in page.words and "Accepted answer" in page.article(2)
    row = see(as_(community.leon), "/groups/policy").text.split("Moderated")[0].rsplit("<li", 1)[1]
    assert "Question, answered" in row
    assert maya.post(f"{topic}/answer", data={"no": "3"}).status_code == 303
    assert "By Leon." in see(maya, topic).text.split('class="answer-card')[1].split("</section>")[0]
    assert maya.post(f"{topic}/answer/end").status_code == 303
    assert "answer-card" not in see(maya, topic).text


def test_only_the_asker_and_facilitators_accept(community, as_, talk, topic):
    assert as_(community.sam).post(f"{topic}/answer", data={"no": "1"}).status_code == 403
    assert as_(community.tom).post(f"{topic}/answer", data={"no": "1"}).status_code == 303
    for nonsense in ("0", "99", "x", ""):
        assert as_(community.maya).post(f"{topic}/answer", data={"no": nonsense}).status_code == 404
    n = talk.topic(as_(community.maya), "policy", "No question", kind="discussion")
    talk.replies(as_(community.sam), "policy", n, "")
    assert as_(community.maya).post(f"/groups/policy/topics/{n}/answer", data={"no": "1"}).status_code == 403


def test_an_answer_that_is_hidden_or_deleted_is_no_answer(community, as_, topic):
    as_(community.maya).post(f"{topic}/answer", data={"no": "1"})
    as_(community.tom).post(f"{topic}/posts/1/hiding")
    page = see(as_(community.leon), topic)
    assert "answer-card" not in page.text and "Answered" not in page.words and "first canary" not in page.text
    as_(community.maya).post(f"{topic}/answer", data={"no": "3"})
    as_(community.leon).post(f"{topic}/posts/3/deletion")
    page = see(as_(community.sam), topic)
    assert "answer-card" not in page.text and "By Leon." not in page.text


def test_lists_and_last_lines_leave_out_what_is_hidden(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Last line")
    last = community.topic("policy", n).last_post_at
    talk.reply(as_(community.sam), "policy", n, "To be hidden")
    as_(community.tom).post(f"/groups/policy/topics/{n}/posts/1/hiding")
    db.session.expire_all()
    topic = community.topic("policy", n)
    assert (topic.reply_count, topic.answer_count, topic.last_post_at) == (0, 0, last)
    row = see(as_(community.leon), "/groups/policy").text.split("Last line")[1].split("</li>")[0]
    assert "No replies yet" in row or "1 new" in row
    assert "To be hidden" not in see(as_(community.maya), "/").words
