"""Guard 2: every route × every kind of person, with the status it must answer. A route that is not listed fails.

The table is doors.txt: a line a door, `METHOD endpoint`, then the status for each kind of person in the order of
PEOPLE, then (after "->") the address tried where the sample of its parts is not enough. Doors are tried with an
empty body; 422 = let in, and told what is missing.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from forum.kit.db import db
from forum.models import Invitation, JoinRequest
from tests.conftest import Community

PEOPLE = {
    "visitor": None, "registered": "sam", "outsider": "joanna", "pending": "leon", "former": "hugh", "banned": "vic",
    "member": "maya", "facilitator": "priya", "owner": "ruth", "admin": "grace",
}  # fmt: skip
TABLE = Path(__file__).with_name("doors.txt")


class Door(NamedTuple):
    """One line of the table."""

    method: str
    endpoint: str
    expected: dict[str, int]
    address: str


def doors() -> list[Door]:
    """The table."""
    found = []
    for line in TABLE.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            row, _, address = line.partition("->")
            method, endpoint, *statuses = row.split()
            found.append(Door(method, endpoint, dict(zip(PEOPLE, map(int, statuses), strict=True)), address.strip()))
    return found


def rules(app: Flask) -> list[tuple[str, Rule]]:
    """Every (method, rule) of the app, but the twins that Flask adds by itself."""
    found = []
    for rule in app.url_map.iter_rules():
        found += [(method, rule) for method in sorted((rule.methods or set()) - {"OPTIONS"}) if method != "HEAD"]
    return found


def sample(rule: Rule, community: Community) -> str:
    """An address of the rule: things of the restricted group Performance Management."""
    group = community.group("performance")
    request = db.session.scalars(select(JoinRequest.code).where(JoinRequest.group_id == group.id)).first()
    invitation = db.session.scalars(select(Invitation.code).where(Invitation.group_id == group.id)).first()
    values = {
        "slug": "performance", "n": "1", "k": "1", "no": "1", "v": "1", "number": "1", "moment": "0", "waited": "0", "handle": "maya", "token": "x" * 43,
        "request_code": request or "x", "code": request if "request" in rule.rule else invitation or "x",
    }  # fmt: skip
    return re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", lambda match: str(values.get(match.group(1), "x")), rule.rule)


def test_every_route_is_in_the_table(app: Flask) -> None:
    there = {(method, str(rule.endpoint)) for method, rule in rules(app)}
    listed = {(door.method, door.endpoint) for door in doors()}
    assert there - listed == set(), "routes without a row"
    assert listed - there == set(), "rows without a route"


@pytest.mark.parametrize("kind", PEOPLE)
def test_each_door_answers_as_the_table_says(
    kind: str, app: Flask, community: Community, as_: Any, restore: Any
) -> None:
    key = PEOPLE[kind]
    by_name = {(method, str(rule.endpoint)): rule for method, rule in rules(app)}
    wrong = []
    for door in doors():
        browser = as_(getattr(community, key) if key else None)
        address = door.address or sample(by_name[door.method, door.endpoint], community)
        status = browser.open(address, method=door.method).status_code
        if status != door.expected[kind]:
            wrong.append(f"{door.method} {address} ({door.endpoint}): {status}, not {door.expected[kind]}")
        if door.method == "GET":
            twin = browser.open(address, method="HEAD").status_code
            assert twin == status, f"HEAD {address}: {twin}"
        if door.method != "GET" and status < 400:
            restore()
    assert not wrong, "\n".join(wrong)
