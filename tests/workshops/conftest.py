"""What the tests of workshops share: a facilitator who plans, and members who book."""

import re
import secrets
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from forum.kit import clock
from forum.kit.db import db
from forum.models import Booking, User, Workshop

#: when the tests' facilitators plan: their workshops lie ahead of it
TODAY = datetime(2027, 3, 1, 12, tzinfo=UTC)
SAID = {
    "title": "Measures that help", "day": "25 March 2027", "starts": "10:00", "ends": "12:30", "zone": "Europe/London",
    "place": "Town Hall", "agenda": "One thing to try.", "seen_by": "members", "shown": "names",
}  # fmt: skip


def plan(browser, slug="policy", **said):
    """The answer to a new workshop."""
    return browser.post(f"/groups/{slug}/workshops/new", data={**SAID, "key": secrets.token_hex(8), **said})


def change(browser, address, **said):
    """The answer to a workshop changed, from how it stands now."""
    page = browser.get(f"{address}/edit").get_data(as_text=True)
    revision = re.search(r'name="revision" type="hidden" value="(\d+)"', page)[1]
    return browser.post(f"{address}/edit", data={**SAID, "revision": revision, **said})


def row(address):
    """The workshop at an address of Policy's."""
    db.session.expire_all()
    group, n = re.fullmatch(r"/groups/([\w-]+)/workshops/(\d+)", address).groups()
    found = select(Workshop).where(Workshop.n == int(n), Workshop.group.has(slug=group))
    return db.session.scalars(found).one()


def seated(address):
    """The names of who has a place, and of who waits, each in the order of booking."""
    found = select(User.name, Booking.seat_at).join(User, User.id == Booking.user_id)
    rows = db.session.execute(found.where(Booking.workshop_id == row(address).id).order_by(Booking.id)).all()
    return [name for name, seat in rows if seat], [name for name, seat in rows if not seat]


@pytest.fixture(autouse=True)
def today():
    """The day on which these tests happen."""
    with clock.at(TODAY):
        yield TODAY


@pytest.fixture
def tom(community, as_):
    """The browser of Policy's owner."""
    return as_(community.tom)


@pytest.fixture
def workshop(tom):
    """The address of a workshop in Policy, with places for two."""
    return plan(tom, capacity="2").headers["Location"]
