"""Conversations that a test needs before anybody looks: written by the same actions as from a page."""

from datetime import timedelta

from sqlalchemy import select

from forum import demo
from forum.discussions import actions
from forum.kit.db import db
from forum.models import Group, Post, Reading, Topic, TopicKind, User
from forum.who import Person, person
from tests.e2e.site import Site


def _who(name: str) -> Person:
    return person(db.session.scalars(select(User.id).where(User.email == demo.address_of(name))).one())


def _topic(address: str) -> Topic:
    slug, n = address.split("/")[2], int(address.split("/")[4])
    return db.session.scalars(select(Topic).join(Group).where(Group.slug == slug, Topic.n == n)).one()


def start(site: Site, name: str, slug: str, title: str, kind: TopicKind = TopicKind.QUESTION) -> str:
    """The address of a new topic by someone."""
    with site.inside():
        group = db.session.scalars(select(Group).where(Group.slug == slug)).one()
        topic = actions.start_topic(_who(name), group, kind, title, f"{title} What do you do, and since when?")
        db.session.commit()
        return f"/groups/{slug}/topics/{topic.n}"


def say(site: Site, address: str, *said: tuple[str, str] | tuple[str, str, int]) -> None:
    """People reply: (who, what), or (who, what, the number of the post they answer)."""
    with site.inside():
        for name, body, *to in said:
            topic = _topic(address)
            parent = (
                db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.no == to[0])).one()
                if to
                else None
            )
            actions.reply(_who(name), topic, body, parent)
            db.session.commit()


def at_length(site: Site, address: str, posts: int, names: tuple[str, ...] = ("tom", "dan", "priya", "ceri")) -> None:
    """So many replies of the first level, by people in turn."""
    say(
        site,
        address,
        *[
            (names[at % len(names)], f"Reply {at + 1}: what we tried in week {at + 1}, and what came of it.")
            for at in range(posts)
        ],
    )


def hours_pass(site: Site) -> None:
    """Whoever opens a topic now comes back to it after a while."""
    with site.inside():
        for reading in db.session.scalars(select(Reading)):
            reading.visited_at -= timedelta(hours=3)
        db.session.commit()
