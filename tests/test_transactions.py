"""Reads hold nothing; the first statement that writes begins the transaction; what was not committed is gone."""

import threading

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from forum.kit.db import db
from forum.models import Group, User
from tests.conftest import Community


def busy() -> bool:
    """Whether this session's connection is inside a transaction of the database."""
    raw = db.session.connection().connection.dbapi_connection
    return bool(raw.in_transaction) if hasattr(raw, "in_transaction") else raw.info.transaction_status != 0


def test_a_read_begins_no_transaction(community: Community) -> None:
    assert community.maya.handle == "maya"
    assert not busy()


def test_the_first_write_begins_one(community: Community) -> None:
    db.session.execute(update(User).values(about="new"))
    assert busy()
    db.session.rollback()
    assert not busy()
    assert db.session.scalar(select(func.count()).where(User.about == "new")) == 0


def test_a_savepoint_is_part_of_a_transaction(community: Community) -> None:
    with db.session.begin_nested():
        db.session.execute(update(User).values(about="new"))
    assert busy()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(User.about == "new")) == 0


def test_many_writers_lose_nothing(app: Flask, community: Community) -> None:
    """Each reads first and writes then, as views do: no transaction has to be upgraded, none fails."""
    before = community.group("policy").version
    failed: list[SQLAlchemyError] = []

    def add() -> None:
        with app.app_context():
            for _ in range(10):
                try:
                    db.session.scalar(select(Group.version).where(Group.slug == "policy"))
                    db.session.execute(update(Group).where(Group.slug == "policy").values(version=Group.version + 1))
                    db.session.commit()
                except SQLAlchemyError as error:
                    failed.append(error)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert not failed
    assert community.group("policy").version == before + 80
