"""What stands around every page: my groups with what is new in each, counted rarely and for little."""

import re
import time

from sqlalchemy import select

from forum.groups import chrome
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Post, Reading, Topic, TopicKind
from forum.who import catch_up, person


def new_in_rail(reply):
    """The rail of a page: what is new by slug, 0 where nothing is."""
    rail = reply.get_data(as_text=True).split('class="rail"')[1].split("</nav>")[0]
    return {
        slug: int(n or 0)
        for slug, n in re.findall(r'href="/groups/([\w-]+)".*?(?:<span class="count">(\d+)<|</a>)', rail)
    }


def write(community, group, author, title="Something new", no=0):
    """A topic with one post, just now."""
    group.last_topic_n += 1
    topic = Topic(
        group_id=group.id,
        n=group.last_topic_n,
        kind=TopicKind.DISCUSSION,
        title=title,
        author_id=author.id,
        last_no=no,
        last_post_at=now(),
    )
    db.session.add(topic)
    db.session.flush()
    db.session.add(
        Post(
            topic_id=topic.id,
            group_id=group.id,
            no=no,
            place=no,
            author_id=author.id,
            body="x",
            html="<p>x</p>",
            renderer=1,
        )
    )
    group.last_post_at = now()
    db.session.commit()
    return topic


def all_read(community, *people):
    """These people have read everything until now."""
    for user in people:
        catch_up(person(user.id), now())
    db.session.commit()


def test_the_rail_holds_my_groups_and_no_others(as_, community):
    assert set(new_in_rail(as_(community.maya).get("/groups"))) == {
        "policy",
        "performance",
        "safeguarding",
        "service-design",
    }


def test_a_visitor_has_no_rail(visitor):
    assert 'class="rail"' not in visitor.get("/groups").get_data(as_text=True)


def test_a_new_topic_counts_for_others_and_not_for_its_author(as_, community):
    all_read(community, community.maya, community.tom)
    write(community, community.group("policy"), community.tom)
    assert new_in_rail(as_(community.maya).get("/groups"))["policy"] == 1
    assert new_in_rail(as_(community.tom).get("/groups"))["policy"] == 0


def test_reading_it_takes_it_away_and_a_reply_brings_it_back(app, as_, community):
    all_read(community, community.maya)
    topic = write(community, community.group("policy"), community.tom)
    db.session.add(Reading(user_id=community.maya.id, topic_id=topic.id, seen_no=0, mark_no=0))
    db.session.commit()
    maya = as_(community.maya)
    assert new_in_rail(maya.get("/groups"))["policy"] == 0
    topic.last_no, topic.last_post_at = 1, now()
    group = community.group("policy")
    group.last_post_at = topic.last_post_at
    db.session.add(
        Post(
            topic_id=topic.id,
            group_id=group.id,
            no=1,
            place=1,
            author_id=community.tom.id,
            body="y",
            html="<p>y</p>",
            renderer=1,
        )
    )
    db.session.commit()
    assert new_in_rail(maya.get("/groups"))["policy"] == 1


def test_hidden_and_deleted_posts_are_not_new(as_, community):
    all_read(community, community.maya)
    for field in ("hidden_at", "deleted_at"):
        topic = write(community, community.group("policy"), community.tom)
        setattr(db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one(), field, now())
    hidden = write(community, community.group("policy"), community.tom)
    hidden.hidden_at = now()
    db.session.commit()
    assert new_in_rail(as_(community.maya).get("/groups"))["policy"] == 0


def test_old_posts_of_a_topic_are_not_new_to_who_joined_since(as_, community):
    write(community, community.group("policy"), community.tom)
    as_(community.joanna).post("/groups/policy/membership")
    assert new_in_rail(as_(community.joanna).get("/groups"))["policy"] == 0


def test_counting_is_one_statement_and_not_run_again_for_a_while(app, community, count_queries):
    maya = person(community.maya.id)
    group = community.group("policy")
    write(community, group, community.tom)
    maya = person(community.maya.id)
    with count_queries() as first:
        counted = chrome.rail(maya)
    with count_queries() as again:
        assert chrome.rail(maya) == counted
    assert (first.n, again.n) == (1, 0)
    app.extensions["rail"].clock = lambda: time.monotonic() + chrome.FRESH
    with count_queries() as later:
        chrome.rail(maya)
    assert later.n == 1


def test_someone_without_news_costs_no_statement(community, count_queries):
    all_read(community, community.maya)
    maya = person(community.maya.id)
    with count_queries() as statements:
        assert {corner.new for corner in chrome.rail(maya)} == {0}
    assert statements.n == 0


def test_a_crowd_of_topics_is_looked_at_no_further_than_the_newest(community):
    all_read(community, community.maya)
    group = community.group("policy")
    for n in range(chrome.NEWEST + 10):
        write(community, group, community.tom, f"Topic {n}")
    found = {corner.slug: corner.new for corner in chrome.rail(person(community.maya.id))}
    assert found["policy"] == chrome.NEWEST
