"""What one wrote is not lost: signed out, locked out, closed, or only half done."""

import io
import secrets
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Draft, Session, Topic
from tests.discussions.conftest import key, see


def sign_out_elsewhere(user):
    """Ends every session of a person, as another browser of theirs would."""
    db.session.execute(update(Session).where(Session.user_id == user.id).values(ended_at=now()))
    db.session.commit()


def test_a_reply_after_the_session_ended_comes_back_and_is_posted_once(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Session")
    tom, form = as_(community.tom), key()
    sign_out_elsewhere(community.tom)
    lost = talk.reply(tom, "policy", n, "Twenty minutes of thought.", key=form)
    text = lost.get_data(as_text=True)
    assert lost.status_code == 403 and "Twenty minutes of thought." in text and form in text
    assert "Sign in, in a new tab" in text and 'target="_blank"' in text and "Send again" in text
    again = as_(community.tom)
    sent = [
        talk.reply(again, "policy", n, "Twenty minutes of thought.", key=form).headers["Location"] for _ in range(2)
    ]
    assert sent[0] == sent[1] and see(again, f"/groups/policy/topics/{n}").posts == [1]


def test_it_is_kept_as_a_draft_of_whose_session_it_was(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Draft of a session")
    tom = as_(community.tom)
    sign_out_elsewhere(community.tom)
    talk.reply(tom, "policy", n, "Kept for Tom.")
    assert "Kept for Tom." in see(as_(community.tom), f"/groups/policy/topics/{n}").text
    assert "Kept for Tom." not in see(as_(community.sam), f"/groups/policy/topics/{n}").text


def test_a_cookie_of_a_session_that_ended_long_ago_writes_no_draft(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Stolen cookie")
    tom = as_(community.tom)
    sign_out_elsewhere(community.tom)
    with clock.at(clock.now() + timedelta(hours=2)):
        assert talk.reply(tom, "policy", n, "Words in Tom's mouth.").status_code == 403
    assert db.session.scalar(select(Draft).where(Draft.user_id == community.tom.id)) is None


def test_a_reply_with_a_large_file_is_not_lost_with_the_session(app, community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Session and file")
    tom = as_(community.tom)
    sign_out_elsewhere(community.tom)
    file = (io.BytesIO(b"x" * (app.config["MAX_REQUEST"] + 1)), "large.csv")
    lost = talk.reply(tom, "policy", n, "The words beside the file.", files=file)
    text = lost.get_data(as_text=True)
    assert lost.status_code == 403 and "The words beside the file." in text and "Choose your files again" in text
    assert not [
        path for path in Path(app.config["FILES_DIR"]).rglob("*") if path.is_file() and path.stat().st_size > 10**6
    ]


def test_a_stranger_s_large_file_is_not_even_read(app, visitor, community, talk):
    file = (io.BytesIO(b"x" * (app.config["MAX_REQUEST"] + 1)), "large.csv")
    lost = talk.reply(visitor, "policy", 1, "The words beside the file.", files=file)
    assert lost.status_code == 403 and "The words beside the file." not in lost.get_data(as_text=True)


def test_a_topic_after_the_session_ended_comes_back_too(community, as_, talk):
    tom = as_(community.tom)
    sign_out_elsewhere(community.tom)
    lost = talk.ask(tom, "policy", "A title worth keeping", body="And a text")
    assert lost.status_code == 403 and "A title worth keeping" in lost.get_data(as_text=True)
    assert "A title worth keeping" in see(as_(community.tom), "/groups/policy/topics/new").text


def test_a_visitor_learns_nothing_from_replying(visitor, community, talk):
    real = talk.reply(visitor, "performance", 1, "Hello", key="0" * 16)
    none = talk.reply(visitor, "no-such-group", 1, "Hello", key="0" * 16)
    assert real.status_code == none.status_code == 403
    same = [reply.get_data(as_text=True).replace("no-such-group", "performance") for reply in (real, none)]
    without_number = [text.split("give the number")[0] for text in same]
    assert without_number[0] == without_number[1]


def test_a_reply_to_a_topic_locked_meanwhile_comes_back(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Locked meanwhile")
    as_(community.tom).post(f"/groups/policy/topics/{n}/closure")
    lost = talk.reply(as_(community.sam), "policy", n, "Too late, but kept.")
    text = lost.get_data(as_text=True)
    assert lost.status_code == 409 and "locked" in text and "Too late, but kept." in text
    assert talk.reply(as_(community.tom), "policy", n, "I may still").status_code == 303


def test_a_reply_to_a_topic_deleted_meanwhile_comes_back(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Deleted meanwhile")
    as_(community.maya).post(f"/groups/policy/topics/{n}/posts/0/deletion")
    lost = talk.reply(as_(community.sam), "policy", n, "Too late, but kept.")
    assert lost.status_code == 404 and "Too late, but kept." in lost.get_data(as_text=True)


def test_someone_removed_meanwhile_keeps_the_text(community, as_, talk):
    n = talk.topic(as_(community.priya), "performance", "For members")
    hugh = talk.reply(as_(community.hugh), "performance", n, "I was a member.")
    assert hugh.status_code == 403 and "I was a member." in hugh.get_data(as_text=True)
    none = talk.reply(as_(community.hugh), "performance", 999, "I was a member.")
    cut = [reply.get_data(as_text=True).split("give the number")[0] for reply in (hugh, none)]
    assert none.status_code == 403 and cut[0] == cut[1]


def test_a_draft_of_a_reply_is_restored_with_its_time_and_gone_once_posted(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Drafts")
    sam, address = as_(community.sam), f"/groups/policy/topics/{n}"
    assert sam.post(f"{address}/draft", data={"body": "Half a", "key": key()}).status_code == 303
    script = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    assert sam.post(f"{address}/draft", data={"body": "Half a thought"}, headers=script).status_code == 204
    page = see(as_(community.sam), address)
    assert "Half a thought</textarea>" in page.text and "Your draft of today" in page.words
    talk.reply(sam, "policy", n, "The whole thought")
    assert "Half a thought" not in see(sam, address).text
    assert db.session.scalar(select(Draft).where(Draft.user_id == community.sam.id)) is None


def test_a_draft_of_a_topic_is_restored_and_discarded(community, as_):
    sam, address = as_(community.sam), "/groups/policy/topics/draft"
    fields = {"kind": "discussion", "title": "A draft", "body": "So far", "tags": "one", "key": secrets.token_hex(8)}
    assert sam.post(address, data=fields).headers["Location"].endswith("/groups/policy/topics/new")
    page = see(sam, "/groups/policy/topics/new")
    for kept in ('value="A draft"', "So far</textarea>", 'value="one"', "Discard draft"):
        assert kept in page.text
    assert "So far" not in see(as_(community.tom), "/groups/policy/topics/new").text
    sam.post(address, data={"discard": "1"})
    assert "So far" not in see(sam, "/groups/policy/topics/new").text


def test_an_empty_draft_is_no_draft(community, as_, talk):
    sam = as_(community.sam)
    sam.post("/groups/policy/topics/draft", data={"title": " ", "body": ""})
    assert db.session.scalar(select(Draft).where(Draft.user_id == community.sam.id)) is None


def test_drafts_are_kept_only_where_one_may_post(community, as_, talk):
    n = talk.topic(as_(community.priya), "performance", "No drafts for others")
    for person, status in ((community.hugh, 403), (community.sam, 404), (None, 303)):
        reply = as_(person).post(f"/groups/performance/topics/{n}/draft", data={"body": "x"})
        assert reply.status_code in (status, 403), person
    topic = db.session.scalars(select(Topic).where(Topic.title == "No drafts for others")).one()
    assert db.session.scalar(select(Draft).where(Draft.place == f"reply:{topic.id}")) is None
