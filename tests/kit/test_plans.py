"""SQLite makes a plan of a statement once, whatever values it is given afterwards."""

import pytest
import sqlalchemy as sa

from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Group

LIMITED = sa.select(Group.id).where(Group.id > sa.bindparam("above")).limit(sa.bindparam("most"))


@pytest.fixture
def planned(community):
    """How often SQLite asked whether it may read something, which it does when it plans."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's plans")
    asked = []
    raw = db.session.connection().connection.dbapi_connection
    raw.set_authorizer(lambda *facts: asked.append(facts) or 0)
    yield asked
    raw.set_authorizer(None)


RUNS = {
    "by SQLAlchemy": lambda values: db.session.connection().execute(LIMITED, values).all(),
    "by the driver": Hot(LIMITED).rows,
    "with a number": Hot(LIMITED.limit(3).offset(1)).rows,
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_limit_that_is_bound_makes_no_new_plan(run, planned):
    run({"above": 0, "most": 2})
    assert planned
    planned.clear()
    assert run({"above": 0, "most": 1}) and run({"above": 1, "most": 3})
    assert planned == []


def test_a_limit_is_kept(community):
    every = db.session.scalars(sa.select(Group.id).order_by(Group.id)).all()
    for most, skipped in ((0, 0), (1, 0), (2, 1), (99, 2)):
        found = sa.select(Group.id).order_by(Group.id).limit(most).offset(skipped)
        assert db.session.scalars(found).all() == every[skipped : skipped + most]
    assert db.session.scalars(sa.select(Group.id).order_by(Group.id).offset(3)).all() == every[3:]
