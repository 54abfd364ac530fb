"""A text that waits stays its author's: with what it quotes, with its files, and wherever its topic goes."""

from io import BytesIO

import pytest
from sqlalchemy import select, update

from forum import outbox
from forum.discussions import actions
from forum.discussions.actions import holding
from forum.drafts import from_draft
from forum.held import Settled
from forum.kit import clock
from forum.kit.db import db
from forum.models import Document, Held, HeldState, Mail, MailState, Membership, Post, Quotation, Standing, Topic
from tests.discussions.conftest import see
from tests.groups.conftest import words
from tests.moderation.test_held import LINK, MANAGE, held, newcomer, posts_of, topic

__all__ = ["newcomer", "topic"]

QUOTE = "> **Maya Okafor**, [post 1](/groups/policy/topics/{n}/posts/1):\n>\n> Two of them did.\n\n" + LINK


@pytest.fixture
def quoting(community, as_, talk, newcomer, topic):
    """Joanna quotes Maya's reply, with a link, so it waits."""
    talk.reply(as_(community.maya), "policy", topic, "Two of them did.")
    talk.reply(as_(newcomer), "policy", topic, QUOTE.format(n=topic))
    assert held().state == HeldState.WAITING
    return topic


def give_back(browser, **more):
    """A facilitator gives the text back."""
    return browser.post(f"{MANAGE}/{held().code}/return", data={f"{held().code}-words": "No adverts."}, **more)


def test_what_waits_is_shown_with_its_quotation_and_published_with_it(community, as_, newcomer, quoting):
    assert "Two of them did." in see(as_(community.tom), MANAGE).words
    assert "Two of them did." in see(as_(newcomer), "/groups/policy/waiting").words
    assert as_(community.tom).post(f"{MANAGE}/{held().code}/publication").status_code == 303
    (post,) = posts_of(newcomer)
    assert "Two of them" not in post.body
    assert "Two of them did." in see(as_(community.sam), f"/groups/policy/topics/{quoting}").article(post.no)
    assert db.session.scalars(select(Quotation.words).where(Quotation.post_id == post.id)).all() == ["Two of them did."]


@pytest.mark.parametrize("way", ["returned", "taken back"])
def test_the_draft_has_the_words_that_it_quoted(community, as_, newcomer, quoting, way):
    joanna = as_(newcomer)
    if way == "returned":
        assert give_back(as_(community.tom)).status_code == 303
    else:
        assert joanna.post(f"/waiting/{held().code}/end").status_code == 303
    text = see(joanna, f"/groups/policy/topics/{quoting}").text
    assert "&gt; Two of them did." in text and LINK in text


@pytest.mark.parametrize("gone", ["deleted", "hidden"])
def test_what_quotes_something_that_went_is_not_published_and_nothing_is_lost(
    community, as_, newcomer, quoting, post_of, gone
):
    source = f"/groups/policy/topics/{quoting}/posts/1"
    if gone == "deleted":
        assert as_(community.maya).post(f"{source}/deletion").status_code == 303
    else:
        assert as_(community.tom).post(f"{source}/hiding").status_code == 303
        assert post_of("policy", quoting, 1).hidden_at
    reply = as_(community.tom).post(f"{MANAGE}/{held().code}/publication")
    assert reply.status_code == 409 and "quotes something that is not there any more" in words(reply)
    assert held().state == HeldState.WAITING and "Two of them did." in held().body
    assert not posts_of(newcomer)


