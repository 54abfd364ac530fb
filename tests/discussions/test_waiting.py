"""Questions that wait for an answer: in one group, and in all of mine; right after whatever happens to a reply."""

import re

import pytest
from sqlalchemy import update

from forum.discussions.actions.counting import count_topic
from forum.kit.db import db
from forum.models import Topic
from tests.discussions.conftest import see


def titles(page):
    """The titles of a list, in order."""
    return re.findall(r'class="topic-title"><a href="[^"]+">(.*?)</a>', page.text)


def waits(browser, title="Who knows?"):
    """Whether the question stands in both lists of what waits; they agree."""
    found = {title in titles(see(browser, address)) for address in ("/unanswered", "/groups/policy?show=unanswered")}
    assert len(found) == 1
    return found.pop()


@pytest.fixture
def asked(community, as_, talk):
    """The address of a question that Maya asked."""
    n = talk.topic(as_(community.maya), "policy", "Who knows?", tags="custody")
    return f"/groups/policy/topics/{n}"


def test_a_question_waits_until_somebody_else_replies(community, as_, talk, asked):
    leon, n = as_(community.leon), int(asked.rsplit("/", 1)[1])
    assert waits(leon)
    talk.replies(as_(community.maya), "policy", n, "")
    assert waits(leon), "her own words are no answer"
    talk.replies(as_(community.sam), "policy", n, "")
    assert not waits(leon)


@pytest.mark.parametrize(
    ("gone", "by", "back"),
    [("posts/1/deletion", "sam", ""), ("posts/1/hiding", "tom", "posts/1/hiding/end")],
    ids=["deleted", "hidden"],
)
def test_it_waits_again_when_the_only_reply_is_gone(gone, by, back, community, as_, talk, asked):
    leon = as_(community.leon)
    talk.replies(as_(community.sam), "policy", int(asked.rsplit("/", 1)[1]), "")
    assert as_(getattr(community, by)).post(f"{asked}/{gone}").status_code == 303
    assert waits(leon)
    if back:
        as_(community.tom).post(f"{asked}/{back}")
        assert not waits(leon)


def test_it_waits_again_when_the_only_reply_was_moved_away_and_it_is_counted_anew(community, as_, talk, asked):
    n = int(asked.rsplit("/", 1)[1])
    talk.replies(as_(community.sam), "policy", n, "")
    db.session.execute(update(Topic).where(Topic.title == "Who knows?").values(answer_count=7, reply_count=7))
    as_(community.sam).post(f"{asked}/posts/1/deletion")
    count_topic(community.topic("policy", n))
    db.session.commit()
    assert waits(as_(community.leon))


def test_what_cannot_be_answered_or_was_answered_by_its_author_does_not_wait(community, as_, talk, asked):
    leon = as_(community.leon)
    as_(community.tom).post(f"{asked}/closure")
    assert not waits(leon), "nobody may reply to a locked question"
    as_(community.tom).post(f"{asked}/closure/end")
    assert waits(leon)
    talk.replies(as_(community.maya), "policy", int(asked.rsplit("/", 1)[1]), "")
    as_(community.maya).post(f"{asked}/answer", data={"no": "1"})
    assert not waits(leon), "she found it out herself"


def test_hidden_questions_wait_for_facilitators_alone(community, as_, asked):
    as_(community.tom).post(f"{asked}/hiding")
    assert not waits(as_(community.leon))
    assert "Who knows?" in titles(see(as_(community.tom), "/unanswered"))


def test_the_list_is_of_my_groups_oldest_first_with_how_long_they_wait(community, as_, talk, asked):
    talk.topic(as_(community.leon), "commissioning", "Asked later")
    page = see(as_(community.leon), "/unanswered")
    found = titles(page)
    assert found.index("Who knows?") < found.index("Asked later")
    row = page.text.split("Asked later")[1].split("</li>")[0]
    assert "Waiting 1 minute" in row and community.group("commissioning").name in row
    assert "Asked later" not in titles(see(as_(community.maya), "/unanswered")), "she is not in that group"


def test_an_open_group_one_has_not_joined_is_not_among_mine(community, as_, talk, asked):
    assert "Who knows?" not in titles(see(as_(community.joanna), "/unanswered"))


def test_who_leaves_or_is_put_out_no_longer_finds_its_questions(community, as_, talk):
    talk.topic(as_(community.maya), "performance", "Among us")
    dan = as_(community.dan)
    assert "Among us" in titles(see(dan, "/unanswered"))
    assert dan.post("/groups/performance/departure").status_code == 303
    assert "Among us" not in see(dan, "/unanswered").text


def test_a_tag_filters_and_is_offered(community, as_, talk, asked):
    talk.topic(as_(community.maya), "policy", "Another", tags="audit")
    leon = as_(community.leon)
    page = see(leon, "/unanswered")
    assert 'href="/unanswered?tag=custody"' in page.text and 'href="/unanswered?tag=audit"' in page.text
    assert titles(see(leon, "/unanswered?tag=custody")) == ["Who knows?"]
    assert titles(see(leon, "/unanswered?tag=CUSTODY")) == ["Who knows?"]
    assert "waits" in see(leon, "/unanswered?tag=<b>nothing").words


def test_tags_of_questions_i_may_not_read_are_not_offered(community, as_, talk, asked):
    as_(community.tom).post(f"{asked}/hiding")
    assert "custody" not in see(as_(community.leon), "/unanswered").text
    assert "custody" in see(as_(community.tom), "/unanswered").text


def test_pages_follow_each_other_without_gap_or_repeat(app, community, as_, talk, asked):
    everything = titles(see(as_(community.leon), "/unanswered"))
    app.config["TOPICS_PER_PAGE"] = 2
    for number in range(5):
        talk.topic(as_(community.leon), "commissioning" if number % 2 else "policy", f"Same {number}")
    moment = community.topic("policy").created_at
    db.session.execute(update(Topic).where(Topic.title.like("Same %")).values(created_at=moment))
    db.session.commit()
    address, found = "/unanswered", []
    while address:
        page = see(as_(community.leon), address)
        found += titles(page)
        address = next((a.replace("&amp;", "&") for a in re.findall(r'href="([^"]+)" rel="next"', page.text)), "")
    assert len(found) == len(set(found)) and sorted(found) == sorted([*everything, *(f"Same {n}" for n in range(5))])


def test_a_key_that_is_no_key_shows_the_first_page(community, as_, asked):
    first = titles(see(as_(community.leon), "/unanswered"))
    for key in ("x", ".", "1", "1-x.policy", "9" * 30 + "-1.policy", "0-1.reorganisation"):
        assert titles(see(as_(community.leon), f"/unanswered?after={key}")) == first


def test_visitors_sign_in_first(visitor):
    reply = visitor.get("/unanswered")
    assert reply.status_code == 303 and "/sign-in" in reply.headers["Location"]


def test_the_number_of_statements_does_not_grow(community, as_, talk, watch):
    leon, counts = as_(community.leon), []
    for _ in range(2):
        for number in range(8):
            talk.topic(as_(community.leon), "commissioning", f"Row {number}", tags=f"tag{number}")
        leon.get("/unanswered")
        with watch() as seen:
            assert leon.get("/unanswered").status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 6


def test_facilitators_are_told_as_many_as_the_list_has(community, as_, talk, asked):
    tom = as_(community.tom)
    many = len(titles(see(tom, "/groups/policy?show=unanswered")))
    words = "Questions with no answer" if many > 1 else "Question with no answer"
    assert f"{many} {words}" in see(tom, "/groups/policy/manage").words
