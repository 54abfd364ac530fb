"""The inbox says what somebody was told: once, by conversation, and only what they may still read."""

import re

import pytest
from sqlalchemy import select

from forum import notices
from forum.groups import actions as groups
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Notice, Post
from forum.who import person
from tests.discussions.conftest import see


def told(user):
    """Which kinds of news this person was told, in their order."""
    return list(db.session.scalars(select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)))


def waits(browser):
    """How many unread notices the head of a page says."""
    found = re.search(r'href="/inbox"[^>]*>.*?</a>', see(browser, "/about/access").text, re.DOTALL)
    count = re.search(r'class="count">(\d+)', found[0])
    return int(count[1]) if count else 0


def test_a_reply_is_told_to_whom_it_answers_and_to_followers_but_not_to_its_writer(community, as_, talk, closed):
    priya = as_(community.priya)
    priya.post(f"/groups/performance/topics/{closed}/follow")
    before = told(community.dan), told(community.ceri)
    talk.reply(as_(community.dan), "performance", closed, "We keep a list on the wall.")
    assert told(community.maya)[-1] == "reply" and told(community.priya)[-1] == "post"
    assert (told(community.dan), told(community.ceri)) == before
    page = see(as_(community.maya), "/inbox").words
    assert "Dan Whitfield replied to you" in page or "replied to you" in page
    assert "Who can help" in page and "We keep a list on the wall." in page


def test_mentioned_and_answered_and_following_is_told_once(community, as_, talk, closed):
    before = told(community.maya)
    talk.reply(as_(community.dan), "performance", closed, "@maya, we keep a list.")
    assert told(community.maya) == [*before, "mention"]


def test_the_head_of_every_page_counts_what_is_unread_and_reading_the_topic_settles_it(community, as_, talk, closed):
    maya = as_(community.maya)
    maya.post("/inbox/read", data={"until": "2999-01-01T00:00:00+00:00"})
    assert waits(maya) == 0
    talk.replies(as_(community.dan), "performance", closed, "", "")
    assert waits(maya) == 2
    assert see(maya, "/inbox").text.count(">Who can help</a>") == 1, "one row a conversation"
    maya.get(f"/groups/performance/topics/{closed}")
    assert waits(maya) == 0
    notices.sweep()
    db.session.commit()
    assert "All caught up" in see(maya, "/inbox").words


def test_mark_all_as_read_leaves_what_came_since(community, as_, talk, closed):
    maya = as_(community.maya)
    talk.reply(as_(community.dan), "performance", closed)
    until = re.search(r'name="until" value="([^"]+)"', see(maya, "/inbox").text)[1]
    talk.reply(as_(community.ceri), "performance", closed, "Another way, on a card.")
    assert maya.post("/inbox/read", data={"until": until}).status_code == 303
    assert waits(maya) == 1
    assert maya.post("/inbox/read", data={"until": "whenever"}).status_code == 422


def test_what_may_not_be_read_any_more_was_never_there(community, as_, talk, closed):
    dan = as_(community.dan)
    talk.reply(as_(community.maya), "performance", closed, "@dan, a secret of this group")
    before = waits(dan)
    assert "a secret of this group" in see(dan, "/inbox").words
    groups.leave(person(community.dan.id), community.group("performance"))
    db.session.commit()
    page = see(dan, "/inbox").words
    assert waits(dan) < before and "Who can help" not in page and "secret" not in page


@pytest.mark.parametrize("what", ["deletion", "hiding"])
def test_a_post_taken_away_takes_its_notice_along(community, as_, talk, closed, what):
    dan, ruth = as_(community.dan), as_(community.ruth)
    see(dan, "/inbox")
    talk.reply(as_(community.maya), "performance", closed, "@dan, look at this once")
    before = waits(dan)
    assert ruth.post(f"/groups/performance/topics/{closed}/posts/1/{what}").status_code == 303
    assert waits(dan) == before - 1 and "look at this once" not in see(dan, "/inbox").words


def test_an_announcement_is_told_to_every_member_once_and_to_no_reader_from_outside(community, as_, talk):
    talk.topic(as_(community.ruth), "performance", "We meet in May", kind="announcement")
    news = select(Notice.once).where(Notice.kind == "announcement").order_by(Notice.id.desc()).limit(1)
    people = set(db.session.scalars(select(Notice.user_id).where(Notice.once == news.scalar_subquery())))
    assert community.ruth.id not in people and community.sam.id not in people
    assert len(people) >= community.group("performance").member_count - 2, "but who wrote it, and the suspended"
    assert told(community.maya)[-1] == "announcement"
    assert "Ruth" in see(as_(community.maya), "/inbox").words


def test_a_request_waits_for_every_facilitator_until_one_decides(community, as_):
    as_(community.sam).post("/groups/performance/requests", data={"note": "I count things."})
    ruth, priya = as_(community.ruth), as_(community.priya)
    assert "asked to join" in see(priya, "/inbox").words and "request" in told(community.ruth)
    waiting = waits(priya)
    address = re.search(r"/groups/performance/manage/requests/[\w-]+", see(ruth, "/inbox").text)[0]
    assert ruth.get(address).status_code == 200
    ruth.post(f"{address}/acceptance", data={"message": ""})
    assert waits(priya) < waiting and told(community.sam)[-1] == "accepted"
    assert "accepted your request to join" in see(as_(community.sam), "/inbox").words