@pytest.mark.parametrize("what", ["hidden", "locked", "deleted", "left"])
def test_its_author_always_reads_their_own_text(community, as_, talk, newcomer, topic, what):
    joanna, tom = as_(newcomer), as_(community.tom)
    talk.reply(joanna, "policy", topic, LINK)
    address = f"/groups/policy/topics/{topic}"
    if what == "left":
        place = community.group("performance").id
        db.session.execute(update(Topic).where(Topic.title == "Which measures helped").values(group_id=place, n=9999))
        waits = held()
        waits.group_id = place
        db.session.commit()
    elif what == "locked":
        tom.post(f"{address}/closure")
    else:
        values = {"hidden_at" if what == "hidden" else "deleted_at": clock.now()}
        db.session.execute(update(Topic).where(Topic.title == "Which measures helped").values(**values))
        db.session.commit()
    page = see(joanna, "/waiting")
    assert page.status == 200 and "kestrel.example" in page.text
    assert ("Which measures helped" in page.text) is (what == "locked")
    assert ("Performance Management" in page.text) is False
    assert joanna.post(f"/waiting/{held().code}/end", follow_redirects=True).status_code == 200
    assert "kestrel.example" in see(joanna, "/waiting").text
    assert "kestrel.example" not in see(as_(community.sam), "/waiting").text


def test_a_topic_given_back_leaves_the_title_alone_that_is_being_typed(community, as_, talk, newcomer):
    joanna = as_(newcomer)
    talk.ask(joanna, "policy", "A kestrel of a topic", body=LINK, tags="birds")
    begun = {"kind": "discussion", "title": "Another thing", "body": "I begin.", "tags": "bats"}
    assert joanna.post("/groups/policy/topics/draft", data=begun).status_code == 303
    give_back(as_(community.tom))
    text = see(joanna, "/groups/policy/topics/new").text
    assert "Another thing" in text and 'value="bats"' in text and LINK in text and "I begin." in text
    assert "A kestrel of a topic" in see(joanna, "/groups/policy/waiting").text


def test_given_back_it_offers_its_files_again(community, as_, talk, newcomer, topic):
    joanna = as_(newcomer)
    data = {"files": (BytesIO(b"one,two\r\n1,2\r\n"), "numbers.csv")}
    talk.reply(joanna, "policy", topic, LINK, **data)
    (number,) = held().documents
    n = db.session.scalars(select(Document.n).where(Document.id == number)).one()
    give_back(as_(community.tom))
    for page in (f"/groups/policy/topics/{topic}", f"/groups/policy/topics/{topic}/replies"):
        assert f'name="kept" value="{n}" checked' in see(joanna, page).text, page
    sent = talk.reply(joanna, "policy", topic, "Now without an advert.", kept=str(n), offered=str(n))
    assert "#post-" in sent.headers["Location"]
    assert "Numbers" in see(as_(community.sam), f"/groups/policy/topics/{topic}").words


def test_a_topic_with_files_that_came_back_offers_them(community, as_, talk, newcomer):
    joanna = as_(newcomer)
    data = {"files": (BytesIO(b"one,two\r\n1,2\r\n"), "numbers.csv")}
    talk.ask(joanna, "policy", "A kestrel of a topic", body=LINK, **data)
    give_back(as_(community.tom))
    assert "Numbers" in see(joanna, "/groups/policy/topics/new").words


def test_what_was_published_in_this_moment_is_not_taken_back(community, as_, talk, newcomer, topic):
    """Two hold the same row as waiting; the second to end it changes nothing."""
    talk.reply(as_(newcomer), "policy", topic, LINK)
    waits = held()
    with db.engine.connect() as other:
        table = type(waits).__table__
        other.execute(update(table).where(table.c.id == waits.id).values(state=HeldState.PUBLISHED))
        other.commit()
    with pytest.raises(Settled):
        actions.take_back(waits)
    db.session.rollback()
    assert held().state == HeldState.PUBLISHED


def test_facilitators_hear_of_the_first_text_that_waits_until_none_does(community, as_, talk, newcomer, topic, mails):
    joanna, tom = as_(newcomer), as_(community.tom)
    talk.reply(joanna, "policy", topic, LINK)
    talk.reply(joanna, "policy", topic, LINK + " Again.")
    told = {mail.user_id for mail in mails("held-waiting")}
    assert len(mails("held-waiting")) == len(told) and community.tom.id in told
    assert community.maya.id not in told and newcomer.id not in told
    for _ in range(2):
        give_back(tom)
        db.session.execute(
            update(type(held())).where(type(held()).state == HeldState.WAITING).values(state=HeldState.RETURNED)
        )
        db.session.commit()
    talk.reply(joanna, "policy", topic, LINK + " Once more.")
    assert len(mails("held-waiting")) == 2 * len(told)


