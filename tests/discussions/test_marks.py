"""Posts that helped, and what people keep for themselves."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from forum.access import person
from forum.discussions import actions
from forum.groups import actions as groups
from forum.kit.clock import now
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.models import Bookmark, Helpful, Membership, Post, Standing, User
from tests.conftest import sign_in
from tests.discussions.conftest import see


@pytest.fixture
def topic(community, as_, talk):
    """The address of a topic by Maya in Policy, with a reply by Tom."""
    n = talk.topic(as_(community.maya), "policy", "Useful things")
    talk.reply(as_(community.tom), "policy", n, "Put the notes beside the slides.")
    return f"/groups/policy/topics/{n}"


def number(address):
    """A topic's number in its address."""
    return int(address.rsplit("/", 1)[1])


def test_a_post_helped_and_everybody_reads_how_many_it_helped(community, as_, topic):
    sam, leon = as_(community.sam), as_(community.leon)
    said = sam.post(f"{topic}/posts/1/helpful")
    assert said.status_code == 303 and said.headers["Location"].endswith(f"{topic}#post-1")
    assert "You found this helpful" in see(sam, topic).article(1) and 'aria-pressed="true"' in see(sam, topic).article(
        1
    )
    assert "1 found this helpful" in see(leon, topic).article(1)
    leon.post(f"{topic}/posts/1/helpful")
    assert "You and 1 other found this helpful" in see(sam, topic).article(1)
    assert "2 found this helpful" in see(as_(community.tom), topic).article(1)


def test_it_is_said_once_and_taken_back_as_easily(community, as_, topic, post_of):
    sam = as_(community.sam)
    for _ in range(2):
        assert sam.post(f"{topic}/posts/1/helpful").status_code == 303
    assert post_of("policy", number(topic), 1).helpful_count == 1
    for _ in range(2):
        assert sam.post(f"{topic}/posts/1/helpful/end").status_code == 303
    assert post_of("policy", number(topic), 1).helpful_count == 0
    assert "found this helpful" not in see(sam, topic).article(1)


def test_nobody_says_so_of_their_own_post_nor_from_outside(community, as_, topic, visitor):
    assert as_(community.tom).post(f"{topic}/posts/1/helpful").status_code == 403
    assert "/posts/1/helpful" not in see(as_(community.tom), topic).text
    assert as_(community.joanna).post(f"{topic}/posts/1/helpful").status_code == 403
    assert visitor.post(f"{topic}/posts/1/helpful").status_code == 303
    assert as_(community.sam).post(f"{topic}/posts/7/helpful").status_code == 404


def test_a_page_that_was_not_sent_again_is_once_a_post_helped(community, as_, topic):
    leon = as_(community.leon)
    tag = leon.get(topic).headers["ETag"]
    assert leon.get(topic, headers={"If-None-Match": tag}).status_code == 304
    as_(community.sam).post(f"{topic}/posts/1/helpful")
    assert leon.get(topic, headers={"If-None-Match": tag}).status_code == 200


def test_what_was_said_of_a_deleted_post_is_gone(community, as_, topic, post_of):
    sam = as_(community.sam)
    sam.post(f"{topic}/posts/1/helpful")
    sam.post(f"{topic}/posts/1/bookmark")
    as_(community.tom).post(f"{topic}/posts/1/deletion")
    assert post_of("policy", number(topic), 1).helpful_count == 0
    assert not db.session.scalar(select(func.count()).select_from(Helpful).where(Helpful.user_id == community.sam.id))
    assert not db.session.scalar(select(func.count()).select_from(Bookmark).where(Bookmark.user_id == community.sam.id))
    assert sam.post(f"{topic}/posts/1/helpful").status_code == 404


def test_fifty_people_at_once_are_fifty(app, community, topic, post_of):
    group, post_id = community.group("policy").id, post_of("policy", number(topic), 1).id
    users = [
        User(handle=f"p{n}", handle_skeleton=skeleton(f"p{n}"), email=f"p{n}@example.org", name=f"P {n}",
             fs_uniquifier=f"p{n}", confirmed_at=now()) for n in range(50)
    ]  # fmt: skip
    db.session.add_all(users)
    db.session.flush()
    db.session.add_all(Membership(user_id=user.id, group_id=group, standing=Standing.MEMBER) for user in users)
    db.session.commit()
    browsers = [sign_in(app, user) for user in users]
    db.session.remove()

    def press(browser):
        with app.app_context():
            return browser.post(f"{topic}/posts/1/helpful").status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(press, browsers)) == {303}
    assert db.session.scalar(select(Post.helpful_count).where(Post.id == post_id)) == 50


