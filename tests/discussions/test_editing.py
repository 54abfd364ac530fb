"""Editing, history, deleting."""

import io
import re

import pytest
from sqlalchemy import func, select, update
from werkzeug.exceptions import Conflict

from forum.discussions import actions
from forum.kit.db import db
from forum.models import AuditEntry, Document, Draft, Event, Post, Revision, Topic
from forum.who import person
from tests.discussions.conftest import see


def edit(browser, n, k, body, revision=0, slug="policy"):
    """The answer to an edit."""
    return browser.post(f"/groups/{slug}/topics/{n}/posts/{k}/edit", data={"body": body, "revision": str(revision)})


def test_an_edit_keeps_what_was_there_for_every_reader(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Edited")
    tom = as_(community.tom)
    talk.reply(tom, "policy", n, "The median is nine minutes.")
    assert edit(tom, n, 1, "The median is ten minutes.").status_code == 303
    page = see(as_(community.sam), f"/groups/policy/topics/{n}")
    assert "ten minutes" in page.article(1) and "nine minutes" not in page.text and "edited" in page.article(1)
    history = see(as_(community.sam), f"/groups/policy/topics/{n}/posts/1/history")
    assert "<del>nine</del><ins>ten</ins>" in history.text


def test_only_the_author_edits_and_not_once_it_is_locked(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Whose")
    talk.reply(as_(community.sam), "policy", n)
    address = f"/groups/policy/topics/{n}/posts/1/edit"
    for other in (community.maya, community.tom):
        assert as_(other).get(address).status_code == 403
        assert edit(as_(other), n, 1, "Not mine").status_code == 403
    assert as_(community.joanna).get(address).status_code == 403
    as_(community.tom).post(f"/groups/policy/topics/{n}/closure")
    assert edit(as_(community.sam), n, 1, "Too late").status_code == 403


def test_a_stale_edit_shows_both_texts_and_overwrites_nothing(community, as_, talk, post_of):
    n = talk.topic(as_(community.maya), "policy", "Stale")
    maya = as_(community.maya)
    assert edit(maya, n, 0, "The first window won.").status_code == 303
    second = edit(maya, n, 0, "The second window lost.")
    text = second.get_data(as_text=True)
    assert second.status_code == 409 and "The first window won." in text and "The second window lost." in text
    assert post_of("policy", n, 0).body == "The first window won."
    revision = re.findall(r'name="revision" type="hidden" value="(\d+)"', text)
    assert revision == ["1"]
    assert edit(maya, n, 0, "The second window lost.", 1).status_code == 303
    assert (
        db.session.scalar(
            select(func.count())
            .select_from(Revision)
            .join(Post)
            .join(Topic, Topic.id == Post.topic_id)
            .where(Topic.title == "Stale")
        )
        == 2
    )


def test_an_edit_that_changes_nothing_leaves_no_trace(community, as_, talk, post_of):
    n = talk.topic(as_(community.maya), "policy", "Same", body="Same as ever.")
    assert edit(as_(community.maya), n, 0, "Same as ever.").status_code == 303
    assert post_of("policy", n, 0).edited_at is None


def test_a_title_is_changed_and_remembered(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "The old title", tags="one")
    address = f"/groups/policy/topics/{n}"
    changed = {"kind": "discussion", "title": "The new title", "tags": "two, three"}
    assert as_(community.sam).post(f"{address}/edit", data=changed).status_code == 403
    assert as_(community.tom).post(f"{address}/edit", data=changed).status_code == 303
    page = see(as_(community.sam), address)
    assert "The new title" in page.words and "three" in page.words and "Started by" in page.words
    assert "<del>old</del><ins>new</ins>" in see(as_(community.sam), f"{address}/posts/0/history").text
    assert "The new title" in see(as_(community.sam), "/groups/policy?tag=two").words
    assert as_(community.maya).post(f"{address}/edit", data={**changed, "title": ""}).status_code == 422
    assert as_(community.maya).post(f"{address}/edit", data={**changed, "kind": "announcement"}).status_code == 422


def test_a_deleted_post_leaves_a_stub_without_text_history_or_files(community, as_, talk, post_of):
    n = talk.topic(as_(community.priya), "performance", "Stubs")
    maya, address = as_(community.maya), f"/groups/performance/topics/{n}"
    file = (io.BytesIO(b"secret,table\n1,2\n"), "secrettable.csv")
    assert talk.reply(maya, "performance", n, "A secret word.", files=file).status_code == 303
    talk.replies(as_(community.dan), "performance", n, 1)
    edit(maya, n, 1, "Another secret word.", slug="performance")
    document = db.session.scalars(select(Document).where(Document.post_id == post_of("performance", n, 1).id)).one()
    number = document.n
    assert "for everyone and for good" in see(maya, f"{address}/posts/1/deletion").words
    assert maya.post(f"{address}/posts/1/deletion").headers["Location"].endswith(f"{address}#post-1")
    stub = post_of("performance", n, 1)
    assert (stub.body, stub.html) == ("", "") and stub.deleted_at
    assert db.session.scalar(select(func.count()).where(Revision.post_id == stub.id)) == 0
    page = see(as_(community.dan), address)
    assert "Post 1: deleted" in page.words and page.posts == [1, 2]
    assert "secret" not in page.text and "Maya Okafor" not in page.article(1)
    assert "1 reply" in page.words
    for gone in (f"{address}/posts/1/history", f"{address}/posts/1/edit"):
        assert maya.get(gone).status_code == 404
    assert as_(community.dan).get(f"/groups/performance/library/{number}/download").status_code == 404
    assert as_(community.dan).get(f"{address}/posts/1").status_code == 303


def test_deleting_what_nobody_answered_takes_the_topic_along(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Alone")
    before = community.group("policy").topic_count
    reply = as_(community.maya).post(f"/groups/policy/topics/{n}/posts/0/deletion")
    assert reply.headers["Location"].endswith("/groups/policy")
    assert as_(community.maya).get(f"/groups/policy/topics/{n}").status_code == 404
    db.session.expire_all()
    assert community.group("policy").topic_count == before - 1
    assert db.session.scalar(select(func.count()).where(Topic.title == "Alone")) == 0


def test_hidden_replies_keep_the_topic_of_who_asked(community, as_, talk, post_of):
    n = talk.topic(as_(community.maya), "policy", "Somebody answered badly")
    talk.replies(as_(community.sam), "policy", n, "")
    as_(community.tom).post(f"/groups/policy/topics/{n}/posts/1/hiding")
    as_(community.maya).post(f"/groups/policy/topics/{n}/posts/0/deletion")
    assert post_of("policy", n, 0).deleted_at and not post_of("policy", n, 1).deleted_at
    assert see(as_(community.tom), f"/groups/policy/topics/{n}").status == 200


def test_a_reply_in_the_same_moment_keeps_the_topic(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Deleted too late")
    topic, maya = community.topic("policy", n), person(community.maya.id)
    replied = update(Topic).where(Topic.id == topic.id).values(last_no=1)
    db.session.execute(replied.execution_options(synchronize_session=False))
    with pytest.raises(Conflict):
        actions.delete_topic(maya, topic)
    db.session.rollback()
    assert see(as_(community.sam), f"/groups/policy/topics/{n}").status == 200


def test_the_log_says_when_a_facilitator_renames_somebody_s_topic(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "As she called it")
    for who, entries in ((community.maya, 0), (community.tom, 1)):
        data = {"kind": "question", "title": f"As {who.handle} calls it", "tags": ""}
        assert as_(who).post(f"/groups/policy/topics/{n}/edit", data=data).status_code == 303
        found = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "topic.edited")).all()
        assert len(found) == entries


def test_the_opening_text_goes_and_the_replies_stay(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Opening", body="The opening words.")
    talk.replies(as_(community.tom), "policy", n, "")
    as_(community.maya).post(f"/groups/policy/topics/{n}/posts/0/deletion")
    page = see(as_(community.sam), f"/groups/policy/topics/{n}")
    assert "The opening words." not in page.text and "This text was deleted." in page.words and page.posts == [1]
    whole = f"/groups/policy/topics/{n}/posts/0/deletion?whole=1"
    assert as_(community.maya).post(whole).status_code in (403, 404)


def test_a_facilitator_deletes_a_whole_topic_and_the_log_says_so(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Advertisement", body="Buy now")
    talk.replies(as_(community.sam), "policy", n, "")
    whole = f"/groups/policy/topics/{n}/posts/0/deletion?whole=1"
    assert as_(community.sam).post(whole).status_code == 403
    assert as_(community.tom).post(whole).status_code == 303
    assert as_(community.tom).get(f"/groups/policy/topics/{n}").status_code == 404
    logged = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "topic.deleted")).all()
    assert len(logged) == 1 and logged[0].subject_id == community.maya.id and "Buy" not in str(logged[0].details)
    assert db.session.scalar(select(func.count()).where(Post.body == "Buy now")) == 0


def test_others_delete_nothing(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Not yours")
    talk.replies(as_(community.sam), "policy", n, "")
    for other in (community.maya, community.leon):
        assert as_(other).post(f"/groups/policy/topics/{n}/posts/1/deletion").status_code == 403


def test_deleting_the_only_answer_makes_the_question_wait_again(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Waits again")
    talk.replies(as_(community.sam), "policy", n, "")
    assert "Waits again" not in see(as_(community.leon), "/groups/policy?show=unanswered").words
    as_(community.sam).post(f"/groups/policy/topics/{n}/posts/1/deletion")
    assert "Waits again" in see(as_(community.leon), "/groups/policy?show=unanswered").words
    row = see(as_(community.leon), "/groups/policy").text.split("Waits again")[1].split("</li>")[0]
    assert "reply" not in row.replace("No replies yet", "")


def test_news_of_a_deleted_post_is_gone_from_home(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "News gone")
    talk.reply(as_(community.sam), "policy", n, "@maya a word for you")
    assert "a word for you" in see(as_(community.maya), "/").words
    as_(community.sam).post(f"/groups/policy/topics/{n}/posts/1/deletion")
    assert "a word for you" not in see(as_(community.maya), "/").words
    assert (
        db.session.scalar(
            select(func.count())
            .select_from(Event)
            .join(Topic, Topic.id == Event.topic_id)
            .where(Topic.title == "News gone", Event.subject_id.is_not(None))
        )
        == 0
    )
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0
