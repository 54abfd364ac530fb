"""Two at once, on the real database: one effect, the other is told, and no reply is lost."""

from collections import Counter

from sqlalchemy import select

from forum.access import person
from forum.discussions import actions, moving
from forum.kit.db import db
from forum.models import AuditEntry, Group, Post, Topic
from tests.groups import test_races


def at_once(app, *deeds):
    """What each deed came to; who waited for the turn to write longer than the site lets them is told so, too."""
    return ["Settled" if each == "OperationalError" else each for each in test_races.at_once(app, *deeds)]


def found(slug, n):
    """A topic, as it is now."""
    named = select(Topic).join(Group, Group.id == Topic.group_id).where(Group.slug == slug, Topic.n == n)
    return db.session.scalars(named).one()


def group(slug):
    """A group, as it is now."""
    return db.session.scalars(select(Group).where(Group.slug == slug)).one()


def mover(who, n, to, seal):
    """A deed: that person moves the topic there."""

    def run():
        moving.move_topic(person(who), found("performance", n), group(to), seal)

    return run


def seal(n, to):
    """What was shown before."""
    shown = moving.of_topic(found("performance", n), group(to)).seal
    db.session.rollback()
    return shown


def both_lead(community, as_):
    """Priya and Ruth look after all three groups."""
    as_(community.tom).post("/groups/policy/manage/people/priya/role", data={"role": "facilitator"})
    return community.ruth.id, community.priya.id


def test_two_move_one_topic_at_once(app, community, as_, talk):
    ruth, priya = both_lead(community, as_)
    n = talk.topic(as_(community.maya), "performance", "Of numbats")
    seals = [seal(n, to) for to in ("policy", "safeguarding")]
    results = at_once(app, mover(ruth, n, "policy", seals[0]), mover(priya, n, "safeguarding", seals[1]))
    assert Counter(results) == {"done": 1, "Settled": 1}
    moved = select(AuditEntry).where(AuditEntry.action == "topic.moved")
    assert len(db.session.scalars(moved).all()) == 1


def test_two_merge_each_into_the_other_at_once(app, community, as_, talk):
    one, two = (talk.topic(as_(community.maya), "performance", f"Numbat {n}") for n in range(2))
    ruth, priya = community.ruth.id, community.priya.id
    seals = []
    for a, b in ((one, two), (two, one)):
        first, second = found("performance", a), found("performance", b)
        seals.append(moving.of_post(moving.posts_of(first), first, second).seal)
    db.session.rollback()

    def merger(who, a, b, shown):
        def run():
            moving.merge(person(who), found("performance", a), found("performance", b), shown)

        return run

    results = at_once(app, merger(ruth, one, two, seals[0]), merger(priya, two, one, seals[1]))
    assert Counter(results) == {"done": 1, "Settled": 1}
    live = [n for n in (one, two) if found("performance", n).deleted_at is None]
    assert len(live) == 1 and found("performance", live[0]).reply_count == 1


def test_a_reply_arrives_while_its_topic_moves(app, community, as_, talk):
    ruth, maya = community.ruth.id, community.maya.id
    for at in range(2):
        n = talk.topic(as_(community.maya), "performance", f"Numbat {at}")
        shown = seal(n, "policy")

        def answer(n=n):
            me = person(maya)
            actions.reply(me, found("performance", n), "While it moves.")

        results = at_once(app, mover(ruth, n, "policy", shown), answer)
        db.session.expire_all()
        assert set(results) <= {"done", "Settled", "Closed", "NoResultFound"}
        posts = db.session.execute(
            select(Post.group_id, Topic.group_id, Topic.reply_count)
            .join(Topic, Topic.id == Post.topic_id)
            .where(Topic.title == f"Numbat {at}")
        ).all()
        assert all(post == topic for post, topic, _ in posts)
        assert posts[0][2] == len(posts) - 1 == (1 if results[1] == "done" else 0)


def test_a_reply_arrives_while_the_post_it_answers_is_split_off(app, community, as_, talk):
    ruth, tom = community.ruth.id, community.tom.id
    n = talk.topic(as_(community.maya), "performance", "Of numbats")
    talk.reply(as_(community.dan), "performance", n)

    def split():
        moving.split(person(ruth), found("performance", n), 1, "discussion", "What they eat")

    def answer():
        topic = found("performance", n)
        parent = db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.no == 1)).one()
        actions.reply(person(tom), topic, "To that.", parent)

    results = at_once(app, split, answer)
    assert results[0] == "done" and results[1] in ("done", "Closed", "NoResultFound", "Settled")
    stray = select(Post.id, Post.parent_id, Post.topic_id).where(Post.parent_id.is_not(None))
    for _, parent, topic_id in db.session.execute(stray):
        assert db.session.scalar(select(Post.topic_id).where(Post.id == parent)) == topic_id
