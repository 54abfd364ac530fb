"""When the database does not answer, nothing is half-saved, and what was typed comes back."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.kit import turns
from forum.kit.db import db
from forum.kit.turns import sqlite
from forum.models import Post
from tests.conftest import POSTGRES, Community


@pytest.mark.skipif(bool(POSTGRES), reason="one writer at a time is SQLite's way")
def test_a_reply_to_a_locked_database_is_kept_in_the_page(app: Flask, community: Community, as_: Any) -> None:
    browser, before = as_(community.maya), db.session.scalar(select(func.count(Post.id)))
    other = sqlite.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    db.session.connection().exec_driver_sql("PRAGMA busy_timeout=50")
    db.session.remove()
    reply = browser.post(
        "/groups/performance/topics/2/replies", data={"body": "Twenty minutes of typing.", "key": "0" * 16}
    )
    other.rollback()
    other.close()
    assert reply.status_code == 503
    assert reply.headers["Retry-After"]
    assert "Twenty minutes of typing." in reply.get_data(as_text=True)
    assert db.session.scalar(select(func.count(Post.id))) == before


def test_the_turn_comes_back_when_a_connection_is_closed(app: Flask) -> None:
    first = sqlite.connect(":memory:", isolation_level=None, factory=turns.Connection)
    first.begin()
    first.close()
    second = sqlite.connect(":memory:", isolation_level=None, factory=turns.Connection)
    second.begin()
    second.rollback()
    second.close()
