"""Quotations: with author and link, of what every reader may see, and gone with their post."""

import html
import re

import pytest
from sqlalchemy import func, select

from forum.kit.db import db
from forum.models import Quotation, Revision
from tests.discussions.conftest import see


def quote(name, address, *lines):
    """A quotation as the composer writes it."""
    number = address.rsplit("/", 1)[1]
    return "\n".join([f"> **{name}**, [post {number}]({address}):", ">", *(f"> {line}" for line in lines)])


@pytest.fixture
def topic(community, as_, talk):
    """A topic in Policy in which Tom says something worth quoting."""
    n = talk.topic(as_(community.maya), "policy", "The source of it")
    talk.reply(as_(community.tom), "policy", n, "Measure twice.\n\nCut *once*.")
    return f"/groups/policy/topics/{n}"


def number(address):
    """A topic's number in its address."""
    return int(address.rsplit("/", 1)[1])


def prefilled(browser, address):
    """The text that the page to reply on begins with."""
    page = browser.get(address).get_data(as_text=True)
    return html.unescape(re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)[1])


def test_the_page_to_reply_on_begins_with_the_words_their_author_and_a_link(community, as_, topic):
    text = prefilled(as_(community.sam), f"{topic}/replies?to=1&quote=1")
    assert text.startswith(f"> **Tom Brenner**, [post 1]({topic}/posts/1):\n>\n> Measure twice.\n>\n> Cut *once*.") or (
        f"[post 1]({topic}/posts/1):\n>\n> Measure twice.\n>\n> Cut *once*." in text
    )


def test_a_quotation_is_shown_with_its_author_and_a_link(community, as_, talk, topic, post_of):
    sam = as_(community.sam)
    body = prefilled(sam, f"{topic}/replies?to=1&quote=1") + "I agree with this."
    assert talk.reply(sam, "policy", number(topic), body).status_code == 303
    article = see(as_(community.leon), topic).article(2)
    assert f'<a href="{topic}/posts/1">{community.tom.name}, post 1</a>' in article
    assert "Measure twice." in article and "<em>once</em>" in article and "I agree with this." in article
    stored = post_of("policy", number(topic), 2)
    assert "Measure twice" not in stored.body and "Measure twice" not in stored.html


def test_its_words_are_gone_once_its_post_is_deleted(community, as_, talk, topic):
    sam, leon, n = as_(community.sam), as_(community.leon), number(topic)
    talk.reply(sam, "policy", n, quote("Tom", f"{topic}/posts/1", "Measure twice.") + "\n\nYes.")
    elsewhere = talk.topic(
        as_(community.leon), "policy", "Elsewhere", body=quote("Tom", f"{topic}/posts/1", "Measure twice.")
    )
    talk.reply(as_(community.maya), "policy", elsewhere, "Nothing more.")
    pages = (topic, f"/groups/policy/topics/{elsewhere}")
    tags = {page: leon.get(page).headers.get("ETag", "") for page in pages}
    assert all("Measure twice." in see(leon, page).text for page in pages)
    as_(community.tom).post(f"{topic}/posts/1/deletion")
    for page in pages:
        assert leon.get(page, headers={"If-None-Match": tags[page]}).status_code == 200
        text = see(leon, page).text
        assert "Measure twice." not in text and "A quotation stood here." in text
    assert "Measure twice" not in sam.get(f"{topic}/posts/2/edit").get_data(as_text=True)
    assert "Measure twice" not in see(leon, f"{topic}/posts/2/history").text
    assert "Measure twice" not in see(leon, "/search?q=measure").words.replace("“measure”", "")
    assert db.session.scalar(select(func.count()).where(Quotation.words.contains("Measure"))) == 0


def test_the_words_of_a_hidden_post_are_for_facilitators(community, as_, talk, topic):
    talk.reply(as_(community.sam), "policy", number(topic), quote("Tom", f"{topic}/posts/1", "Measure twice."))
    leon = as_(community.leon)
    tag = leon.get(topic).headers["ETag"]
    as_(community.ruth).post(f"{topic}/posts/1/hiding")
    assert leon.get(topic, headers={"If-None-Match": tag}).status_code == 200
    assert "Measure twice." not in see(leon, topic).text
    assert "Measure twice." in see(as_(community.ruth), topic).article(2)
    as_(community.ruth).post(f"{topic}/posts/1/hiding/end")
    assert "Measure twice." in see(leon, topic).article(2)


