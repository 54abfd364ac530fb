"""A move is taken back only while nothing was built on it; what hangs on what moved goes along, and comes back."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.kit import clock
from forum.kit.db import db
from forum.models import Document, Held, Poll, Post
from tests.discussions.conftest import see
from tests.discussions.test_moving import FROM, TO, merge, move, put, ruth, see_of, sent, stands, topic, undo, where
from tests.library.conftest import PDF, shelve

__all__ = ["ruth", "shelve", "topic"]


def late(browser, address):
    """What is said when a move can't be taken back."""
    page = browser.get(f"{address}/moves")
    reply = browser.post(f"{address}/moves/end", data=sent(page, "at"))
    assert reply.status_code == 409
    return see_of(reply)


def post_at(address, no):
    """A post as stored."""
    return db.session.scalars(select(Post).where(Post.topic_id == stands(address).id, Post.no == no)).one()


def wait(community, address, author, answers=None, documents=()):
    """A reply that waits there."""
    at, me = stands(address), getattr(community, author)
    held = Held(
        group_id=at.group_id, topic_id=at.id, code=f"{author}-{answers}-{at.n}"[:24], author_id=me.id, answers=answers,
        body="I wait.", html="<p>I wait.</p>", documents=[one.id for one in documents],
    )  # fmt: skip
    db.session.add(held)
    db.session.commit()
    return held.id


def kept(number):
    """What waits, as stored."""
    db.session.expire_all()
    return db.session.get(Held, number)


def poll(address):
    """A poll in a topic."""
    said = {"question": "Which?", "options": ["a", "b"], "several": False, "anonymous": False}
    db.session.add(Poll(topic_id=stands(address).id, **said))
    db.session.commit()


def test_a_post_is_not_put_back_into_a_topic_that_went_to_a_third_group(community, ruth, as_, talk, topic, shelve):
    other = talk.topic(as_(community.tom), "policy", "Of bilbies")
    deck = shelve("performance", "tom", "a.pdf", post=post_at(f"{FROM}/topics/{topic}", 1))
    assert put(ruth, f"{FROM}/topics/{topic}/posts/1", f"{TO}/topics/{other}").status_code == 303
    third = where(move(ruth, "performance", topic, "safeguarding"))
    assert third.startswith("/groups/safeguarding")
    assert "is in another group by now" in late(ruth, f"{TO}/topics/{other}")
    db.session.expire_all()
    assert db.session.get(Document, deck.id).group_id == community.group("policy").id
    assert stands(third).reply_count == 0


@pytest.mark.parametrize("what", ["edit", "title"])
def test_words_written_for_few_are_not_shown_to_many_by_taking_a_move_back(community, ruth, as_, talk, what):
    n = talk.topic(as_(community.maya), "policy", "Of bilbies")
    new = where(move(ruth, "policy", n, "performance"))
    maya = as_(community.maya)
    if what == "edit":
        done = maya.post(f"{new}/posts/0/edit", data={"revision": "0", "body": "Between us: it was Leon."})
    else:
        done = maya.post(f"{new}/edit", data={"kind": "question", "title": "Of Leon, between us", "tags": ""})
    assert done.status_code == 303
    assert "was edited since" in late(ruth, new)
    assert stands(new).group.slug == "performance"


def test_nor_is_a_file_of_which_there_is_a_new_version(community, ruth, as_, talk, shelve):
    n = talk.topic(as_(community.maya), "policy", "Of bilbies")
    talk.reply(as_(community.maya), "policy", n, "With slides.")
    deck = shelve("policy", "maya", "a.pdf", post=post_at(f"{TO}/topics/{n}", 1))
    new = where(move(ruth, "policy", n, "performance"))
    db.session.expire_all()
    number = db.session.get(Document, deck.id).n
    data = {"file": (io.BytesIO(PDF + b" "), "b.pdf")}
    assert as_(community.maya).post(f"{FROM}/library/{number}/versions", data=data).status_code == 303
    assert "new version since" in late(ruth, new)


def test_what_waits_goes_with_the_post_that_it_answers_and_comes_back(community, ruth, as_, talk, topic, shelve):
    source = f"{FROM}/topics/{topic}"
    other = talk.topic(as_(community.dan), "performance", "Of bilbies")
    target = f"{FROM}/topics/{other}"
    to_topic, to_post = wait(community, source, "dan"), wait(community, source, "dan", 2)
    merge(ruth, "performance", topic, target)
    assert [(kept(one).topic_id, kept(one).answers) for one in (to_topic, to_post)] == [
        (stands(target).id, None), (stands(target).id, 3)
    ]  # fmt: skip
    undo(ruth, target)
    assert [(kept(one).topic_id, kept(one).answers) for one in (to_topic, to_post)] == [
        (stands(source).id, None), (stands(source).id, 2)
    ]  # fmt: skip
    data = {"where": "new", "title": "What numbats eat", "kind": "discussion"}
    new = where(ruth.post(f"{source}/posts/1/move", data=data))
    assert (kept(to_post).topic_id, kept(to_post).answers) == (stands(new).id, 1)
    assert kept(to_topic).topic_id == stands(source).id
    undo(ruth, new)
    assert (kept(to_post).topic_id, kept(to_post).answers) == (stands(source).id, 2)


