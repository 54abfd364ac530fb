"""A post with many listeners costs its writer no more than one with few: a job tells them, as they are then, once."""

import pytest
from sqlalchemy import func, insert, select, update

from forum import jobs
from forum.discussions.actions.spreading import FEW
from forum.groups import actions as groups
from forum.kit.clock import now
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.kit.signals import news_waits
from forum.models import Follow, Hear, Hearing, Membership, Mute, Notice, Post, Standing, Topic, Untold, User
from forum.who import person

MANY = FEW + 8


@pytest.fixture
def crowd(community, closed):
    """The ids of many members who follow the topic."""
    group = community.group("performance")
    people = [
        User(handle=f"listener{n}", handle_skeleton=skeleton(f"listener{n}"), email=f"listener{n}@example.org",
             name=f"Listener {n}", password="", fs_uniquifier=f"listener{n}", confirmed_at=now())
        for n in range(MANY)
    ]  # fmt: skip
    db.session.add_all(people)
    db.session.flush()
    topic_id = db.session.scalars(select(Topic.id).where(Topic.group_id == group.id, Topic.n == closed)).one()
    both = (group.id, group.parent_id)
    members = [{"user_id": one.id, "group_id": at, "standing": Standing.MEMBER} for one in people for at in both]
    db.session.execute(insert(Membership), members)
    db.session.execute(insert(Follow), [{"user_id": one.id, "topic_id": topic_id, "since": now()} for one in people])
    db.session.commit()
    return [one.id for one in people]


def told(*ids):
    """The kinds of what these people were told of posts, by person."""
    rows = db.session.execute(select(Notice.user_id, Notice.kind).where(Notice.user_id.in_(ids))).all()
    return sorted((row.user_id, row.kind) for row in rows)


def waiting():
    return db.session.scalar(select(func.count()).select_from(Untold))


def test_many_are_told_by_the_job_and_those_it_answers_or_names_at_once(community, as_, talk, closed, crowd):
    before = told(community.maya.id)
    talk.reply(as_(community.dan), "performance", closed, "@listener3, we keep a list.")
    assert told(community.maya.id) == sorted([*before, (community.maya.id, "reply")])
    assert told(*crowd) == [(crowd[3], "mention")] and waiting() == 1
    before = told(community.maya.id)
    jobs.tell_listeners()
    assert told(*crowd) == sorted((one, "mention" if one == crowd[3] else "post") for one in crowd)
    assert waiting() == 0 and told(community.maya.id) == before


def test_few_are_told_at_once(community, as_, talk, closed, crowd):
    db.session.execute(Follow.__table__.delete().where(Follow.user_id.in_(crowd[2:])))
    db.session.commit()
    talk.reply(as_(community.dan), "performance", closed)
    assert told(*crowd[:2]) == [(one, "post") for one in crowd[:2]] and waiting() == 0


def test_who_hears_of_every_post_is_a_listener_too(community, as_, talk, closed, crowd):
    group = community.group("performance")
    db.session.execute(Follow.__table__.delete().where(Follow.user_id.in_(crowd)))
    every = [{"user_id": one, "group_id": group.id, "choice": Hear.EVERY} for one in crowd]
    db.session.execute(insert(Hearing), every)
    db.session.commit()
    talk.reply(as_(community.dan), "performance", closed)
    assert told(*crowd) == []
    jobs.tell_listeners()
    assert told(*crowd) == [(one, "post") for one in crowd]


def test_the_rule_is_asked_when_the_job_comes(community, as_, talk, closed, crowd):
    talk.reply(as_(community.dan), "performance", closed)
    groups.leave(person(crowd[0]), community.group("performance"))
    db.session.add(Mute(user_id=crowd[1], muted_id=community.dan.id, since=now()))
    db.session.execute(Follow.__table__.delete().where(Follow.user_id == crowd[2]))
    db.session.execute(update(User).where(User.id == crowd[4]).values(active=False))
    db.session.commit()
    jobs.tell_listeners()
    left = [one for one in crowd if one not in (crowd[0], crowd[1], crowd[2], crowd[4])]
    assert told(*crowd) == [(one, "post") for one in left]


def test_the_job_tells_once_and_of_nothing_that_was_taken_away(community, as_, talk, closed, crowd):
    talk.reply(as_(community.dan), "performance", closed)
    jobs.tell_listeners()
    jobs.tell_listeners()
    assert len(told(*crowd)) == MANY
    talk.reply(as_(community.ceri), "performance", closed, "This goes away at once.")
    last = db.session.scalars(select(Post.id).order_by(Post.id.desc()).limit(1)).one()
    db.session.execute(update(Post).where(Post.id == last).values(deleted_at=now()))
    db.session.commit()
    jobs.tell_listeners()
    assert len(told(*crowd)) == MANY and waiting() == 0


def test_a_worker_is_asked_once_the_post_is_kept(app, community, as_, talk, closed, crowd):
    asked = []

    def note(_app):
        asked.append(True)

    with news_waits.connected_to(note):
        talk.reply(as_(community.dan), "performance", closed)
    assert asked == [True] and waiting() == 1
