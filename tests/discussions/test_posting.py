"""Starting topics."""

import io
import re

from sqlalchemy import func, select

from forum.kit.db import db
from forum.models import Document, Event, Follow, Post, Topic
from tests.discussions.conftest import key, see


def test_a_question_is_posted_and_its_page_says_who_sees_it(community, as_, talk):
    reply = talk.ask(as_(community.maya), "performance", "Which measure goes first?")
    assert reply.status_code == 303
    page = see(as_(community.maya), reply.headers["Location"])
    assert (
        "Your question is posted" in page.words
        and f"{community.group('performance').member_count} people can see it" in page.words
    )
    other = see(as_(community.priya), reply.headers["Location"])
    assert "Which measure goes first?" in other.words and "is posted" not in other.words
    assert "Only members of Performance Management can see this" in other.words


def test_the_composer_names_its_group_in_sentence_and_button(community, as_):
    for slug, name in (("policy", "Policy and Performance"), ("performance", "Performance Management")):
        page = see(as_(community.maya), f"/groups/{slug}/topics/new")
        assert f"Post to {name}" in page.words
    assert "Only members of Performance Management" in page.words


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(community, as_, talk):
    reply = talk.ask(as_(community.maya), "policy", "x" * 151, body="", tags="a,b,c,d,e,f")
    text = reply.get_data(as_text=True)
    assert reply.status_code == 422 and text.startswith("<!doctype html>") and "<title>Error: " in text
    for words in (
        "must be 150 characters or fewer",
        "Write something about it",
        "Use 5 tags or fewer",
        "x" * 151,
        "a,b,c,d,e,f",
    ):
        assert words in text
    assert db.session.scalar(select(func.count()).where(Topic.title.like("xxx%"))) == 0


def test_a_text_above_the_limit_is_refused_in_words(community, as_, talk):
    reply = talk.ask(as_(community.maya), "policy", "Long", body="word " * 9_000)
    assert reply.status_code == 422 and "The most is 40,000" in reply.get_data(as_text=True)
    deep = talk.ask(as_(community.maya), "policy", "Deep", body="> " * 39 + "x")
    assert deep.status_code == 422 and "nested too deep" in deep.get_data(as_text=True)


def test_only_facilitators_announce(community, as_, talk):
    assert "Announcement" not in see(as_(community.maya), "/groups/performance/topics/new").words
    assert talk.ask(as_(community.maya), "performance", "News", kind="announcement").status_code == 422
    n = talk.topic(as_(community.priya), "performance", "News", kind="announcement")
    assert "Announced by Priya Raman" in see(as_(community.maya), f"/groups/performance/topics/{n}").words


def test_a_group_may_keep_topics_to_its_facilitators(community, as_, talk):
    assert as_(community.ceri).get("/groups/case-review/topics/new").status_code == 403
    assert talk.ask(as_(community.ceri), "case-review", "May I?").status_code == 403
    assert talk.ask(as_(community.dan), "case-review", "I may").status_code == 303


def test_readers_who_are_not_members_do_not_post(community, as_, talk):
    reply = talk.ask(as_(community.sam), "service-design", "Hello", body="A long thought")
    assert reply.status_code == 403 and "A long thought" in reply.get_data(as_text=True)
    assert as_(community.sam).get("/groups/service-design/topics/new").status_code == 403


def test_the_same_form_sent_twice_posts_once(community, as_, talk):
    again = {"key": key(), "body": "Sent twice, by a slow line."}
    first = talk.ask(as_(community.maya), "policy", "Once only", **again)
    second = talk.ask(as_(community.maya), "policy", "Once only", **again)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert db.session.scalar(select(func.count()).where(Topic.title == "Once only")) == 1
    changed = talk.ask(as_(community.maya), "policy", "Once only, and another", **again)
    assert changed.headers["Location"] != first.headers["Location"]


def test_tags_are_tidied_and_listed(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Tagged", tags=" Handover, #AUDIT ,, handover ")
    page = see(as_(community.tom), "/groups/policy?tag=audit")
    assert "Tagged" in page.words
    assert "handover" in see(as_(community.tom), f"/groups/policy/topics/{n}").words


def test_mentions_reach_readers_only_and_the_author_is_told(community, as_, talk):
    maya, body = as_(community.maya), "@priya and @sam and @nobody-here, what do you say?"
    page = see(maya, talk.ask(maya, "performance", "For two", body=body).headers["Location"])
    assert "@sam, @nobody-here take no part here, so nobody of that name was told" in page.words
    assert 'class="mention" href="/people/priya"' in page.text and 'href="/people/sam"' not in page.text
    told = select(Event.subject_id).where(
        Event.kind == "post.mentioned", Event.subject_id.in_((community.sam.id, community.priya.id))
    )
    mine = (
        told.join(Post, Post.id == Event.post_id).join(Topic, Topic.id == Post.topic_id).where(Topic.title == "For two")
    )
    assert list(db.session.scalars(mine)) == [community.priya.id]


def test_the_author_follows_and_has_read_their_own_topic(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Mine")
    topic = db.session.scalars(select(Topic).where(Topic.title == "Mine")).one()
    assert db.session.get(Follow, (community.maya.id, topic.id)) is not None
    assert "Mine" not in see(as_(community.maya), "/groups/policy?show=unread").words
    assert "Mine" in see(as_(community.tom), "/groups/policy?show=unread").words
    assert see(as_(community.maya), f"/groups/policy/topics/{n}").new == []


def test_a_preview_shows_the_text_and_posts_nothing(community, as_, talk):
    reply = talk.ask(as_(community.maya), "policy", "Try", body="**bold** words", preview="1")
    text = reply.get_data(as_text=True)
    assert reply.status_code == 200 and "<strong>bold</strong>" in text and "**bold** words" in text
    assert db.session.scalar(select(func.count()).where(Topic.title == "Try")) == 0
    piece = as_(community.maya).post("/groups/policy/preview", data={"body": "*so*<script>"})
    assert piece.get_data(as_text=True).strip() == "<p><em>so</em>&lt;script&gt;</p>"
    assert as_(community.vic).post("/groups/performance/preview", data={"body": "x"}).status_code in (403, 404)


def test_a_file_comes_with_a_topic_and_stays_over_a_refused_form(community, as_, talk):
    maya = as_(community.maya)
    refused = talk.ask(maya, "performance", "", files=(io.BytesIO(b"one,two\n1,2\n"), "numbers.csv"))
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "Numbers" in text
    kept = re.findall(r'name="kept" value="(\d+)"', text)
    assert len(kept) == 1
    n = talk.topic(maya, "performance", "With numbers", offered=kept, kept=kept)
    page = see(as_(community.priya), f"/groups/performance/topics/{n}")
    assert "Numbers" in page.article(0)
    document = db.session.scalars(
        select(Document).where(Document.n == int(kept[0]), Document.group_id == community.group("performance").id)
    ).one()
    assert document.posted_at is not None and document.post_id is not None


def test_a_file_of_the_wrong_kind_is_refused_and_the_text_kept(community, as_, talk):
    reply = talk.ask(as_(community.maya), "performance", "Wrong file", files=(io.BytesIO(b"MZ\x90"), "tool.exe"))
    text = reply.get_data(as_text=True)
    assert reply.status_code == 422 and "tool.exe" in text and "Wrong file" in text


def test_addresses_may_carry_words(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Words in addresses")
    assert as_(community.tom).get(f"/groups/policy/topics/{n}-words-in-addresses").status_code == 200
    for wrong in (f"{n}x", "0", "007", "99999999999999999999"):
        assert as_(community.tom).get(f"/groups/policy/topics/{wrong}").status_code == 404
