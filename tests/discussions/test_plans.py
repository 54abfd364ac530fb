"""Every statement of the hot pages is answered from an index: no table is walked, nothing is sorted aside."""

import re

import pytest
import sqlalchemy as sa

from forum.access import asked_by, person
from forum.discussions.queries import files, gate, groups, home, lately, lists, mine, places, posts
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Topic

#: walking what a sub-select has already cut is no walk of a table
HARMLESS = re.compile(r"SCAN (CONSTANT ROW|anon_\d+|\(subquery-\d+\)|\(join-\d+\))")
HOT = {
    "group": groups.OF_GROUP, "topic": gate.OF_TOPIC, "posts": posts.POSTS, "place": places._PLACE,
    "first new": places._FIRST_NEW, "first unseen": places.FIRST_UNSEEN, "tags": lists._USED,
    "for me": mine.FOR_ME, "read": home.SEEN, "houses": home.HOUSES, "files": files.FILES,
    "stirred": lately.TOPICS, "tails": lately.TAILS,
    **{f"list {view}{' tagged' if tagged else ''}{' later' if later else ''}": made for (view, tagged, later), made in lists.LISTS.items()},
}  # fmt: skip


def plan(statement, values):
    """What SQLite does for a statement with real values, line by line; elsewhere nothing, once it has run."""
    sent = []

    def note(_connection, _cursor, sql, parameters, *_rest):
        sent.append((sql, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    statement = statement.on(db.engine.dialect) if isinstance(statement, Hot) else statement
    statement = statement[db.engine.dialect.name] if isinstance(statement, dict) else statement
    connection.execute(statement, values).all()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    if db.engine.dialect.name != "sqlite":
        return []
    raw = connection.connection.dbapi_connection
    return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sent[0][0]}", sent[0][1])]


@pytest.mark.parametrize("name", HOT)
def test_it_walks_no_table_and_sorts_nothing(name, community):
    values = {
        **asked_by(person(community.maya.id)), "slug": "policy", "n": 1, "caught_up": now(), "topic": 1, "group": 1,
        "leads": False, "above": 0, "upto": 50, "mark": 0, "seen": 0, "no": 1, "tag": "x", "limit": 26, "at": now(),
        "kind": "", "oldest": now(), "lately": now(), "most": 21, "numbers": "[1,2]", "groups": [1, 2], "topics": [1, 2],
    }  # fmt: skip
    statement = HOT[name]
    lines = plan(statement, values)
    assert lines or db.engine.dialect.name != "sqlite"
    bad = [
        line
        for line in lines
        if "TEMP B-TREE" in line or "AUTOMATIC" in line or (line.startswith("SCAN") and not HARMLESS.match(line))
    ]
    assert not bad, "\n".join(lines)


def test_the_test_sees_a_walk_and_a_sort(community):
    if db.engine.dialect.name == "sqlite":
        lines = plan(sa.select(Topic).order_by(Topic.title), {})
        assert any("TEMP B-TREE" in line for line in lines)
        assert any(line.startswith("SCAN") and not HARMLESS.match(line) for line in lines)