def test_a_bookmark_is_found_again_by_its_owner_alone(community, as_, topic):
    sam, leon = as_(community.sam), as_(community.leon)
    before = see(leon, topic).text
    assert sam.post(f"{topic}/posts/1/bookmark").status_code == 303
    assert "Remove bookmark" in see(sam, topic).article(1) and "Remove bookmark" not in see(sam, topic).article(0)
    page = see(sam, "/bookmarks")
    assert "Useful things" in page.words and "Put the notes beside the slides." in page.words
    assert f"{topic}/posts/1" in page.text
    assert "Useful things" not in see(leon, "/bookmarks").words
    assert re.sub(r'name="key"[^>]+', "", see(leon, topic).text) == re.sub(r'name="key"[^>]+', "", before)
    assert sam.post(f"{topic}/posts/1/bookmark/end").status_code == 303
    assert "Useful things" not in see(sam, "/bookmarks").words and "Remove bookmark" not in see(sam, topic).text


def test_a_bookmark_changes_the_page_of_its_owner_and_of_nobody_else(community, as_, topic):
    sam, leon = as_(community.sam), as_(community.leon)
    tags = [browser.get(topic).headers["ETag"] for browser in (sam, leon)]
    sam.post(f"{topic}/posts/1/bookmark")
    assert sam.get(topic, headers={"If-None-Match": tags[0]}).status_code == 200
    assert leon.get(topic, headers={"If-None-Match": tags[1]}).status_code == 304


def test_a_bookmark_is_gone_when_access_ends_and_back_when_it_comes_back(community, as_, talk):
    n = talk.topic(as_(community.priya), "performance", "Behind the door")
    maya = as_(community.maya)
    for address in (f"/groups/performance/topics/{n}/posts/0", "/groups/performance/library/1"):
        assert maya.post(f"{address}/bookmark").status_code == 303
    file = community.document("performance").title
    assert {"Behind the door", file} <= {
        title for title in ("Behind the door", file) if title in see(maya, "/bookmarks").words
    }
    groups.leave(person(community.maya.id), community.group("performance"))
    db.session.commit()
    words = see(maya, "/bookmarks").words
    assert "Behind the door" not in words and "Nothing kept yet" in words
    groups.join(person(community.maya.id), community.group("policy"))
    seat = select(Membership).where(
        Membership.user_id == community.maya.id, Membership.group_id == community.group("performance").id
    )
    db.session.scalars(seat).one().standing = Standing.MEMBER
    db.session.commit()
    assert "Behind the door" in see(maya, "/bookmarks").words


def test_bookmarks_are_paged_by_time(app, community, as_, talk, watch):
    n = talk.topic(as_(community.maya), "policy", "Long")
    talk.replies(as_(community.tom), "policy", n, *[""] * 35)
    sam = as_(community.sam)
    for no in range(1, 36):
        assert sam.post(f"/groups/policy/topics/{n}/posts/{no}/bookmark").status_code == 303
    with watch() as seen:
        first = see(sam, "/bookmarks")
    assert len(seen.statements) <= 6
    older = re.findall(r'href="(/bookmarks\?before=\d+)"', first.text)
    assert first.text.count('class="topic-title"') == 30 and len(older) == 1
    second = see(sam, older[0])
    assert second.text.count('class="topic-title"') == 5 and "Reply 1 by" in second.words
    assert see(sam, "/bookmarks?before=x").text.count('class="topic-title"') == 30


def test_marks_need_no_more_statements(community, as_, talk, watch):
    n = talk.topic(as_(community.maya), "policy", "Few and many")
    talk.replies(as_(community.tom), "policy", n, *[""] * 12)
    sam, address = as_(community.sam), f"/groups/policy/topics/{n}"
    see(sam, address)
    counts = []
    for _ in range(2):
        with watch() as seen:
            see(sam, address)
        counts.append(len([s for s in seen.statements if s.startswith(("SELECT", "WITH"))]))
        for no in range(1, 13):
            actions.thank(
                person(community.sam.id),
                db.session.scalars(
                    select(Post).where(Post.topic_id == community.topic("policy", n).id, Post.no == no)
                ).one(),
            )
        db.session.commit()
    assert counts[0] == counts[1]
