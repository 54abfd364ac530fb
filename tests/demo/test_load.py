"""The demo community as it is loaded: the same people, groups, words and files that its content names."""

import json
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from forum import demo, outbox, uploads
from forum.kit import clock
from forum.kit.db import db
from forum.members.accounts import fits
from forum.models import AuditEntry, Document, Event, Group, Mail, Membership, Post, Topic, User, Version
from forum.who import seats_of

DEMO = Path(demo.__file__).parent
PEOPLE = {row["key"]: row for row in tomllib.loads((DEMO / "people.toml").read_text())["person"]}
GROUPS = {row["slug"]: row for row in tomllib.loads((DEMO / "groups.toml").read_text())["group"]}
TOPICS = {row["key"]: row for row in tomllib.loads((DEMO / "topics.toml").read_text())["topic"]}
DOCUMENTS = {row["key"]: row for row in tomllib.loads((DEMO / "library.toml").read_text())["document"]}


def count(*conditions, of):
    return db.session.scalar(sa.select(sa.func.count()).select_from(of).where(*conditions))


def days(moment):
    return (clock.now() - moment) / timedelta(days=1)


def test_everybody_stands_where_the_story_says(community):
    for key, row in PEOPLE.items():
        user = getattr(community, key)
        wanted = {seat["group"]: seat["standing"] for seat in row["seats"]}
        assert {seat.slug: seat.standing.value for seat in seats_of(user.id).values()} == wanted
        assert (user.active, user.confirmed_at is not None) == (
            row["status"] != "suspended",
            row["status"] != "unconfirmed",
        )
        assert user.admin == row.get("admin", False)


def test_everybody_came_when_the_story_says(community):
    for key, row in PEOPLE.items():
        user = getattr(community, key)
        assert days(user.created_at) == pytest.approx(row["joined_days_ago"], abs=0.1)
        for seat in row["seats"]:
            stands = db.session.scalars(
                sa.select(Membership).join(Group).where(Membership.user_id == user.id, Group.slug == seat["group"])
            ).one()
            assert days(stands.since) == pytest.approx(seat["days_ago"], abs=1)


def test_everybody_who_may_sign_in_has_the_password_that_is_printed(community):
    assert fits(community.maya, demo.PASSWORD) and fits(community.joanna, demo.PASSWORD)
    assert len({user.password for user in db.session.scalars(sa.select(User))}) == 1, "hashed once"


def test_groups_are_as_the_story_says_and_counted(community):
    for slug, row in GROUPS.items():
        group = community.group(slug)
        assert (group.name, group.kind.value, group.hue, group.emblem) == (
            row["name"],
            row["kind"],
            row["hue"],
            row["emblem"],
        )
        assert (group.parent.slug if group.parent else None) == row.get("parent")
        assert group.welcome == row["welcome_text"].strip()
        seated = [
            key
            for key in PEOPLE
            for seat in PEOPLE[key]["seats"]
            if seat["group"] == slug
            and seat["standing"] in {"owner", "facilitator", "member"}
            and PEOPLE[key]["status"] == "active"
        ]
        assert group.member_count == len(seated)
        assert group.organisation_count == len({PEOPLE[key]["organisation"] for key in seated})
        assert group.topic_count == len([row for row in TOPICS.values() if row["group"] == slug])
        assert group.document_count == count(
            Document.group_id == group.id, Document.audience != "facilitators", of=Document
        )
        assert days(group.created_at) == pytest.approx(row["days_ago"], abs=0.1)


def test_conversations_run_as_the_story_says(community):
    for row in TOPICS.values():
        topic = db.session.scalars(
            sa.select(Topic).join(Group).where(Group.slug == row["group"], Topic.title == row["title"])
        ).one()
        posts = db.session.scalars(sa.select(Post).where(Post.topic_id == topic.id).order_by(Post.no)).all()
        replies = row.get("reply", [])
        assert [post.body for post in posts] == [one["body"].strip() for one in (row, *replies)]
        assert [days(post.created_at) for post in posts] == pytest.approx(
            [one["days_ago"] for one in (row, *replies)], abs=0.01
        )
        numbers = {post.id: post.no for post in posts}
        assert [numbers.get(post.parent_id) for post in posts[1:]] == [reply.get("to") for reply in replies]
        assert [post.no for post in posts if post.hidden_at] == [
            no for no, one in enumerate(replies, 1) if "hidden_by" in one
        ]
        assert (topic.pinned, topic.locked_at is not None) == (row.get("pinned", False), row.get("locked", False))
        assert topic.last_post_at == posts[-1].created_at and topic.last_no == len(replies)


