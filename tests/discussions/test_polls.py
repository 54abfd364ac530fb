"""Polls: one vote a person, results for who voted, and what is asked stays once somebody has."""

import html
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from forum.access import person
from forum.groups import actions
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.models import Ballot, Membership, Poll, Standing, User
from tests.conftest import sign_in
from tests.discussions.conftest import see

ASKED = {"question": "Which day suits you?", "options": "Tuesday\nWednesday\n<b>Thursday</b>"}


@pytest.fixture
def topic(community, as_, talk):
    """The address of a topic by Maya in Policy, with her poll."""
    address = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'When do we meet')}"
    assert as_(community.maya).post(f"{address}/poll/new", data=ASKED).status_code == 303
    return address


def vote(browser, address, *choices, revision=1):
    """The answer to a vote."""
    return browser.post(
        f"{address}/poll/votes", data={"choice": [str(one) for one in choices], "revision": str(revision)}
    )


def ask(browser, address, **said):
    """The answer to a poll that is added."""
    return browser.post(f"{address}/poll/new", data={**ASKED, **said})


def test_a_poll_is_voted_in_and_then_shows_how_it_stands(community, as_, topic):
    sam, leon = as_(community.sam), as_(community.leon)
    before = see(leon, topic)
    assert "Which day suits you?" in before.words and "&lt;b&gt;Thursday&lt;/b&gt;" in before.text
    assert "0%" not in before.words and "Everyone who reads this topic can see what you choose." in before.words
    assert vote(sam, topic, 1).headers["Location"].endswith(f"{topic}#poll-h")
    assert "1 vote, 100%" in see(sam, topic).words and "Your choice" in see(sam, topic).words
    assert "1 vote" not in see(leon, topic).words
    vote(leon, topic, 0)
    assert "1 vote, 50%" in see(sam, topic).words
    names = see(sam, f"{topic}/poll").words
    assert community.sam.name in names and community.leon.name in names
    assert community.sam.name not in see(as_(community.tom), f"{topic}/poll").words


def test_a_vote_is_changed_and_stays_one(community, as_, topic):
    sam = as_(community.sam)
    for choice in (0, 1, 2):
        vote(sam, topic, choice)
    words = see(sam, topic).words
    assert "1 person has voted" in words and "0 votes, 0%" in words and "1 vote, 100%" in words


def test_several_may_be_chosen_only_where_it_says_so(community, as_, talk, topic):
    sam = as_(community.sam)
    refused = vote(sam, topic, 0, 1)
    assert refused.status_code == 422 and "Choose one option" in refused.get_data(as_text=True)
    assert vote(sam, topic).status_code == 422 == vote(sam, topic, 7).status_code == vote(sam, topic, "x").status_code
    other = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Several')}"
    ask(as_(community.maya), other, several="y")
    vote(sam, other, 0, 2)
    vote(as_(community.leon), other, 0)
    words = see(sam, other).words
    assert "2 people have voted" in words and "2 votes, 100%" in words and "1 vote, 50%" in words


def test_nobody_sees_who_chose_what_in_an_anonymous_poll(community, as_, talk):
    topic = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'In secret')}"
    ask(as_(community.maya), topic, anonymous="y")
    assert "Nobody is shown who chose what." in see(as_(community.sam), topic).words
    vote(as_(community.sam), topic, 0)
    vote(as_(community.maya), topic, 1)
    page = see(as_(community.maya), f"{topic}/poll")
    assert "2 people have voted" in page.words and community.sam.name not in page.words
    assert "Who chose what" not in see(as_(community.maya), topic).words


def test_only_members_vote_and_only_its_author_or_facilitators_ask(community, as_, talk, topic, visitor):
    assert vote(as_(community.joanna), topic, 0).status_code == 403
    assert vote(visitor, topic, 0).status_code in (303, 403)
    plain = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Plain')}"
    assert ask(as_(community.sam), plain).status_code == 403
    assert ask(as_(community.tom), plain).status_code == 303
    assert "Which day suits you?" in see(as_(community.sam), plain).words
    for what in ("edit", "closure", "removal"):
        assert as_(community.sam).post(f"{plain}/poll/{what}", data=ASKED).status_code == 403
    closed = f"/groups/performance/topics/{talk.topic(as_(community.priya), 'performance', 'Closed')}"
    assert (
        vote(as_(community.sam), closed, 0).status_code == 403
        and vote(as_(community.maya), closed, 0).status_code == 404
    )


def test_what_is_asked_stays_once_somebody_has_voted(community, as_, topic):
    maya = as_(community.maya)
    changed = {**ASKED, "options": "Monday\nFriday", "revision": "1"}
    assert maya.post(f"{topic}/poll/edit", data=changed).status_code == 303
    assert "Friday" in see(as_(community.sam), topic).words
    vote(as_(community.sam), topic, 0, revision=1)
    assert (
        "The poll was changed while you looked at it" in see(as_(community.sam), topic).words
        or db.session.scalar(
            select(func.count()).select_from(Ballot).join(Poll).where(Poll.question == ASKED["question"])
        )
        == 0
    )
    assert vote(as_(community.sam), topic, 0, revision=2).status_code == 303
    late = maya.post(f"{topic}/poll/edit", data={**changed, "options": "Only\nThese", "revision": "2"})
    assert late.status_code == 409 and "Somebody has voted meanwhile" in late.get_data(as_text=True)
    assert (
        "Only\nThese" in html.unescape(late.get_data(as_text=True)) and "Friday" in see(as_(community.sam), topic).words
    )