def test_that_something_waits_is_not_mailed_when_nothing_does_any_more(community, as_, talk, newcomer, topic):
    talk.reply(as_(newcomer), "policy", topic, LINK)
    as_(newcomer).post(f"/waiting/{held().code}/end")
    outbox.deliver()
    db.session.expire_all()
    states = set(db.session.scalars(select(Mail.state).where(Mail.template == "held-waiting")))
    assert states == {MailState.DROPPED}


def test_nobody_reads_what_waits_of_others_by_its_code(community, as_, talk, newcomer, topic):
    talk.reply(as_(newcomer), "policy", topic, LINK)
    for name in ("sam", "tom", "grace"):
        assert as_(getattr(community, name)).post(f"/waiting/{held().code}/end").status_code == 404
    here = (Membership.group_id == community.group("policy").id, Membership.user_id == newcomer.id)
    db.session.execute(update(Membership).where(*here).values(standing=Standing.BANNED))
    db.session.commit()
    assert "kestrel.example" in see(as_(newcomer), "/waiting").text
    assert db.session.scalars(select(Post).where(Post.body.contains("kestrel"))).all() == []


def test_links_do_not_come_in_later_by_a_quotation(community, as_, talk, newcomer, topic, post_of):
    joanna = as_(newcomer)
    talk.reply(as_(community.maya), "policy", topic, "Two of them did.")
    talk.reply(joanna, "policy", topic, "Thank you.")
    quote = f"> [post 1](/groups/policy/topics/{topic}/posts/1)\n>\n> {LINK}"
    reply = joanna.post(f"/groups/policy/topics/{topic}/posts/2/edit", data={"revision": "0", "body": quote})
    assert reply.status_code == 422 and "Links by somebody new wait" in words(reply)
    assert post_of("policy", topic, 2).body == "Thank you."


@pytest.mark.parametrize("what", ["split off", "moved"])
def test_what_was_moved_in_this_moment_is_not_taken_back_to_where_it_was(
    community, as_, talk, newcomer, topic, what, monkeypatch
):
    """The topic is read, then somebody moves it before its row is taken: the draft never goes to the old place."""
    joanna = as_(newcomer)
    data = {"files": (BytesIO(b"one,two\r\n1,2\r\n"), "numbers.csv")}
    talk.reply(joanna, "policy", topic, LINK, **data)
    other = talk.topic(as_(community.tom), "policy", "Of quolls")
    waits = held()
    there = community.topic("policy", other) if what == "split off" else None
    group = community.group("performance").id
    take_topic = holding.take_topic

    def late(number):
        with db.engine.connect() as elsewhere:
            _move(elsewhere, waits, there, group)
        take_topic(number)

    numbers = (waits.id, waits.topic_id, there.id if there else None)
    db.session.commit()
    waits = held()
    monkeypatch.setattr(holding, "take_topic", late)
    if there:
        with pytest.raises(Settled):
            actions.take_back(waits)
        db.session.rollback()
        assert held().state == HeldState.WAITING and held().topic_id == numbers[2]
        assert from_draft(newcomer.id, f"reply:{numbers[1]}") is None
        return
    actions.take_back(waits)
    db.session.commit()
    kept = from_draft(newcomer.id, f"reply:{numbers[1]}")
    moved = db.session.scalars(select(Document).where(Document.id.in_(held().documents))).one()
    assert kept.fields["kept"] == str(moved.n) and moved.group_id == group


def _move(connection, waits, there, group):
    """What moving does to a text that waits and its files, by somebody else: committed."""
    table, files = Held.__table__, Document.__table__
    values = {"topic_id": there.id} if there else {"group_id": group}
    connection.execute(update(table).where(table.c.id == waits.id).values(values))
    if not there:
        connection.execute(update(files).where(files.c.id.in_(waits.documents)).values(group_id=group, n=977))
    connection.commit()
