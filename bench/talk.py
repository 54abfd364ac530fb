"""What is said in the measured community: topics with their posts, in the order of time, from a fixed seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from bench.people import Group, popularity

#: for scale 1
TOPICS, POSTS, LONGEST = 5_000, 100_000, 10_000
#: replies of the topics whose middle page is measured: all on the first level, three pages of twenty
STEADY_REPLIES, STEADY_SHARE = 60, 0.02
DAY = 86_400
YEARS = 730 * DAY
RUN = 50


@dataclass(slots=True)
class Topic:
    """A topic as it grows."""

    id: int
    group: Group
    n: int
    kind: str
    posts: int
    flat: bool
    author: int = 0
    created_at: int = 0
    last_no: int = -1
    last_place: int = -1
    replies: int = 0
    answers: int = 0
    last_post_at: int = 0
    accepted: tuple[int, int] | None = None
    #: (post id, place, how many replies) of the last heads
    heads: list[list[int]] = field(default_factory=list)
    #: who wrote here, and their last number
    writers: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Post:
    """A post in its place. `top` and `parent` are post ids; `answered` is whom it answers."""

    id: int
    topic: Topic
    no: int
    place: int
    top: int | None
    parent: int | None
    author: int
    at: int
    fate: str
    answered: int | None


def plan(chance: random.Random, of: list[Group], scale: int) -> tuple[list[Topic], list[tuple[int, int]]]:
    """Every topic by number from 1, and (second, topic number) of every post, in the order of time."""
    sizes = _sizes(chance, TOPICS * scale, POSTS * scale, LONGEST)
    begun = sorted(range(len(sizes)), key=lambda at: -1 if at == 0 else at)
    starts = [int(YEARS * chance.random() ** 0.8) for _ in sizes]
    starts[0] = 90 * DAY
    moments = [(second, at) for at in begun for second in _moments(chance, starts[at], sizes[at], at == 0)]
    order = sorted(range(len(sizes)), key=starts.__getitem__)
    homes = chance.choices(of, cum_weights=list(accumulate(popularity(of))), k=len(sizes))
    homes[0] = of[0]
    numbers, topics = [0] * (len(of) + 1), []
    for number, at in enumerate(order, 1):
        home = homes[at]
        numbers[home.id] += 1
        kind = chance.choices(("question", "discussion", "announcement"), (45, 50, 5))[0]
        flat = at == 0 or sizes[at] == STEADY_REPLIES + 1
        topics.append(Topic(number, home, numbers[home.id], kind, sizes[at], flat))
    number_of = {at: number for number, at in enumerate(order, 1)}
    return topics, sorted((second, number_of[at]) for second, at in moments)


def _sizes(chance: random.Random, topics: int, posts: int, longest: int) -> list[int]:
    """Posts of each topic: the long one first, then the steady ones, then all kinds. Their sum is `posts`."""
    steady = int(topics * STEADY_SHARE)
    sizes = [longest] + [STEADY_REPLIES + 1] * steady
    others = topics - len(sizes)
    weights = list(accumulate(chance.lognormvariate(0, 1) for _ in range(others)))
    more = [1] * others
    for at in chance.choices(range(others), cum_weights=weights, k=posts - sum(sizes) - others):
        more[at] += 1
    return sizes + more


def _moments(chance: random.Random, start: int, posts: int, long: bool) -> Iterator[int]:
    """The seconds of a topic's posts: many soon after it began, few later; the long one all the time."""
    yield start
    span = YEARS - start if long else min(YEARS - start, chance.randint(2, 60) * DAY)
    for _ in range(posts - 1):
        yield start + 1 + int(span * (chance.random() if long else chance.random() ** 2))


def posts(chance: random.Random, topics: list[Topic], moments: list[tuple[int, int]]) -> Iterator[Post]:
    """Every post in the order of time; the topics' counters grow with them."""
    for number, (second, topic) in enumerate(moments, 1):
        yield _next(chance, number, topics[topic - 1], second)


def _next(chance: random.Random, number: int, topic: Topic, second: int) -> Post:
    topic.last_no += 1
    author = chance.choice(topic.group.members)
    top = parent = answered = None
    head = _head(chance, topic)
    if topic.last_no == 0 or head is None:
        topic.last_place += 1
        place = topic.last_place
        answered = topic.author if topic.last_no else None
        if topic.last_no and not topic.flat:
            topic.heads.append([number, place, 0, author])
            del topic.heads[:-6]
    else:
        head[2] += 1
        top, place, _, answered = head
        parent = top
    fate = (
        chance.choices(("shown", "hidden", "deleted"), (995, 2, 3))[0] if topic.last_no and not topic.flat else "shown"
    )
    post = Post(number, topic, topic.last_no, place, top, parent, author, second, fate, answered)
    _count(chance, topic, post)
    return post


def _head(chance: random.Random, topic: Topic) -> list[int] | None:
    """The head that the next post answers; None: it stands on the first level."""
    if topic.flat or not topic.heads or chance.random() > 0.35:
        return None
    head = chance.choice(topic.heads)
    return head if head[2] < RUN else None


def _count(chance: random.Random, topic: Topic, post: Post) -> None:
    topic.writers[post.author] = post.no
    if post.no == 0:
        topic.author, topic.created_at, topic.last_post_at = post.author, post.at, post.at
        return
    if post.fate != "shown":
        return
    others = post.author != topic.author
    topic.replies += 1
    topic.answers += others
    topic.last_post_at = post.at
    if topic.kind == "question" and others and topic.accepted is None and chance.random() < 0.08:
        topic.accepted = (post.no, post.at)
