"""Where a facilitator can move something: groups and topics that they look after."""

import re

from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from forum.access import CardOnly, Person, SignIn, can, fetch
from forum.kit.db import db
from forum.models import LEADING, Group, Topic

ADDRESS = re.compile(r"/groups/([a-z0-9-]{1,80})/topics/([1-9]\d{0,8})(?:[-/?#].*)?")


def groups_led(me: Person, but: Group) -> list[tuple[str, str]]:
    """The other groups that they facilitate, as (address, name)."""
    led = set(me.holding(LEADING)) - {but.id}
    return [(seat.slug, seat.name) for number, seat in me.seats.items() if number in led]


def group_led(me: Person, slug: str) -> Group | None:
    """The group of that address, if they facilitate it."""
    group = db.session.scalar(select(Group).where(Group.slug == slug))
    return group if group is not None and can(me, "facilitate", group) else None


def topic_led(me: Person, address: str) -> Topic | None:
    """The topic at an address as people copy it, if they facilitate it. For all others None alike."""
    path = address.strip().removeprefix(str(current_app.config["BASE_URL"]).rstrip("/"))
    found = ADDRESS.fullmatch(path)
    if found is None:
        return None
    try:
        topic: Topic = fetch(Topic, me, found[1], n=int(found[2]))
    except (NotFound, CardOnly, SignIn):
        return None
    return topic if can(me, "facilitate", topic) else None
