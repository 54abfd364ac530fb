"""No search walks through a table: not its counts, not its first page, nor the page after a place that is named."""

import re

import pytest

from forum.access import asked_by, person
from forum.index import values_for
from forum.index.words import understood
from forum.kit.db import db
from forum.search import queries
from forum.search.finding import _scopes
from forum.search.places import places
from tests.discussions.test_plans import HARMLESS, plan

STATEMENTS = {
    f"{when} {kind}": hot
    for when, some in (("counts but", queries.COUNTS), ("first", queries.FIRST), ("later", queries.LATER))
    for kind, hot in some.items()
}
INDEX = re.compile(r"SCAN \w+_index VIRTUAL TABLE INDEX .*M")


@pytest.mark.parametrize("name", STATEMENTS)
def test_it_begins_with_the_index_of_words(name, community):
    me = person(community.maya.id)
    asked = values_for(db.engine.dialect.name, understood("custody review"), _scopes("", places(me)))
    named = {"group": "", "after_slug": "policy", "after_n": 1, "after_no": 1}
    lines = plan(STATEMENTS[name], {**asked_by(me), **asked, **named})
    walks = [line for line in lines if line.startswith("SCAN") and not HARMLESS.match(line) and not INDEX.match(line)]
    assert not walks, "\n".join(lines)
    assert db.engine.dialect.name != "sqlite" or any(INDEX.match(line) for line in lines)