def test_the_accepted_answer_is_told_to_who_wrote_it(community, as_, talk, closed):
    talk.reply(as_(community.dan), "performance", closed)
    as_(community.maya).post(f"/groups/performance/topics/{closed}/answer", data={"no": "1", "shown": "0"})
    dan = see(as_(community.dan), "/inbox").words
    assert told(community.dan)[-1] == "answer" and "accepted your reply as the answer" in dan


def test_who_muted_somebody_is_not_told_what_they_write(community, as_, talk, closed):
    as_(community.maya).post("/people/dan/muting")
    before = told(community.maya)
    talk.reply(as_(community.dan), "performance", closed, "@maya, look")
    assert told(community.maya) == before


def test_an_edit_tells_only_whom_it_names_anew(community, as_, talk, closed):
    maya, address = as_(community.maya), f"/groups/performance/topics/{closed}/posts/1/edit"
    talk.reply(maya, "performance", closed, "@dan")
    maya.post(address, data={"body": "@dan @ceri", "revision": "0"})
    assert told(community.dan).count("mention") == 1 and told(community.ceri)[-1] == "mention"


def test_a_visitor_is_asked_to_sign_in(visitor):
    assert visitor.get("/inbox").status_code == 303 == visitor.post("/inbox/read").status_code


def test_a_page_asks_no_statement_more_for_the_count(community, as_, talk, closed, watch):
    maya, counts = as_(community.maya), []
    for _ in range(2):
        with watch() as seen:
            maya.get("/about/access")
        counts.append(len([one for one in seen.statements if "FROM notice" in one]))
        talk.replies(as_(community.dan), "performance", closed, *[""] * 5)
    assert counts == [1, 1]


def test_what_is_told_outside_ones_groups_is_counted_too(community, as_):
    joanna = as_(community.joanna)
    before = waits(joanna)
    as_(community.priya).post(
        "/groups/safeguarding/manage/invitations/mail",
        data={"mail-email": community.joanna.email, "mail-note": "Come and look"},
    )
    assert waits(joanna) == before + 1 and "invited you to join" in see(joanna, "/inbox").words
    joanna.post("/groups/safeguarding/invitation/acceptance")
    assert waits(joanna) == before and "invited you" not in see(joanna, "/inbox").words


def test_the_inbox_asks_as_often_for_many_as_for_few(community, as_, talk, closed, watch):
    maya, counts = as_(community.maya), []
    for _ in range(2):
        talk.replies(as_(community.dan), "performance", closed, *[""] * 4)
        with watch() as seen:
            assert maya.get("/inbox").status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 6


def ids(page):
    """The notices of each row that is not read, as its button names them."""
    return re.findall(r'name="notices" value="([^"]*)"', page.text)


def test_one_row_is_marked_as_read_and_the_others_stay(community, as_, talk, closed):
    maya, dan = as_(community.maya), as_(community.dan)
    maya.post("/inbox/read", data={"until": "2999-01-01T00:00:00+00:00"})
    other = talk.topic(maya, "performance", "And another")
    talk.replies(dan, "performance", closed, "", "")
    talk.reply(dan, "performance", other)
    rows = ids(see(maya, "/inbox"))
    assert sorted(len(row.split()) for row in rows) == [1, 2] and waits(maya) == 3
    several = max(rows, key=len)
    talk.reply(as_(community.ceri), "performance", closed, "This came since.")
    assert as_(community.dan).post("/inbox/read/some", data={"notices": several}).status_code == 303
    assert waits(maya) == 4, "nobody reads for somebody else"
    assert maya.post("/inbox/read/some", data={"notices": several}).headers["Location"] == "/inbox"
    assert waits(maya) == 2
    for rubbish in ("", "x", "1,2", "0", "9" * 10, "1 " * 400):
        assert maya.post("/inbox/read/some", data={"notices": rubbish}).status_code == 422


def test_what_waits_for_somebody_never_drops_out_and_older_ones_are_on_further_pages(community, as_, watch):
    priya, group = as_(community.priya), community.group("performance")
    priya.post("/inbox/read", data={"until": "2999-01-01T00:00:00+00:00"})
    old = db.session.scalars(select(Post).where(Post.group_id == group.id).limit(1)).one()
    rows = [("request", None, group.id, "old"), *[("post", old.id, None, "")] * 300]
    for at, (kind, post, place, code) in enumerate(rows):
        read = None if kind == "request" else now()
        needs = 4 if kind == "request" else 2
        db.session.add(Notice(
            user_id=community.priya.id, kind=kind, post_id=post, group_id=place, code=code, needs=needs,
            once=f"test:{at}", read_at=read,
        ))  # fmt: skip
    db.session.commit()
    assert waits(priya) == 1
    with watch() as seen:
        page = see(priya, "/inbox")
    assert "/manage/requests/old" in page.text and len(seen.statements) <= 6
    pages = 1
    while older := re.search(r'href="/inbox\?before=(\d+)"', page.text):
        page, pages = see(priya, f"/inbox?before={older[1]}"), pages + 1
    assert pages >= 3 and "/manage/requests/old" not in page.text
    assert priya.get("/inbox?before=x").status_code == 404
