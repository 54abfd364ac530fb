"""The workshops of the story: one that was, with what is left of it, and one to come."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import partial

from sqlalchemy import select, update

from forum.demo.community import Community, Row, Step, read
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.when import HOME, zone_of
from forum.models import Material, SeenBy, Workshop
from forum.workshops import actions, places
from forum.workshops.times import Span, moment

#: when what belongs to a workshop stands beside it
SINCE = 0.3


def steps(community: Community) -> Iterator[Step]:
    """Everything about workshops."""
    for row in read("workshops"):
        yield Step(row["days_ago"], partial(plan, community, row))
        if "topic" in row:
            yield Step(SINCE, partial(bring_together, community, row))


def plan(community: Community, row: Row) -> None:
    """Somebody plans it, and people book."""
    zone = zone_of(HOME)
    day = (now() + timedelta(days=row["days_ago"] + row["in_days"])).astimezone(zone).date()
    span = Span(*(moment(day, time.fromisoformat(row[name]), zone, name) for name in ("starts", "ends")))
    words = {name: row.get(name, "") for name in ("title", "place", "link", "meant_for")}
    said = {**words, "agenda": row["agenda"].strip(), "capacity": row["capacity"], "zone": HOME, "all_day": False}
    said |= {"seen_by": SeenBy.MEMBERS, "names": True}
    (made,) = actions.plan(community.person(row["organiser"]), community.groups[row["group"]], said, [span])
    for key in row["comes"]:
        places.book(community.person(key), made)


def bring_together(community: Community, row: Row) -> None:
    """Its topic, its files and the notes stand on its page."""
    group = community.groups[row["group"]]
    workshop = db.session.scalars(
        select(Workshop).where(Workshop.group_id == group.id, Workshop.title == row["title"])
    ).one()
    files = [community.documents[key].id for key in row["files"]]
    told = {"workshop_id": workshop.id, "added_at": now(), "told_at": now()}
    db.session.add_all(Material(document_id=number, **told) for number in files)
    topic = community.topics[row["topic"]]
    db.session.execute(update(Workshop).where(Workshop.id == workshop.id).values(topic_id=topic.id))
    actions.say_after(workshop, "", row["notes"])
