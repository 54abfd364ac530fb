"""Practice stories: begun from a topic, and quoting only whoever agrees."""

import html
import re
import secrets

import pytest
from sqlalchemy import func, select

from forum import outbox
from forum.access import person
from forum.groups import actions as groups
from forum.kit.db import db
from forum.models import Mail, MailState, PageQuote, PageVersion
from tests.discussions.conftest import Talk, see


@pytest.fixture
def topic(community, as_):
    """A topic by Maya in Policy; Tom's answer helped Sam."""
    talk = Talk()
    n = talk.topic(as_(community.maya), "policy", "How do you hand over", body="We lose things at night.")
    talk.reply(as_(community.tom), "policy", n, "Write on one sheet.")
    talk.reply(as_(community.leon), "policy", n, "No idea.")
    as_(community.sam).post(f"/groups/policy/topics/{n}/posts/1/helpful")
    return n


def begun(browser, topic, slug="policy"):
    """What the story of a topic begins with: title and text."""
    page = browser.get(f"/groups/{slug}/pages/new?story={topic}").get_data(as_text=True)
    title = re.search(r'name="title"[^>]*value="([^"]*)"', page) or re.search(r'value="([^"]*)"[^>]*name="title"', page)
    return html.unescape(title[1]), html.unescape(
        re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)[1]
    )


def write(browser, title, body, slug="policy"):
    """The answer to a new page."""
    data = {"title": title, "body": body, "key": secrets.token_hex(8)}
    return browser.post(f"/groups/{slug}/pages/new", data=data)


@pytest.fixture
def story(community, as_, topic):
    """The address of Maya's story of the topic."""
    return write(as_(community.maya), *begun(as_(community.maya), topic)).headers["Location"]


def test_a_story_begins_with_the_question_and_with_what_helped(community, as_, topic):
    title, body = begun(as_(community.maya), topic)
    assert title == "Practice story: How do you hand over"
    assert "> We lose things at night." in body and "> Write on one sheet." in body and "No idea." not in body
    assert f"(/groups/policy/topics/{topic})" in body
    assert "practice story" in see(as_(community.maya), f"/groups/policy/topics/{topic}").words
    assert "practice story" not in see(as_(community.joanna), f"/groups/policy/topics/{topic}").words


def test_nobody_reads_words_whose_author_has_not_agreed(community, as_, story):
    for who in (community.sam, community.ruth):
        text = see(as_(who), story).text
        assert "Write on one sheet." not in text and "waits here for the consent of its author" in text
        assert "Write on one sheet." not in see(as_(who), f"{story}/edit").text
        assert "Write on one sheet." not in see(as_(who), f"{story}/history/1").text
    assert "We lose things at night." in see(as_(community.sam), story).text, "Maya quotes herself"
    assert "Write on one sheet." in see(as_(community.maya), story).text
    assert db.session.scalar(select(func.count()).where(PageVersion.body.contains("Write on one sheet"))) == 0


def test_its_author_is_asked_once_and_says_yes(community, as_, story):
    asked = db.session.scalars(select(Mail).where(Mail.template == "quoted")).all()
    assert [mail.user_id for mail in asked] == [community.tom.id]
    outbox.deliver()
    db.session.expire_all()
    assert asked[0].state == MailState.SENT
    tom = as_(community.tom)
    page = see(tom, story)
    assert "You are quoted here." in page.words and "Write on one sheet." in page.words
    assert as_(community.maya).post(f"{story}/quotes/2/consent").status_code == 404, "it is not hers to say"
    assert tom.post(f"{story}/quotes/2/consent").status_code == 303
    assert "Write on one sheet." in see(as_(community.sam), story).text


def test_its_author_says_no_and_may_take_a_yes_back(community, as_, story):
    tom, sam = as_(community.tom), as_(community.sam)
    tom.post(f"{story}/quotes/2/refusal")
    assert "Write on one sheet." not in see(sam, story).text
    assert "would rather not be quoted" in see(as_(community.maya), story).words
    tom.post(f"{story}/quotes/2/consent")
    tom.post(f"{story}/quotes/2/refusal")
    assert "Write on one sheet." not in see(sam, story).text


def test_other_words_need_another_yes(community, as_, story, topic):
    as_(community.tom).post(f"{story}/quotes/2/consent")
    body = f"> **Tom**, [post 1](/groups/policy/topics/{topic}/posts/1):\n> Write nothing."
    changed = {"title": "Story", "body": body, "revision": "1"}
    assert as_(community.sam).post(f"{story}/edit", data=changed).status_code == 303
    assert "Write nothing." not in see(as_(community.leon), story).text
    assert db.session.scalar(select(func.count()).where(Mail.template == "quoted")) == 2


def test_a_change_of_the_page_keeps_what_was_agreed(community, as_, story):
    as_(community.tom).post(f"{story}/quotes/2/consent")
    page = see(as_(community.sam), f"{story}/edit").text
    body = html.unescape(re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)[1])
    changed = {"title": "Story", "body": body + "\n\nAnd so we do.", "revision": "1"}
    assert as_(community.sam).post(f"{story}/edit", data=changed).status_code == 303
    words = see(as_(community.leon), story).words
    assert "Write on one sheet." in words and "And so we do." in words
    as_(community.leon).post(f"{story}/history/1/return")
    assert "Write on one sheet." in see(as_(community.leon), story).words


def test_words_of_a_deleted_post_are_gone_from_the_story(community, as_, story, topic):
    as_(community.tom).post(f"{story}/quotes/2/consent")
    as_(community.tom).post(f"/groups/policy/topics/{topic}/posts/1/deletion")
    for who in (community.sam, community.maya, community.tom):
        assert "Write on one sheet." not in see(as_(who), story).text
    assert db.session.scalar(select(func.count()).where(PageQuote.words.contains("one sheet"))) == 0


def test_only_what_was_said_in_the_group_by_who_is_in_it_is_quoted(community, as_, topic):
    body = f"> **Tom**, [post 1](/groups/policy/topics/{topic}/posts/1):\n> Write on one sheet.\n\nKept."
    refused = write(as_(community.maya), "Elsewhere", body, "performance")
    assert refused.status_code == 422 and "Only what was said in this group" in refused.get_data(as_text=True)
    assert "Kept." in refused.get_data(as_text=True)
    groups.leave(person(community.leon.id), community.group("policy"))
    db.session.commit()
    body = f"> **Leon**, [post 2](/groups/policy/topics/{topic}/posts/2):\n> No idea.\n\nKept."
    refused = write(as_(community.maya), "Gone", body)
    said = re.findall(r"error-text.*?</p>", refused.get_data(as_text=True))
    assert refused.status_code == 422 and "is not in this group any more" in str(said), said


def test_a_topic_that_one_may_not_read_begins_no_story(community, as_):
    assert as_(community.maya).get("/groups/policy/pages/new?story=987654").status_code == 404
    assert as_(community.sam).get("/groups/performance/pages/new?story=1").status_code == 403
