"""The rows of each table, made of people, groups and talk. Counters are those the site itself would have kept."""

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.people import JOINER, READER, Group, Person
from bench.sink import written
from bench.talk import DAY, YEARS, Post, Topic
from bench.words import Writer
from forum.kit.names import skeleton
from forum.kit.text import RENDERER

Rows = Iterator[tuple[Any, ...]]
#: the newest weeks are not read yet
CAUGHT_UP = YEARS - 21 * DAY
#: one in so many of the newest posts in their groups names READER
MENTIONED = 80
BIG = 5 * 1024 * 1024


class Calendar:
    """Seconds since the community began, as the database writes moments."""

    def __init__(self, until: datetime) -> None:
        self.begin = until - timedelta(seconds=YEARS)

    def __call__(self, second: int) -> str:
        return written(self.begin + timedelta(seconds=second))


def users(chance: random.Random, at: Calendar, everyone: list[Person]) -> Rows:
    """USER rows."""
    for person in everyone:
        handle = f"person-{person.id:04}"
        since, visit = at(chance.randrange(DAY)), at(YEARS - chance.randint(0, 3) * DAY - 3_600)
        secret = hashlib.sha256(handle.encode()).hexdigest()
        yield (
            person.id, handle, skeleton(handle), f"{handle}@bench.example", secret, since, since, person.name,
            person.id % 8 + 1, person.organisation, "Performance officer", visit, at(YEARS - 5 * DAY),
        )  # fmt: skip


def groups(
    of: list[Group],
    everyone: list[Person],
    topics: list[Topic],
    documents: dict[int, int],
    shown: dict[int, int],
    at: Calendar,
    writer: Writer,
) -> Rows:
    """GROUP rows, counted."""
    own: dict[int, list[Topic]] = {group.id: [] for group in of}
    for topic in topics:
        own[topic.group.id].append(topic)
    for group in of:
        here, members = own[group.id], [everyone[number - 1] for number in group.members]
        about, html = writer.write()
        leaders = sum(person.seats[group.id] != "member" for person in members)
        last = max((topic.last_post_at for topic in here), default=None)
        yield (
            group.id, group.slug, group.name, writer.sentence(8, 14) + ".", about, html, group.kind, group.parent,
            group.id % 8 + 1, f"G{group.id % 10}", at(0), group.public,
            len(members), len({person.organisation for person in members}), leaders,
            len(here), sum(topic.replies + 1 for topic in here), shown.get(group.id, 0),
            len(here), documents.get(group.id, 0), last and at(last), len(here) + 1,
        )  # fmt: skip


def seats(at: Calendar, everyone: list[Person]) -> Rows:
    """SEAT rows: everyone came in the first days, and has caught up with all but the newest weeks."""
    for person in everyone:
        for group, standing in person.seats.items():
            yield person.id, group, standing, at(DAY), at(CAUGHT_UP)


def topics(chance: random.Random, at: Calendar, of: list[Topic], writer: Writer) -> Rows:
    """TOPIC rows. The newest of each group is pinned now and then, an old one locked."""
    for topic in of:
        accepted, when = topic.accepted or (None, None)
        locked = at(topic.last_post_at) if not topic.flat and chance.random() < 0.01 else None
        yield (
            topic.id, topic.group.id, topic.n, topic.kind, writer.sentence(5, 11) + "?" * (topic.kind == "question"),
            topic.author, at(topic.created_at), topic.n == 2, locked, accepted, topic.author if accepted else None,
            at(when) if when else None, topic.last_no, topic.last_place, topic.replies, topic.answers,
            at(topic.last_post_at), topic.last_no + 1,
        )  # fmt: skip


def post(chance: random.Random, at: Calendar, said: Post, writer: Writer) -> tuple[Any, ...]:
    """A POST row."""
    body, html = writer.write() if said.fate != "deleted" else ("", "")
    moment = at(said.at)
    edited = moment if said.fate == "shown" and chance.random() < 0.02 else None
    return (
        said.id, said.topic.id, said.topic.group.id, said.no, said.place, said.parent, said.top, said.author,
        body, html, RENDERER, moment, edited, int(bool(edited)),
        moment if said.fate == "hidden" else None, moment if said.fate == "deleted" else None,
    )  # fmt: skip


def events(at: Calendar, said: Post, mine: dict[int, str]) -> Rows:
    """EVENT rows of a post; the person who is answered is the subject. New posts now and then mention READER."""
    topic = said.topic
    facts = (said.author, topic.group.id, topic.id, said.id)
    subject = said.answered if said.answered != said.author else None
    kind = "topic.created" if said.no == 0 else "post.answered" if subject else "post.created"
    yield kind, *facts, subject, at(said.at)
    if said.at > CAUGHT_UP and topic.group.id in mine and said.id % MENTIONED == 0:
        yield "post.mentioned", *facts, READER, at(said.at)


def revisions(of: list[int], at: Calendar, writer: Writer) -> Rows:
    """What edited posts said before: (post_id, number, body, written_at)."""
    for number in of:
        yield number, 0, writer.write()[0], at(DAY)


def tags(chance: random.Random, of: list[Topic], words: list[str]) -> Rows:
    """(topic_id, group_id, tag)."""
    for topic in of:
        if chance.random() < 0.4:
            for tag in sorted(set(chance.choices(words, k=chance.randint(1, 3)))):
                yield topic.id, topic.group.id, tag


def follows(of: list[Topic], at: Calendar) -> Rows:
    """(user_id, topic_id, since): who wrote in a topic follows it."""
    for topic in of:
        for person in topic.writers:
            yield person, topic.id, at(topic.created_at)


def readings(chance: random.Random, of: list[Topic], everyone: list[Person], at: Calendar) -> Rows:
    """READING rows: writers read to their last post, some others too."""
    for topic in of:
        seen = dict(topic.writers)
        for person in chance.sample(topic.group.members, min(5, len(topic.group.members))):
            seen[person] = max(seen.get(person, 0), chance.randint(0, topic.last_no))
        for person in (READER, JOINER):
            if topic.group.id in everyone[person - 1].seats and chance.random() < 0.6:
                seen[person] = topic.last_no if chance.random() < 0.7 else topic.last_no // 2
        for person, no in seen.items():
            yield person, topic.id, no, no, at(topic.created_at), at(topic.last_post_at)


def sessions(chance: random.Random, at: Calendar, everyone: list[Person]) -> Rows:
    """(user_id, digest, device, created_at, used_at): two browsers each, with tokens that nobody has."""
    for person in everyone:
        for _ in range(2):
            when = at(YEARS - chance.randrange(20 * DAY))
            yield person.id, f"{chance.getrandbits(256):064x}", "Firefox on Linux", when, when