def test_files_of_what_waits_go_with_its_topic(community, ruth, as_, talk, topic, shelve):
    old = f"{FROM}/topics/{topic}"
    deck = shelve("performance", "maya", "a.pdf")
    document = db.session.get(Document, deck.id)
    document.posted_at, number = None, document.n
    db.session.commit()
    waits = wait(community, old, "maya", documents=[document])
    new = where(move(ruth, "performance", topic, "policy"))
    db.session.expire_all()
    assert db.session.get(Document, deck.id).group_id == kept(waits).group_id == community.group("policy").id
    assert ruth.post(f"/groups/policy/manage/held/{kept(waits).code}/publication").status_code == 303
    db.session.expire_all()
    assert db.session.get(Document, deck.id).post_id == post_at(new, 3).id and number


@pytest.mark.parametrize("kind", ["topic", "split"])
@pytest.mark.parametrize("what", ["held", "poll"])
def test_what_was_hung_on_it_since_keeps_a_move_from_being_taken_back(community, ruth, as_, talk, topic, kind, what):
    source = f"{FROM}/topics/{topic}"
    data = {"where": "new", "title": "What numbats eat", "kind": "discussion"}
    reply = (
        move(ruth, "performance", topic, "policy")
        if kind == "topic"
        else ruth.post(f"{source}/posts/1/move", data=data)
    )
    new = where(reply)
    if what == "poll":
        poll(new)
    else:
        wait(community, new, "sam")
    said = late(ruth, new)
    assert ("A poll was begun" if what == "poll" else "waits for a facilitator since") in said
    assert stands(new).deleted_at is None


def test_a_poll_that_went_along_comes_back(community, ruth, as_, talk, topic):
    other = talk.topic(as_(community.dan), "performance", "Of bilbies")
    source, target = f"{FROM}/topics/{topic}", f"{FROM}/topics/{other}"
    poll(source)
    merge(ruth, "performance", topic, target)
    assert db.session.scalars(select(Poll.topic_id).where(Poll.question == "Which?")).one() == stands(target).id
    undo(ruth, target)
    db.session.expire_all()
    assert db.session.scalars(select(Poll.topic_id).where(Poll.question == "Which?")).one() == stands(source).id


def test_whoever_may_take_a_move_back_does_so_on_the_topic_itself_for_a_day(community, ruth, as_, topic):
    new = where(move(ruth, "performance", topic, "policy"))
    page = ruth.get(new)
    assert "This topic was moved here" in see_of(page)
    for other in (community.tom, community.maya, community.sam):  # Tom owns one of the groups only
        assert "Take the move back" not in see(as_(other), new).text
    with clock.at(clock.now() + timedelta(hours=25)):
        assert "Take the move back" not in see(ruth, new).text
    assert where(ruth.post(f"{new}/moves/end", data=sent(page, "at"))) == f"{FROM}/topics/{topic}"
    assert "Take the move back" not in see(ruth, f"{FROM}/topics/{topic}").text


def test_where_a_topic_was_split_those_who_may_read_the_part_are_led_there(community, ruth, as_, topic):
    source = f"{FROM}/topics/{topic}"
    data = {"where": "new", "title": "What numbats eat", "kind": "discussion"}
    new = where(ruth.post(f"{source}/posts/1/move", data=data))
    said = "2 replies went on in What numbats eat"
    maya = as_(community.maya)
    assert said in see(maya, source).words and f'href="{new}"' in see(maya, source).text
    ruth.post(f"{new}/hiding")
    assert "What numbats eat" not in see(maya, source).text and said in see(ruth, source).words
    ruth.post(f"{new}/hiding/end")
    moved = where(move(ruth, "performance", int(new.rsplit("/", 1)[1]), "safeguarding"))
    assert said in see(maya, source).words and f'href="{moved}"' in see(maya, source).text
    tom = see(as_(community.tom), source)  # not of Safeguarding
    assert tom.status == 200 and "What numbats eat" not in tom.text and moved not in tom.text


def test_files_of_a_reply_whose_topic_moved_meanwhile_are_asked_for_again_and_its_text_is_kept(
    community, ruth, as_, talk
):
    n = talk.topic(as_(community.leon), "policy", "Of bilbies")
    maya, files = as_(community.maya), {"files": (io.BytesIO(b"one,two\r\n1,2\r\n"), "numbers.csv")}
    page = talk.reply(maya, "policy", n, "With numbers.", preview="1", **files).get_data(as_text=True)
    kept = re.search(r'name="kept" value="(\d+)"', page)[1]
    new = where(move(ruth, "policy", n, "performance"))
    late = talk.reply(maya, "policy", n, "With numbers.", kept=kept, offered=kept)
    assert late.status_code == 409 and "Add your files again" in see_of(late)
    assert "With numbers." in late.get_data(as_text=True) and f'action="{new}/replies"' in late.get_data(as_text=True)
    assert stands(new).reply_count == 0
