"""Facilitators announce to all members: they see how many it reaches and how, never whom, and not too often."""

import threading
from datetime import timedelta

from sqlalchemy import select, update

from forum import hearing
from forum.access import hearers, person
from forum.discussions import actions
from forum.discussions.actions import TooSoon
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.when import HOME, whole, zone_of
from forum.models import Group, Habit, Hear, Mail, Notice, Topic, TopicKind, User
from tests.discussions.conftest import key, see

NEW = "/groups/performance/topics/new"


def written(**more):
    return {
        "kind": "announcement",
        "title": "We meet in May",
        "body": "Bring questions.",
        "tags": "",
        "key": key(),
    } | more


def members(group, *but):
    return db.session.scalars(hearers(group).where(User.id.not_in([one.id for one in but])).order_by(User.id)).all()


def test_before_it_is_sent_it_says_how_many_it_reaches_and_how_and_names_nobody(community, as_, monkeypatch):
    group = community.group("performance")
    others = members(group, community.priya)
    choices = {0: Hear.NOTHING, 1: Hear.WEEKLY, 2: Hear.EVERY, 3: Hear.REPLIES}
    for at, choice in choices.items():
        hearing.choose(others[at].id, group.id, choice)
    db.session.add(Habit(user_id=others[2].id, daily=False))
    db.session.add(Habit(user_id=others[3].id, paused_until=now() + timedelta(days=3), daily=False))
    db.session.commit()
    count = len(others)
    assert hearing.reached(hearers(group).where(User.id != community.priya.id), group.id) == (count, 1, count - 3, 2)
    reply = as_(community.priya).post(NEW, data=written())
    page = " ".join(reply.get_data(as_text=True).split())
    assert reply.status_code == 200 and f"Goes to {count} members" in page and f"Announce to {count} members" in page
    assert ("1 member by mail now" in page) == (count >= hearing.FEWEST)
    assert "Bring questions." in page and not any(one.email in page or one.name in page for one in others)
    assert not db.session.scalar(select(Topic.id).where(Topic.title == "We meet in May")), "nothing is sent yet"
    monkeypatch.setattr(hearing, "FEWEST", count + 1)
    assert "by mail now" not in as_(community.priya).post(NEW, data=written()).get_data(as_text=True)


def test_who_gets_no_mail_since_it_came_back_is_reached_in_the_inbox(community):
    group = community.group("performance")
    others = hearers(group).where(User.id != community.priya.id)
    reader = members(group, community.priya)[0]
    db.session.add(Habit(user_id=reader.id, daily=False))
    hearing.choose(reader.id, group.id, Hear.EVERY)
    db.session.commit()
    before = hearing.reached(others, group.id)
    reader.mail_stopped_at = now()
    db.session.commit()
    after = hearing.reached(others, group.id)
    assert (after.now, after.inbox) == (before.now - 1, before.inbox + 1)
    assert (after.everyone, after.later) == (before.everyone, before.later)


def test_the_next_one_has_to_wait_and_says_until_when_and_keeps_what_was_typed(community, as_, talk):
    priya, ruth = as_(community.priya), as_(community.ruth)
    start = now()
    until = whole((start + timedelta(days=1)).astimezone(zone_of(HOME)))
    with clock.at(start):
        form = written(announce="1")
        first = priya.post(NEW, data=form)
        assert first.status_code == 303
        assert priya.post(NEW, data=form).headers["Location"] == first.headers["Location"], "sent twice is sent once"
        for step in ({}, {"announce": "1"}):
            reply = ruth.post(NEW, data=written(title="And another", **step))
            page = reply.get_data(as_text=True)
            assert reply.status_code == 422 and until in page
            assert "And another" in page and "Bring questions." in page
        assert talk.ask(ruth, "performance", "A plain topic").status_code == 303
    assert not db.session.scalar(select(Topic.id).where(Topic.title == "And another"))
    with clock.at(start + timedelta(hours=24, seconds=1)):
        assert talk.ask(ruth, "performance", "And another", kind="announcement").status_code == 303


def test_owners_set_how_often_and_facilitators_do_not(community, as_, talk):
    owner = as_(community.tom)
    assert owner.post("/groups/policy/manage/switches", data={"switch-announce_after": "-1"}).status_code == 422
    assert owner.post("/groups/policy/manage/switches", data={"switch-announce_after": "0"}).status_code == 303
    talk.topic(owner, "policy", "First news", kind="announcement")
    talk.topic(owner, "policy", "Second news", kind="announcement")
    settings = "/groups/performance/manage/switches"
    assert as_(community.priya).post(settings, data={"switch-announce_after": "0"}).status_code == 403
    assert db.session.scalar(select(Group.announce_after).where(Group.slug == "performance")) == 24


def test_of_two_at_once_one_is_sent(app, community):
    group = community.group("performance")
    db.session.execute(update(Group).where(Group.id == group.id).values(announced_at=None))
    db.session.commit()
    ready, results = threading.Barrier(2), []

    def announce(user_id, title):
        with app.app_context():
            me, mine = person(user_id), db.session.scalars(select(Group).where(Group.slug == "performance")).one()
            ready.wait()
            try:
                actions.start_topic(me, mine, TopicKind.ANNOUNCEMENT, title, "Bring questions.")
                db.session.commit()
                results.append("sent")
            except TooSoon as wait:
                db.session.rollback()
                results.append(wait.at > now())
            finally:
                db.session.remove()

    people = ((community.priya.id, "One"), (community.ruth.id, "Two"))
    threads = [threading.Thread(target=announce, args=one) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=str) == [True, "sent"]
    sent = select(Notice.id).where(Notice.kind == "announcement", Notice.user_id == community.maya.id)
    told = db.session.scalars(sent.join(Topic, Topic.title.in_(("One", "Two"))).distinct()).all()
    assert told and not db.session.scalar(select(Mail.id).where(Mail.address != ""))


def test_a_person_in_the_group_is_told_at_the_browser_of_no_reach(community, as_):
    assert as_(community.maya).post(NEW, data=written(announce="1")).status_code == 422
    assert "Goes to" not in see(as_(community.maya), NEW).words
