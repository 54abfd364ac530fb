"""The index of words is kept in few pieces, whoever writes meanwhile."""

from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError

from forum.jobs import tidying
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Post
from forum.models.entries import INDEXES

WRITTEN = 40


@pytest.fixture(autouse=True)
def sqlite_alone(app: Any) -> None:
    """PostgreSQL merges what waits by itself."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only FTS5 leaves pieces")


def pieces(index: str = "post_index") -> int:
    """How many pieces an index is in."""
    return int(db.session.scalar(text(f"SELECT count(DISTINCT segid) FROM {index}_idx")))


@pytest.fixture
def written(community: Any) -> int:
    """Replies in a transaction each; how many there are."""
    first = db.session.scalars(select(Post).order_by(Post.id).limit(1)).one()
    same = {"topic_id": first.topic_id, "group_id": first.group_id, "author_id": first.author_id, "renderer": 1}
    for no in range(1_000, 1_000 + WRITTEN):
        said = {"no": no, "place": no, "body": f"Numbat {no}", "html": "", "created_at": now()}
        db.session.execute(insert(Post).values(**same, **said))
        db.session.commit()
    return WRITTEN


def test_a_piece_of_each_size_is_left_and_all_is_found(written):
    assert pieces() > 5
    tidying.tidy_index()
    assert pieces() <= 2
    for index in INDEXES:
        db.session.execute(text(f"INSERT INTO {index}({index}) VALUES ('integrity-check')"))
    found = "SELECT count(*) FROM post_index WHERE post_index MATCH 'numbat'"
    assert db.session.scalar(text(found)) == written


def test_nothing_is_left_to_do_the_second_time(written):
    tidying.tidy_index()
    kept = db.session.execute(text("SELECT id, block FROM post_index_data ORDER BY id")).all()
    tidying.tidy_index()
    assert db.session.execute(text("SELECT id, block FROM post_index_data ORDER BY id")).all() == kept


def test_others_write_between_the_steps(written, monkeypatch, app):
    """The lock is let go after each step: a reply never waits for the whole."""
    monkeypatch.setattr(tidying, "STEP", 1)
    free: list[bool] = []
    merged = tidying._merged

    def watched(index: str) -> bool:
        free.append(_writes(app))
        return merged(index)

    monkeypatch.setattr(tidying, "_merged", watched)
    tidying.tidy_index()
    assert len(free) > len(INDEXES) and all(free)


def test_a_site_that_is_written_to_all_the_time_does_not_keep_it_busy_for_ever(written, monkeypatch):
    monkeypatch.setattr(tidying, "STEPS", 30)
    steps: list[str] = []
    monkeypatch.setattr(tidying, "_merged", lambda index: not steps.append(index))
    tidying.tidy_index()
    assert len(steps) == 30 * len(INDEXES)


def _writes(app: Any) -> bool:
    with db.engine.connect() as other:
        try:
            other.exec_driver_sql("UPDATE session SET used_at = used_at")
            other.commit()
        except OperationalError:
            return False
    return True
