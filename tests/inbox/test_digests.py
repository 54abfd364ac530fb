"""Summaries come at each person's hour, once in each period, and say only what may be read when they are sent."""

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from forum import jobs, outbox
from forum.groups import actions as groups
from forum.inbox import digests
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Habit, Mail, Notice
from forum.outbox import news
from forum.outbox.letter import write
from forum.who import person
from tests.inbox.test_mail import words

DAY = timedelta(days=1)


@pytest.fixture
def daily(letters, wants):
    """Dan hears of every post, together at seven; his hour was reckoned before anything happened."""
    wants("dan", "every", pace="daily")
    return letters


def tomorrow(days=1):
    """A moment after the hour of the summary, so many days on."""
    return clock.at(now() + DAY * days)


def test_a_day_comes_together_in_one_mail(community, as_, talk, closed, daily):
    talk.reply(as_(community.maya), "performance", closed, "Said in the morning.")
    assert daily(community.dan) == []
    talk.reply(as_(community.maya), "performance", closed, "Said in the evening.")
    with tomorrow():
        (letter,) = daily(community.dan)
        assert "Said in the morning." in words(letter) and "Said in the evening." in words(letter)
        assert "Performance Management" in words(letter) and "/mail/stop/" in words(letter)
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert len(daily(community.dan)) == 1
    with tomorrow(2):
        assert len(daily(community.dan)) == 1, "nothing new, nothing sent"


def test_what_was_lost_between_building_and_sending_is_not_in_it(community, as_, talk, closed, daily):
    talk.topic(as_(community.maya), "policy", "Open to all")
    talk.reply(as_(community.maya), "performance", closed, "For members alone.")
    daily.run()
    with tomorrow():
        for user_id in digests.due():
            digests.sum_up(user_id)
        db.session.commit()
        groups.leave(person(community.dan.id), community.group("performance"))
        db.session.commit()
        outbox.deliver()
        assert not [letter for letter in daily(community.dan) if "For members alone." in words(letter)]


def test_two_schedulers_at_once_send_one(app, community, as_, talk, closed, daily):
    talk.reply(as_(community.maya), "performance", closed)
    daily.run()
    dan, then = community.dan.id, now() + DAY
    db.session.remove()

    def scheduler(_):
        with app.app_context(), clock.at(then):
            queued = digests.sum_up(dan)
            db.session.commit()
            return queued

    with ThreadPoolExecutor(4) as several:
        assert sum(several.map(scheduler, range(4))) == 1
    assert db.session.query(Mail).where(Mail.once.like("digest:%")).count() == 1


def test_a_scheduler_that_dies_before_it_commits_loses_nothing(community, as_, talk, closed, daily):
    talk.reply(as_(community.maya), "performance", closed)
    daily.run()
    with tomorrow():
        assert digests.sum_up(community.dan.id) == 1
        db.session.rollback()
        assert len(daily(community.dan)) == 1


@pytest.mark.parametrize("hour", [0, 6, 8, 23])
def test_a_week_is_summed_up_on_its_day_whenever_the_jobs_ran(community, as_, talk, letters, wants, hour):
    begun = (now() + DAY).replace(hour=hour, minute=16)
    with clock.at(begun):
        wants("dan", "weekly", pace="daily", day=str((begun + DAY).weekday()))
        letters.run()
        talk.topic(as_(community.maya), "performance", "Of this week")
    with clock.at((begun + DAY).replace(hour=12)):
        found = [letter for letter in letters(community.dan) if "Of this week" in words(letter)]
    assert len(found) == 1 and "this week" in found[0]["Subject"]


@pytest.mark.parametrize("pace", ["daily", "now"])
def test_who_paused_hears_of_what_comes_after_it(community, as_, talk, closed, letters, wants, pace):
    wants("dan", "every", pace=pace, paused_until=(now() + 3 * DAY).date().isoformat())
    talk.reply(as_(community.maya), "performance", closed, "While you were away.")
    letters.run()
    with tomorrow(2):
        assert letters(community.dan) == []
    with tomorrow(5):
        letters.run()
        talk.reply(as_(community.maya), "performance", closed, "Good to see you.")
    with tomorrow(7):
        (letter,) = letters(community.dan)
    assert "Good to see you." in words(letter) and "While you were away." not in words(letter)


def test_who_ends_a_pause_early_gets_no_mail_of_it_either(community, as_, talk, closed, letters, wants):
    wants("dan", "every", paused_until=(now() + 9 * DAY).date().isoformat())
    talk.reply(as_(community.maya), "performance", closed, "While you were away.")
    wants("dan", "every")
    assert letters(community.dan) == []


def test_of_too_much_the_newest_comes_and_the_rest_is_counted(community, as_, talk, closed, daily, monkeypatch):
    monkeypatch.setattr(news, "MOST", 3)
    for n in range(5):
        talk.reply(as_(community.maya), "performance", closed, f"Said as number {n}.")
    daily.run()
    with tomorrow():
        (letter,) = daily(community.dan)
    said = words(letter)
    assert [n for n in range(5) if f"Said as number {n}." in said] == [2, 3, 4]
    assert "And 2 more in your inbox" in said and said.index("number 2") < said.index("number 4")


def queued(community, talk, as_, closed, daily, many, days=1):
    """The number of Dan's summary of so many replies, which waits."""
    talk.replies(as_(community.maya), "performance", closed, *[""] * many)
    daily.run()
    with tomorrow(days):
        jobs.send_digests()
    db.session.remove()
    return db.session.scalars(select(Mail.id).where(Mail.template == "news").order_by(Mail.id.desc())).first()


def test_a_longer_summary_takes_no_more_statements(community, as_, talk, closed, daily, watch):
    costs = []
    for day, many in enumerate((2, 9), 1):
        number = queued(community, talk, as_, closed, daily, many, day)
        with watch() as seen:
            assert words(write(number)).count("Reply number") == many
        costs.append(len(seen.statements))
        db.session.execute(update(Notice).values(read_at=now()))
        db.session.commit()
    assert costs[1] <= costs[0] <= 18


def test_writing_many_summaries_holds_no_memory(app, community, as_, talk, closed, daily):
    number = queued(community, talk, as_, closed, daily, 9)

    def written(times):
        for _ in range(times):
            with app.app_context():
                assert write(number) is not None
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = written(20)
        assert written(60) - before < 100_000, "bytes that stay after sixty summaries"
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("zone", "after", "expected"),
    [
        ("Europe/London", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 5, 1, 0, tzinfo=UTC), datetime(2026, 5, 1, 22, tzinfo=UTC)),
    ],
)
def test_the_hour_is_that_of_the_zone_also_when_clocks_change(zone, after, expected):
    assert digests.next_at(Habit(hour=7), zone, after) == expected
