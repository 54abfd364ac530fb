"""How long a search takes: `python -m bench.search [--scale 5] [--postgres URL] [--again]`.

200,000 posts and 20,000 slides in 300 groups, 60 of them open; a member of 10 others searches for words that stand in
five posts, in one of a hundred, in nearly all, and for one that stands in every second post, but in closed groups only.
Times are those of whole requests: session, rule, search, page; as the clock says, and as processor time of ours and of
PostgreSQL's process for us, which is to be trusted on a busy machine. `--again` keeps the community of the last run,
`--scale` makes so many times its posts and slides.
"""

import argparse
import json
import random
import secrets
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from bench import columns, schema
from bench.generate import OUT, say
from bench.rows import Calendar
from bench.sink import Columns, Postgres, Sqlite
from bench.words import Writer
from forum import create_app
from forum.jobs.tidying import tidy_index
from forum.kit import hot, ids
from forum.kit.db import db
from forum.models import Session
from forum.models.search import fill

SEED = 7
GROUPS, POSTS, TALK, DECKS, SLIDES = 300, 200_000, 10, 400, 50
KINDS = {"open": 60, "restricted": 140, "private": 70, "hidden": 30}
#: whom we measure with, a member of every thirtieth group that is not open, and who has written it all
READER, WRITER, MINE = 1, 2, range(61, 301, 24)
RARE, MID, WIDE, SHUT = "quarrington", "fenbyford", "team", "belovation"
SEARCHES = {
    "rare word": RARE, "mid word": MID, "wide word": WIDE, "word of closed groups": SHUT,
    "two wide words": "team review", "phrase": '"team group"', "without a word": "team -review", "beginning": "quar*",
    "wide and rare": f"{WIDE} {RARE}",
    "no such word": "xylophonist",
}  # fmt: skip
SLIDE = ("version_id", "group_id", "number", "title", "text", "notes")
ROUNDS = 30
Rows = Iterator[tuple[Any, ...]]


def kind_of(group: int) -> str:
    """The kinds stand in a row: open groups come first."""
    for kind, many in KINDS.items():
        if group <= many:
            return kind
        group -= many
    raise LookupError(group)


def reads(group: int) -> bool:
    """Whether READER does."""
    return kind_of(group) == "open" or group in MINE


