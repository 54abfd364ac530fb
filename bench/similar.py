"""How long it takes to find questions like one: `python -m bench.similar [--postgres URL] [--again]`.

The community of `bench.search`, 200,000 posts in 300 groups, where every topic is a question: 20,000 titles. Times are
those of whole requests, as the page sends them while a title is typed; see there for what is measured.
"""

import argparse
from time import perf_counter
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from bench.generate import OUT
from bench.search import ROUNDS, backends, browser, make, middle_and_worst, spent
from forum import create_app
from forum.kit import hot
from forum.kit.db import db

#: titles as somebody may type them, by what is hard about them; {} is a title there is
TITLES = {
    "a title that is there": "{}",
    "six common words": "team review group report service plan",
    "two common words": "team review",
    "one common word": "team",
    "words nobody wrote": "xylophonists quarrelling vehemently",
    "common and unknown words": "team review of xylophonists and zithers",
    "150 letters": "how do we plan a review of the report on the service of a group with a team and " * 2,
}


def measure(app: Flask) -> None:
    """A line for each title, and all together."""
    app.config["SEARCH_DEADLINE"] = 60.0
    every: list[float] = []
    with app.app_context():
        client = browser(app)
        title = str(db.session.connection().exec_driver_sql("SELECT title FROM topic WHERE group_id = 1").scalar())
        ask(client, title)
        servers = backends()
        db.session.remove()
        print(f"{'':<28}{'found':>6}{'p50':>9}{'p95':>7} ms {'p50':>7}{'p95':>7} ms of processor")
        for name, words in TITLES.items():
            times, worked, found = timed(client, words.format(title)[:150], servers)
            every += worked
            print(f"{name:<28}{found:>6}  {middle_and_worst(times)}    {middle_and_worst(worked)}")
        print(f"all of them, processor: {middle_and_worst(sorted(every))} ms")
        db.session.remove()
        hot.let_go()
        db.engine.dispose()


def ask(client: FlaskClient, title: str) -> Any:
    """The questions like this."""
    data = {"title": title, "kind": "question"}
    return client.post("/groups/group-61/topics/similar", data=data, headers={"Sec-Fetch-Site": "same-origin"})


def timed(client: FlaskClient, title: str, servers: list[int]) -> tuple[list[float], list[float], int]:
    """Milliseconds by the clock and of processor time, in order of size; and how many were found."""
    rows = [one(client, title, servers) for _ in range(ROUNDS + 5)]
    times, worked, found = zip(*rows[5:], strict=True)
    return sorted(times), sorted(worked), found[-1]


def clock() -> float:
    """Milliseconds."""
    return 1000 * perf_counter()


def one(client: FlaskClient, title: str, servers: list[int]) -> tuple[float, float, int]:
    """The same of one request."""
    began, before = clock(), spent(servers)
    reply = ask(client, title)
    took, worked = clock() - began, spent(servers) - before
    assert reply.status_code == 200, reply.status_code
    return took, worked, reply.get_data(as_text=True).count('<li class="item">')


def main() -> None:
    """Makes the community, unless it is there, and measures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--postgres", metavar="URL", help="a server's address; its database is made anew")
    arguments.add_argument("--again", action="store_true", help="measure the community of the last run")
    given = arguments.parse_args()
    folder = OUT / ("similar-postgres" if given.postgres else "similar-sqlite")
    if not given.again:
        make(folder, given.postgres)
    app = create_app(folder, RATELIMIT_ENABLED=False)
    with app.app_context():
        db.session.connection().exec_driver_sql("UPDATE topic SET kind = 'question' WHERE kind <> 'question'")
        db.session.commit()
        db.session.remove()
        hot.let_go()
    measure(app)


if __name__ == "__main__":
    main()