def test_files_are_there_with_their_bytes(community):
    for row in DOCUMENTS.values():
        document = db.session.scalars(
            sa.select(Document).join(Group).where(Group.slug == row["group"], Document.title == row["title"])
        ).one()
        version = db.session.scalars(sa.select(Version).where(Version.document_id == document.id)).one()
        assert uploads.stream_of(version.storage_key).read() == (DEMO / "files" / row["file"]).read_bytes()
        assert (document.audience.value, document.licence, document.folder) == (
            row["audience"],
            row["licence"],
            row["folder"],
        )
        assert (document.post_id is not None) == ("topic" in row)


def test_nothing_is_left_over(community):
    assert uploads.missing() == [] and uploads.orphans() == {}
    assert count(of=Document) == len(DOCUMENTS) and count(of=User) == len(PEOPLE)
    assert count(of=Mail) == 0 and outbox.deliver() == 0


def test_the_log_and_the_events_tell_the_story_in_its_own_time(community):
    ban = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "member.banned").order_by(AuditEntry.id)
    ).first()
    assert ban.actor_id == community.ruth.id and ban.subject_id == community.vic.id
    assert days(ban.at) == pytest.approx(21, abs=0.1)
    joined = db.session.scalars(sa.select(Event.created_at).order_by(Event.id)).all()
    assert joined == sorted(joined) and days(joined[0]) == pytest.approx(684, abs=0.1)


def test_what_is_new_is_new_to_everybody_and_the_rest_is_read(community):
    for seat in seats_of(community.maya.id).values():
        assert days(seat.caught_up_at) == pytest.approx(2, abs=0.1)


def test_scripts_find_everything_by_its_address(community, as_):
    told = json.loads(json.dumps(demo.describe()))
    assert {person["handle"] for person in told["people"]} == set(PEOPLE)
    maya = next(person for person in told["people"] if person["handle"] == "maya")
    assert maya["password"] == demo.PASSWORD and maya["standing"]["performance"] == "member"
    gareth = next(person for person in told["people"] if person["handle"] == "gareth")
    assert gareth["status"] == "suspended" and gareth["standing"]["performance"] == "member"
    assert {group["slug"]: group["kind"] for group in told["groups"]} == {
        slug: row["kind"] for slug, row in GROUPS.items()
    }
    assert len(told["topics"]) == len(TOPICS) and len(told["documents"]) == len(DOCUMENTS)
    browser = as_(community.maya)
    for thing in [*told["topics"], *told["documents"]]:
        inside = thing["group"] in maya["standing"]
        if inside and thing.get("audience") != "facilitators":
            assert browser.get(thing["address"], follow_redirects=True).status_code == 200, thing
    deck = next(one for one in told["documents"] if one["title"] == "Measures that help: slides")
    assert browser.get(deck["download"]).data == (DEMO / "files" / "measures-that-help.pptx").read_bytes()


def test_it_is_known_when_it_is_not_there(empty_app):
    assert not demo.is_loaded()


def test_something_waits_for_the_facilitators_of_the_working_group(community, as_):
    for name in ("ruth", "priya"):
        browser = as_(getattr(community, name))
        needs = browser.get("/groups/performance/manage").get_data(as_text=True)
        assert "/groups/performance/manage/reports" in needs and "/groups/performance/manage/held" in needs
        assert "It identifies somebody" in browser.get("/groups/performance/manage/reports").get_data(as_text=True)
        assert "statistics.example.org" in browser.get("/groups/performance/manage/held").get_data(as_text=True)
    assert "statistics.example.org" not in as_(community.maya).get("/groups/performance").get_data(as_text=True)