def test_a_deleted_post_can_not_be_quoted_and_the_text_stays(community, as_, talk, topic):
    as_(community.tom).post(f"{topic}/posts/1/deletion")
    reply = talk.reply(
        as_(community.sam), "policy", number(topic), quote("Tom", f"{topic}/posts/1", "Measure.") + "\n\nKept."
    )
    assert (
        reply.status_code == 422
        and "was deleted" in reply.get_data(as_text=True)
        and "Kept." in reply.get_data(as_text=True)
    )


def test_a_closed_group_is_quoted_nowhere_else(community, as_, talk):
    n = talk.topic(as_(community.priya), "performance", "Among ourselves", body="Our secret number is nine.")
    source = f"/groups/performance/topics/{n}/posts/0"
    body = quote("Priya", source, "Our secret number is nine.") + "\n\nWhat do you think?"
    refused = talk.ask(as_(community.maya), "policy", "Telling tales", body=body)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "Not everyone who can read this can read post 0" in text
    assert "What do you think?" in text
    inside = talk.topic(as_(community.maya), "performance", "Among us again", body=body)
    assert "Our secret number is nine." in see(as_(community.dan), f"/groups/performance/topics/{inside}").text


def test_an_open_group_is_quoted_in_a_closed_one(community, as_, talk, topic):
    body = quote("Tom", f"{topic}/posts/1", "Measure twice.")
    n = talk.topic(as_(community.maya), "performance", "They say", body=body)
    page = see(as_(community.dan), f"/groups/performance/topics/{n}")
    assert "Measure twice." in page.text and "of “The source of it”" in page.text


def test_who_can_not_read_the_source_learns_nothing_by_quoting_it(community, as_, talk):
    n = talk.topic(as_(community.priya), "performance", "Not for Sam")
    for k in (0, 7):
        body = quote("Somebody", f"/groups/performance/topics/{n}/posts/{k}", "Made up words.")
        made = talk.topic(as_(community.sam), "policy", f"Fishing {k}", body=body)
        assert "Made up words." in see(as_(community.leon), f"/groups/policy/topics/{made}").text
    assert db.session.scalar(select(func.count()).where(Quotation.words == "Made up words.")) == 0


def test_a_source_that_closes_later_takes_its_words_along(community, as_, talk, topic):
    n = talk.topic(
        as_(community.maya), "performance", "They say", body=quote("Tom", f"{topic}/posts/1", "Measure twice.")
    )
    as_(community.ruth).post(f"{topic}/hiding")
    dan = see(as_(community.dan), f"/groups/performance/topics/{n}").text
    assert "Measure twice." not in dan and "The source of it" not in dan and "A quotation stood here." in dan


def test_an_edit_shows_the_words_and_keeps_them(community, as_, talk, topic, post_of):
    sam, n = as_(community.sam), number(topic)
    talk.reply(sam, "policy", n, quote("Tom", f"{topic}/posts/1", "Measure twice.") + "\n\nYes.")
    text = prefilled(sam, f"{topic}/posts/2/edit")
    assert "> Measure twice." in text and "Yes." in text
    assert sam.post(f"{topic}/posts/2/edit", data={"body": text, "revision": "0"}).status_code == 303
    assert post_of("policy", n, 2).edited_at is None
    changed = text.replace("Yes.", "No.").replace("Measure twice.", "Measure")
    assert sam.post(f"{topic}/posts/2/edit", data={"body": changed, "revision": "0"}).status_code == 303
    article = see(as_(community.leon), topic).article(2)
    assert "No." in article and "Measure" in article and "twice" not in article
    assert db.session.scalar(select(func.count()).where(Revision.body.contains("Measure"))) == 0


def test_preview_and_code_and_other_quotations(community, as_, talk, topic):
    sam, words = as_(community.sam), quote("Tom", f"{topic}/posts/1", "Measure twice.")
    shown = sam.post("/groups/policy/preview", data={"body": words}).get_data(as_text=True)
    assert "Measure twice." in shown and f"{community.tom.name}, post 1" in shown
    before = db.session.scalar(select(func.count()).select_from(Quotation))
    for body in (f"```\n{words}\n```", "> Somebody said\n> something", "> [x](https://example.org/posts/1):\n> y"):
        assert talk.reply(sam, "policy", number(topic), body).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Quotation)) == before