def test_a_poll_closes_and_then_shows_everyone_how_it_stands(community, as_, topic):
    vote(as_(community.sam), topic, 1)
    leon = as_(community.leon)
    as_(community.maya).post(f"{topic}/poll/closure")
    vote(leon, topic, 0)
    page = see(leon, topic)
    assert "The poll closed before your vote arrived, so it was not counted." in page.words
    assert "1 vote, 100%" in page.words and "closed" in page.words and "/poll/votes" not in page.text


def test_a_poll_closes_by_itself_at_the_end_of_its_day(community, as_, talk):
    topic = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Until then')}"
    day = (now() + timedelta(days=2)).date()
    assert ask(as_(community.maya), topic, until=day.isoformat()).status_code == 303
    leon = as_(community.leon)
    tag = leon.get(topic).headers["ETag"]
    assert "open until" in see(leon, topic).words
    with clock.at(now() + timedelta(days=4)):
        assert leon.get(topic, headers={"If-None-Match": tag}).status_code == 200
        vote(leon, topic, 0)
        assert "closed" in see(leon, topic).words and "0 people have voted" in see(leon, topic).words


def test_bad_polls_come_back_with_what_was_typed(community, as_, talk):
    topic = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Bad')}"
    maya = as_(community.maya)
    for wrong, said in (
        ({"question": ""}, "Write the question"), ({"options": "One"}, "Write 2 to 20 options"),
        ({"options": "\n".join(f"Option {n}" for n in range(21))}, "These are 21"), ({"options": "Same\nsame"}, "Two options are the same"),
        ({"options": "x" * 121 + "\ny"}, "has 121"), ({"until": "2001-01-01"}, "from today on"), ({"until": "never"}, "Write a date"),
    ):  # fmt: skip
        reply = ask(maya, topic, **wrong)
        assert reply.status_code == 422, wrong
        text = html.unescape(reply.get_data(as_text=True))
        assert said in text, wrong
        assert wrong.get("options", ASKED["options"]).split("\n")[0] in text
    assert ask(maya, topic).status_code == 303
    assert ask(maya, topic, question="A second one").status_code == 303
    page = see(maya, topic)
    assert "has a poll already" in page.words and "A second one" not in page.words.replace("A second one has", "")


def test_a_poll_is_made_with_its_topic(community, as_, talk):
    reply = talk.ask(as_(community.maya), "policy", "With a poll", poll="1")
    assert reply.status_code == 303 and reply.headers["Location"].endswith("/poll/new")


def test_a_poll_goes_with_its_votes_and_with_its_topic(community, as_, talk, topic):
    def many():
        return [db.session.scalar(select(func.count()).select_from(kind)) for kind in (Poll, Ballot)]

    polls, ballots = many()
    vote(as_(community.sam), topic, 0)
    assert many() == [polls, ballots + 1]
    as_(community.maya).post(f"{topic}/poll/removal")
    assert "Which day suits you?" not in see(as_(community.sam), topic).words
    assert many() == [polls - 1, ballots]
    ask(as_(community.maya), topic)
    assert many() == [polls, ballots]
    as_(community.maya).post(f"{topic}/posts/0/deletion")
    assert many() == [polls - 1, ballots]


def test_fifty_people_vote_at_once_twice_each_and_none_is_lost(app, community, topic):
    group = community.group("policy").id
    users = [
        User(handle=f"v{n}", handle_skeleton=skeleton(f"v{n}"), email=f"v{n}@example.org", name=f"V {n}",
             fs_uniquifier=f"v{n}", confirmed_at=now()) for n in range(50)
    ]  # fmt: skip
    db.session.add_all(users)
    db.session.flush()
    db.session.add_all(Membership(user_id=user.id, group_id=group, standing=Standing.MEMBER) for user in users)
    db.session.commit()
    browsers = [sign_in(app, user) for user in users] * 2
    db.session.remove()

    def cast(at):
        with app.app_context():
            return vote(browsers[at], topic, at % 3).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(cast, range(100))) == {303}
    poll = db.session.scalars(select(Poll).where(Poll.question == ASKED["question"])).one()
    assert db.session.scalar(select(func.count()).where(Ballot.poll_id == poll.id)) == 50


def test_a_poll_needs_one_statement_more_however_many_vote(community, as_, topic, watch):
    counts = []
    for who in (community.sam, community.leon):
        vote(as_(who), topic, 0)
        browser = as_(community.sam)
        see(browser, topic)
        with watch() as seen:
            see(browser, topic)
        counts.append(len([s for s in seen.statements if s.startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1]


def test_today_is_the_day_it_is_for_whoever_asks(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Near and far")
    with clock.at(datetime(2031, 3, 4, 23, 0, tzinfo=UTC)):
        for zone, day, status in (
            ("Pacific/Kiritimati", "2031-03-04", 422),
            ("Pacific/Honolulu", "2031-03-03", 422),
            ("America/Los_Angeles", "2031-03-04", 303),
        ):
            community.maya.timezone = zone
            db.session.commit()
            assert ask(as_(community.maya), f"/groups/policy/topics/{n}", until=day).status_code == status, zone


def test_who_is_banned_reads_on_the_web_but_not_who_chose_what(community, as_, topic, visitor):
    group = community.group("policy")
    group.public_reading = True
    db.session.commit()
    vote(as_(community.sam), topic, 1)
    actions.ban(person(community.ruth.id), community.leon, group)
    as_(community.maya).post(f"{topic}/poll/closure", data={})
    db.session.commit()
    for reader in (as_(community.leon), visitor):
        page = see(reader, f"{topic}/poll").words
        assert "1 vote" in page and community.sam.name not in page
    assert community.sam.name in see(as_(community.tom), f"{topic}/poll").words
