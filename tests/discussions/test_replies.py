"""Replies: two levels, numbers, pages, and ways to each post."""

import io
import re

from sqlalchemy import func, select

from forum.access import person
from forum.discussions import actions
from forum.kit.db import db
from forum.models import Event, Follow, Post, Topic
from tests.discussions.conftest import key, see


def test_a_reply_lands_at_its_own_anchor(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Anchors")
    reply = talk.reply(as_(community.tom), "policy", n)
    assert reply.status_code == 303 and reply.headers["Location"].endswith(f"/topics/{n}#post-1")
    page = see(as_(community.maya), f"/groups/policy/topics/{n}")
    assert page.posts == [1] and "Tom Adeyemi" in page.article(1) and "1 reply" in page.words


def test_a_reply_to_a_reply_stays_at_the_second_level_and_says_to_whom(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Levels")
    talk.replies(as_(community.tom), "policy", n, "", 1)
    talk.replies(as_(community.sam), "policy", n, 2)
    talk.replies(as_(community.leon), "policy", n, 3, 1)
    page = see(as_(community.maya), f"/groups/policy/topics/{n}")
    assert page.posts == [1, 2, 3, 4, 5]
    assert page.text.count('<ol class="replies"') == 1
    assert "In reply to" not in page.article(2) and "In reply to" not in page.article(5)
    assert "In reply to" in page.article(3) and f"/topics/{n}/posts/2" in page.article(3)
    assert "Sam" in page.article(4)


def test_a_full_run_goes_on_at_the_first_level(app, community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "A long run")
    topic = db.session.scalars(select(Topic).where(Topic.title == "A long run")).one()
    tom = person(community.tom.id)
    head = actions.reply(tom, topic, "The head")
    for number in range(51):
        last = actions.reply(tom, topic, f"Nested {number}", head)
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(Post.top_id == head.id)) == 50
    assert last.top_id is None and last.parent_id == head.id and last.place == 2
    page = see(as_(community.maya), f"/groups/policy/topics/{n}?post=5")
    assert "In reply to" in page.article(52)


def test_pages_hold_fifty_replies_of_the_first_level(app, community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Pages")
    topic = db.session.scalars(select(Topic).where(Topic.title == "Pages")).one()
    tom = person(community.tom.id)
    posts = [actions.reply(tom, topic, f"Reply {number}") for number in range(1, 61)]
    nested = actions.reply(tom, topic, "To the third, late", posts[2])
    db.session.commit()
    maya = as_(community.maya)
    first, second = see(maya, f"/groups/policy/topics/{n}"), see(maya, f"/groups/policy/topics/{n}?page=2")
    assert first.posts == [1, 2, 3, nested.no, *range(4, 51)] and second.posts == list(range(51, 61))
    assert maya.get(f"/groups/policy/topics/{n}?page=3").status_code == 404
    assert maya.get(f"/groups/policy/topics/{n}?page=0").status_code == 404
    for no, address in (
        (50, f"/topics/{n}#post-50"),
        (51, f"/topics/{n}?page=2#post-51"),
        (61, f"/topics/{n}?post=61#post-61"),
    ):
        assert maya.get(f"/groups/policy/topics/{n}/posts/{no}").headers["Location"].endswith(address)
    assert maya.get(f"/groups/policy/topics/{n}/posts/62").status_code == 404
    assert "page 1" in second.words and "What do you do?" not in second.words


def test_long_runs_fold_away_all_but_the_newest_two(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Folds")
    talk.replies(as_(community.tom), "policy", n, "", 1, 1)
    talk.replies(as_(community.sam), "policy", n, 1)
    talk.replies(as_(community.tom), "policy", n, 1, 1)
    leon = as_(community.leon)
    see(leon, f"/groups/policy/topics/{n}")
    as_(community.leon).post("/caught-up")
    page = see(leon, f"/groups/policy/topics/{n}")
    assert "Show 3 earlier replies, from Tom and Sam" in page.words
    folded = page.text.split('<details class="earlier">')[1].split("</details></li>")[0]
    assert re.findall(r'id="post-(\d+)"', folded) == ["2", "3", "4"]
    linked = see(leon, f"/groups/policy/topics/{n}/posts/3")
    opened = linked.text.split('<details class="earlier">')[1].split("</details></li>")[0]
    assert re.findall(r'id="post-(\d+)"', opened) == ["2"]
    assert "Show 1 earlier reply, from Tom" in linked.words


def test_new_posts_and_the_accepted_answer_are_never_folded_away(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Never hidden")
    talk.replies(as_(community.tom), "policy", n, "", 1, 1, 1, 1, 1)
    assert "earlier repl" not in see(as_(community.sam), f"/groups/policy/topics/{n}").words
    maya = as_(community.maya)
    assert maya.post(f"/groups/policy/topics/{n}/answer", data={"no": "2"}).status_code == 303
    maya.post("/caught-up")
    assert "earlier repl" not in see(maya, f"/groups/policy/topics/{n}").words


def test_the_reply_page_works_without_script(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "No script")
    talk.reply(as_(community.tom), "policy", n, "First line\n\nSecond *line*")
    page = see(as_(community.sam), f"/groups/policy/topics/{n}/replies?to=1")
    assert "Reply to Tom Adeyemi, post 1" in page.words and 'name="to" type="hidden" value="1"' in page.text
    quoted = see(as_(community.sam), f"/groups/policy/topics/{n}/replies?to=1&quote=1")
    assert "&gt; First line\n&gt;\n&gt; Second *line*" in quoted.text and f"/topics/{n}/posts/1" in quoted.text
    assert "Post reply to Policy and Performance" in page.words


def test_an_empty_reply_comes_back_with_what_is_wrong(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Empty")
    reply = talk.reply(as_(community.tom), "policy", n, "   ")
    assert reply.status_code == 422 and "Write your reply" in reply.get_data(as_text=True)


def test_a_reply_sent_twice_is_posted_once(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Twice")
    same = {"key": key()}
    tom = as_(community.tom)
    one, two = (talk.reply(tom, "policy", n, "Only once", **same) for _ in range(2))
    assert one.headers["Location"] == two.headers["Location"]
    assert see(tom, f"/groups/policy/topics/{n}").posts == [1]


def test_a_file_sent_twice_with_a_reply_is_kept_once(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "File twice")
    same, tom = key(), as_(community.tom)
    for _ in range(2):
        file = (io.BytesIO(b"a,b\n1,2\n"), "table.csv")
        assert talk.reply(tom, "policy", n, "See the table", key=same, files=file).status_code == 303
    page = see(as_(community.maya), f"/groups/policy/topics/{n}")
    assert page.posts == [1] and page.article(1).count("attachment") >= 1
    assert page.article(1).count("/download") == 1


def test_who_replies_follows_and_the_answered_person_is_told(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Told")
    talk.reply(as_(community.tom), "policy", n)
    talk.reply(as_(community.sam), "policy", n, "To Tom", to=1)
    topic = db.session.scalars(select(Topic).where(Topic.title == "Told")).one()
    assert db.session.get(Follow, (community.sam.id, topic.id)) is not None
    told = select(Event.subject_id).where(Event.topic_id == topic.id, Event.kind == "post.answered").order_by(Event.id)
    assert list(db.session.scalars(told)) == [community.maya.id, community.tom.id]


def test_following_is_begun_and_ended(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Followed")
    sam, address = as_(community.sam), f"/groups/policy/topics/{n}"
    assert f'{address}/follow" aria-pressed="false"' in see(sam, address).text
    assert sam.post(f"{address}/follow").status_code == 303
    assert sam.post(f"{address}/follow").status_code == 303
    assert f'{address}/follow/end" aria-pressed="true"' in see(sam, address).text
    assert sam.post(f"{address}/follow/end").status_code == 303
    assert f'{address}/follow" aria-pressed="false"' in see(sam, address).text


def test_counters_count_replies_and_answers(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Counted")
    before = community.group("policy").post_count
    talk.replies(as_(community.maya), "policy", n, "")
    talk.replies(as_(community.tom), "policy", n, "", 1)
    db.session.expire_all()
    topic = community.topic("policy", n)
    assert (topic.reply_count, topic.answer_count, topic.last_no, topic.last_place) == (3, 2, 3, 2)
    assert community.group("policy").post_count == before + 3


def test_every_control_has_a_name_of_its_own(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Names")
    talk.replies(as_(community.tom), "policy", n, "", 1, "", 3)
    text = see(as_(community.maya), f"/groups/policy/topics/{n}").text
    main = text.split("<main", 1)[1].split("</main>", 1)[0]
    main = re.sub(r"<noscript>.*?</noscript>", "", main, flags=re.DOTALL)
    controls = re.findall(r"<(?:button|summary)[^>]*>(.*?)</(?:button|summary)>", main, re.DOTALL)
    controls += re.findall(r"<a [^>]*data-reply[^>]*>(.*?)</a>", main, re.DOTALL)
    named = [" ".join(re.sub(r"<[^>]+>", "", words).split()) for words in controls]
    named = [words for words in named if words != "Who is that?"]
    assert len(named) == len(set(named)) and len(named) > 15