def test_a_quoted_mention_tells_nobody_and_markup_stays_markup(community, as_, talk, topic):
    body = quote("Tom", f"{topic}/posts/1", "@maya <script>alert(1)</script>")
    assert talk.reply(as_(community.sam), "policy", number(topic), body).status_code == 303
    article = see(as_(community.leon), topic).article(2)
    assert "<script>" not in article and "&lt;script&gt;" in article and 'class="mention"' not in article


def test_quotations_need_one_statement_more_however_many_they_are(community, as_, talk, topic, watch):
    sam, counts = as_(community.sam), []
    for _ in range(2):
        talk.reply(sam, "policy", number(topic), "\n\n".join([quote("Tom", f"{topic}/posts/1", "Measure twice.")] * 5))
        see(sam, topic)
        with watch() as seen:
            see(sam, topic)
        counts.append(len([s for s in seen.statements if s.startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1]
    many = "\n\n".join([quote("Tom", f"{topic}/posts/1", "Measure twice.")] * 21)
    assert talk.reply(sam, "policy", number(topic), many).status_code == 422


def test_a_name_of_any_signs_stands_before_what_is_quoted(community, as_, talk, topic, post_of):
    community.tom.name = "T*m **Brenner** [x]"
    db.session.commit()
    sam, n = as_(community.sam), number(topic)
    talk.reply(sam, "policy", n, prefilled(sam, f"{topic}/replies?to=1&quote=1"))
    assert "Measure twice" not in post_of("policy", n, 2).body
    assert "> Measure twice." in prefilled(sam, f"{topic}/posts/2/edit")
    as_(community.tom).post(f"{topic}/posts/1/deletion")
    assert "Measure twice" not in see(as_(community.leon), topic).article(2)


def test_what_is_quoted_of_a_hidden_post_comes_back_with_it(community, as_, talk, topic):
    sam, leon, n = as_(community.sam), as_(community.leon), number(topic)
    talk.reply(sam, "policy", n, quote("Tom", f"{topic}/posts/1", "Measure twice.") + "\n\nYes.")
    as_(community.ruth).post(f"{topic}/posts/1/hiding")
    text = prefilled(sam, f"{topic}/posts/2/edit")
    assert "Measure twice" not in text
    shown = sam.post(f"{topic}/posts/2/edit", data={"body": text, "revision": "0", "preview": "1"})
    assert "Measure twice" not in shown.get_data(as_text=True)
    sam.post(f"{topic}/posts/2/edit", data={"body": text.replace("Yes.", "No."), "revision": "0"})
    assert "No." in see(leon, topic).article(2) and "Measure twice" not in see(leon, topic).text
    as_(community.ruth).post(f"{topic}/posts/1/hiding/end")
    assert "Measure twice." in see(leon, topic).article(2)
    assert "> Measure twice." in prefilled(sam, f"{topic}/posts/2/edit")


def test_other_words_are_another_revision(community, as_, talk, topic, post_of):
    sam, n = as_(community.sam), number(topic)
    talk.reply(sam, "policy", n, quote("Tom", f"{topic}/posts/1", "Measure twice."))
    text = prefilled(sam, f"{topic}/posts/2/edit")
    changed = {"body": text.replace("twice", "thrice"), "revision": "0"}
    assert sam.post(f"{topic}/posts/2/edit", data=changed).status_code == 303
    assert post_of("policy", n, 2).edited_at is not None
    assert "The words that it quotes were changed." in see(as_(community.leon), f"{topic}/posts/2/history").words
    late = sam.post(f"{topic}/posts/2/edit", data={"body": text, "revision": "0"})
    assert late.status_code == 409


def test_too_many_quotations_are_refused_before_any_post_is_looked_up(community, as_, talk, topic, watch):
    sam, counts = as_(community.sam), []
    sam.post("/groups/policy/preview", data={"body": "Nothing yet."})
    for many in (2, 20, 400):
        body = "\n\n".join(quote("Tom", f"{topic}/posts/{k}", "x") for k in range(1000, 1000 + many))
        with watch() as seen:
            shown = sam.post("/groups/policy/preview", data={"body": body})
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] > counts[2] and "quote 20 times" in shown.get_data(as_text=True)