def with_words(chance: random.Random, text: str, n: int, of: int, group: int) -> str:
    """A text with the words that are searched for."""
    added = [RARE] * (n % (of // 5) == 0) + [MID] * (chance.random() < 0.01)
    added += [SHUT] * (not reads(group) and chance.random() < 0.5)
    return " ".join([text, *added])


def talk(chance: random.Random, at: Calendar, writer: Writer, many: int) -> tuple[Rows, Rows]:
    """TOPIC and POST rows: TALK posts each, spread over the groups."""
    of = [chance.randint(1, GROUPS) for _ in range(many // TALK)]

    def topics() -> Rows:
        for n, group in enumerate(of, 1):
            title, when = writer.sentence(5, 11), at(n * 60)
            last = TALK - 1
            yield (n, group, n, "discussion", title, WRITER, when, False, None, None, None, None, last, last, last,
                   last, when, 1)  # fmt: skip

    def posts() -> Rows:
        for n in range(many):
            topic, no = n % len(of) + 1, n // len(of)
            body, html = writer.write()
            more = with_words(chance, "", n, many, of[topic - 1])
            yield (n + 1, topic, of[topic - 1], no, no, None, None, WRITER, body + more, html + more, 1, at(n * 60),
                   None, 0, None, None)  # fmt: skip

    return topics(), posts()


def decks(chance: random.Random, at: Calendar, writer: Writer, many: int) -> tuple[Rows, Rows, Rows]:
    """DOCUMENT, VERSION and SLIDE rows: so many files of SLIDES slides."""
    of = [n % GROUPS + 1 for n in range(many)]

    def documents() -> Rows:
        for n, group in enumerate(of, 1):
            audience = "registered" if kind_of(group) == "open" else "members"
            yield n, group, n, writer.sentence(3, 6), audience, WRITER, None, at(n), at(n), "slides", "pptx", 1

    def versions() -> Rows:
        for n, group in enumerate(of, 1):
            yield (
                n,
                group,
                1,
                f"deck-{n}.pptx",
                "pptx",
                "x",
                "slides",
                1,
                "0" * 64,
                secrets.token_hex(20),
                WRITER,
                at(n),
            )

    def slides() -> Rows:
        for n in range(many * SLIDES):
            group = of[n // SLIDES]
            text = with_words(chance, writer.sentence(20, 40), n, many * SLIDES, group)
            yield n // SLIDES + 1, group, n % SLIDES + 1, writer.sentence(3, 7), text, writer.sentence(10, 30)

    return documents(), versions(), slides()


def community(sink: Any, scale: int) -> None:
    """Writes it all."""
    chance, at = random.Random(SEED), Calendar(datetime.now(UTC).replace(microsecond=0))
    writer = Writer(chance)

    def put(table: str, names: Any, rows: Any) -> None:
        sink.take(table, Columns(table, tuple(names), at(0)), rows)

    people = [("reader", "Rea Reader"), ("writer", "Wim Writer")]
    put("user", columns.USER, [
        (n, handle, handle, f"{handle}@bench.example", handle, at(0), at(0), name, 1, "Bench", "", at(0), at(0))
        for n, (handle, name) in enumerate(people, 1)
    ])  # fmt: skip
    put("group", columns.GROUP, [
        (n, f"group-{n}", f"Group {n}", "", "", "", kind_of(n), None, n % 8 + 1, "G", at(0), False, 2,
         *[1] * 7, at(0), 1)
        for n in range(1, GROUPS + 1)
    ])  # fmt: skip
    put("membership", columns.SEAT, [(READER, group, "member", at(0), at(10**8)) for group in MINE])
    topics, posts = talk(chance, at, writer, scale * POSTS)
    put("topic", columns.TOPIC, topics)
    put("post", columns.POST, posts)
    documents, versions, slides = decks(chance, at, writer, scale * DECKS)
    put("document", columns.DOCUMENT, documents)
    put("version", columns.VERSION, versions)
    put("slide", SLIDE, slides)
    sink.close()


def make(folder: Path, server: str | None, scale: int = 1) -> None:
    """The community anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT")}
    (folder / "secrets.json").write_text(json.dumps(made))
    url = schema.fresh_postgres(server, "guildhall_bench_search") if server else ""
    if url:
        (folder / "config.py").write_text(f"DATABASE_URL = {url!r}\n")
    begun, app = time.monotonic(), create_app(folder)
    with app.app_context():
        schema.make(app)
        where = db.engine.url
        db.session.remove()
        hot.let_go()
        db.engine.dispose()
    community(Postgres(where) if url else Sqlite(str(where.database)), scale)
    with app.app_context():
        tidy_index()  # as the site does, every minute
    if url:  # COPY goes past what keeps the index
        with app.app_context(), db.engine.begin() as connection:
            for statement in fill("postgresql"):
                connection.exec_driver_sql(statement)
        with app.app_context(), db.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("VACUUM ANALYZE")
            raw.execute("ALTER DATABASE guildhall_bench_search SET max_parallel_workers_per_gather = 0")
    say(f"{scale * POSTS:,} posts and {scale * DECKS * SLIDES:,} slides in {time.monotonic() - begun:.0f} s")


def browser(app: Flask) -> FlaskClient:
    """One in which READER is signed in."""
    client, token = app.test_client(), ids.token()
    db.session.add(Session(user_id=READER, digest=ids.digest(token), device="bench"))
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie.update({"sid": token, "_user_id": "reader", "_fresh": True})
    return client


def spent(servers: list[int]) -> float:
    """Milliseconds of processor time so far, of this process and of the server's."""
    theirs = sum(int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) for server in servers)
    return 1000 * time.process_time() + theirs / 1e6


def timed(client: FlaskClient, query: dict[str, str], servers: list[int]) -> tuple[list[float], list[float], str]:
    """Milliseconds of each request by the clock, and of processor time, in order of size; and how much was found."""
    times, worked, page = [], [], ""
    for _ in range(ROUNDS + 5):
        began, before = time.perf_counter(), spent(servers)
        reply = client.get("/search", query_string=query)
        times.append(1000 * (time.perf_counter() - began))
        worked.append(spent(servers) - before)
        page = reply.get_data(as_text=True)
        assert reply.status_code == 200, reply.status_code
    return sorted(times[5:]), sorted(worked[5:]), page.partition("<h1>")[2].partition(" for ")[0]


def middle_and_worst(times: list[float]) -> str:
    """p50 and p95 of sorted times."""
    return f"{times[len(times) // 2]:7.1f}{times[int(len(times) * 0.95)]:7.1f}"


def backends() -> list[int]:
    """The numbers of PostgreSQL's processes that work for us: one for each connection, for none may have helpers."""
    if db.engine.dialect.name == "sqlite":
        return []
    every = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    return list(db.session.connection().exec_driver_sql(every).scalars())


def main() -> None:
    """Prints a line for each search, and the worst of all."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--postgres", metavar="URL", help="a server's address; its database is made anew")
    arguments.add_argument("--again", action="store_true", help="measure the community of the last run")
    arguments.add_argument("--scale", type=int, default=1, help="times 200,000 posts and 20,000 slides")
    given = arguments.parse_args()
    folder = OUT / f"search-{'postgres' if given.postgres else 'sqlite'}-{given.scale}"
    if not given.again:
        make(folder, given.postgres, given.scale)
    measure(create_app(folder, RATELIMIT_ENABLED=False))


def measure(app: Flask) -> None:
    """A line for each search, and those that are newest first together."""
    app.config["SEARCH_DEADLINE"] = 60.0
    every: list[float] = []
    with app.app_context():
        client = browser(app)
        client.get("/search?q=team")
        servers = backends()
        db.session.remove()
        print(f"{'':<24}{'kind':<8}{'found':<22}{'p50':>7}{'p95':>7} ms {'p50':>7}{'p95':>7} ms of processor")
        for kind in ("talk", "files", "best"):
            for name, words in SEARCHES.items():
                query = {"q": words, **({"sort": "best"} if kind == "best" else {"kind": kind})}
                times, worked, found = timed(client, query, servers)
                every += worked if kind != "best" else []
                print(f"{name:<24}{kind:<8}{found:<22}{middle_and_worst(times)}    {middle_and_worst(worked)}")
        print(f"newest first, all of them, processor: {middle_and_worst(sorted(every))} ms")
        print(f"the page without a search, processor: {middle_and_worst(timed(client, {}, servers)[1])} ms")
        db.session.remove()
        hot.let_go()
        db.engine.dispose()


if __name__ == "__main__":
    main()
