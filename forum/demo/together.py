"""What the people of the story made together: pages, polls, and a word of thanks."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from forum.demo.community import Community, Row, Step, read
from forum.discussions import actions as discussions
from forum.discussions.actions import polling
from forum.discussions.queries.polls import poll_in
from forum.kit.db import db
from forum.models import Page
from forum.pages import actions as pages


def steps(community: Community) -> Iterator[Step]:
    """Everything that was made together."""
    for row in read("pages"):
        yield Step(row["days_ago"], partial(write, community, row))
        if "later" in row:
            yield Step(row["later"]["days_ago"], partial(change, community, row))
    for row in read("polls"):
        yield Step(row["days_ago"], partial(ask, community, row))
    for row in read("helped"):
        yield Step(0.5, partial(thank, community, row))


def write(community: Community, row: Row) -> None:
    """Somebody begins a page."""
    me, group = community.person(row["author"]), community.groups[row["group"]]
    pages.begin(me, group, row["title"], row["body"].strip())


def change(community: Community, row: Row) -> None:
    """Somebody else says more on it."""
    group, later = community.groups[row["group"]], row["later"]
    found = select(Page).where(Page.group_id == group.id, Page.title == row["title"])
    page = db.session.scalars(found).one()
    pages.save(community.person(later["author"]), page, page.revision, page.title, later["body"].strip())


def ask(community: Community, row: Row) -> None:
    """Whoever started the topic asks everyone, and some answer."""
    topic = community.topics[row["topic"]]
    polling.ask(topic, {name: row[name] for name in ("question", "options", "several", "anonymous")})
    poll = poll_in(topic)
    for key, at in row["votes"].items():
        if poll is not None:
            polling.vote(community.person(key), poll, poll.revision, [at])


def thank(community: Community, row: Row) -> None:
    """A reply helped them."""
    for key in row["people"]:
        discussions.thank(community.person(key), community.posts[row["topic"], row["reply"]])
