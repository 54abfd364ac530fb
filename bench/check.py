"""Whether the generated counters are what the rows say. Asks in SQL of its own, on a sample."""

import random
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from forum.kit import text
from forum.kit.db import db

SAMPLE = 300
VISIBLE = "p.hidden_at IS NULL AND p.deleted_at IS NULL"
OF_TOPIC = f"""
SELECT t.last_no, t.last_place, t.reply_count, t.answer_count, t.last_post_at, max(p.no), max(p.place), count(*) - 1,
    sum(CASE WHEN p.no > 0 AND {VISIBLE} THEN 1 ELSE 0 END),
    sum(CASE WHEN p.no > 0 AND {VISIBLE} AND p.author_id <> t.author_id THEN 1 ELSE 0 END),
    max(CASE WHEN {VISIBLE} THEN p.created_at END), count(DISTINCT CASE WHEN p.top_id IS NULL THEN p.place END) - 1
FROM topic t JOIN post p ON p.topic_id = t.id WHERE t.id = :id
GROUP BY t.id, t.last_no, t.last_place, t.reply_count, t.answer_count, t.last_post_at
"""
OF_GROUP = f"""
SELECT g.id, g.topic_count, g.last_topic_n, g.post_count, g.member_count, g.facilitator_count, g.organisation_count,
    g.document_count, g.last_document_n, g.last_post_at,
    (SELECT count(*) FROM topic t WHERE t.group_id = g.id),
    (SELECT coalesce(max(n), 0) FROM topic t WHERE t.group_id = g.id),
    (SELECT count(*) FROM post p WHERE p.group_id = g.id AND {VISIBLE}),
    (SELECT count(*) FROM membership m WHERE m.group_id = g.id AND m.standing IN ('member', 'facilitator', 'owner')),
    (SELECT count(*) FROM membership m WHERE m.group_id = g.id AND m.standing IN ('facilitator', 'owner')),
    (SELECT count(DISTINCT u.organisation) FROM membership m JOIN "user" u ON u.id = m.user_id WHERE m.group_id = g.id),
    (SELECT count(*) FROM document d LEFT JOIN post p ON p.id = d.post_id
     WHERE d.group_id = g.id AND (p.id IS NULL OR p.hidden_at IS NULL)),
    (SELECT coalesce(max(n), 0) FROM document d WHERE d.group_id = g.id),
    (SELECT max(last_post_at) FROM topic t WHERE t.group_id = g.id)
FROM "group" g
"""
LONELY = """
SELECT count(*) FROM membership m JOIN "group" g ON g.id = m.group_id
LEFT JOIN membership above ON above.user_id = m.user_id AND above.group_id = g.parent_id
WHERE g.parent_id IS NOT NULL AND above.id IS NULL
"""


def recount(say: Callable[[str], None]) -> None:
    """Says that all is right. Raises AssertionError with the first row whose counters are wrong."""
    ask = db.session.connection().exec_driver_sql
    for row in ask(OF_GROUP).all():
        assert tuple(row[1:10]) == tuple(row[10:]), f"group {row[0]} says {row[1:10]}, has {row[10:]}"
    assert not ask(LONELY).scalar(), "somebody is in a sub-group and not in its parent"
    topics = ask("SELECT max(id) FROM topic").scalar() or 0
    chosen = random.Random(1).sample(range(1, topics + 1), min(SAMPLE, topics))
    for number in chosen:
        right(number, db.session.connection().execute(sa.text(OF_TOPIC), {"id": number}).one())
    posts = ask("SELECT max(id) FROM post").scalar() or 0
    sample = ", ".join(str(n) for n in random.Random(2).sample(range(1, posts + 1), min(50, posts)))
    for number, body, html in ask(f"SELECT id, body, html FROM post WHERE id IN ({sample})"):
        assert not body or text.render(body) == html, f"post {number} does not hold what its text gives"
    length = ask("SELECT avg(length(body)) FROM post").scalar()
    say(f"Recounted all groups and {len(chosen)} topics: right. A post has {length:.0f} characters on average")


def right(number: int, row: Any) -> None:
    """Compares a topic's counters with its posts."""
    assert tuple(row[:5]) == (row[5], row[6], row[8], row[9], row[10]), f"topic {number}: {row}"
    assert row[7] == row[0], f"topic {number}: its numbers have gaps"
    assert row[11] == row[1], f"topic {number}: its places have gaps"


if __name__ == "__main__":
    print(__doc__)
