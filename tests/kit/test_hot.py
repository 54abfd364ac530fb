"""Statements run by the driver itself answer as SQLAlchemy does, row for row, and are counted like all others."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import render_template_string
from sqlalchemy.dialects import postgresql

from forum import activity, who
from forum.access import asked_by, person, readable
from forum.discussions.actions.following import FOLLOW
from forum.discussions.queries import files, gate, groups, home, lists, mine, places, posts
from forum.groups import chrome
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.ready import Ready
from forum.library import queries as library
from forum.members import session
from forum.models import Document, Draft, Follow, Group, Post, Session, Standing, Topic, User
from forum.uploads import reading as uploads

HOT = {
    "session": session.OPEN, "seats": who.SEATS, "topic": gate.OF_TOPIC, "posts": posts.POSTS, "files of posts": uploads.ATTACHED,
    "unseen": places.FIRST_UNSEEN, "group": groups.OF_GROUP, "for me": mine.FOR_ME, "read": home.SEEN, "houses": home.HOUSES,
    "new files": files.FILES, "rail": chrome.NEWS, "bytes": library.BYTES,
    **{f"list {' '.join(map(str, key))}": made for key, made in lists.LISTS.items()},
}  # fmt: skip
#: their rows in the demo community may be none
MAY_BE_EMPTY = ("list", "for me", "unseen", "read")


def values_for(user, **more):
    moment = now()
    return {
        **asked_by(person(user.id)), "slug": "performance", "caught_up": moment - timedelta(days=400), "leads": True,
        "above": -1, "upto": 100, "seen": -1, "tag": "x", "limit": 26, "at": moment, "kind": "", "version": None, "most": 21,
        "numbers": "[1,2,3,4,5,6]", "oldest": moment - timedelta(days=900), "idle": moment - timedelta(days=900), "lately": moment, "digest": "a digest", **more,
    }  # fmt: skip


@pytest.mark.parametrize("who_asks", ["maya", "sam"])
def test_they_answer_as_sqlalchemy_does(who_asks, community):
    user = getattr(community, who_asks)
    db.session.add(Session(user_id=user.id, digest="a digest", device="Test browser"))
    db.session.execute(sa.update(User).values(visited_at=now()))
    attached = sa.select(Document).where(Document.post_id.is_not(None), readable(Document, person(user.id)))
    document = db.session.scalars(attached).first()
    group = db.session.get_one(Group, document.group_id)
    topic = db.session.get_one(Post, document.post_id).topic
    db.session.add(Draft(user_id=user.id, place=f"reply:{topic.id}", fields={"body": "Ünfinished"}, saved_at=now()))
    db.session.commit()
    values = values_for(user, slug=group.slug, group=group.id, topic=topic.id)
    for name, hot in HOT.items():
        compare(name, hot, {**values, "n": topic.n if name == "topic" else document.n})


def compare(name, hot, values):
    """Runs a statement both ways."""
    statement = hot.on(db.engine.dialect)
    core = db.session.connection().execute(statement, values).all()
    rows = hot.rows(values)
    assert rows or name.startswith(MAY_BE_EMPTY), name
    assert [tuple(row) for row in rows] == [tuple(row) for row in core], name
    assert [type(cell) for row in rows for cell in row] == [type(cell) for row in core for cell in row], name
    for key in (column.key for column in statement.selected_columns if str(column.key).isidentifier()):
        if column_named(rows, key):
            assert [getattr(row, key) for row in rows] == [getattr(row, key) for row in core], (name, key)


def column_named(rows, key):
    """Whether the rows have a column of that name (one without a name has none)."""
    return bool(rows) and key in rows[0]._fields


def test_values_are_those_of_the_models(community):
    every = Hot(sa.select(User.id, User.confirmed_at, User.theme, User.active).where(User.id == sa.bindparam("me")))
    row = every.first({"me": community.maya.id})
    assert row.confirmed_at.tzinfo is UTC and row.active is True and row.theme is community.maya.theme
    seat = next(iter(who.seats_of(community.maya.id).values()))
    assert isinstance(seat.standing, Standing)


def test_rows_are_of_the_class_that_is_given(community):
    class Named(NamedTuple):
        handle: str
        since: datetime | None

        @property
        def greeting(self) -> str:
            return f"Hello {self.handle}"

    hot = Hot(sa.select(User.handle, User.confirmed_at).where(User.handle == sa.bindparam("handle")), Named)
    row = hot.first({"handle": "maya"})
    assert type(row) is Named and row.greeting == "Hello maya" and row.since == community.maya.confirmed_at
    assert hot.rows({"handle": "nobody"}) == []


def test_it_sees_what_the_open_transaction_wrote(community):
    named = Hot(sa.select(Group.name).where(Group.slug == sa.bindparam("slug")))
    db.session.execute(sa.update(Group).where(Group.slug == "policy").values(name="Renamed"))
    assert named.first({"slug": "policy"}).name == "Renamed"
    db.session.rollback()
    assert named.first({"slug": "policy"}).name != "Renamed"


def test_a_missing_value_is_an_error(community):
    with pytest.raises(sa.exc.InvalidRequestError):
        Hot(sa.select(Group.name).where(Group.slug == sa.bindparam("slug"))).first({})
    with pytest.raises(KeyError):
        groups.OF_GROUP.first({"slug": "policy"}) and groups.OF_GROUP.first({})


def test_a_list_among_the_parameters_is_refused(community):
    listed = Hot(sa.select(Group.name).where(Group.slug.in_(sa.bindparam("slugs", expanding=True))))
    with pytest.raises(ValueError, match="lists"):
        listed.rows({"slugs": ["policy"]})


def test_the_counter_of_statements_counts_it(community, watch):
    with watch() as seen:
        groups.OF_GROUP.first({"slug": "policy"})
        db.session.connection().execute(sa.select(Topic.id).limit(1))
    assert len(seen.statements) == 2 and "slug" in seen.statements[0]
    groups.OF_GROUP.first({"slug": "policy"})
    assert len(seen.statements) == 2


def test_the_guard_against_sql_while_rendering_hears_it(app, community, no_sql_while_rendering):
    with app.test_request_context():
        render_template_string("{{ look() }}", look=lambda: groups.OF_GROUP.first({"slug": "policy"}).name)
    assert len(no_sql_while_rendering) == 1 and "a string" in no_sql_while_rendering[0]
    no_sql_while_rendering.clear()


def test_what_goes_wrong_is_said_as_sqlalchemy_says_it(community):
    known = values_for(community.maya, to_user_id=community.maya.id, to_topic_id=None, to_since=now())
    with pytest.raises(sa.exc.IntegrityError):
        FOLLOW.run(known)
    db.session.rollback()


def test_an_insert_asks_no_engine_for_what_it_did_not_ask_itself():
    statement = activity.EVENT.statement
    made = Ready(statement, postgresql.dialect(), dict.fromkeys(statement.compile().params), None)
    assert made.sql.startswith("INSERT INTO event") and "RETURNING" not in made.sql


def test_a_change_is_undone_with_its_transaction(community):
    topic = db.session.scalars(sa.select(Topic).limit(1)).one()
    hugh = {"to_user_id": community.hugh.id, "to_topic_id": topic.id, "to_since": now()}
    follows = sa.select(sa.func.count()).where(Follow.user_id == community.hugh.id, Follow.topic_id == topic.id)
    FOLLOW.run(hugh)
    FOLLOW.run(hugh)
    assert db.session.scalar(follows) == 1, "once, however often it runs"
    db.session.rollback()
    assert db.session.scalar(follows) == 0


def test_a_server_that_went_away_costs_one_answer(community, as_, app):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite is no server")
    maya = as_(community.maya)
    assert maya.get("/").status_code == 200
    held = [db.engine.connect() for _ in range(3)]
    for connection in held:
        connection.close()
    db.session.remove()
    others = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    alone = sa.create_engine(db.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        assert len(connection.execute(others).all()) >= 3
    assert [maya.get("/").status_code for _ in range(4)] == [503, 200, 200, 200]


def test_a_request_holds_one_connection(community):
    topic = Hot(sa.select(Topic.id).limit(1))
    db.session.remove()
    held = db.engine.pool.checkedout()
    assert topic.first({}) and db.engine.pool.checkedout() == held + 1
    assert db.session.scalar(sa.select(Topic.id).limit(1)) and topic.first({})
    assert db.engine.pool.checkedout() == held + 1
