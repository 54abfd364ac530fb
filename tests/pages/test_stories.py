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


def quote(k, topic, *words):
    """A quotation of a post of Policy."""
    return "\n".join(
        [f"> **X**, [post {k}](/groups/policy/topics/{topic}/posts/{k}):", ">", *(f"> {w}" for w in words)]
    )


def text_of(browser, story):
    """The text that the page to change a page begins with, and its revision."""
    page = browser.get(f"{story}/edit").get_data(as_text=True)
    revision = re.search(r'name="revision"[^>]*value="(\d+)"', page)[1]
    return html.unescape(re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)[1]), revision


def change(browser, story, alter):
    """The answer to a change of a page's text."""
    body, revision = text_of(browser, story)
    return browser.post(f"{story}/edit", data={"title": "Story", "body": alter(body), "revision": revision})


def test_nobody_agrees_to_words_that_they_have_not_seen(community, as_, story, topic):
    tom = as_(community.tom)
    assert "Write on one sheet." in see(tom, story).text
    other = quote(1, topic, "Tom never says no.")
    assert change(as_(community.sam), story, lambda body: re.sub(r"> \[post 1\].*", other, body)).status_code == 303
    late = tom.post(f"{story}/quotes/2/consent")
    assert late.status_code == 409 and "does not quote these words any more" in late.get_data(as_text=True)
    assert "Tom never says no." not in see(as_(community.leon), story).text
    tom.post(f"{story}/quotes/3/consent")
    assert "Tom never says no." in see(as_(community.leon), story).text
    as_(community.sam).post(f"{story}/history/1/return")
    words = see(as_(community.leon), story).text
    assert "Tom never says no." not in words and "Write on one sheet." not in words


def test_several_quotations_of_one_post_stand_beside_each_other(community, as_, story, topic):
    tom, leon = as_(community.tom), as_(community.leon)
    tom.post(f"{story}/quotes/2/consent")
    second = quote(1, topic, "On one sheet")
    assert change(as_(community.sam), story, lambda body: f"{body}\n\n{second}").status_code == 303
    words = see(leon, story).words
    assert "Write on one sheet." in words and "On one sheet" not in words
    tom.post(f"{story}/quotes/3/consent")
    assert change(as_(community.maya), story, lambda body: f"{body}\n\nAnd so we do.").status_code == 303
    words = see(leon, story).words
    assert "Write on one sheet." in words and "On one sheet" in words and "And so we do." in words


def test_whoever_is_quoted_and_leaves_keeps_nobody_from_changing_the_page(community, as_, story, topic):
    change(as_(community.sam), story, lambda body: "{}\n\n{}".format(body, quote(2, topic, "No idea.")))
    as_(community.leon).post(f"{story}/quotes/3/consent")
    groups.leave(person(community.leon.id), community.group("policy"))
    db.session.commit()
    assert change(as_(community.sam), story, lambda body: f"{body}\n\nAnd so we do.").status_code == 303
    assert "No idea." in see(as_(community.maya), story).words
    more = quote(2, topic, "Something else")
    assert change(as_(community.sam), story, lambda body: f"{body}\n\n{more}").status_code == 422


def test_words_of_a_hidden_post_come_back_to_the_page_with_it(community, as_, story, topic):
    as_(community.tom).post(f"{story}/quotes/2/consent")
    as_(community.ruth).post(f"/groups/policy/topics/{topic}/posts/1/hiding")
    assert change(as_(community.sam), story, lambda body: f"{body}\n\nMore.").status_code == 303
    assert "Write on one sheet." not in see(as_(community.leon), story).text
    as_(community.ruth).post(f"/groups/policy/topics/{topic}/posts/1/hiding/end")
    assert "Write on one sheet." in see(as_(community.leon), story).text


def test_who_left_a_closed_group_takes_their_consent_back_and_reads_nothing_else(community, as_):
    talk, dan, maya = Talk(), as_(community.dan), as_(community.maya)
    n = talk.topic(maya, "performance", "Between us", body="A question.")
    talk.reply(dan, "performance", n, "Write on one sheet.")
    body = f"> **Dan**, [post 1](/groups/performance/topics/{n}/posts/1):\n> Write on one sheet."
    story = write(maya, "Among us alone", body, "performance").headers["Location"]
    dan.post(f"{story}/quotes/1/consent")
    groups.leave(person(community.dan.id), community.group("performance"))
    db.session.commit()
    own = see(dan, f"{story}/quotes/1")
    assert "Write on one sheet." in own.words and "Take it back" in own.words and "Among us alone" not in own.text
    assert dan.get(story).status_code == 403 == dan.get(f"{story}/quotes/2").status_code
    assert dan.post(f"{story}/quotes/1/consent").status_code == 404
    assert as_(community.sam).get(f"{story}/quotes/1").status_code == 403
    assert maya.get(f"{story}/quotes/1").status_code == 404
    assert dan.post(f"{story}/quotes/1/refusal").headers["Location"] == f"{story}/quotes/1"
    assert "Write on one sheet." not in see(as_(community.priya), story).text


def test_no_mail_goes_out_where_nothing_is_to_answer(community, as_, story, topic):
    def sent():
        outbox.deliver()
        db.session.expire_all()
        return db.session.scalars(select(Mail).where(Mail.template == "quoted").order_by(Mail.id)).all()

    change(as_(community.sam), story, lambda body: re.sub(r"> \[post 1\].*", "Nothing.", body))
    assert [mail.state for mail in sent()] == [MailState.DROPPED]
    assert "You are quoted here" not in see(as_(community.tom), story).words
    second, third = quote(1, topic, "On one sheet"), quote(2, topic, "No idea")
    change(as_(community.sam), story, lambda body: f"{body}\n\n{second}\n\n{third}")
    as_(community.tom).post(f"{story}/quotes/3/refusal")
    assert [mail.state for mail in sent()] == [MailState.DROPPED, MailState.DROPPED, MailState.SENT]


def test_a_story_leaves_the_draft_of_another_page_alone(community, as_, topic):
    maya, pages = as_(community.maya), "/groups/policy/pages"
    maya.post(f"{pages}/draft", data={"title": "New", "body": "From nothing"})
    assert f'action="{pages}/new?story={topic}"' in see(maya, f"{pages}/new?story={topic}").text
    maya.post(f"{pages}/draft?story={topic}", data={"title": "Story", "body": "Half a story"})
    assert "Half a story" in see(maya, f"{pages}/new?story={topic}").text
    assert "From nothing" in see(maya, f"{pages}/new").text
    data = {"title": "Story", "body": "A whole story", "key": secrets.token_hex(8)}
    assert maya.post(f"{pages}/new?story={topic}", data=data).status_code == 303
    assert "From nothing" in see(maya, f"{pages}/new").text
    assert "Half a story" not in see(maya, f"{pages}/new?story={topic}").text
