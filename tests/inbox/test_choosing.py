"""People choose how they hear of each group: when they join, and at any time in their settings."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum import hearing
from forum.discussions import actions
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Habit, Hear, Topic
from forum.who import person
from tests.discussions.conftest import see

HABITS = {"pace": "now", "hour": "6", "day": "4", "quiet_from": "22", "quiet_to": "7", "paused_until": ""}


def chosen(user, group):
    """What this person chose for a group."""
    db.session.expire_all()
    return hearing.choices_of(user.id).get(group.id)


def test_joining_leads_to_one_screen_that_asks(community, as_):
    joanna = as_(community.joanna)
    page = joanna.post("/groups/policy/membership", follow_redirects=True)
    words = page.get_data(as_text=True)
    assert page.request.path == "/groups/policy/hearing" and "You are a member of" in words
    for said in ("How do you want to hear from us?", "Who can see what", "guidelines", "mail"):
        assert said in words
    assert words.count('name="hear"') == 4 and words.count("checked") == 1
    joanna.post("/groups/policy/hearing", data={"hear": "weekly"})
    assert chosen(community.joanna, community.group("policy")) == Hear.WEEKLY


def test_the_estimate_counts_the_last_eight_weeks_and_not_ones_own(community, as_, talk, closed):
    before = hearing.estimates(person(community.ceri.id), [community.group("performance").id])
    with clock.at(now() - timedelta(weeks=9)):
        talk.reply(as_(community.dan), "performance", closed, "Long ago.")
    talk.replies(as_(community.dan), "performance", closed, *[""] * 8)
    talk.reply(as_(community.ceri), "performance", closed, "My own.")
    after = hearing.estimates(person(community.ceri.id), [community.group("performance").id])
    number = community.group("performance").id
    assert after[number][Hear.EVERY] == pytest.approx(before[number][Hear.EVERY] + 1)
    assert after[number][Hear.REPLIES] == before[number][Hear.REPLIES]


@pytest.mark.parametrize("who", ["ceri", "priya"])
@pytest.mark.parametrize("deed", ["hiding", "deletion"])
def test_the_estimate_counts_no_topic_that_is_hidden_or_deleted(community, as_, talk, closed, who, deed):
    def estimate():
        return hearing.estimates(person(getattr(community, who).id), [group])[group]

    group = community.group("performance").id
    ruth = as_(community.ruth)
    before = estimate()
    n = talk.topic(ruth, "performance", "We meet in May", kind="announcement")
    talk.replies(as_(community.dan), "performance", n, "", "")
    during = estimate()
    assert during[Hear.EVERY] > before[Hear.EVERY] and during[Hear.REPLIES] > before[Hear.REPLIES]
    found = select(Topic).where(Topic.group_id == group, Topic.n == n)
    topic = db.session.scalars(found).one()
    leader = person(community.ruth.id)
    if deed == "hiding":
        actions.hide_topic(leader, topic)
    else:
        actions.delete_topic(leader, topic)
    db.session.commit()
    assert estimate() == before


def test_the_settings_hold_exactly_four_choices_a_group_and_all_habits(community, as_):
    maya = as_(community.maya)
    page = see(maya, "/settings/hearing")
    assert page.text.count('name="hear-performance"') == 4 and page.words.count("A summary once a week") >= 1
    assert maya.post("/settings/hearing", data={**HABITS, "hear-performance": "every"}).status_code == 303
    assert chosen(community.maya, community.group("performance")) == Hear.EVERY
    habit = db.session.scalars(select(Habit).where(Habit.user_id == community.maya.id)).one()
    assert (habit.daily, habit.hour, habit.day, habit.quiet_from, habit.quiet_to) == (False, 6, 4, 22, 7)
    assert 'value="22" selected' in see(maya, "/settings/hearing").text.replace(
        'selected value="22"', 'value="22" selected'
    )


def test_mail_is_paused_until_a_day(community, as_):
    maya, day = as_(community.maya), now() + timedelta(days=10)
    maya.post("/settings/hearing", data={**HABITS, "paused_until": day.date().isoformat()})
    habit = hearing.habit_of(community.maya.id)
    assert hearing.paused(habit, now()) and not hearing.paused(habit, day + timedelta(days=1))
    assert day.date().isoformat() in see(maya, "/settings/hearing").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"pace": "often"},
        {"hour": "24"},
        {"paused_until": "soon"},
        {"paused_until": "0001-01-01"},
        {"paused_until": "9999-12-31"},
        {"quiet_to": ""},
        {"hear-performance": "all"},
    ],
)
def test_what_there_is_not_can_not_be_chosen(community, as_, wrong):
    maya = as_(community.maya)
    assert maya.post("/settings/hearing", data={**HABITS, **wrong}).status_code == 422
    assert chosen(community.maya, community.group("performance")) is None
    assert maya.post("/groups/performance/hearing", data={"hear": "all"}).status_code == 422


def test_only_members_choose(community, as_):
    assert as_(community.sam).get("/groups/performance/hearing").status_code == 403
    assert as_(community.joanna).post("/groups/policy/hearing", data={"hear": "every"}).status_code == 403
    as_(community.sam).post("/settings/hearing", data={**HABITS, "hear-performance": "every"})
    assert chosen(community.sam, community.group("performance")) is None


@pytest.mark.parametrize(("hour", "sleeps"), [(21, False), (22, True), (3, True), (7, False)])
def test_quiet_hours_are_those_of_the_zone(app, hour, sleeps):
    habit = Habit(quiet_from=22, quiet_to=7)
    moment = now().replace(month=1, day=10, hour=hour, minute=30)
    assert hearing.quiet(habit, "Europe/London", moment) is sleeps
    assert hearing.quiet(Habit(quiet_from=1, quiet_to=2), "Asia/Tokyo", moment.replace(hour=16)) is True
